"""Everything about one span."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from spanvas_api.wire.artifacts import ArtifactRef
from spanvas_api.wire.executions import Usage
from spanvas_api.wire.scalars import (
    NanoUsd,
    RowStatus,
    SpanId,
    SpanKind,
    TraceId,
    UnixNano,
    WireModel,
)
from spanvas_api.wire.trace import RowError


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
    `tool_call_response` has `id`, `response`; `image` and `file` have `mime_type`, `name` and one of `uri`, `file_id`,
    `content` (base64), `text`, `parts`. Other types, and all other fields, are as they came."""

    model_config = ConfigDict(extra="allow")

    type: str
    content: Any = None
    id: str | None = None
    name: str | None = None
    arguments: Any = None
    response: Any = None
    is_error: bool | None = Field(
        default=None,
        description="True for a result of which the sender says that the call has failed.",
    )


class Message(BaseModel):
    """One message of a conversation with a model. Fields that are not listed are as they came."""

    model_config = ConfigDict(extra="allow")

    role: str
    parts: list[MessagePart]
    name: str | None = None
    finish_reason: str | None = None
    missing_before: int | None = Field(
        default=None, description="How many messages before this one the sender has left out."
    )
    truncated: bool | None = Field(
        default=None, description="True where the sender has cut this message."
    )


class ToolContent(WireModel):
    """What a tool was called with and what it gave back."""

    name: str
    call_id: str | None = None
    arguments: Any = None
    result: Any = None
    is_error: bool | None = Field(
        default=None, description="True where the result says that the call has failed."
    )


class Evaluation(WireModel):
    """What was judged of a span."""

    name: str | None = None
    score: float | None = None
    label: str | None = None
    by: str | None = Field(default=None, description="Who judged: `HUMAN`, `LLM`, `CODE`.")
    explanation: str | None = Field(default=None, description="Only in `content`.")


class Named(WireModel):
    """Something that has a name and perhaps a version."""

    name: str
    version: str | None = None


class ModalTokens(WireModel):
    """Tokens of one modality, as far as they are reported. They are parts of the counts in `usage`."""

    modality: str = Field(description="`text`, `image`, `audio` or `video`.")
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None


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
    evaluations: list[Evaluation] | None = Field(
        default=None, description="All evaluations, where one has an explanation."
    )
    other: dict[str, Any] | None = Field(
        default=None,
        description="Content that is in none of these, by the name of its attribute or event, as it came.",
    )


class SpanVersion(WireModel):
    """Another version of a span: it was sent too, had ended, and says something else than the one that is shown."""

    end_time_unix_nano: UnixNano
    differences: dict[str, Any] = Field(
        description="Fields of the span that are not as shown, as this version has them; null where it has none. Of"
        " `attributes`, `resource` and `content` the members that differ. Content only with `trace:content`."
    )
    is_cut: bool = Field(
        description="True where the differences are too large for this answer: their names alone are told."
    )


class SpanResponse(WireModel):
    """Everything about one span."""

    span_id: SpanId
    trace_id: TraceId
    parent_span_id: SpanId | None = None
    name: str = Field(description="As recorded; a row leaves out what its kind says as well.")
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
    modal_tokens: list[ModalTokens] | None = None
    cost: Cost | None = None
    time_to_first_token_nano: int | None = Field(
        default=None, description="From the request to the first piece of the answer."
    )
    agent: Named | None = None
    prompt: Named | None = Field(default=None, description="Taken from a library of prompts.")
    evaluations: list[Evaluation] | None = Field(
        default=None, description="Without their explanations, which are content."
    )
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
    other_versions: list[SpanVersion] | None = Field(
        default=None,
        description="Where the span is marked `rewritten`: what else was sent of it, the latest nine at most.",
    )
    trace_url: str | None = Field(
        default=None,
        description="The same span in the operator's own trace viewer, where that has an address for it.",
    )
    content_access: Literal["granted", "denied", "not_captured", "expired"] = Field(
        description="`expired`: attributes, events and content are past their retention; the rest is what the tree has."
    )
    restricted_access: Literal["denied"] | None = Field(
        default=None,
        description="Where fields of this span are withheld for want of `trace:content:restricted`.",
    )
    content: SpanContent | None = Field(default=None, description="Only with `trace:content`.")
