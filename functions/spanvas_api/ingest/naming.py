"""From what a span calls its execution and its workflow to ids and names that can be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from spanvas.model.execution_update import ANY_SPAN, WorkflowIdentity, identity_key
from spanvas.model.ids import is_execution_id
from spanvas.model.span import Span
from spanvas.otlp.export_safe import encodable
from spanvas.semantics import attributes as names
from spanvas.semantics import session_of, workflow_of

SERVICE_NAME: Final = "service.name"
SERVICE_VERSION: Final = "service.version"
UNKNOWN: Final = "unknown"
ANY_BELOW: Final = ".*"
NAME_CHARACTERS: Final = 200
ID_CHARACTERS: Final = 100
MAX_EXPECTED_NODES: Final = 500

_FOREIGN = re.compile(r"[^A-Za-z0-9._:-]+")
_FOREIGN_TO_EXECUTIONS = re.compile(r"[^A-Za-z0-9._:@-]+")
_EDGES: Final = "-._:@"


def explicit_execution_id(span: Span) -> str:
    """Returns what the span, or else its resource, says in `spanvas.execution.id`; "" where it says nothing."""
    for attributes in (span.attributes, span.resource):
        if found := execution_id_of(attributes.get(names.EXECUTION_ID)):
            return found
    return ""


def attributed_execution_id(span: Span, attributes: Sequence[str]) -> str:
    """Returns the execution id in the first of these attributes that the span, or else its resource, has; "" where it
    has none. A name that ends in `.*` stands for all below it, in the order of the alphabet."""
    for name in attributes:
        for one in _below(span, name) if name.endswith(ANY_BELOW) else (name,):
            value = span.attributes.get(one)
            if found := execution_id_of(span.resource.get(one) if value is None else value):
                return found
    return ""


def _below(span: Span, pattern: str) -> list[str]:
    prefix = pattern.removesuffix("*")
    names = {*span.attributes, *span.resource}
    return sorted(name for name in names if name.startswith(prefix))


def execution_id_of(value: Any) -> str:
    """An execution id for what an attribute holds: that itself where it can be one, else what is left of it and a
    digest, so that two of them never meet. Empty for what names nothing."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    text = str(value).strip()
    if not text or is_execution_id(text):
        return text
    kept = _FOREIGN_TO_EXECUTIONS.sub("-", text)[:ID_CHARACTERS].strip(_EDGES)
    return f"{kept}-{_digest(text)}" if kept else f"id-{_digest(text)}"


def workflow_identity_of(span: Span, rank: str) -> WorkflowIdentity:
    """Returns what a root or a local root says of its workflow; for any other span (`ANY_SPAN`), the name of its
    service."""
    is_root = rank != ANY_SPAN
    name = _name_of(span) if is_root else _text(span.resource, SERVICE_NAME) or UNKNOWN
    workflow_id = _text(span.attributes, names.WORKFLOW_ID) if is_root else ""
    expected = span.attributes.get(names.WORKFLOW_EXPECTED_NODES) if is_root else None
    return WorkflowIdentity(
        key_of(span, rank),
        span.trace_id,
        workflow_id_of(workflow_id or name),
        name,
        _text(span.attributes, names.WORKFLOW_VERSION) or _text(span.resource, SERVICE_VERSION),
        _nodes(expected),
    )


def workflow_id_of(name: str) -> str:
    """A workflow id for a name, the same for every execution of that name."""
    kept = _FOREIGN.sub("-", name)[:ID_CHARACTERS].strip(_EDGES)
    if name.isascii():
        return kept or UNKNOWN
    return f"{kept}-{_digest(name)}" if kept else f"workflow-{_digest(name)}"


def session_id_of(span: Span) -> str:
    """Returns the session or conversation that the span is part of, as its dialect says it; "" where it says none."""
    return _clean(session_of(span))


def key_of(span: Span, rank: str) -> str:
    """Returns the `identity_key` of a span."""
    is_open = span.end_time_unix_nano is None
    return identity_key(rank, span.start_time_unix_nano, span.span_id, is_open=is_open)


def _name_of(root: Span) -> str:
    """Returns what the root's dialect calls the workflow, else the agent, else the name of the span itself."""
    return _clean(workflow_of(root)) or _clean(root.name) or UNKNOWN


def _text(attributes: Mapping[str, Any], name: str) -> str:
    return _clean(attributes.get(name))


def _clean(value: Any) -> str:
    return encodable(value).strip()[:NAME_CHARACTERS] if isinstance(value, str) else ""


def _nodes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(encodable(item) for item in value[:MAX_EXPECTED_NODES] if isinstance(item, str))


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
