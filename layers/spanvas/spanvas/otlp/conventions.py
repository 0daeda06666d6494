"""Spans as backends can find and group them: OpenTelemetry's conventions, and names that are few.

What is stored stays as people read it (`GET /orders/17`, `item 3`). A backend groups by the names of spans, so there
are few of them in what is sent to it, and every span names its execution. Sources: OpenTelemetry semantic conventions,
`http`, `faas` and `gen-ai`; the processors `spanmetrics` and `service graphs`, which read `peer.service`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.execution import Execution
from spanvas.model.span import Event, Span

OPERATIONS: Final = {
    kinds.WORKFLOW: "invoke_workflow",
    kinds.AGENT: "invoke_agent",
    kinds.TOOL: "execute_tool",
    kinds.RETRIEVAL: "retrieval",
    kinds.MODEL: "chat",
}
"""`gen_ai.operation.name` of a kind of span, where it has none."""
NAMED_BY: Final = {
    kinds.WORKFLOW: (names.WORKFLOW_NAME, names.GEN_AI_WORKFLOW_NAME),
    kinds.HTTP: (names.CONNECTION, names.PEER_SERVICE),
}
"""An attribute of ours, and the convention's that says the same, by the kind of span."""
HTTP_ERROR: Final = "HTTP "
"""What our types of errors begin with that are status codes; the conventions have the code alone."""


def labels_of(execution: Execution) -> dict[str, Any]:
    """Returns what every exported span says of its execution."""
    return {
        names.EXECUTION_ID: execution.execution_id,
        names.TENANT: execution.tenant,
        names.WORKFLOW_ID: execution.workflow_id,
        names.WORKFLOW_NAME: execution.workflow_name,
    }


def as_exported(span: Span, labels: Mapping[str, Any]) -> Span:
    """Returns the span as it is sent to a backend.

    `labels` are set on every span of an execution where the span does not have them: its ids and names.
    """
    found = span.attributes
    attributes: dict[str, Any] = {**labels, **found}
    kind = span.kind
    if (operation := OPERATIONS.get(kind)) is not None:
        attributes.setdefault(names.OPERATION, operation)
    if (pair := NAMED_BY.get(kind)) is not None and (value := attributes.get(pair[0])):
        attributes.setdefault(pair[1], value)
    elif kind == kinds.MODEL:
        _name_model(attributes)
    elif kind in (kinds.TOOL, kinds.AGENT):
        own = names.TOOL_NAME if kind == kinds.TOOL else names.AGENT_NAME
        attributes.setdefault(own, span.name)
    error_type = found.get(names.ERROR_TYPE)
    if isinstance(error_type, str) and error_type.startswith(HTTP_ERROR):
        attributes[names.ERROR_TYPE] = error_type[len(HTTP_ERROR) :]
    return replace(
        span,
        name=few_names(span),
        otel_kind="client" if kind == kinds.HTTP else span.otel_kind,
        attributes=attributes,
        events=tuple(map(_event, span.events)),
    )


def few_names(span: Span) -> str:
    """Returns the name of a span without what makes it one of thousands: an index, a path."""
    if span.kind == kinds.ITEM and names.MAP_INDEX in span.attributes:
        return kinds.ITEM
    method = span.attributes.get(names.HTTP_METHOD)
    if span.kind == kinds.HTTP and method and span.name.startswith(f"{method} /"):
        return str(method)
    return span.name


def _name_model(attributes: dict[str, Any]) -> None:
    """Says whom a model call goes to: without it a service graph has no edge."""
    peer = attributes.get(names.SERVER_ADDRESS)
    for name in names.PROVIDER:
        peer = peer or attributes.get(name)
    if peer:
        attributes.setdefault(names.PEER_SERVICE, peer)


def _event(event: Event) -> Event:
    error_type = event.attributes.get(names.ERROR_TYPE)
    if not isinstance(error_type, str) or not error_type.startswith(HTTP_ERROR):
        return event
    kept = {**event.attributes, names.ERROR_TYPE: error_type[len(HTTP_ERROR) :]}
    return replace(event, attributes=kept)
