"""Everything about one span; its content only for those who may read content, and never unrecorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spanvas import attributes as names
from spanvas.attributes import AGENT_NAME
from spanvas.model.access import ALLOWED, STRUCTURE
from spanvas.model.errors import NotFoundError
from spanvas.model.execution import OPEN, Execution
from spanvas.model.row import REWRITTEN, Row
from spanvas.model.running_totals import RUNNING_TOTAL
from spanvas.model.span import Span
from spanvas.model.tree import state_of
from spanvas.semantics.content import content_of
from spanvas.semantics.content_split import has_content, is_structure
from spanvas.semantics.dialect_content import split_words
from spanvas.semantics.evaluations import evaluations_of, without_explanation
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.prices import cost_lines
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.summary import row_of
from spanvas.semantics.withheld import row_has_content, shown_row, shown_span
from spanvas_api.access import SPAN, authorized_execution, record_read
from spanvas_api.auth import readable
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import artifact_ref_body, usage_body, viewer_url
from spanvas_api.services import Services
from spanvas_api.trace.diff import other_versions

MILLION = 1_000_000


def read_span(request: ApiRequest, services: Services) -> ApiResponse:
    """`wire.SpanResponse`. The read is recorded as an access, with content or without."""
    execution = authorized_execution(request, services, "read_span")
    span_id = parameters.span_id(request.path)
    parameters.only(request.query)
    # Of a large trace that this process has just answered it knows where each span is.
    kept = services.kept_trace
    known = kept.latest_of(execution) if kept is not None else None
    place = execution.tenant, execution.execution_id
    trace = known or services.traces.read_trace(*place)
    versions = services.traces.read_versions(*place, span_id, trace)
    row = next((row for row in trace.rows if row.span_id == span_id), None) if trace else None
    if trace is None or (not versions and row is None):
        raise NotFoundError("no such span")
    up_to = readable(request.principal, execution)
    is_allowed = up_to is not FieldClass.STRUCTURE
    names = {"target": span_id, "span_id": span_id}
    if not versions and row is not None:
        shown = shown_row(row, up_to)._replace(input_preview=None, output_preview=None)
        outcome = ALLOWED if is_allowed and row_has_content(shown) else STRUCTURE
        record_read(request, services, execution.execution_id, SPAN, outcome, **names)
        return ApiResponse(_expired_body(shown, execution, request.now_unix_nano))
    is_total = row is not None and RUNNING_TOTAL in row.marks
    bodies = [
        _span_body(
            version,
            execution,
            request.now_unix_nano,
            row if is_total else None,
            up_to,
        )
        for version in versions
    ]
    shown_spans = [shown_span(version, up_to) for version in versions] if is_allowed else []
    contents = [content_of(version) for version in shown_spans] or [{}]
    if is_allowed:
        for version, content in zip(bodies, contents, strict=True):
            version["content"] = content
    body = bodies[0]
    if len(bodies) > 1:
        body["marks"] = [*body["marks"], REWRITTEN]
        body["other_versions"] = other_versions(body, bodies[1:])
    if not contents[0]:
        body.pop("content", None)
    if is_allowed:
        body["content_access"] = "granted" if contents[0] else "not_captured"
        if shown_spans != list(versions):
            body["restricted_access"] = "denied"
    else:
        body["content_access"] = "denied" if has_content(versions[0]) else "not_captured"
    template = services.settings.trace_url_template
    if "{span_id}" in template:
        body["trace_url"] = viewer_url(template, body["trace_id"], span_id)
    outcome = ALLOWED if is_allowed and any(map(has_content, versions)) else STRUCTURE
    record_read(request, services, execution.execution_id, SPAN, outcome, **names)
    return ApiResponse(body)


def _span_body(
    span: Span, execution: Execution, now_unix_nano: int, own: Row | None, up_to: FieldClass
) -> dict[str, Any]:
    """`own`: the row with the call's own figures, where the span reports a running total. Figures are read from the
    whole span, whoever asks."""
    whole, row, reader = span, row_of(span), SpanReader(span)
    span, row = shown_span(whole, up_to), shown_row(row, up_to)
    with_content = up_to is not FieldClass.STRUCTURE
    said = SpanReader(span) if with_content else reader
    shown = split_words(span).rest
    agent, version = said.agent(), said.agent_version()
    if own is not None:
        marks = (*row.marks, RUNNING_TOTAL)
        row = row._replace(usage=own.usage, cost_nano_usd=own.cost_nano_usd, marks=marks)
    body: dict[str, Any] = {
        "span_id": span.span_id,
        "trace_id": span.trace_id,
        "parent_span_id": span.parent_span_id,
        "name": span.name,
        "kind": span.kind,
        "otel_kind": span.otel_kind,
        "node_id": row.node_id,
        "start_time_unix_nano": str(span.start_time_unix_nano),
        "end_time_unix_nano": None
        if span.end_time_unix_nano is None
        else str(span.end_time_unix_nano),
        "status": state_of(row, now_unix_nano, execution.status in OPEN),
        "status_message": span.status_message or None,
        "error": None
        if row.error_type is None
        else {"type": row.error_type, "message": row.error_message or ""},
        "model": row.model,
        "provider": row.provider,
        "usage": None if row.usage is None else usage_body(row.usage),
        "modal_tokens": [
            {"modality": modality, **counts} for modality, counts in reader.modal_tokens().items()
        ]
        or None,
        "cost": _cost(whole, row),
        "time_to_first_token_nano": reader.time_to_first_token(),
        "agent": _named(agent, version)
        if with_content or is_structure(AGENT_NAME, agent)
        else None,
        "prompt": _named(*said.prompt()) if with_content else None,
        "evaluations": _evaluations(said, with_content=with_content) or None,
        "attributes": shown.attributes,
        "events": [
            {
                "name": event.name,
                "time_unix_nano": str(event.time_unix_nano),
                "attributes": attributes,
            }
            for event, attributes in zip(span.events, shown.events, strict=True)
        ],
        "links": [
            {"trace_id": link.trace_id, "span_id": link.span_id, "attributes": link.attributes}
            for link in span.links
        ],
        "resource": span.resource,
        "scope": {"name": span.scope_name, "version": span.scope_version},
        "artifacts": [artifact_ref_body(artifact) for artifact in row.artifacts],
        "marks": row.marks,
        "receipts": _receipts(span.attributes),
    }
    return {name: value for name, value in body.items() if value is not None}


def _evaluations(reader: SpanReader, *, with_content: bool) -> list[dict[str, Any]]:
    """Returns evaluations without explanations; name and label where they are structure, or content may be read."""
    found = [without_explanation(one) for one in evaluations_of(reader)]
    if with_content:
        return found
    return [
        {key: value for key, value in one.items() if is_structure(names.EVALUATION_NAME, value)}
        for one in found
    ]


def _expired_body(row: Row, execution: Execution, now_unix_nano: int) -> dict[str, Any]:
    """Returns what the tree still has of a span whose detail has expired."""
    span = Span(
        trace_id=execution.trace_id,
        span_id=row.span_id,
        parent_span_id=row.parent_span_id,
        name=row.name,
        kind=row.kind,
        start_time_unix_nano=row.start_time_unix_nano,
        end_time_unix_nano=row.end_time_unix_nano,
    )
    body = _span_body(span, execution, now_unix_nano, None, FieldClass.RESTRICTED)
    known = {
        "node_id": row.node_id,
        "status": state_of(row, now_unix_nano, execution.status in OPEN),
        "error": row.error_type and {"type": row.error_type, "message": row.error_message or ""},
        "model": row.model,
        "provider": row.provider,
        "usage": row.usage and usage_body(row.usage),
        "cost": None if row.cost_nano_usd is None else {"nano_usd": row.cost_nano_usd, "lines": []},
        "artifacts": [artifact_ref_body(artifact) for artifact in row.artifacts],
        "marks": row.marks,
        "content_access": "expired",
    }
    return body | {name: value for name, value in known.items() if value is not None}


def _named(name: str | None, version: str | None) -> dict[str, str] | None:
    if name is None:
        return None
    return {"name": name} if version is None else {"name": name, "version": version}


def _cost(span: Span, row: Row) -> dict[str, Any] | None:
    if row.cost_nano_usd is None:
        return None
    return {
        "nano_usd": row.cost_nano_usd,
        "lines": [
            {
                "what": line.what,
                "tokens": line.tokens,
                "nano_usd_per_token": line.nano_usd_per_million / MILLION,
                "nano_usd": line.nano_usd,
            }
            for line in cost_lines(span, row.usage)
        ],
    }


def _receipts(attributes: Mapping[str, Any]) -> dict[str, int]:
    """Rule -> how often it struck."""
    receipts = attributes.get(names.REDACTION)
    if not isinstance(receipts, Mapping):
        return {}
    return {rule: times for rule, times in receipts.items() if isinstance(times, int)}
