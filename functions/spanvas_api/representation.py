"""Executions and rows as the wire has them: plain dictionaries, fields that do not apply left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from spanvas.model import ids
from spanvas.model.completeness import Completeness
from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import OPEN, Counters, Deletion, Execution, run_nano
from spanvas.model.row import ArtifactRef
from spanvas.model.tree import TreeRow, state_of
from spanvas.model.usage import Usage
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.span_names import stored_name
from spanvas.semantics.withheld import row_has_content, shown_row
from spanvas.storage.stored_trace import SpanOrigin


def viewer_url(template: str, trace_id: str, span_id: str) -> str:
    """Returns the address of a span in the operator's own trace viewer. `template` holds `{trace_id}`, and may hold
    `{span_id}`."""
    return template.replace("{trace_id}", trace_id).replace("{span_id}", span_id)


def execution_body(
    execution: Execution,
    completeness: Completeness | None,
    trace_url_template: str,
    spans_from: SpanOrigin | None = None,
) -> dict[str, Any]:
    """Returns the `wire.Execution` of an execution. `trace_url_template` is as `viewer_url` takes it, or empty;
    `spans_from` is None where the spans are the store's."""
    ran = run_nano(execution)
    body: dict[str, Any] = {
        "execution_id": execution.execution_id,
        **({"external_id": execution.external_id} if execution.external_id else {}),
        "workflow_id": execution.workflow_id,
        "workflow_name": execution.workflow_name,
        "workflow_version": execution.workflow_version,
        "trace_id": execution.trace_id,
        "status": execution.status,
        "started_at_unix_nano": str(execution.started_at_unix_nano),
    }
    if execution.queued_until_unix_nano is not None:
        body["queued_until_unix_nano"] = str(execution.queued_until_unix_nano)
    if execution.listed_at_unix_nano is not None:
        body["listed_at_unix_nano"] = str(execution.listed_at_unix_nano)
    if ran is not None:
        body["ended_at_unix_nano"] = str(execution.ended_at_unix_nano)
        body["duration_nano"] = str(ran)
    if execution.deadline_unix_nano is not None:
        body["deadline_unix_nano"] = str(execution.deadline_unix_nano)
    if execution.cause is not None:
        cause = {
            "node_id": execution.cause.node_id,
            "span_id": execution.cause.span_id,
            "error_type": execution.cause.error_type,
            "message": execution.cause.message,
        }
        body["cause"] = {name: value for name, value in cause.items() if value is not None}
    body["counters"] = _counters(execution.counters)
    if completeness is not None:
        body["completeness"] = {
            "expected": completeness.expected,
            "received": completeness.received,
            "missing": completeness.missing,
        }
    body["exporters"] = _exporters(execution.exporter_health)
    body["started_by"] = execution.started_by
    if execution.session_id:
        body["session_id"] = execution.session_id
    if execution.deletion is not None:
        body["deletion"] = deletion_body(execution.deletion)
    if execution.hold is not None:
        body["hold"] = {
            "held_at_unix_nano": str(execution.hold.at_unix_nano),
            "held_by": execution.hold.by,
        }
    body["expires_at"] = execution.expires_at
    if trace_url_template:
        root = ids.root_span_id_for(execution.tenant, execution.execution_id)
        body["trace_url"] = viewer_url(trace_url_template, execution.trace_id, root)
    if execution.is_newer:
        body["is_newer"] = True
    return body | _source(spans_from)


def _source(spans_from: SpanOrigin | None) -> dict[str, Any]:
    if spans_from is None:
        return {}
    unregistered = {} if spans_from.is_registered else {"is_unregistered": True}
    return {"spans_from": spans_from.backend, **unregistered}


def deletion_body(deletion: Deletion) -> dict[str, Any]:
    """Returns the `wire.Deletion` of a deletion."""
    return {
        "deleted_at_unix_nano": str(deletion.at_unix_nano),
        "deleted_by": deletion.by,
        "status": deletion.status,
        "is_complete": deletion.is_complete,
    }


def unreadable_body(item: UnreadableItem) -> dict[str, Any]:
    """Returns `wire.UnreadableExecution`: what the item's keys say of it. Its `position` is an `items.started_key`."""
    started, _, execution_id = item.position.partition("#")
    return {
        "execution_id": execution_id,
        "started_at_unix_nano": str(int(started)),
        "why": item.why,
    }


def _exporters(health: Mapping[str, str]) -> dict[str, Any]:
    """`wire.Exporters`. What is stored are texts."""
    if len(health) == 1 and health.get("store"):  # without an endpoint of OTLP
        return {"store": health["store"]}
    names = ("store", "otlp", "otlp_since", "otlp_reason")
    body: dict[str, Any] = {name: health[name] for name in names if health.get(name)}
    if "otlp_since" in body:
        body["otlp_since_unix_nano"] = body.pop("otlp_since")
    if (dropped := health.get("otlp_dropped", "")).isdecimal():
        body["otlp_dropped"] = int(dropped)
    if by := health.get("otlp_dropped_by"):
        body["otlp_dropped_by"] = by.split(",")
    return body


def _counters(counters: Counters) -> dict[str, int]:
    body = {"spans": counters.spans, "errors": counters.errors}
    if counters.input_tokens is not None:
        body["input_tokens"] = counters.input_tokens
    if counters.output_tokens is not None:
        body["output_tokens"] = counters.output_tokens
    body["cache_read_tokens"] = counters.cache_read_tokens
    body["cache_write_tokens"] = counters.cache_write_tokens
    body["reasoning_tokens"] = counters.reasoning_tokens
    if counters.cost_nano_usd is not None:
        body["cost_nano_usd"] = counters.cost_nano_usd
    body["unpriced"] = counters.unpriced
    body["dropped"] = counters.dropped
    body["unreported_calls"] = counters.unreported_calls
    return body


class Rows(NamedTuple):
    """Rows as the wire has them, and whether they hold something that people or models wrote."""

    bodies: list[dict[str, Any]]
    has_content: bool


def row_bodies(  # noqa: PLR0912 - a branch a field, in one loop for speed
    tree: Sequence[TreeRow], execution: Execution, now_unix_nano: int, up_to: FieldClass
) -> Rows:
    """Returns the `wire.Row` of every row of the tree, in its order.

    `tests/contract/test_row_fields.py` checks that every field of a row is in it, and in its place.

    One loop that takes a row apart once, with hardly a call per row: ten thousand rows take about 15 ms this way.
    """
    is_open = execution.status in OPEN
    sees_all, with_content = up_to is FieldClass.RESTRICTED, bool(up_to)
    has_content = False
    bodies: list[dict[str, Any]] = []
    for row, depth, parent, marks in tree:
        if not sees_all:
            row = shown_row(row, up_to)  # noqa: PLW2901 - the row that is answered
        if with_content and not has_content:
            has_content = row_has_content(row)
        (
            span_id,
            _recorded_parent,
            name,
            kind,
            start,
            end,
            status,
            node_id,
            error_type,
            error_message,
            model,
            provider,
            usage,
            cost,
            input_preview,
            output_preview,
            attempt,
            artifacts,
            _recorded_marks,
            _deadline,
            _recorded_at,
            _detail,
            _response_id,
            _scope,
            first_token,
            scores,
        ) = row
        body: dict[str, Any] = {
            "span_id": span_id,
            "depth": depth,
            "name": stored_name(name, kind),
            "kind": kind,
            "start_time_unix_nano": str(start),
            "status": status,
        }
        if parent is not None:
            body["parent_span_id"] = parent
        if node_id is not None:
            body["node_id"] = node_id
        if end is not None:
            body["end_time_unix_nano"] = str(end)
        else:
            body["status"] = state_of(row, now_unix_nano, is_open)
        if error_type is not None:
            body["error"] = {"type": error_type, "message": error_message or ""}
        if model is not None:
            body["model"] = model
        if provider is not None:
            body["provider"] = provider
        if usage is not None:
            body["usage"] = usage_body(usage)
        if cost is not None:
            body["cost_nano_usd"] = cost
        if input_preview is not None:
            body["input_preview"] = input_preview
        if output_preview is not None:
            body["output_preview"] = output_preview
        if attempt is not None:
            body["attempt"] = attempt
        if first_token is not None:
            body["time_to_first_token_nano"] = first_token
        if scores is not None:
            body["scores"] = scores
        if artifacts:
            body["artifacts"] = [artifact_ref_body(artifact) for artifact in artifacts]
        if marks:
            body["marks"] = marks
        bodies.append(body)
    return Rows(bodies, has_content)


def usage_body(usage: Usage) -> dict[str, int]:
    """Returns the `wire.Usage` of a usage."""
    input_tokens, output_tokens, cache_read, cache_write, reasoning = usage
    body: dict[str, int] = {}
    if input_tokens is not None:
        body["input_tokens"] = input_tokens
    if output_tokens is not None:
        body["output_tokens"] = output_tokens
    body["cache_read_tokens"] = cache_read
    body["cache_write_tokens"] = cache_write
    body["reasoning_tokens"] = reasoning
    return body


def artifact_ref_body(artifact: ArtifactRef) -> dict[str, Any]:
    """Returns the `wire.ArtifactRef` of a reference."""
    return {
        "artifact_id": artifact.artifact_id,
        "name": artifact.name,
        "media_type": artifact.media_type,
        "bytes": artifact.bytes,
    }
