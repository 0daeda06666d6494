"""The AI SDK of Vercel, versions 4 to 6; from 7 on it writes OpenTelemetry's names."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule, first_event, inside
from spanvas.semantics.values import first_of, is_given, parsed

OPERATION: Final = "ai.operationId"
PROMPT: Final = "ai.prompt"
METADATA: Final = "ai.response.providerMetadata"
TELEMETRY: Final = "ai.telemetry.metadata."

LEAVES: Final = (".doGenerate", ".doStream", ".doEmbed", ".doRerank")


def _kind(reading: Reading) -> str | None:
    """The calls to a model are the spans called `do...`; those above them repeat what they report."""
    operation = reading.attributes.get(OPERATION)
    if not isinstance(operation, str):
        operation = reading.name if reading.name.startswith("ai.") else None
    if operation is None:
        return None
    if operation.endswith(LEAVES):
        return kinds.RETRIEVAL if operation.endswith(".doRerank") else kinds.MODEL
    return None


def _prompt(field: str) -> Read:
    def read(reading: Reading) -> Any:
        value = parsed(reading.attributes.get(PROMPT))
        return value.get(field) if isinstance(value, dict) else None

    return Read(f"`{PROMPT}`: `{field}`", read, (PROMPT,), (PROMPT,))


def _prompt_messages(reading: Reading) -> list[Any] | None:
    """Of a call to the SDK: `{"prompt": text or messages, "messages": [...]}`, or the text alone."""
    given = reading.attributes.get(PROMPT)
    value = parsed(given)
    if isinstance(value, dict):
        value = first_of(value, "messages", "prompt")
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    return value if isinstance(value, list) else None


def _answer(prefix: str) -> Read:
    """Text, reasoning, tool calls and object of one answer, which are attributes each."""
    names = tuple(f"{prefix}.{name}" for name in ("text", "reasoning", "toolCalls", "object"))

    def read(reading: Reading) -> list[dict[str, Any]] | None:
        text, reasoning, calls, object_ = (reading.attributes.get(name) for name in names)
        parts: list[Any] = []
        if is_given(reasoning):
            parts.append({"type": "reasoning", "text": reasoning})
        if is_given(text):
            parts.append({"type": "text", "text": text})
        if is_given(object_):
            parts.append({"type": "text", "text": object_})
        decoded = parsed(calls)
        if isinstance(decoded, list):
            parts += [
                {**call, "type": "tool-call"}
                for call in map(parsed, decoded)
                if isinstance(call, dict)
            ]
        return [{"role": "assistant", "content": parts}] if parts else None

    return Read(", ".join(f"`{name}`" for name in names), read, names, names)


def _decision(*members: str) -> Read:
    """What a decision was asked or gave back, by the last word of its attribute."""
    names = tuple(f"ai.decision.{member}" for member in members)

    def read(reading: Reading) -> dict[str, Any] | None:
        attributes = reading.attributes
        return {
            member: parsed(attributes[name])
            for member, name in zip(members, names, strict=True)
            if name in attributes
        } or None

    return Read(", ".join(f"`{name}`" for name in names), read, names, names)


def _first_token(reading: Reading) -> float | None:
    given = first_of(reading.attributes, "ai.response.msToFirstChunk", "ai.stream.msToFirstChunk")
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return given / 1_000 if is_number else None


def _list(attribute: str) -> Read:
    """A list whose items are JSON texts."""

    def read(reading: Reading) -> Any:
        given = parsed(reading.attributes.get(attribute))
        return [parsed(item) for item in given] if isinstance(given, list) else given

    return Read(f"`{attribute}`", read, (attribute,), (attribute,))


DIALECT = Dialect(
    name="vercel",
    title="Vercel AI SDK",
    origin="ai 4.3.6, 5.0.277, 6.0.326, @ai-sdk/otel 1.0.173",
    kinds=(
        Rule(
            f"`{OPERATION}` ending in `.doGenerate`, `.doStream`, `.doEmbed`: model; `.doRerank`: retrieval",
            _kind,
        ),
        Kinds(
            OPERATION,
            {
                "ai.generateText": kinds.AGENT,
                "ai.streamText": kinds.AGENT,
                "ai.toolCall": kinds.TOOL,
                **dict.fromkeys(
                    (
                        "ai.generateObject",
                        "ai.streamObject",
                        "ai.embed",
                        "ai.embedMany",
                        "ai.rerank",
                    ),
                    kinds.OTHER,
                ),
            },
        ),
    ),
    fields={
        "request_model": ("ai.model.id",),
        "response_model": ("ai.response.model",),
        "provider": ("ai.model.provider",),
        "input_tokens": ("ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"),
        "output_tokens": ("ai.usage.outputTokens", "ai.usage.completionTokens"),
        "total_tokens": ("ai.usage.totalTokens",),
        "cache_read_tokens": (
            "ai.usage.cachedInputTokens",
            "ai.usage.inputTokenDetails.cacheReadTokens",
            inside(
                METADATA,
                "openai/cachedPromptTokens",
                "anthropic/usage/cache_read_input_tokens",
                "anthropic/cacheReadInputTokens",
                "bedrock/usage/cacheReadInputTokens",
            ),
        ),
        "cache_write_tokens": (
            "ai.usage.inputTokenDetails.cacheWriteTokens",
            inside(
                METADATA,
                "anthropic/usage/cache_creation_input_tokens",
                "anthropic/cacheCreationInputTokens",
                "bedrock/usage/cacheWriteInputTokens",
            ),
        ),
        "reasoning_tokens": (
            "ai.usage.reasoningTokens",
            "ai.usage.outputTokenDetails.reasoningTokens",
            inside(METADATA, "openai/reasoningTokens"),
        ),
        "finish_reasons": ("ai.response.finishReason", "ai.finishReason"),
        "system_instructions": (_prompt("system"),),
        "input_messages": (
            "ai.prompt.messages",
            Read(f"`{PROMPT}`: `messages` or `prompt`", _prompt_messages, (PROMPT,)),
        ),
        "output_messages": (_answer("ai.response"), _answer("ai.result")),
        "tool_definitions": (_list("ai.prompt.tools"),),
        "tool_name": ("ai.toolCall.name",),
        "tool_call_id": ("ai.toolCall.id",),
        "tool_arguments": ("ai.toolCall.args",),
        "tool_result": ("ai.toolCall.result",),
        "documents": (_list("ai.documents"), _list("ai.ranking")),
        "input": (
            _list("ai.value"),
            _list("ai.values"),
            _decision("state", "questions"),
            "ai.request.text",
        ),
        "output": (_decision("answers"),),
        "agent": ("ai.telemetry.functionId",),
        "first_token_seconds": (
            Read(
                "`ai.response.msToFirstChunk`, `ai.stream.msToFirstChunk`",
                _first_token,
                ("ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"),
            ),
            first_event("ai.stream.firstChunk"),
        ),
        "workflow": ("ai.telemetry.functionId",),
        "session": tuple(
            f"{TELEMETRY}{name}"
            for name in (
                "sessionId",
                "threadId",
                "conversationId",
                "chatId",
                "session_id",
                "thread_id",
            )
        ),
    },
)
