"""From what a span calls its execution and its workflow to ids and names that can be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.execution_update import ANY_SPAN, WorkflowIdentity, identity_key
from spanvas.model.ids import as_execution_id, as_name, display_name, external_id_of
from spanvas.model.private_ids import is_private
from spanvas.model.span import Span
from spanvas.semantics.reader import SpanReader, session_of, workflow_of
from spanvas.semantics.span_names import shown_name

ALWAYS_NAMING: Final = (names.DURABLE_EXECUTION_ARN,)
"""Attributes that name an execution besides those that the deployment has set: they never name anything else."""
SESSION_ID: Final = "session.id"
"""OpenTelemetry's attribute for it, which senders with one session a process set on their resource."""
UNKNOWN: Final = "unknown"
OWN_IDS: Final = frozenset(
    {names.EXECUTION_ID, names.WORKFLOW_ID, names.NODE_ID, names.WORKFLOW_EXPECTED_NODES}
)
"""Spanvas's own attributes with ids, which no rule of redaction searches."""
REDACTED: Final = "[REDACTED:"
ANY_BELOW: Final = ".*"
MAX_EXPECTED_NODES: Final = 500


def explicit_execution_id(span: Span) -> str:
    """Returns what the span, or else its resource, says in `spanvas.execution.id`; "" where it says nothing."""
    for attributes in (span.attributes, span.resource):
        if found := as_execution_id(attributes.get(names.EXECUTION_ID)):
            return found
    return ""


def attributed_execution_id(span: Span, attributes: Sequence[str]) -> str:
    """Returns the execution id in the first of these attributes, or of `ALWAYS_NAMING`, that the span, or else its
    resource, has; "" where it has none. A name that ends in `.*` stands for all below it, in the order of the
    alphabet."""
    return as_execution_id(_named(span, (*attributes, *ALWAYS_NAMING)))


def external_id(spans: Sequence[Span], candidates: Sequence[str]) -> str:
    """Returns what the spans call their execution, as `ids.external_id_of` has it; "" where that was redacted. Where
    they have several names for it, the first in the order of text: so the order in which they come does not matter."""
    attributes = (names.EXECUTION_ID, *candidates, *ALWAYS_NAMING)
    found = (external_id_of(_named(span, attributes)) for span in spans)
    return min((name for name in found if name and REDACTED not in name), default="")


def without_private_ids(name: str, value: Any) -> Any:
    """Returns the value of one of `OWN_IDS` with our ids in the place of those that are private."""
    if isinstance(value, list):
        return [without_private_ids(name, item) for item in value]
    if not isinstance(value, str) or not is_private(value.strip()):
        return value
    return as_execution_id(value) if name == names.EXECUTION_ID else as_name(value)


def _named(span: Span, attributes: Sequence[str]) -> Any:
    """Returns the first value in these attributes of the span, or else of its resource, that names an execution."""
    for attribute in attributes:
        for name in _below(span, attribute) if attribute.endswith(ANY_BELOW) else (attribute,):
            for value in (span.attributes.get(name), span.resource.get(name)):
                if value is not None and as_execution_id(value):
                    return value
    return None


def _below(span: Span, pattern: str) -> list[str]:
    prefix = pattern.removesuffix("*")
    held = {*span.attributes, *span.resource}
    return sorted(name for name in held if name.startswith(prefix))


def workflow_identity_of(span: Span, rank: str) -> WorkflowIdentity:
    """Returns what a root or a local root says of its workflow; for any other span (`ANY_SPAN`), the name of its
    service."""
    is_root = rank != ANY_SPAN
    name = (_name_of(span) if is_root else _text(span.resource, names.SERVICE_NAME)) or UNKNOWN
    workflow_id = _text(span.attributes, names.WORKFLOW_ID) if is_root else ""
    expected = span.attributes.get(names.WORKFLOW_EXPECTED_NODES) if is_root else None
    return WorkflowIdentity(
        key_of(span, rank),
        span.trace_id,
        as_name(workflow_id or name),
        display_name(name),
        display_name(
            _text(span.attributes, names.WORKFLOW_VERSION)
            or _text(span.resource, names.SERVICE_VERSION)
        ),
        _nodes(expected),
    )


def session_id_of(span: Span) -> str:
    """Returns the session or conversation that the span is part of, as its dialect says it, or else its resource;
    "" where neither says one."""
    session = session_of(span) or _text(span.resource, SESSION_ID)
    return display_name(session) if session else ""


def key_of(span: Span, rank: str) -> str:
    """Returns the `identity_key` of a span."""
    is_open = span.end_time_unix_nano is None
    return identity_key(rank, span.start_time_unix_nano, span.span_id, is_open=is_open)


def _name_of(root: Span) -> str:
    """Returns what the root's dialect calls the workflow, else the agent, else the name of the span itself, of a
    workflow or an agent without what says that it is one."""
    said = workflow_of(root)
    if said is None and root.kind in (kinds.WORKFLOW, kinds.AGENT):
        said = shown_name(SpanReader(root), root.kind)
    return (said or root.name).strip()


def _text(attributes: Mapping[str, Any], name: str) -> str:
    """Returns an attribute's text whole: ids are made of it as it was sent."""
    value = attributes.get(name)
    return value.strip() if isinstance(value, str) else ""


def _nodes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(as_name(item) for item in value[:MAX_EXPECTED_NODES] if isinstance(item, str))
