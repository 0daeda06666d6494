"""Messages in one form, `{role, name?, parts, finish_reason?}`, from what model APIs and frameworks write.

Understood are OpenTelemetry's own, OpenAI's (chat and the items of Responses), Anthropic's, Bedrock's, Gemini's,
Ollama's, the AI SDK's, and LangChain's in its three serialisations. What is no message is kept whole as one part, so
that nothing is hidden for being odd; fields that the form has no name for stay in the message under their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.semantics.conversations import (
    CUT,
    HOLDERS,
    MAX_DEPTH,
    WORDS,
    conversation,
    is_message,
    is_pair,
    langchain_message,
    raw_messages,
)
from spanvas.semantics.fields import COLLISION, Fields, is_empty, merged
from spanvas.semantics.message_parts import parts_in
from spanvas.semantics.parts import Part, part_of, parts_of
from spanvas.semantics.roles import (
    LANGCHAIN_TYPES,
    STANDARD,
    UNKNOWN,
    role_in_path,
    role_of,
    role_of_item,
)
from spanvas.semantics.values import as_text, parsed

Message = dict[str, Any]

FINISH: Final = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")
ABOUT: Final = frozenset(
    {
        "id", "index", "status", "object", "type", "kind", "model", "usage", "created", "created_at", "timestamp",
        "done", "item_id", "gen_ai.message.index", "event.name", "truncated", "missing_before",
    }
)  # fmt: skip
"""Fields that say something about a message, and nothing in it."""
NO_WORDS: Final = frozenset({"role", "name", *FINISH, *ABOUT})
PLAIN_ROLES: Final = frozenset({"system", "user", "assistant"})


def messages_of(value: Any, role: str = UNKNOWN) -> list[Message] | None:
    """Returns the messages of a JSON text or a structure; `role` is that of plain text. None for None."""
    items = raw_messages(value)
    return None if items is None else [message_of(item, role) for item in items]


def text_message(text: str, role: str) -> Message:
    """Returns the message of a plain text."""
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def messages_within(value: Any, role: str = UNKNOWN) -> list[Message] | None:
    """Returns the messages of a request or a response, the last with what else that says; None for None.

    What holds no messages is one.
    """
    value = parsed(value)
    if isinstance(value, dict) and not is_message(value):
        for name in HOLDERS:
            items = conversation({name: value[name]}) if value.get(name) else None
            if not items:
                continue
            messages = [message_of(item, role) for item in items]
            fields = Fields({key: item for key, item in value.items() if key != name})
            reason = fields.take(*FINISH)
            if not is_empty(reason):
                messages[-1].setdefault("finish_reason", as_text(reason))
            messages[-1] = fields.kept(messages[-1])
            return messages
    return messages_of(value, role)


def message_of(item: Any, role: str = UNKNOWN, depth: int = 0) -> Message:
    """Returns one message in form. A tool's results are a message of the role `tool`, whoever sends them."""
    item = parsed(item)
    if not isinstance(item, dict):
        if is_pair(item):
            return _with_role(role_of(item[0]), parts_of(item[1]) or [])
        return {"role": role, "parts": [part_of(item)]}
    if (plain := _plain(item)) is not None:
        return plain
    if isinstance(item.get(CUT), str):
        return _cut(item, role)
    inner = langchain_message(item)
    if inner is not None:
        of_class = role_in_path(item.get("id")) if inner is not item else ""
        return _message(
            inner, of_class or role_of(inner.get("role") or inner.get("type") or item.get("type"))
        )
    if "role" not in item and depth < MAX_DEPTH:
        for name in ("message", "content"):
            if isinstance(item.get(name), dict) and (name == "message" or "parts" in item[name]):
                return _in_envelope(item, name, role, depth)
    if item.get("role"):
        return _message(item, role_of(item["role"]))
    return _without_role(item, role)


def _plain(item: Mapping[str, Any]) -> Message | None:
    """The message of nothing but a role and a text, as most are; None for any other."""
    content = item.get("content")
    if len(item) != 2 or not isinstance(content, str) or not content:
        return None
    role = item.get("role")
    return text_message(content, role) if isinstance(role, str) and role in PLAIN_ROLES else None


def leading_system(messages: list[Message]) -> tuple[list[Part], list[Message]]:
    """Returns the parts of the system messages that a conversation begins with, and the rest of it."""
    rest = 0
    parts: list[Part] = []
    while rest < len(messages) and messages[rest]["role"] == "system" and messages[rest]["parts"]:
        message = messages[rest]
        about = {key: value for key, value in message.items() if key not in ("role", "parts")}
        first, *others = message["parts"]
        parts += [merged(dict(first), about), *others]
        rest += 1
    return parts, messages[rest:]


def says_something(item: Any) -> bool:
    """Says whether a message that is not in form yet has more than a role and what is about it."""
    if not isinstance(item, dict):
        return not is_empty(item)
    if isinstance(item.get("message"), dict) and "role" not in item:
        return says_something(item["message"])
    for key, value in item.items():  # noqa: SIM110 - a loop is faster, and every row asks this
        if key not in NO_WORDS and not is_empty(value):
            return True
    return False


def _in_envelope(item: Mapping[str, Any], name: str, role: str, depth: int) -> Message:
    """A choice, candidate or generation: the message in it, and what else it says."""
    fields = Fields(item)
    fields.drop_words("event.name")
    message = message_of(fields.take(name), role, depth + 1)
    if "finish_reason" not in message:
        reason = fields.take(*FINISH)
        info = fields.rest.get("generation_info")
        if is_empty(reason) and isinstance(info, dict):
            reason = info.get("finish_reason")
            fields.rest["generation_info"] = {k: v for k, v in info.items() if k != "finish_reason"}
        if not is_empty(reason):
            message["finish_reason"] = str(reason)
    if fields.rest.get("text") in [part.get("content") for part in message["parts"]]:
        fields.drop("text")  # LangChain's generations hold their text twice
    called = fields.rest.get("name")
    if not is_empty(called) and "name" not in message:
        message["name"] = as_text(fields.take("name"))
    message = fields.kept(message)
    return message if message["parts"] else _message(message, message["role"])


def _without_role(item: Mapping[str, Any], role: str) -> Message:
    """An item that names no role: a message all the same, or a part that stands where messages do."""
    kind = item.get("type")
    is_message = not isinstance(kind, str) or kind == "message"
    if is_message and any(name in item for name in WORDS):
        of_kind = {"request": "user", "response": "assistant"}.get(str(item.get("kind")))
        return _message(item, of_kind or role)
    parts = [] if is_empty(item) else parts_of([item]) or []
    return _with_role(role_of_item(kind, parts, role), parts)


def _with_role(role: str, parts: list[Part]) -> Message:
    is_result = parts and all(part["type"] == "tool_call_response" for part in parts)
    return {"role": "tool" if is_result else role, "parts": parts}


def _cut(item: Mapping[str, Any], role: str) -> Message:
    """What the layer keeps of content over its limit."""
    fields = Fields(item)
    text = fields.take(CUT)
    return fields.kept(
        {"role": role, "parts": [{"type": "text", "content": text}], "truncated": True}
    )


def _message(item: Mapping[str, Any], role: str) -> Message:
    fields = Fields(item)
    said = fields.rest.pop("role", None)
    fields.drop_words("event.name")
    if fields.rest.get("type") == "message" or str(fields.rest.get("type")) in LANGCHAIN_TYPES:
        fields.drop("type")
    message: Message = {"role": role}
    name = fields.rest.get("name")
    if not is_empty(name) and role != "tool":
        message["name"] = as_text(fields.take("name"))
    given = fields.take("parts")
    parts = parts_in(fields, role) if given is None else parts_of(given) or []
    if not parts:
        # whatever else it says is shown as it came, each under its own name
        said = [
            key
            for key, value in fields.rest.items()
            if key not in (*ABOUT, *FINISH) and not is_empty(value)
        ]
        parts = parts_of([{"type": str(key), str(key): fields.take(key)} for key in said]) or []
    message |= _with_role(role, parts)
    if message["role"] != role and role not in STANDARD:
        merged(message, {f"{COLLISION}role": said})
    reason = fields.take(*FINISH)
    if not is_empty(reason):
        message["finish_reason"] = as_text(reason)
    return fields.kept(message)
