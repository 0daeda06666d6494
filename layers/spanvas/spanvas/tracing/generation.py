"""A model call as OpenTelemetry's GenAI conventions have it, from what callers have at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from opentelemetry.trace import SpanKind, StatusCode

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.messages import (
    is_pair,
    message_of,
    messages_within,
    raw_messages,
    text_message,
)
from spanvas.semantics.parts import parts_of
from spanvas.tracing.context import with_scope
from spanvas.tracing.convert import json_text
from spanvas.tracing.handles import error_type, exception_attributes
from spanvas.tracing.health import guarded
from spanvas.tracing.plain_values import plain
from spanvas.tracing.spans import SpanRecorder

USAGE: Final = {
    "input_tokens": names.INPUT_TOKENS[0],
    "output_tokens": names.OUTPUT_TOKENS[0],
    "cache_read_tokens": names.CACHE_READ_TOKENS[0],
    "cache_write_tokens": names.CACHE_WRITE_TOKENS[0],
    "reasoning_tokens": names.REASONING_TOKENS[0],
}


class GenerationRecorder:
    """Records model calls that are over. Guarded: nothing raises."""

    def __init__(self, spans: SpanRecorder) -> None:
        self.problems = spans.problems
        self._spans = spans

    @guarded()
    def record(
        self,
        /,
        *,
        model: str,
        provider: str = "",
        operation: str = "chat",
        system: Any = None,
        input_messages: Any = None,
        output_messages: Any = None,
        tool_definitions: Any = None,
        error: BaseException | str | None = None,
        attributes: Mapping[str, Any] | None = None,
        start_time_unix_nano: int | None = None,
        end_time_unix_nano: int | None = None,
        **details: Any,
    ) -> None:
        """Records one model call as a finished span."""
        scope = self._spans.scope("record_generation")
        if scope is None:
            return
        end = end_time_unix_nano or self._spans.now()
        own = generation_attributes(model, provider, operation, **details)
        if self._spans.keeps_content:
            own |= generation_content(system, input_messages, output_messages, tool_definitions)
        span, _ = self._spans.start(
            f"{operation} {model}",
            with_scope(scope),
            {**own, **(attributes or {})},
            start_time_unix_nano or end,
            SpanKind.CLIENT,
        )
        if error is None:
            span.set_status(StatusCode.OK)
        else:
            span.set_attribute(names.ERROR_TYPE, error_type(error))
            span.set_status(StatusCode.ERROR, str(error))
            if isinstance(error, BaseException):
                span.add_event(names.EXCEPTION_EVENT, exception_attributes(error), end)
        span.end(end)


def generation_attributes(
    model: str,
    provider: str,
    operation: str,
    *,
    usage: Any = None,
    finish_reasons: Sequence[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    response_model: str = "",
    response_id: str = "",
) -> dict[str, Any]:
    """Returns all attributes but the content. Tokens that were not reported are absent, not 0."""
    attributes: dict[str, Any] = {
        names.KIND: kinds.MODEL,
        names.OPERATION: operation,
        names.REQUEST_MODEL: model,
    }
    optional = {
        names.PROVIDER[0]: provider,
        names.RESPONSE_MODEL: response_model,
        names.RESPONSE_ID: response_id,
        names.FINISH_REASONS: list(finish_reasons or ()),
    }
    attributes |= {name: value for name, value in optional.items() if value}
    for field, name in USAGE.items():
        number = usage.get(field) if isinstance(usage, Mapping) else getattr(usage, field, None)
        if isinstance(number, int) and number >= 0:
            attributes[name] = number
    for field, value in (parameters or {}).items():
        if value is not None:
            attributes[f"gen_ai.request.{field}"] = value
    return attributes


def generation_content(
    system: Any, input_messages: Any, output_messages: Any, tool_definitions: Any
) -> dict[str, str]:
    """Returns the content as JSON texts, as instrumentations of the GenAI conventions write it."""
    content = {
        names.SYSTEM_INSTRUCTIONS: parts_of(plain(system)),
        names.INPUT_MESSAGES: _messages(input_messages, "user"),
        names.OUTPUT_MESSAGES: _messages(output_messages, "assistant"),
        names.TOOL_DEFINITIONS: None if tool_definitions is None else plain(tool_definitions),
    }
    return {name: json_text(value) for name, value in content.items() if value is not None}


def _messages(messages: Any, role: str) -> list[dict[str, Any]] | None:
    """What a client library takes or gives: messages, items, a whole response; a plain text is one message."""
    messages = plain(messages)
    if isinstance(messages, str):
        return [text_message(messages, role)]
    if isinstance(messages, list) and not is_pair(messages):
        return [
            text_message(item, role) if isinstance(item, str) else message_of(item, role)
            for item in raw_messages(messages) or ()
        ]
    return messages_within(messages, role)
