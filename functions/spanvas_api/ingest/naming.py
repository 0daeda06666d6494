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

WORKFLOW_NAMES: Final = (
    names.WORKFLOW_NAME,
    "gen_ai.workflow.name",
    "traceloop.workflow.name",
    "langsmith.trace.name",
    "gen_ai.agent.name",
    "agent.name",
    "ai.telemetry.functionId",
)
"""Of the root: what its dialect calls the workflow, before the name of the span itself."""
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
    """What the span, or else its resource, says in `spanvas.execution.id`; empty where it says nothing."""
    for attributes in (span.attributes, span.resource):
        if found := execution_id_of(attributes.get(names.EXECUTION_ID)):
            return found
    return ""


def wanted_execution_id(spans: Sequence[Span], candidates: Sequence[str]) -> str:
    """The first of these attributes that any of the spans, or its resource, has; of the first span that has it. A name
    that ends in `.*` stands for all below it, in the order of the alphabet."""
    for name in candidates:
        for span in spans:
            found = _named(span, name) if name.endswith(ANY_BELOW) else _value(span, name)
            if found:
                return found
    return ""


def _value(span: Span, name: str) -> str:
    value = span.attributes.get(name)
    return execution_id_of(span.resource.get(name) if value is None else value)


def _named(span: Span, pattern: str) -> str:
    prefix = pattern.removesuffix("*")
    below = {
        name
        for held in (span.attributes, span.resource)
        for name in held
        if name.startswith(prefix)
    }
    return next(filter(None, (_value(span, name) for name in sorted(below))), "")


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
        identity_key(rank, span.start_time_unix_nano, span.span_id),
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


def _name_of(root: Span) -> str:
    for name in WORKFLOW_NAMES:
        if found := _text(root.attributes, name):
            return found
    return encodable(root.name).strip()[:NAME_CHARACTERS] or UNKNOWN


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name)
    return encodable(value).strip()[:NAME_CHARACTERS] if isinstance(value, str) else ""


def _nodes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(encodable(item) for item in value[:MAX_EXPECTED_NODES] if isinstance(item, str))


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
