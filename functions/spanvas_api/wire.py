"""The shapes that cross the wire, as pydantic models: the source of `docs/reference/openapi.json`.

Not responsible for answering: operations build plain dictionaries of these shapes, because validating 10,000 rows would
cost more than reading them. A contract test holds real answers against the generated schema instead.

Times are unix nanoseconds as decimal strings (a JSON number loses them above 2^53). Money is whole nano-dollars
(1e-9 USD). A field that does not apply is left out.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

UnixNano = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,20}$"),
    Field(description="Unix time in nanoseconds, decimal.", examples=["1764000000000000000"]),
]
DurationNano = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,20}$"),
    Field(description="Duration in nanoseconds, decimal.", examples=["1250000000"]),
]
TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
SpanId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
NanoUsd = Annotated[int, Field(description="Billionths of a US dollar.")]

ExecutionStatus = Literal["queued", "running", "succeeded", "failed", "lost", "untraced"]
TraceStatus = Literal["COMPLETE", "RUNNING", "PARTIAL", "EMPTY"]
RowStatus = Literal["ok", "error", "unset", "running", "lost"]
SpanKind = Literal[
    "workflow",
    "invocation",
    "node",
    "attempt",
    "map",
    "item",
    "model",
    "tool",
    "retrieval",
    "agent",
    "http",
    "artifact",
    "other",
]
AccessAction = Literal["trace", "span", "artifact", "search", "export"]
Disposition = Literal["inline", "attachment"]


class WireModel(BaseModel):
    """What every shape has in common: nothing but the named fields."""

    model_config = ConfigDict(extra="forbid")


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
    """Tokens of one model call, or of all below."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int


class Counters(WireModel):
    """Totals of an execution, kept while its spans arrive."""

    spans: int
    errors: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost_nano_usd: NanoUsd
    unpriced: int = Field(
        description="Model calls whose price is unknown, so not part of the cost."
    )
    dropped: int = Field(description="Spans that the executor could not deliver.")


class Completeness(WireModel):
    """Which nodes the workflow has, and which of them have been seen."""

    expected: list[str]
    received: list[str]
    missing: list[str]


class Exporters(WireModel):
    """How the executor's exporters fared, in a few words each, as it last reported."""

    store: str | None = None
    otlp: str | None = None


class Execution(WireModel):
    """One run of a workflow, and the trace that belongs to it."""

    execution_id: str
    workflow_id: str
    workflow_name: str
    workflow_version: str
    trace_id: TraceId
    status: ExecutionStatus
    started_at_unix_nano: UnixNano
    ended_at_unix_nano: UnixNano | None = None
    duration_nano: DurationNano | None = None
    deadline_unix_nano: UnixNano | None = None
    cause: Cause | None = None
    counters: Counters
    completeness: Completeness | None = Field(
        default=None, description="Absent in the history: it takes the trace to know it."
    )
    exporters: Exporters
    started_by: str
    expires_at: int = Field(description="Unix time in seconds after which the trace is deleted.")
    trace_url: str | None = Field(
        default=None, description="The same trace in the operator's own trace viewer."
    )


class ExecutionsResponse(WireModel):
    """A page of the history, newest first."""

    items: list[Execution]
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


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


class RowError(WireModel):
    """What a span failed with."""

    type: str
    message: str


class ArtifactRef(WireModel):
    """A file that a span produced, as much of it as a row shows."""

    artifact_id: str
    name: str
    media_type: str
    bytes: int


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
        default=None, description="Why the trace is PARTIAL or EMPTY, for a person."
    )
    content_access: Literal["granted", "denied"]
    total_rows: int = Field(description="Of the whole trace, also where this is a part of it.")
    rows: list[Row]
    next_cursor: str | None = Field(description="For the next part; null on the last one.")


class CostLine(WireModel):
    """One term of a span's cost."""

    what: str
    tokens: int
    nano_usd_per_token: float | None = Field(
        default=None, description="Absent when the price is unknown."
    )
    nano_usd: NanoUsd


class Cost(WireModel):
    """What a span cost, with its arithmetic."""

    nano_usd: NanoUsd
    lines: list[CostLine]


class SpanEvent(WireModel):
    """Something that happened at a moment of the span."""

    name: str
    time_unix_nano: UnixNano
    attributes: dict[str, Any]


class SpanLink(WireModel):
    """A span of this or another trace that belongs with this one."""

    trace_id: TraceId
    span_id: SpanId
    attributes: dict[str, Any]


class Scope(WireModel):
    """The instrumentation that made the span."""

    name: str
    version: str


class MessagePart(BaseModel):
    """A piece of a message. `text` and `reasoning` have `content`; `tool_call` has `id`, `name`, `arguments`;
    `tool_call_response` has `id`, `response`; other types keep the fields that they came with."""

    model_config = ConfigDict(extra="allow")

    type: str
    content: Any = None
    id: str | None = None
    name: str | None = None
    arguments: Any = None
    response: Any = None


class Message(BaseModel):
    """One message of a conversation with a model."""

    model_config = ConfigDict(extra="allow")

    role: str
    parts: list[MessagePart]
    name: str | None = None
    finish_reason: str | None = None


class ToolContent(WireModel):
    """What a tool was called with and what it gave back."""

    name: str
    call_id: str | None = None
    arguments: Any = None
    result: Any = None


class SpanContent(WireModel):
    """What people and models wrote, in one normal form whatever instrumentation recorded it."""

    system_instructions: list[MessagePart] | None = None
    input_messages: list[Message] | None = None
    output_messages: list[Message] | None = None
    tool: ToolContent | None = None
    tool_definitions: Any = None
    documents: Any = None
    query: str | None = Field(default=None, description="What a retrieval searched for.")
    input: Any = None
    output: Any = None


class SpanResponse(WireModel):
    """Everything about one span."""

    span_id: SpanId
    trace_id: TraceId
    parent_span_id: SpanId | None = None
    name: str
    kind: SpanKind
    otel_kind: str
    node_id: str | None = None
    start_time_unix_nano: UnixNano
    end_time_unix_nano: UnixNano | None = None
    status: RowStatus
    status_message: str | None = None
    error: RowError | None = None
    model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    attributes: dict[str, Any] = Field(description="As recorded, content left out.")
    events: list[SpanEvent]
    links: list[SpanLink]
    resource: dict[str, Any]
    scope: Scope
    artifacts: list[ArtifactRef]
    marks: list[str]
    receipts: dict[str, int] = Field(
        description="Redaction: how often which rule struck, never what it hid."
    )
    content_access: Literal["granted", "denied", "not_captured"]
    content: SpanContent | None = Field(default=None, description="Only with `trace:content`.")


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
        description="False when there was more to look through than one answer may take."
    )
    content_access: Literal["granted", "denied"] = Field(
        description="`denied`: content was not looked at."
    )


class Artifact(WireModel):
    """A file that a span produced."""

    artifact_id: str
    span_id: SpanId
    node_id: str | None = None
    name: str
    media_type: str
    bytes: int
    sha256: str = Field(description="Empty for a file that was in S3 already.")
    created_at_unix_nano: UnixNano
    inline: bool = Field(
        description="Whether its type may be shown in the page; others are downloaded."
    )
    source: str | None = Field(
        default=None, description="Where a file stays that was in S3 already: `s3://bucket/key`."
    )


class ArtifactsResponse(WireModel):
    """The files of an execution."""

    items: list[Artifact]


class LinkArtifactRequest(WireModel):
    """How the file will be opened."""

    disposition: Disposition = "attachment"


class LinkArtifactResponse(WireModel):
    """A link that opens the file for a short time, for whoever holds it."""

    url: str
    expires_at_unix_nano: UnixNano
    media_type: str
    disposition: Disposition = Field(
        description="`attachment` when the type may not be shown in the page."
    )


class Access(WireModel):
    """One recorded read of content."""

    access_id: str
    time_unix_nano: UnixNano
    principal: str
    action: AccessAction
    target: str | None = None
    outcome: Literal["allowed", "refused"]
    request_id: str


class AccessesResponse(WireModel):
    """Who read an execution's content, newest first."""

    items: list[Access]
    next_cursor: str | None = Field(description="For the next page; null on the last one.")


class OtlpModel(BaseModel):
    """What the shapes of OTLP have in common: names in lowerCamelCase; unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore")


class ExportTraceRequest(OtlpModel):
    """Spans in OTLP's JSON encoding (ExportTraceServiceRequest), as any OTLP/HTTP endpoint takes and sends them."""

    resourceSpans: list[dict[str, Any]] = Field(
        description="ResourceSpans of opentelemetry-proto: a resource and its scopes, each with its spans."
    )


class PartialSuccess(OtlpModel):
    """What of a request was not kept as it was."""

    rejectedSpans: str = Field(description="How many spans were not kept, decimal.")
    errorMessage: str = Field(description="Why, and what of those that were kept was cut off.")


class ExportTraceResponse(OtlpModel):
    """An ExportTraceServiceResponse: the spans are durable."""

    partialSuccess: PartialSuccess | None = None


class OtlpStatus(OtlpModel):
    """A google.rpc.Status: why an OTLP request was refused."""

    code: int = Field(description="Of google/rpc/code.proto.")
    message: str
    details: list[dict[str, Any]] | None = Field(
        default=None, description="A google.rpc.BadRequest that names what could not be decoded."
    )


class GatewayMessage(OtlpModel):
    """What the gateway says where it refuses a request by itself: no valid token, the scope, too much at once."""

    message: str


class FieldError(WireModel):
    """One field of the request that was not accepted."""

    field: str
    message: str


class Problem(WireModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldError] | None = None
    request_id: str
