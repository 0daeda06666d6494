"""What can be searched for: attributes and intrinsics of TraceQL, and where a stored execution says them.

Structure alone, whoever asks: so a search answers and tells nothing that needs the right to content. Names are as the
tab shows them; the name that a span was recorded with is found as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.execution import Execution, run_nano
from spanvas.model.ids import as_name
from spanvas.model.row import Row
from spanvas.model.span import STATUSES
from spanvas.semantics.content_split import structural_name
from spanvas.semantics.shapes import id_without_content
from spanvas.semantics.span_names import PREFIXES
from spanvas.semantics.withheld import token_or_mark
from spanvas_api.tempo.tokens import DURATION_TYPE, NUMBER, STATUS, STRING

RESOURCE, SPAN, INTRINSIC = "resource", "span", "intrinsic"
SCOPES: Final = (RESOURCE, SPAN, INTRINSIC)
"""Scopes of tags, as Tempo names them."""
NO_PARENT: Final = -1
"""Tempo's `nestedSetParent` of a span that has none above it."""
INTRINSICS_OF_TEMPO: Final = frozenset(
    {
        "name", "status", "statusMessage", "duration", "kind", "traceDuration", "rootName", "rootServiceName",
        "childCount", "nestedSetLeft", "nestedSetRight", "nestedSetParent",
        *("span:id", "span:parentID", "span:name", "span:status", "span:statusMessage", "span:duration"),
        *("span:kind", "span:childCount"),
        *(f"trace:{one}" for one in ("id", "duration", "rootName", "rootService")),
        *("event:name", "event:timeSinceStart", "link:spanID", "link:traceID"),
        *("instrumentation:name", "instrumentation:version"),
    }
)  # fmt: skip
"""Those that Tempo takes for names; most of them cannot be searched for here."""


@dataclass(slots=True)
class Candidate:
    """An execution that a search looks at, as a caller without content sees it.

    `called` is the id that the search named it by. `rows` are its spans, the root first; `service` is that of the root.
    """

    execution: Execution
    called: str = ""
    rows: tuple[Row, ...] = ()
    service: str | None = None

    @property
    def root(self) -> Row:
        """The root of the trace, or the earliest span that has none above it. Only where there are rows."""
        return self.rows[0]

    @property
    def begun_at_unix_nano(self) -> int:
        """When it began to run, after its time in a queue."""
        return self.execution.queued_until_unix_nano or self.execution.started_at_unix_nano

    @property
    def root_name(self) -> str:
        """The name of the root. Only where there are rows."""
        return shown_name_of(self.root)

    @property
    def ended_at_unix_nano(self) -> int:
        """When it ended; while it has not, the latest time that a span of it says."""
        if self.execution.ended_at_unix_nano is not None:
            return self.execution.ended_at_unix_nano
        ends = [row.end_time_unix_nano or row.start_time_unix_nano for row in self.rows]
        return max(ends, default=self.begun_at_unix_nano)

    @property
    def duration_nano(self) -> int | None:
        """How long it ran; None while it has not ended."""
        return run_nano(self.execution)


class Depth(NamedTuple):
    """What has to be read before a field is known. Deeper ones cost more."""

    number: int


OF_EXECUTION: Final = Depth(0)
"""The execution's own item."""
OF_ROWS: Final = Depth(1)
"""The rows, of which one says it for all spans."""
OF_SERVICE: Final = Depth(2)
"""A whole span: its resource is nowhere else."""
OF_SPAN: Final = Depth(3)
"""Each row says its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """An attribute or intrinsic that can be searched for.

    `read` returns its value, a tuple of values that it may be called by (the first is shown), or None. `key` is the
    name in the attributes of a span that was found. `normal` makes of a caller's text the value that is stored.
    """

    scope: str
    key: str
    type: str
    depth: Depth
    read: Callable[[Candidate, Row | None], Any]
    spellings: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    """All that it may be, where these are few."""
    comparisons: tuple[tuple[str, int], ...] = ()
    """All that it is compared by, where its values are known no further than that. Then they are not shown either."""
    normal: Callable[[str], str] | None = None

    def shown(self, candidate: Candidate, row: Row) -> Any:
        """Returns its value for a span as an answer shows it; None where the span has none."""
        value = self.read(candidate, row)
        return value[0] if isinstance(value, tuple) else value

    @property
    def names(self) -> tuple[str, ...]:
        """All that a query may call it."""
        if self.scope == INTRINSIC:
            return (self.key, *self.spellings)
        return tuple(
            name
            for key in (self.key, *self.spellings)
            for name in (f"{self.scope}.{key}", f".{key}")
        )


def shown_name_of(row: Row) -> str:
    """Returns the name of a span as callers without content see it."""
    return structural_name(row.name, row.kind)


def _of_row(read: Callable[[Row], Any]) -> Callable[[Candidate, Row | None], Any]:
    return lambda _, row: None if row is None else read(row)


def _names_of(row: Row) -> tuple[str, ...]:
    name = shown_name_of(row)
    return (name, *[prefix + name for prefix in PREFIXES.get(row.kind, ())])


def _duration(row: Row) -> int | None:
    end = row.end_time_unix_nano
    return None if end is None else max(end - row.start_time_unix_nano, 0)


def _tokens(place: int) -> Callable[[Row], int | None]:
    return lambda row: None if row.usage is None else row.usage[place]


def _ids_of(candidate: Candidate) -> tuple[str, ...]:
    return tuple(filter(None, (candidate.called, candidate.execution.execution_id)))


FIELDS: Final = (
    Field(
        RESOURCE,
        names.SERVICE_NAME,
        STRING,
        OF_SERVICE,
        lambda candidate, _: candidate.service,
    ),
    Field(
        SPAN,
        names.EXECUTION_ID,
        STRING,
        OF_EXECUTION,
        lambda candidate, _: _ids_of(candidate),
    ),
    Field(
        SPAN,
        names.WORKFLOW_ID,
        STRING,
        OF_EXECUTION,
        lambda candidate, _: candidate.execution.workflow_id,
        normal=as_name,
    ),
    Field(SPAN, names.TENANT, STRING, OF_EXECUTION, lambda candidate, _: candidate.execution.tenant),
    Field(SPAN, names.KIND, STRING, OF_SPAN, _of_row(lambda row: row.kind), values=kinds.KINDS),
    Field(
        SPAN,
        names.NODE_ID,
        STRING,
        OF_SPAN,
        _of_row(lambda row: row.node_id and id_without_content(row.node_id)),
    ),
    Field(SPAN, names.ATTEMPT, NUMBER, OF_SPAN, _of_row(lambda row: row.attempt)),
    Field(
        SPAN, names.ERROR_TYPE, STRING, OF_SPAN, _of_row(lambda row: token_or_mark(row.error_type))
    ),
    Field(SPAN, names.REQUEST_MODEL, STRING, OF_SPAN, _of_row(lambda row: token_or_mark(row.model))),
    Field(
        SPAN,
        names.PROVIDER[0],
        STRING,
        OF_SPAN,
        _of_row(lambda row: token_or_mark(row.provider)),
        spellings=names.PROVIDER[1:],
    ),
    Field(SPAN, names.INPUT_TOKENS[0], NUMBER, OF_SPAN, _of_row(_tokens(0))),
    Field(SPAN, names.OUTPUT_TOKENS[0], NUMBER, OF_SPAN, _of_row(_tokens(1))),
    Field(INTRINSIC, "name", STRING, OF_SPAN, _of_row(_names_of), spellings=("span:name",)),
    Field(
        INTRINSIC,
        "status",
        STATUS,
        OF_SPAN,
        _of_row(lambda row: row.status),
        spellings=("span:status",),
        values=STATUSES,
    ),
    Field(
        INTRINSIC,
        "duration",
        DURATION_TYPE,
        OF_SPAN,
        _of_row(_duration),
        spellings=("span:duration",),
    ),
    Field(INTRINSIC, "span:id", STRING, OF_SPAN, _of_row(lambda row: row.span_id)),
    Field(INTRINSIC, "span:parentID", STRING, OF_SPAN, _of_row(lambda row: row.parent_span_id)),
    Field(
        INTRINSIC,
        "nestedSetParent",
        NUMBER,
        OF_SPAN,
        _of_row(lambda row: NO_PARENT if row.parent_span_id is None else 0),
        comparisons=(("<", 0), (">=", 0)),
    ),
    Field(INTRINSIC, "trace:id", STRING, OF_EXECUTION, lambda candidate, _: candidate.execution.trace_id),
    Field(
        INTRINSIC,
        "trace:duration",
        DURATION_TYPE,
        OF_EXECUTION,
        lambda candidate, _: candidate.duration_nano,
        spellings=("traceDuration",),
    ),
    Field(
        INTRINSIC,
        "trace:rootName",
        STRING,
        OF_ROWS,
        lambda candidate, _: _names_of(candidate.root),
        spellings=("rootName",),
    ),
    Field(
        INTRINSIC,
        "trace:rootService",
        STRING,
        OF_SERVICE,
        lambda candidate, _: candidate.service,
        spellings=("rootServiceName",),
    ),
)  # fmt: skip
BY_NAME: Final = {name: field for field in FIELDS for name in field.names}
