"""Workflows and executions: what the history shows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from spanvas_api.wire.scalars import (
    DurationNano,
    ExecutionStatus,
    NanoUsd,
    SpanId,
    TraceId,
    UnixNano,
    WireModel,
)


class WorkflowNode(WireModel):
    """A step of a workflow's graph."""

    id: str
    name: str
    kind: str = Field(
        description="What the node does: generate, http, transform, template, map, artifact."
    )


class Workflow(WireModel):
    """A workflow that can be started, as a graph."""

    workflow_id: str
    name: str
    version: str
    description: str
    nodes: list[WorkflowNode]
    edges: list[tuple[str, str]] = Field(
        description="Pairs of node ids: the second waits for the first."
    )
    sample_input: dict[str, Any] = Field(description="An input that the workflow accepts.")


class WorkflowsResponse(WireModel):
    """The workflows that can be started."""

    items: list[Workflow]


class Cause(WireModel):
    """Why an execution failed, and where."""

    node_id: str | None = None
    span_id: SpanId | None = None
    error_type: str
    message: str


class Usage(WireModel):
    """Tokens of one model call. `input_tokens` includes what was read from or written to the cache, `output_tokens`
    includes reasoning. Either is absent where it was not reported; a reported 0 is 0."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int


class Counters(WireModel):
    """Totals of an execution. Of a trace, and of a single execution, they are the sums of its spans; in the list of a
    running execution they lack the spans that have not ended. Tokens and cost are sums over the model calls that
    reported them, and absent where none did: that is not 0."""

    spans: int = Field(description="All that have arrived, ended or not.")
    errors: int = Field(
        description="Spans that failed (status `error`) or are lost. Every failed attempt counts, and every span that"
        " an error made fail on its way up the tree."
    )
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_nano_usd: NanoUsd | None = Field(
        default=None, description="Of the model calls whose price is known; absent where none is."
    )
    unpriced: int = Field(
        description="Model calls whose price is unknown, so not part of the cost."
    )
    dropped: int = Field(description="Spans that the executor could not deliver.")
    unreported_calls: int = Field(
        default=0,
        description="Model calls that have not failed and of which no tokens were reported, so not part of the sums."
        " Of executions that were stored before there was this counter, 0 in a list until they have been read.",
    )


class Completeness(WireModel):
    """Which nodes the workflow has, and which of them have been seen."""

    expected: list[str]
    received: list[str]
    missing: list[str]


class Exporters(WireModel):
    """How the executor's exporters fared, as it last reported: at the end of the execution. Empty where the execution
    runs, or where its spans were sent over OTLP by somebody else."""

    store: str | None = Field(
        default=None, description="`ok`, or `incomplete`: not all spans could be stored."
    )
    otlp: str | None = Field(
        default=None,
        description="`ok`, `failing` (the last request failed) or `open` (after failures in a row, nothing is sent for"
        " a while). Absent where no endpoint is configured, or where the function's own tracer provider sends there.",
    )
    otlp_since_unix_nano: UnixNano | None = Field(
        default=None,
        description="The first of the failures in a row; absent where the last request succeeded.",
    )
    otlp_reason: str | None = Field(default=None, description="Why the last request failed.")
    otlp_dropped: int | None = Field(
        default=None,
        description="Spans of this execution that the endpoint has not got and will not get; absent where none.",
    )
    otlp_dropped_by: list[str] | None = Field(
        default=None,
        description="Why: `memory` (too many waited), `trace_bytes` (`SPANVAS_OTLP_TRACE_BYTES` was spent), `refused` "
        "(requests that the endpoint refused, or that failed for good), `rejected` (spans of a request that it took).",
    )


class Deletion(WireModel):
    """Who has deleted an execution, and when. Its ids, times and totals are left, and nothing that anybody wrote."""

    deleted_at_unix_nano: UnixNano
    deleted_by: str = Field(description="The subject of the token that asked for it.")
    status: ExecutionStatus = Field(description="The status that it had before.")
    is_complete: bool = Field(
        description="False while stored copies are still being deleted; no call shows them any more."
    )


class Hold(WireModel):
    """Who keeps an execution from expiring and from being deleted, and since when."""

    held_at_unix_nano: UnixNano
    held_by: str = Field(description="The subject of the token that asked for it.")


class Execution(WireModel):
    """One run of a workflow, and the trace that belongs to it."""

    execution_id: str
    external_id: str | None = Field(
        default=None,
        description="The id that its sender uses, where that is not the `execution_id` itself: it has characters in it"
        " that ids cannot have, or is too long. Finds the execution, too. At most 1,000 characters of it are kept.",
    )
    workflow_id: str
    workflow_name: str
    workflow_version: str
    trace_id: TraceId
    status: ExecutionStatus
    started_at_unix_nano: UnixNano = Field(
        description="Unix time in nanoseconds: when it was queued, or begun where nobody queued it. Of one that is"
        " known by its spans alone, the start of the earliest of them."
    )
    queued_until_unix_nano: UnixNano | None = Field(
        default=None,
        description="Unix time in nanoseconds: when its function began, where it was queued before.",
    )
    listed_at_unix_nano: UnixNano | None = Field(
        default=None,
        description="Unix time in nanoseconds: its place in the history, where that is not its start. It is when it was"
        " first seen, for one that started before anything that is kept, or in the future.",
    )
    ended_at_unix_nano: UnixNano | None = None
    duration_nano: DurationNano | None = Field(
        default=None, description="Nanoseconds that it ran, without its time in the queue."
    )
    deadline_unix_nano: UnixNano | None = None
    cause: Cause | None = None
    counters: Counters
    completeness: Completeness | None = Field(
        default=None, description="Absent in the history: it takes the trace to know it."
    )
    exporters: Exporters
    started_by: str
    session_id: str | None = Field(
        default=None,
        description="The session or conversation that it is part of, as its spans say; absent where they say none.",
    )
    deletion: Deletion | None = Field(
        default=None, description="Of a deleted execution, whose `status` is `deleted`."
    )
    hold: Hold | None = Field(
        default=None,
        description="Of an execution that is held: it may not be deleted, and does not expire.",
    )
    expires_at: int = Field(
        description="Unix time in seconds after which the trace is deleted; of one that is held, when it is released."
    )
    trace_url: str | None = Field(
        default=None, description="The same trace in the operator's own trace viewer."
    )
    spans_from: Literal["tempo", "jaeger"] | None = Field(
        default=None,
        description="The backend that the spans were read from, where the store has none of them: it keeps the"
        " beginning of long texts. Absent in the history, and where the spans are the store's.",
    )
    is_unregistered: bool | None = Field(
        default=None,
        description="True where that backend alone knows of it: it is in no list, and can neither be held nor deleted"
        " here.",
    )
    is_newer: bool | None = Field(
        default=None,
        description="True where a newer version of Spanvas has written it: there may be more to it than is answered.",
    )


class UnreadableExecution(WireModel):
    """An execution that is there and cannot be read: what its keys say of it."""

    execution_id: str
    started_at_unix_nano: UnixNano
    why: Literal["newer_version", "malformed"] = Field(
        description="`newer_version`: a newer version of Spanvas has written it."
    )


class ExecutionsResponse(WireModel):
    """A page of the history. It is a bounded amount of work: with a filter that few executions pass it may be short, or
    empty, and have a `next_cursor`."""

    items: list[Execution]
    unreadable: list[UnreadableExecution] | None = Field(
        default=None,
        description="Executions of this page that are stored in a form that the API cannot read, whatever their status."
        " Only where there are any.",
    )
    passed_over: int = Field(
        description="How many others were looked at for this page and do not pass the filter, or have expired. To a"
        " caller who is restricted to workflows, of those alone."
    )
    looked_through_unix_nano: UnixNano | None = Field(
        default=None,
        description="Unix time in nanoseconds: how far this page has looked. All later executions (earlier ones, where"
        " the oldest come first) that pass the filter are on it or on the pages before. Absent on the last page.",
    )
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


class DeleteExecutionsResponse(WireModel):
    """What one page of a deletion by session or user has done."""

    deleted: list[str] = Field(
        description="Ids of the executions that this call has deleted; no call shows their content any more."
    )
    held: list[str] = Field(
        description="Ids of those that are held, and were left. Release them, and delete them then."
    )
    unreadable: list[UnreadableExecution] | None = Field(
        default=None,
        description="Executions that the API cannot read: whose they are is not known, and they were left. Only where"
        " there are any.",
    )
    looked_through_unix_nano: UnixNano | None = Field(
        default=None,
        description="Unix time in nanoseconds: all later executions have been looked at. Absent on the last page.",
    )
    next_cursor: str | None = Field(description="For the next page; null when all was looked at.")


class StartExecutionRequest(WireModel):
    """What a new execution starts with."""

    input: dict[str, Any] = Field(
        default_factory=dict,
        description="The workflow's input, at most 200 KB; the document names what it needs.",
    )


class StartExecutionResponse(WireModel):
    """The execution that will run."""

    execution_id: str
    status: Literal["queued"]
