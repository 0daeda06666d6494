"""A model call as OpenTelemetry's GenAI conventions have it, from what callers have at hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, Final, TypeVar

from opentelemetry.trace import SpanKind, StatusCode

from spanvas import attributes as names
from spanvas import handles as public
from spanvas.model import kinds
from spanvas.tracing.context import innermost, with_scope
from spanvas.tracing.convert import error_type, exception_attributes, json_text
from spanvas.tracing.convert import message_of as error_message_of
from spanvas.tracing.handles import LiveSpan
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.plain_values import plain
from spanvas.tracing.spans import SpanRecorder

R = TypeVar("R")
REAL_NUMBERS: Final = frozenset(
    {"temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty"}
)
WHOLE_NUMBERS: Final = frozenset({"max_tokens", "seed", "choice.count"})
"""Request parameters by their type in OpenTelemetry's GenAI conventions."""


class GenerationRecorder:
    """Records model calls. Guarded: nothing raises.

    `last_moment_in` returns when the last span below an open one has ended, or when that began.
    """

    def __init__(self, spans: SpanRecorder, last_moment_in: Callable[[int], int | None]) -> None:
        self.problems = spans.problems
        self._spans = spans
        self._last_moment_in = last_moment_in

    @guarded()
    def open(
        self,
        /,
        *,
        model: str,
        provider: str = "",
        operation: str = "chat",
        system: Any = None,
        input_messages: Any = None,
        tool_definitions: Any = None,
        parameters: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> LiveGeneration | None:
        """Opens a model call that lasts until its handle is closed."""
        scope = self._spans.scope("generation")
        if scope is None:
            return None
        own = generation_attributes(model, provider, operation, parameters=parameters)
        live = self._spans.open_in(
            LiveGeneration,
            scope,
            f"{operation} {model}",
            {**own, **(attributes or {})},
            otel_kind=SpanKind.CLIENT,
        )
        live.began()
        live.set_request(system, input_messages, tool_definitions)
        return live

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
        usage: Any = None,
        error: BaseException | str | None = None,
        attributes: Mapping[str, Any] | None = None,
        start_time_unix_nano: int | None = None,
        end_time_unix_nano: int | None = None,
        **details: Any,
    ) -> None:
        """Records one model call that is over as a finished span."""
        scope = self._spans.scope("record_generation")
        if scope is None:
            return
        end = _moment(end_time_unix_nano) or self._spans.now()
        own = generation_attributes(model, provider, operation, **details)
        own |= reported_usage(usage, self.problems)
        if self._spans.keeps_content:
            own |= generation_content(system, input_messages, output_messages, tool_definitions)
        start = _moment(start_time_unix_nano)
        if start is None:
            own[names.NOT_TIMED] = True
            above = innermost(with_scope(scope)).get_span_context().span_id
            start = min(self._last_moment_in(above) or end, end)
        span, _ = self._spans.start(
            f"{operation} {model}",
            with_scope(scope),
            {**own, **(attributes or {})},
            start,
            SpanKind.CLIENT,
        )
        if error is None:
            span.set_status(StatusCode.OK)
        else:
            span.set_attribute(names.ERROR_TYPE, error_type(error))
            span.set_status(StatusCode.ERROR, error_message_of(error))
            if isinstance(error, BaseException):
                span.add_event(names.EXCEPTION_EVENT, exception_attributes(error), end)
        span.end(end)


class LiveGeneration(LiveSpan, public.GenerationHandle):
    """A model call that is open. What its client answers is taken as it is."""

    __slots__ = ("_began_at", "_has_token")

    def began(self) -> None:
        """Notes when the call began, by the clock that only goes on."""
        self._began_at = time.perf_counter()
        self._has_token = False

    @guarded()
    def set_request(self, system: Any, input_messages: Any, tool_definitions: Any) -> None:
        """Says what the model was asked."""
        self._set_content(system=system, input_messages=input_messages, tools=tool_definitions)

    def response(self, answer: R) -> R:
        """Reads the client's answer, and returns it as it is."""
        self._read(answer)
        return answer

    @guarded()
    def usage(self, usage: Any) -> None:
        """Says which tokens the call has used."""
        self.span.set_attributes(reported_usage(usage, self.problems))

    @guarded()
    def token(self) -> None:
        """Notes when the first part of a streamed answer came."""
        if not self._has_token:
            self._has_token = True
            seconds = time.perf_counter() - self._began_at
            self.span.set_attribute(names.TIME_TO_FIRST_CHUNK, round(seconds, 6))

    @guarded()
    def set_input(self, value: Any) -> None:
        """Says what the model was asked."""
        self._set_content(input_messages=value)

    @guarded()
    def set_output(self, value: Any) -> None:
        """Says what the model answered."""
        self._set_content(output_messages=value)

    @guarded()
    def _read(self, answer: Any) -> None:
        from spanvas.tracing.responses import answer_messages, response_attributes

        found = plain(answer)
        self.span.set_attributes(response_attributes(found))
        self._set_content(output_messages=answer_messages(found))

    def _set_content(
        self,
        system: Any = None,
        input_messages: Any = None,
        output_messages: Any = None,
        tools: Any = None,
    ) -> None:
        if self._recorder.keeps_content:
            content = generation_content(system, input_messages, output_messages, tools)
            self.span.set_attributes(content)


def reported_usage(usage: Any, health: Health) -> dict[str, int]:
    """Returns the attributes of a usage. One that says nothing that is known is a problem, which is counted."""
    # not at the top: functions that record no model calls do without it
    from spanvas.tracing.responses import usage_attributes

    found = usage_attributes(usage)
    if not found and usage:
        health.say_once(
            "usage.unknown", "a usage of the type %s has no known counts", type(usage).__name__
        )
    return found


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
        names.FINISH_REASONS: [finish_reasons]
        if isinstance(finish_reasons, str)
        else list(finish_reasons or ()),
    }
    attributes |= {name: value for name, value in optional.items() if value}
    if usage is not None:
        from spanvas.tracing.responses import usage_attributes

        attributes |= usage_attributes(usage)
    for field, value in (parameters if isinstance(parameters, Mapping) else {}).items():
        if value is not None:
            attributes[f"gen_ai.request.{field}"] = _of_its_type(field, value)
    return attributes


def _of_its_type(field: str, value: Any) -> Any:
    """Returns a parameter as the conventions' type, whatever its caller wrote: a backend keeps one type of a name."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if field in REAL_NUMBERS:
        return float(value)
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if field in WHOLE_NUMBERS and is_whole else value


def _moment(time_unix_nano: Any) -> int | None:
    """A time as the SDK keeps it; None for what is no number: the SDK would take it and lose the span."""
    is_number = isinstance(time_unix_nano, (int, float)) and not isinstance(time_unix_nano, bool)
    return int(time_unix_nano) if is_number and isfinite(time_unix_nano) else None


def generation_content(
    system: Any, input_messages: Any, output_messages: Any, tool_definitions: Any
) -> dict[str, str]:
    """Returns the content as JSON texts, as instrumentations of the GenAI conventions write it."""
    # not at the top: functions that record no model calls do not load the reading of messages
    from spanvas.semantics.parts import parts_of

    content = {
        names.SYSTEM_INSTRUCTIONS: parts_of(plain(system)),
        names.INPUT_MESSAGES: _messages(input_messages, "user"),
        names.OUTPUT_MESSAGES: _messages(output_messages, "assistant"),
        names.TOOL_DEFINITIONS: None if tool_definitions is None else plain(tool_definitions),
    }
    return {name: json_text(value) for name, value in content.items() if value is not None}


def _messages(messages: Any, role: str) -> list[dict[str, Any]] | None:
    """What a client library takes or gives: messages, items, a whole response; a plain text is one message."""
    from spanvas.semantics.conversations import is_pair, raw_messages
    from spanvas.semantics.messages import message_of, messages_within, text_message

    messages = plain(messages)
    if isinstance(messages, str):
        return [text_message(messages, role)]
    if isinstance(messages, list) and not is_pair(messages):
        return [
            text_message(item, role) if isinstance(item, str) else message_of(item, role)
            for item in raw_messages(messages) or ()
        ]
    return messages_within(messages, role)
