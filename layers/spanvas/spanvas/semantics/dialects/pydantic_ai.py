"""Pydantic AI and Logfire: OpenTelemetry's names with some of their own beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.conversations import raw_messages
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule
from spanvas.semantics.values import at, parsed

CONVERSATIONS: Final = ("pydantic_ai.all_messages", "all_messages_events")
"""An agent's whole conversation: what went in, and last what came out."""
OLD_EVENTS: Final = "events"


def _is_agent(reading: Reading) -> str | None:
    attributes = reading.attributes
    if names.OPERATION in attributes:
        return None
    has_run = any(name in attributes for name in (*CONVERSATIONS, "agent_name", "final_result"))
    return kinds.AGENT if has_run else None


def _conversation(reading: Reading) -> Sequence[Any] | None:
    for name in CONVERSATIONS:
        found = raw_messages(reading.attributes.get(name))
        if found:
            return found
    return None


def _asked(reading: Reading) -> Sequence[Any] | None:
    found = _conversation(reading)
    return found[:-1] if found and _is_answer(found[-1]) else found


def _answered(reading: Reading) -> list[Any] | None:
    found = _conversation(reading)
    return [found[-1]] if found and _is_answer(found[-1]) else None


def _is_answer(message: Any) -> bool:
    return isinstance(message, dict) and message.get("role") == "assistant"


def _of_old_events(is_choice: bool) -> Read:
    """Version 1 of the instrumentation: a JSON list of OpenTelemetry's message events."""

    def read(reading: Reading) -> list[Any] | None:
        given = parsed(reading.attributes.get(OLD_EVENTS))
        if not isinstance(given, list):
            return None
        found = [
            event
            for event in given
            if isinstance(event, dict)
            and ("role" in event or "message" in event)
            and (event.get("event.name") == "gen_ai.choice") == is_choice
        ]
        return found or None

    shown = "the choices" if is_choice else "the messages"
    return Read(f"`{OLD_EVENTS}`: {shown}", read, (OLD_EVENTS,), (OLD_EVENTS,))


def _of_data(attribute: str, *path: str) -> Read:
    def read(reading: Reading) -> Any:
        given = reading.attributes.get(attribute)
        return None if given is None else at(given, *path)

    return Read(f"`{attribute}`: `{'.'.join(path)}`", read, (attribute,), (attribute,))


def _response_message(reading: Reading) -> list[Any] | None:
    message = at(reading.attributes.get("response_data"), "message")
    return None if message is None else [message]


DIALECT = Dialect(
    name="pydantic_ai",
    title="Pydantic AI, Logfire",
    origin="pydantic-ai-slim 2.68.0 (formats 2 to 6), logfire 5.2.0",
    kinds=(
        Rule(
            "no operation, but `agent_name`, `final_result`, `all_messages_events`, `pydantic_ai.all_messages`: agent",
            _is_agent,
        ),
    ),
    fields={
        "request_model": (_of_data("request_data", "model"), "model_name"),
        "input_tokens": (_of_data("response_data", "usage", "prompt_tokens"),),
        "output_tokens": (_of_data("response_data", "usage", "completion_tokens"),),
        "cost": ("operation.cost",),
        "input_messages": (
            Read(
                "`pydantic_ai.all_messages`, `all_messages_events`",
                _asked,
                CONVERSATIONS,
                CONVERSATIONS,
            ),
            _of_old_events(is_choice=False),
            _of_data("request_data", "messages"),
        ),
        "output_messages": (
            Read(
                "the last of `pydantic_ai.all_messages`, `all_messages_events`",
                _answered,
                CONVERSATIONS,
                CONVERSATIONS,
            ),
            _of_old_events(is_choice=True),
            Read(
                "`response_data`: `message`",
                _response_message,
                ("response_data",),
                ("response_data",),
            ),
        ),
        "tool_definitions": (
            _of_data("request_data", "tools"),
            _of_data("model_request_parameters", "function_tools"),
        ),
        "tool_arguments": ("tool_arguments",),
        "tool_result": ("tool_response",),
        "output": ("final_result",),
        "agent": ("agent_name",),
    },
    notes=(
        "Counts under `gen_ai.aggregated_usage.*` are sums over the calls below, and are not read.",
    ),
)
