"""Spans of captured trace exports, read with OpenTelemetry's own protobuf classes and nothing of ours but the model."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas.model.span import Event, Span
from tests.support.normal_form import with_kind

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "otlp"
SENDERS: Final = FOLDER.parent / "senders"
KINDS: Final = ("unspecified", "internal", "server", "client", "producer", "consumer")


def captured(name: str) -> list[Span]:
    """The spans of a file in `tests/fixtures/otlp`, parents before children, with their kinds."""
    return spans_of((FOLDER / f"{name}.pb").read_bytes())


def spans_of(*bodies: bytes) -> list[Span]:
    """The spans of export requests, parents before children, by start time."""
    found = [span for body in bodies for span in _spans(body)]
    found.sort(key=lambda span: (span.start_time_unix_nano, span.span_id))
    known = {span.span_id for span in found}
    children: dict[str | None, list[Span]] = {}
    for span in found:
        parent = span.parent_span_id if span.parent_span_id in known else None
        children.setdefault(parent, []).append(span)
    ordered: list[Span] = []
    stack = list(reversed(children.get(None, [])))
    while stack:
        span = stack.pop()
        ordered.append(span)
        stack += reversed(children.get(span.span_id, []))
    return ordered


def _spans(body: bytes) -> Iterable[Span]:
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield with_kind(
                    Span(
                        trace_id=span.trace_id.hex(),
                        span_id=span.span_id.hex(),
                        parent_span_id=span.parent_span_id.hex() or None,
                        name=span.name,
                        kind="other",
                        start_time_unix_nano=span.start_time_unix_nano,
                        end_time_unix_nano=span.end_time_unix_nano,
                        otel_kind=KINDS[span.kind],
                        status=("unset", "ok", "error")[span.status.code],
                        attributes=_mapping(span.attributes),
                        events=tuple(
                            Event(event.name, event.time_unix_nano, _mapping(event.attributes))
                            for event in span.events
                        ),
                        resource=_mapping(resource_spans.resource.attributes),
                        scope_name=scope_spans.scope.name,
                        scope_version=scope_spans.scope.version,
                    )
                )


def _mapping(pairs: Iterable[Any]) -> dict[str, Any]:
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: Any) -> Any:
    """An AnyValue as Python has it."""
    field = value.WhichOneof("value")
    if field is None:
        return None
    inner = getattr(value, field)
    if field == "array_value":
        return [value_of(item) for item in inner.values]
    return _mapping(inner.values) if field == "kvlist_value" else inner
