"""Who may do what, as one table: each call with the scope that it needs, what it is done on, and what it tells.

`auth` decides by it, `docs/reference/permissions.md` is written from it, and `tests/support/rights_matrix.py` tries it:
each kind of caller with each call, on each kind of execution, for each class of fields.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas_api import route_schema
from spanvas_api.routes import ALL_ROUTES

STRUCTURE: Final = "structure"
CONTENT: Final = "content"
RESTRICTED: Final = "restricted"
FILE: Final = "file"
"""Classes of what is told. A file is told by a link, which has its name, too: the scope of that call is its right."""


class Fields(NamedTuple):
    """A class of fields. `scope` is what it needs beyond the call's own and those of the classes before it."""

    name: str
    scope: str
    description: str


FIELDS: Final = (
    Fields(STRUCTURE, "", "ids, names, times, status, types of errors, tokens and cost"),
    Fields(
        CONTENT,
        route_schema.TRACE_CONTENT,
        "what people, models and tools wrote, messages of errors, names of files, and all else that is not known to "
        "be structure",
    ),
    Fields(
        RESTRICTED,
        route_schema.TRACE_CONTENT_RESTRICTED,
        "the fields of content that `RestrictedAttributes` names",
    ),
)
"""The classes in the order in which they are given away: who may read one may read those before it."""

TENANT, WORKFLOW, EXECUTION = "tenant", "workflow", "execution"
"""What a call is done on."""


class Relation(NamedTuple):
    """How an execution stands to a caller, and whether it is there for that caller."""

    name: str
    is_there: bool
    description: str


RELATIONS: Final = (
    Relation(
        "own", True, "of the caller's tenant, and of a workflow that its token is not kept from"
    ),
    Relation("other workflow", False, "of a workflow that no glob of the token's claim matches"),
    Relation("foreign", False, "of another tenant"),
    Relation("absent", False, "never was"),
    Relation("expired", False, "past its retention"),
)


class Rule(NamedTuple):
    """One call. `tells` are the classes of fields that its answer has for those who may read them.

    `more_scopes` are needed besides `scope`.
    """

    call: str
    scope: str
    on: str
    tells: tuple[str, ...]
    more_scopes: tuple[str, ...] = ()


_ALL: Final = (STRUCTURE, CONTENT, RESTRICTED)
_CALLS: Final = {
    "list_workflows": (WORKFLOW, (STRUCTURE,)),
    "list_executions": (TENANT, _ALL),
    "start_execution": (WORKFLOW, (STRUCTURE,)),
    "read_execution": (EXECUTION, _ALL),
    "delete_execution": (EXECUTION, (STRUCTURE,)),
    "delete_executions": (TENANT, (STRUCTURE,)),
    "hold_execution": (EXECUTION, _ALL),
    "release_execution": (EXECUTION, _ALL),
    "read_trace": (EXECUTION, _ALL),
    "read_span": (EXECUTION, _ALL),
    "export_execution": (EXECUTION, _ALL),
    "search_execution": (EXECUTION, _ALL),
    "list_artifacts": (EXECUTION, (STRUCTURE, CONTENT)),
    "link_artifact": (EXECUTION, (FILE,)),
    "list_accesses": (EXECUTION, (STRUCTURE,)),
    "tempo_echo": (TENANT, ()),
    "tempo_build_info": (TENANT, ()),
    "tempo_trace": (EXECUTION, _ALL),
    "tempo_trace_v1": (EXECUTION, _ALL),
    "tempo_search": (TENANT, (STRUCTURE,)),
    "tempo_tags": (TENANT, ()),
    "tempo_tags_v2": (TENANT, ()),
    "tempo_tag_values": (TENANT, (STRUCTURE,)),
    "tempo_tag_values_v2": (TENANT, (STRUCTURE,)),
    "ingest_traces": (TENANT, ()),
}
POLICY: Final = tuple(
    Rule(route.operation, route.scope, *_CALLS[route.operation], route.more_scopes)
    for route in ALL_ROUTES
)
FIELD_SCOPES: Final = {fields.name: fields.scope for fields in FIELDS}
