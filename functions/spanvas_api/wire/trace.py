"""The tree of an execution, and what a search finds in it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from spanvas_api.wire.artifacts import ArtifactRef
from spanvas_api.wire.executions import Execution, Usage
from spanvas_api.wire.scalars import (
    NanoUsd,
    RowStatus,
    SpanId,
    SpanKind,
    TraceStatus,
    UnixNano,
    WireModel,
)


class RowError(WireModel):
    """What a span failed with."""

    type: str
    message: str


class Row(WireModel):
    """One span, as much of it as the tree shows. Rows are in pre-order: a parent stands before its children."""

    span_id: SpanId
    parent_span_id: SpanId | None = None
    depth: int
    name: str
    kind: SpanKind
    node_id: str | None = None
    start_time_unix_nano: UnixNano
    end_time_unix_nano: UnixNano | None = None
    status: RowStatus = Field(description="`lost`: started, its deadline has passed, never ended.")
    error: RowError | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    cost_nano_usd: NanoUsd | None = None
    input_preview: str | None = Field(
        default=None, description="Content: only with `trace:content`."
    )
    output_preview: str | None = Field(
        default=None, description="Content: only with `trace:content`."
    )
    attempt: int | None = None
    time_to_first_token_nano: int | None = Field(
        default=None,
        description="From the request of a model call to the first piece of its answer.",
    )
    scores: str | None = Field(
        default=None,
        description="What was judged of the span, in short: `relevance 0.92, tone friendly`.",
    )
    artifacts: list[ArtifactRef] | None = None
    marks: list[str] | None = Field(
        default=None,
        description="What is unusual: orphan, cycle, clock_skew, truncated, redacted, cold_start, lost, rewritten, ...",
    )


class TraceResponse(WireModel):
    """An execution's spans as a tree in pre-order."""

    execution: Execution
    status: TraceStatus
    reason: str | None = Field(
        default=None,
        description="Why the trace is PARTIAL or EMPTY, or what of a RUNNING one cannot be read, for a person.",
    )
    unreadable_chunks: int | None = Field(
        default=None,
        description="Chunks of the trace that are stored in a form that the API cannot read, if any: each holds up to"
        " 2,000 spans, which are not among the rows.",
    )
    newer_chunks: int | None = Field(
        default=None,
        description="Chunks that a newer version of Spanvas has written, if any: their spans are among the rows, as far"
        " as the API knows them.",
    )
    content_access: Literal["granted", "denied"]
    restricted_access: Literal["denied"] | None = Field(
        default=None,
        description="Where `RestrictedAttributes` names fields and the caller has `trace:content` without"
        " `trace:content:restricted`: rows have no previews, and such fields are withheld.",
    )
    total_rows: int = Field(description="Of the whole trace, also where this is one page of it.")
    version: str = Field(
        description="Of the state of the trace that this answer is of: `since` of a later read tells what is new."
    )
    rows: list[Row]
    positions: list[int] | None = Field(
        default=None,
        description="Only where `since` was asked for and can be answered: `rows` are those that are new or have "
        "changed, and here is where each of them stands in the whole, from 0 on, ascending. All other rows are as "
        "they were and fill the places between, in their order. Absent: `rows` is the whole, or a page of it.",
    )
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


class SearchHit(WireModel):
    """A span that holds the words of a query."""

    span_id: SpanId
    where: list[Literal["name", "attributes", "content"]] = Field(
        description="In what of the span words of the query stand."
    )


class SearchResponse(WireModel):
    """The spans that a search found, in no particular order."""

    hits: list[SearchHit]
    is_complete: bool = Field(
        description="False when there was more to look through than one answer may take, or something of it that cannot"
        " be read."
    )
    unreadable: int | None = Field(
        default=None, description="How many stored details could not be looked through, if any."
    )
    expired: int | None = Field(
        default=None, description="How many spans have expired before their execution, if any."
    )
    content_access: Literal["granted", "denied"] = Field(
        description="`denied`: content was not looked at."
    )
