"""OpenTelemetry's GenAI conventions: names of now, then those that instrumentations still write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule
from spanvas.semantics.flattened import flattened
from spanvas.semantics.values import at, parsed

OPERATIONS: Final = {
    **dict.fromkeys(
        ("chat", "generate_content", "text_completion", "embeddings", "response"), kinds.MODEL
    ),
    **dict.fromkeys(("retrieval", "search_memory", "memory.search"), kinds.RETRIEVAL),
    "execute_tool": kinds.TOOL,
    **dict.fromkeys(("invoke_agent", "create_agent", "invoke_swarm", "invoke_graph"), kinds.AGENT),
    "invoke_workflow": kinds.WORKFLOW,
}

DETAILS: Final = "gen_ai.client.inference.operation.details"
MESSAGE_EVENTS: Final = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
CHOICE: Final = "gen_ai.choice"


def in_details(name: str) -> Read:
    """Returns a source that reads an attribute of the span's last event of details (`DETAILS`)."""

    def read(reading: Reading) -> Any:
        for event in reversed(reading.events):
            if event.name == DETAILS and name in event.attributes:
                return event.attributes[name]
        return None

    return Read(f"event `{DETAILS}`: `{name}`", read)


def _content_event(name: str, field: str) -> Callable[[Reading], Any]:
    def read(reading: Reading) -> Any:
        for event in reading.events:
            if event.name == name:
                return event.attributes.get(field)
        return None

    return read


def is_tool(reading: Reading) -> bool:
    """Returns whether the span is an `execute_tool` operation."""
    return reading.attributes.get(names.OPERATION) == "execute_tool"


def _message_events(reading: Reading) -> list[dict[str, Any]] | None:
    """Messages of the events `gen_ai.*.message`; content may be JSON of the provider's blocks."""
    if not reading.events or is_tool(reading):
        return None
    found = [
        _event_message(event.attributes, MESSAGE_EVENTS[event.name])
        for event in reading.events
        if event.name in MESSAGE_EVENTS
    ]
    return found or None


def _choice_events(reading: Reading) -> list[dict[str, Any]] | None:
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


def _content_of_events(event: str, attribute: str) -> Read:
    """The oldest form: one event with the whole prompt or completion."""
    return Read(f"event `{event}`: `{attribute}`", _content_event(event, attribute))


def _with_blocks(item: dict[str, Any]) -> dict[str, Any]:
    """A message that OpenLLMetry of old flattened: its content may be JSON of blocks."""
    content = parsed(item.get("content"))
    return {**item, "content": content} if isinstance(content, list) else item


def _tool_event(event: str, field: str) -> Read:
    read = _content_event(event, field)
    return Read(
        f"event `{event}`: `{field}`", lambda reading: read(reading) if is_tool(reading) else None
    )


def _usage_detail(attribute: str, *keys: str) -> Read:
    """A number among the provider's own details, where they were kept."""

    def read(reading: Reading) -> Any:
        given = reading.attributes.get(attribute)
        if given is None:
            return None
        for key in keys:
            found = at(given, *key.split("/"))
            if found is not None:
                return found
        return None

    return Read(f"`{attribute}`: {', '.join(f'`{key}`' for key in keys)}", read, (attribute,))


def _has_chat_event(reading: Reading) -> str | None:
    if names.OPERATION in reading.attributes:
        return None
    is_chat = any(event.name in MESSAGE_EVENTS or event.name == CHOICE for event in reading.events)
    return kinds.MODEL if is_chat else None


def _has_tool_name(reading: Reading) -> str | None:
    return kinds.TOOL if names.TOOL_NAME in reading.attributes else None


RAW: Final = "gen_ai.usage.raw"

DIALECT = Dialect(
    name="otel",
    title="OpenTelemetry GenAI",
    origin="opentelemetry-util-genai 1.3b0, opentelemetry-semantic-conventions 0.66b2 and older ones",
    kinds=(
        Kinds(names.OPERATION, OPERATIONS),
        Rule(f"`{names.TOOL_NAME}` is there: tool", _has_tool_name),
        Rule("an event `gen_ai.*.message` or `gen_ai.choice`, and no operation: model", _has_chat_event),
    ),
    fields={
        "request_model": (names.REQUEST_MODEL,),
        "response_model": (names.RESPONSE_MODEL,),
        "provider": names.PROVIDER,
        "service_tier": (
            "gen_ai.response.service_tier",
            "openai.response.service_tier",
            "gen_ai.openai.response.service_tier",
        ),
        "input_tokens": names.INPUT_TOKENS,
        "output_tokens": names.OUTPUT_TOKENS,
        "total_tokens": ("gen_ai.usage.total_tokens", "llm.usage.total_tokens"),
        "cache_read_tokens": (
            *names.CACHE_READ_TOKENS,
            "gen_ai.usage.cache_read_input_tokens",
            "gen_ai.usage.details.cache_read_tokens",
            _usage_detail(
                RAW, "prompt_tokens_details/cached_tokens", "input_tokens_details/cached_tokens",
                "cache_read_input_tokens",
            ),
        ),
        "cache_write_tokens": (
            *names.CACHE_WRITE_TOKENS,
            "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write_input_tokens",
            "gen_ai.usage.details.cache_write_tokens",
            _usage_detail(RAW, "cache_creation_input_tokens"),
        ),
        "reasoning_tokens": (
            *names.REASONING_TOKENS,
            "gen_ai.usage.reasoning_tokens",
            "gen_ai.usage.details.reasoning_tokens",
            _usage_detail(
                RAW, "completion_tokens_details/reasoning_tokens", "output_tokens_details/reasoning_tokens"
            ),
        ),
        "cost": ("gen_ai.usage.cost",),
        "finish_reasons": (names.FINISH_REASONS, "gen_ai.response.finish_reason"),
        "system_instructions": (names.SYSTEM_INSTRUCTIONS, in_details(names.SYSTEM_INSTRUCTIONS)),
        "input_messages": (
            names.INPUT_MESSAGES,
            in_details(names.INPUT_MESSAGES),
            flattened("gen_ai.prompt.", _with_blocks),
            Read("events `gen_ai.system/user/assistant/tool.message`", _message_events),
            _content_of_events("gen_ai.content.prompt", "gen_ai.prompt"),
        ),
        "output_messages": (
            names.OUTPUT_MESSAGES,
            in_details(names.OUTPUT_MESSAGES),
            flattened("gen_ai.completion.", _with_blocks),
            Read("events `gen_ai.choice`", _choice_events),
            _content_of_events("gen_ai.content.completion", "gen_ai.completion"),
        ),
        "tool_definitions": (names.TOOL_DEFINITIONS, in_details(names.TOOL_DEFINITIONS)),
        "tool_name": (names.TOOL_NAME,),
        "tool_call_id": (names.TOOL_CALL_ID,),
        "tool_arguments": (names.TOOL_ARGUMENTS, _tool_event("gen_ai.tool.message", "content")),
        "tool_result": (names.TOOL_RESULT, _tool_event(CHOICE, "message")),
        "query": (names.RETRIEVAL_QUERY,),
        "documents": (names.RETRIEVAL_DOCUMENTS,),
        "input": ("gen_ai.prompt",),
        "output": ("gen_ai.completion",),
        "agent": ("gen_ai.agent.name", "gen_ai.agent.id"),
        "workflow": ("gen_ai.workflow.name",),
        "session": ("gen_ai.conversation.id",),
    },
    notes=(
        "Counts of spans whose scope is `opentelemetry.instrumentation.botocore.bedrock-runtime` leave cached tokens "
        "out of the input, as Bedrock does: they are added.",
    ),
)  # fmt: skip
