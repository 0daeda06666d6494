"""Answers in Tempo's shapes, as its version 3.1 gives them (`tempopb`, `pkg/tempopb/tempo.proto`)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from spanvas.model.errors import InvalidInputError
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.units import MS
from spanvas.otlp.export import LabelsOf, any_value, request_of
from spanvas.otlp.request_protobuf import encode_request, field_in_parts, request_parts
from spanvas.otlp.wire import length_delimited, number_field
from spanvas_api.http.problems import TEXT_MEDIA_TYPE
from spanvas_api.http.request import ApiResponse
from spanvas_api.tempo.fields import FIELDS, SCOPES, Candidate, Field, shown_name_of
from spanvas_api.tempo.query import SearchQuery
from spanvas_api.tempo.search import Found, SearchResult

JSON: Final = "application/json"
PROTOBUF: Final = "application/protobuf"
TEMPO_SCOPES: Final = ("resource", "span", "intrinsic", "event", "link", "instrumentation")
PARTIAL: Final = 1
"""Of `PartialStatus`; 0 is a complete answer."""
_KINDS: Final = (
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
)
_STATUS_CODES: Final = ("STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR")
_SHOWN_ANYWAY: Final = frozenset(
    {
        "name",
        "duration",
        "span:id",
        "trace:id",
        "trace:duration",
        "trace:rootName",
        "trace:rootService",
    }
)
"""Intrinsics that have a place of their own in what a search answers."""


def wants_protobuf(accept: str | None) -> bool:
    """Returns whether a caller reads protobuf, as Tempo looks at the header."""
    return PROTOBUF in (accept or "")


def trace_protobuf(spans: Iterable[Span], message: str, labels_of: LabelsOf) -> bytes:
    """Returns a TraceByIDResponse; with a message it is partial."""
    parts = field_in_parts(1, request_parts(spans, labels_of))
    parts.append(length_delimited(2, b""))
    if message:
        parts += (number_field(3, PARTIAL), length_delimited(4, message.encode()))
    return b"".join(parts)


def bare_protobuf(spans: Iterable[Span], _: str, labels_of: LabelsOf) -> bytes:
    """Returns the bare trace of Tempo's first version of the API, which has no place for a message."""
    return encode_request(spans, labels_of)


def trace_json(spans: Iterable[Span], message: str, labels_of: LabelsOf) -> dict[str, Any]:
    """Returns a TraceByIDResponse as JSON; with a message it is partial."""
    request = request_of(spans, labels_of=labels_of)
    answer: dict[str, Any] = {"trace": _proto_json(request) if request["resourceSpans"] else {}}
    answer["metrics"] = {}
    if message:
        answer |= {"status": "PARTIAL", "message": message}
    return answer


def batches_json(spans: Iterable[Span], _: str, labels_of: LabelsOf) -> dict[str, Any]:
    """Returns the bare trace of Tempo's first version of the API as JSON."""
    return {"batches": _proto_json(request_of(spans, labels_of=labels_of))["resourceSpans"]}


def _proto_json(request: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an OTLP request as protobuf's own JSON has it: ids in base64, enumerations by name.

    The spans of the request are changed in place: it is made for one answer.
    """
    for resource in request["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                _encode_ids(span)
                span["kind"] = _KINDS[span["kind"]]
                status = span["status"]
                if "code" in status:
                    status["code"] = _STATUS_CODES[status["code"]]
                for link in span.get("links", ()):
                    _encode_ids(link)
    return dict(request)


def _encode_ids(part: dict[str, Any]) -> None:
    for name in ("traceId", "spanId", "parentSpanId"):
        if name in part:
            part[name] = b64encode(bytes.fromhex(part[name])).decode()


def search_json(result: SearchResult, asked: SearchQuery) -> dict[str, Any]:
    """Returns a SearchResponse. Executions of one trace are one entry, at the place of the first.

    `metrics.completedJobs` is less than `totalJobs` where there may be more than was looked at.
    """
    by_trace: dict[str, list[Found]] = {}
    for found in result.found:
        by_trace.setdefault(found.candidate.execution.trace_id, []).append(found)
    metrics = {
        "inspectedTraces": result.read,
        "inspectedSpans": str(result.rows),
        "completedJobs": 1,
        "totalJobs": 1 if result.is_complete else 2,
    }
    traces = [_trace(trace_id, found, asked) for trace_id, found in by_trace.items()]
    return {"traces": traces, "metrics": metrics}


def _trace(trace_id: str, parts: Sequence[Found], asked: SearchQuery) -> dict[str, Any]:
    """Returns the entry of a trace from its executions that were found. The earliest has the root."""
    first = min((part.candidate for part in parts), key=lambda one: one.begun_at_unix_nano)
    begun = first.begun_at_unix_nano
    ended = max(part.candidate.ended_at_unix_nano for part in parts)
    fields = [
        field
        for field in asked.condition.fields
        if field.key not in _SHOWN_ANYWAY and not field.comparisons
    ]
    spans = [
        _span(part.candidate, row, fields) for part in parts for row in part.rows[: asked.spans]
    ]
    return {
        "traceID": trace_id,
        "rootServiceName": first.service or "",
        "rootTraceName": first.root_name,
        "startTimeUnixNano": str(begun),
        "durationMs": max(ended - begun, 0) // MS,
        "spanSets": [
            {"spans": spans[: asked.spans], "matched": sum(len(part.rows) for part in parts)}
        ],
    }


def _span(candidate: Candidate, row: Row, fields: Sequence[Field]) -> dict[str, Any]:
    """Returns a span that was found, with the attributes that the query asks for."""
    end = row.end_time_unix_nano
    entry: dict[str, Any] = {
        "spanID": row.span_id,
        "name": shown_name_of(row),
        "startTimeUnixNano": str(row.start_time_unix_nano),
        "durationNanos": str(0 if end is None else max(end - row.start_time_unix_nano, 0)),
    }
    attributes = [
        {"key": field.key, "value": any_value(value)}
        for field in fields
        if (value := field.shown(candidate, row)) is not None
    ]
    return {**entry, "attributes": attributes} if attributes else entry


def scopes_of(query: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the scopes of tags that a query string asks for. Raises InvalidInputError for one that Tempo has not."""
    scope = query.get("scope", "")
    if scope in ("", "none"):
        return SCOPES
    if scope not in TEMPO_SCOPES:
        raise InvalidInputError("invalid scope", scope[:80])
    return (scope,) if scope in SCOPES else ()


def tags_of(scope: str) -> list[str]:
    """Returns the names of a scope that have values to choose from, sorted, those of attributes without the scope."""
    return sorted(field.key for field in FIELDS if field.scope == scope and not field.comparisons)


def text(body: str, status: int = 200) -> ApiResponse:
    """Returns a plain text, as Tempo answers refusals and its echo."""
    return ApiResponse(body.encode(), status, {"Content-Type": TEXT_MEDIA_TYPE})
