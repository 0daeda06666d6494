"""Texts and thoughts in messages: the parts `text` {content} and `reasoning` {content}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas.semantics.fields import Fields, is_empty, merged
from spanvas.semantics.values import as_text, structured

Part = dict[str, Any]

MAX_DEPTH: Final = 6
TEXTS: Final = ("content", "text", "value", "refusal")
THOUGHTS: Final = ("content", "thinking", "text", "reasoning", "reasoning_content", "summary")
TEXT_TYPES: Final = frozenset(
    {"text", "input_text", "output_text", "refusal", "text_delta", "user-prompt", "system-prompt"}
)
THOUGHT_TYPES: Final = frozenset({"reasoning", "thinking", "redacted_thinking", "reasoning_text"})


def text_part(item: Mapping[str, Any]) -> Part:
    """Returns the part for a text, whatever its field is called."""
    fields = Fields(item)
    fields.drop_words("type")
    content = fields.take(*TEXTS)
    if isinstance(content, dict) and ("value" in content or "text" in content):
        # {"text": {"value": ..., "annotations": [...]}} of OpenAI's assistants
        inner = Fields(content)
        content = inner.take("value", "text")
        fields.rest = merged(fields.rest, inner.rest)
    return fields.kept({"type": "text", "content": "" if content is None else as_text(content)})


def reasoning_part(item: Mapping[str, Any]) -> Part:
    """Returns the part for a thought. What a provider keeps secret has no content, only the `data` or
    `encrypted_content` that it sent."""
    fields = Fields(item)
    fields.drop_words("type")
    if fields.rest.get("thought") is True:
        fields.drop("thought")
    given = fields.take(*THOUGHTS)
    content, is_whole = _thoughts(given)
    if not is_whole:
        fields.rest = merged(fields.rest, {"thoughts": given})
    elif not content:  # a list of nothing but empty texts
        content, _ = _thoughts(fields.take(*THOUGHTS))
    return fields.kept({"type": "reasoning", "content": content})


def _thoughts(given: Any, depth: int = 0) -> tuple[str, bool]:
    """The text of a thought that may be a list of blocks, or JSON text of one; and whether that is all of it."""
    value = structured(given)
    if value is None:
        return "", True
    blocks = value if isinstance(value, (list, tuple)) else [value]
    if isinstance(value, str) or depth > MAX_DEPTH or not all(map(_is_thought, blocks)):
        return as_text(given), True
    texts, is_whole = [], True
    for block in blocks:
        fields = Fields(block if isinstance(block, dict) else {"text": block})
        fields.drop_words("type")
        text, is_inner_whole = _thoughts(fields.take(*THOUGHTS), depth + 1)
        texts.append(text)
        is_whole = is_whole and is_inner_whole and all(map(is_empty, fields.rest.values()))
    return "\n".join(texts), is_whole


def _is_thought(block: Any) -> bool:
    if isinstance(block, str):
        return True
    return isinstance(block, dict) and any(
        isinstance(block.get(name), (str, list)) and block[name] for name in THOUGHTS
    )


def text_or_thought(item: Mapping[str, Any]) -> Part:
    """Returns the part for a text, which Gemini marks where it is a thought."""
    return reasoning_part(item) if item.get("thought") is True else text_part(item)


def bedrock_reasoning(item: Mapping[str, Any]) -> Part:
    """Returns the part for Bedrock's `{"reasoningContent": {"reasoningText": {...}}}`."""
    fields = Fields(item)
    inner = fields.take("reasoningContent")
    if isinstance(inner, dict) and isinstance(inner.get("reasoningText"), dict):
        inner = merged(
            dict(inner["reasoningText"]), {k: v for k, v in inner.items() if k != "reasoningText"}
        )
    elif isinstance(inner, dict) and "reasoningText" in inner:
        inner = {("text" if key == "reasoningText" else key): value for key, value in inner.items()}
    return reasoning_part(
        merged(inner if isinstance(inner, dict) else {"text": inner}, fields.rest)
    )


def json_part(item: Mapping[str, Any]) -> Part:
    """Returns the part for Bedrock's `{"json": ...}`: JSON as text."""
    fields = Fields(item)
    return fields.kept({"type": "text", "content": as_text(fields.take("json"))})


def cited_text(item: Mapping[str, Any]) -> Part:
    """Returns the part for Bedrock's `citationsContent`: texts and what they cite."""
    fields = Fields(item)
    given = fields.take("citationsContent")
    inner = Fields(given if isinstance(given, dict) else {"content": given})
    content, is_whole = _thoughts(inner.rest.get("content"))
    if is_whole:
        inner.drop("content")
    inner.set_aside(TEXTS)
    return merged(inner.kept({"type": "text", "content": content}), fields.rest)
