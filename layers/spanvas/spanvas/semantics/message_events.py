"""Messages as OpenTelemetry had them until 2025: an event of the span for each message, and for each answer."""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.semantics.dialect import Reading
from spanvas.semantics.values import parsed

MESSAGE_EVENTS: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE: Final = "gen_ai.choice"


def is_tool(reading: Reading) -> bool:
    """Returns whether the span is an `execute_tool` operation."""
    return reading.attributes.get(names.OPERATION) == "execute_tool"


def message_events(reading: Reading) -> list[dict[str, Any]] | None:
    """Messages of the events `gen_ai.*.message`; content may be JSON of the provider's blocks."""
    if not reading.events or is_tool(reading):
        return None
    found = [
        _event_message(event.attributes, MESSAGE_EVENTS[event.name])
        for event in reading.events
        if event.name in MESSAGE_EVENTS
    ]
    return found or None


def choice_events(reading: Reading) -> list[dict[str, Any]] | None:
    """Answers of the events `gen_ai.choice`: in `message`, or in the event's own attributes."""
    if not reading.events or is_tool(reading):
        return None
    found = []
    for event in reading.events:
        if event.name == CHOICE:
            given = parsed(event.attributes.get("message"))
            body = dict(event.attributes)
            if given is not None:
                del body["message"]
                body |= given if isinstance(given, dict) else {"content": given}
            message = _event_message(body, "assistant")
            if event.attributes.get("finish_reason"):
                message["finish_reason"] = event.attributes["finish_reason"]
            found.append(message)
    return found or None


def _event_message(attributes: Any, role: str) -> dict[str, Any]:
    message = dict(attributes)
    message.setdefault("role", role)
    content = parsed(message.get("content"))
    if isinstance(content, (list, dict)):
        message["content"] = content
    if role == "tool" and "id" in message:
        message.setdefault("tool_call_id", message.pop("id"))
    return message
