"""From a backend's answer to a trace as the store would give it: whose spans they are, what may be kept, rows. Pure.

A backend has what anybody has sent it, of any tenant. So nothing of an answer is shown but what belongs to the
execution that was asked for, and all of it is cleaned and redacted as what is sent to the OTLP endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from hashlib import blake2b
from itertools import chain
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model.execution import LOST, OPEN, UNTRACED, Execution, seen_at
from spanvas.model.execution_update import create_from, settled, takes_rows
from spanvas.model.ids import as_name, as_tenant, trace_id_for
from spanvas.model.row import MAX_VERSIONS, Row, versions
from spanvas.model.running_totals import rows_of_trace
from spanvas.model.span import Span, merge_spans
from spanvas.otlp.export_safe import PREVIEW, PREVIEW_BYTES
from spanvas.semantics.summary import row_of
from spanvas.storage.short_content import content_kept, is_content_kept, structural_row
from spanvas.storage.spans import UNREGISTERED_SECONDS
from spanvas.storage.stored_trace import SpanOrigin, StoredTrace
from spanvas_api.received.naming import explicit_execution_id
from spanvas_api.received.updates import Group, update_of

TORN_BYTES: Final = 8
"""By how much a text of `PREVIEW_BYTES` bytes may be longer, once what is left of a character that was cut is read."""
REVISION_BYTES: Final = 6
OVERRULED: Final = OPEN | {LOST, UNTRACED}
"""Statuses of a registered execution that its spans know better: nobody has told the store how it ended."""


class Wanted(NamedTuple):
    """The execution that is asked for. `execution_ids` are all ids of it.

    `keeps_apart`: the backend answers spans of this tenant alone.
    """

    tenant: str
    execution_ids: frozenset[str]
    keeps_apart: bool


@dataclass(frozen=True, slots=True)
class SourceTrace:
    """A trace of a backend. `spans` are redacted; the `detail` of a row is its span's index, in decimal digits.

    `size` is that of the answer, in bytes. `has_content`: the content's retention is not over.
    """

    trace: StoredTrace
    spans: Sequence[Span]
    size: int
    has_content: bool

    def versions(self, span_id: str) -> list[Span]:
        """Returns the versions of a span as `TraceReader.read_versions`."""
        if not self.has_content:
            return []
        rows = [row for row in chain(*self.trace.chunks.values()) if row.span_id == span_id]
        shown = versions(rows)[:MAX_VERSIONS] if rows else []
        return [self.spans[int(row.detail)] for row in shown]

    def in_order(self) -> list[Span]:
        """Returns each span once, by start, then id."""
        merged: dict[str, Span] = {}
        for span in self.spans:
            known = merged.get(span.span_id)
            merged[span.span_id] = span if known is None else merge_spans(known, span)
        return sorted(merged.values(), key=lambda span: (span.start_time_unix_nano, span.span_id))


def own_spans(spans: Iterable[Span], trace_id: str, wanted: Wanted) -> list[Span]:
    """Returns the spans of an answer that belong to the execution that was asked for.

    None of another trace, of another tenant or of another execution. One that names no tenant belongs to it where the
    backend keeps tenants apart, or where the trace id is one that Spanvas makes of this tenant and this execution.
    """
    is_made_for_it = any(
        trace_id == trace_id_for(wanted.tenant, execution_id)
        for execution_id in wanted.execution_ids
    )
    takes_unnamed = wanted.keeps_apart or is_made_for_it
    return [
        span
        for span in spans
        if span.trace_id == trace_id
        and _is_of_tenant(span, wanted.tenant, takes_unnamed)
        and explicit_execution_id(span) in ("", *wanted.execution_ids)
    ]


def _is_of_tenant(span: Span, tenant: str, takes_unnamed: bool) -> bool:
    named = [
        as_tenant(held[names.TENANT])
        for held in (span.attributes, span.resource)
        if names.TENANT in held
    ]
    return all(one == tenant for one in named) if named else takes_unnamed


def marked(span: Span) -> Span:
    """Returns a span that says so where a text of it may be the beginning of a longer one."""
    if names.PREVIEWS_WITHHELD in span.attributes or not (
        _is_cut(span.attributes) or any(_is_cut(event.attributes) for event in span.events)
    ):
        return span
    return replace(span, attributes={**span.attributes, names.PREVIEWS_ONLY: True})


def _is_cut(attributes: Mapping[str, Any]) -> bool:
    """Whether the layer has cut a text and says so, or one is just as long as what a backend keeps."""
    for name, value in attributes.items():
        if name.startswith(PREVIEW):
            return True
        if isinstance(value, str) and 4 * len(value) >= PREVIEW_BYTES:
            size = len(value.encode("utf-8", "replace"))
            if PREVIEW_BYTES <= size < PREVIEW_BYTES + TORN_BYTES:
                return True
    return False


class Kept(NamedTuple):
    """Since when what is read is kept, in unix nanoseconds: content, and all of it."""

    content_since: int
    since: int


def trace_of(
    spans: Sequence[Span],
    origin: SpanOrigin,
    size: int,
    wanted: tuple[str, str],
    known: Execution | None,
    kept: Kept,
    now_unix_nano: int,
) -> SourceTrace | None:
    """Returns the trace of redacted spans; None where its retention is over.

    `wanted`: tenant and execution id. `known`: what is registered of the execution.
    """
    rows = [row_of(span, str(index)) for index, span in enumerate(spans)]
    chunks = _chunks(rows)
    said = _said(spans, rows, wanted, now_unix_nano)
    if known is None:
        if said.started_at_unix_nano < kept.since:
            return None
        execution = said
    else:
        execution = _with_what_is_said(known, said)
    execution = replace(
        seen_at(execution, now_unix_nano), revision=_revision(execution.revision, chunks)
    )
    has_content = is_content_kept(execution, kept.content_since)
    if not has_content:
        execution = content_kept(execution, kept.content_since)
        chunks = {name: list(map(structural_row, held)) for name, held in chunks.items()}
    trace = replace(StoredTrace.of(execution, chunks), origin=origin)
    return SourceTrace(trace, spans, size, has_content)


def _chunks(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Returns each row as a chunk, whose name is a digest of it: so a version knows which of them it has (ADR 19)."""
    chunks: dict[str, list[Row]] = {}
    for row in rows:
        said = repr(row._replace(detail="")).encode("utf-8", "surrogatepass")
        chunks[blake2b(said, digest_size=12, person=b"source").hexdigest()] = [row]
    return chunks


def _revision(revision: int, chunks: Iterable[str]) -> int:
    """Returns a number that changes with the rows and with the execution's own revision."""
    names_ = f"{revision}#{''.join(sorted(chunks))}".encode()
    return int.from_bytes(blake2b(names_, digest_size=REVISION_BYTES, person=b"source").digest())


def _said(
    spans: Sequence[Span], rows: Sequence[Row], wanted: tuple[str, str], now_unix_nano: int
) -> Execution:
    """Returns the execution that spans are all that is known of."""
    tenant, execution_id = wanted
    group = Group(execution_id, spans=list(spans))
    update = update_of(group, tenant, "", now_unix_nano, UNREGISTERED_SECONDS)
    execution = create_from(update)
    if takes_rows(execution):
        execution = settled(execution, rows_of_trace(list(rows)), now_unix_nano)
    if execution.status in OPEN:
        # They came when they ended, and not when somebody asks.
        last = max(span.end_time_unix_nano or span.start_time_unix_nano for span in spans)
        execution = replace(execution, deadline_unix_nano=last + update.patience_nano)
    if workflow_id := _workflow_id(spans):
        name = execution.workflow_name if workflow_id == execution.workflow_id else workflow_id
        execution = replace(execution, workflow_id=workflow_id, workflow_name=name)
    return execution


def _workflow_id(spans: Sequence[Span]) -> str:
    """Returns the workflow that the first span that names one names: every span that the layer sends does."""
    named = (span for span in spans if isinstance(span.attributes.get(names.WORKFLOW_ID), str))
    first = reduce(_earlier, named, None)
    return "" if first is None else as_name(first.attributes[names.WORKFLOW_ID])


def _earlier(one: Span | None, other: Span) -> Span:
    key = (other.start_time_unix_nano, other.span_id)
    return one if one and (one.start_time_unix_nano, one.span_id) <= key else other


def _with_what_is_said(known: Execution, said: Execution) -> Execution:
    """Returns a registered execution with what its spans know better: that it runs, and how it ended."""
    found = replace(
        known,
        workflow_name=known.workflow_name or said.workflow_name,
        session_id=known.session_id or said.session_id,
        user_id=known.user_id or said.user_id,
    )
    if known.status not in OVERRULED or (known.status == LOST and said.status in OPEN):
        return found
    if said.status in OPEN:
        deadline = known.deadline_unix_nano if known.status in OPEN else said.deadline_unix_nano
        return replace(found, status=said.status, deadline_unix_nano=deadline)
    return replace(
        found,
        status=said.status,
        ended_at_unix_nano=said.ended_at_unix_nano,
        deadline_unix_nano=None,
        cause=said.cause,
    )
