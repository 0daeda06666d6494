"""Parts of a message whose text is in `content` and whose calls, thoughts, sounds and pictures stand beside it."""

from __future__ import annotations

from typing import Any, Final

from spanvas.semantics.fields import Fields, is_empty
from spanvas.semantics.media import is_address, media
from spanvas.semantics.parts import Part, part_of, parts_of
from spanvas.semantics.texts import reasoning_part
from spanvas.semantics.tool_parts import tool_response
from spanvas.semantics.values import parsed

CONTENT: Final = ("content", "text", "blocks", "items")
ABOUT_RESULT: Final = (
    "tool_call_id",
    "name",
    "tool_name",
    "is_error",
    "isError",
    "status",
    "error",
)
CALLS: Final = frozenset({"tool_calls", "function_call", "additional_kwargs"})
THOUGHTS: Final = ("reasoning_content", "reasoning", "thinking")
WITH_THOUGHTS: Final = frozenset({*THOUGHTS, "additional_kwargs"})


def parts_in(fields: Fields, role: str) -> list[Part]:
    """Takes out of a message what are its parts, and returns them in form."""
    content = fields.take(*CONTENT)
    call_id = fields.rest.get("tool_call_id")
    is_result = role == "tool" and (call_id or not isinstance(content, (list, tuple)))
    if is_result or (call_id and role == "user"):
        parts = _result(fields, content)
        if parts:
            return parts
    parts = [] if WITH_THOUGHTS.isdisjoint(fields.rest) else _thoughts(fields)
    if isinstance(content, str):
        # never parsed: an answer may be JSON, and is shown as it was given
        parts += [{"type": "text", "content": content}] if content else []
    elif content is not None:
        parts += parts_of(content) or []
    refusal = fields.rest.get("refusal")
    if isinstance(refusal, str) and refusal:
        parts.append({"type": "text", "content": fields.take("refusal")})
    rest = fields.rest
    if "audio" in rest:
        parts += _sounds(fields)
    if "images" in rest:
        parts += _pictures(fields)
    if CALLS.isdisjoint(rest):
        return parts
    return parts + _calls(fields, parts)


def _result(fields: Fields, content: Any) -> list[Part]:
    """The result of a tool. Blocks that name their own calls are results already."""
    if isinstance(content, (list, tuple)):
        parts = parts_of(content) or []
        if parts and all(part["type"] == "tool_call_response" for part in parts):
            return parts
    said: dict[str, Any] = {}
    for name in ABOUT_RESULT:
        value = fields.rest.pop(name, None)
        if value is not None:
            said[name] = value
    if content is None and not said:
        return []
    return [tool_response({**said, "content": content})]


def _thoughts(fields: Fields) -> list[Part]:
    given = fields.take(*THOUGHTS)
    extra = fields.rest.get("additional_kwargs")
    if is_empty(given) and isinstance(extra, dict) and extra.get("reasoning_content"):
        given = extra["reasoning_content"]
        fields.rest["additional_kwargs"] = {
            k: v for k, v in extra.items() if k != "reasoning_content"
        }
    return [] if is_empty(given) else [reasoning_part({"content": given})]


def _sounds(fields: Fields) -> list[Part]:
    """OpenAI's spoken answers: what was said as text, and the sound, or the id of one that was said before."""
    audio = fields.rest.get("audio")
    if not isinstance(audio, dict) or not audio:
        return []
    sound = Fields(fields.take("audio"))
    said = sound.take("transcript")
    if "id" in sound.rest:
        sound.rest["file_id"] = sound.take("id")
    parts = [] if is_empty(said) else [{"type": "text", "content": str(said)}]
    if not all(map(is_empty, sound.rest.values())):
        parts.append(media(sound.rest, modality="audio"))
    return parts


def _pictures(fields: Fields) -> list[Part]:
    """Ollama's `images`: base64 without a word of its type. OpenRouter's are parts."""
    images = fields.rest.get("images")
    if not isinstance(images, (list, tuple)):
        return []
    return [
        media({"uri" if is_address(image) else "content": image}, "image")
        if isinstance(image, str)
        else part_of(image)
        for image in fields.take("images") or ()
    ]


def _calls(fields: Fields, parts: list[Part]) -> list[Part]:
    """Calls beside the content; one that is a block of the content, too, is one call."""
    given = parsed(fields.take("tool_calls"))
    extra = fields.rest.get("additional_kwargs")
    if is_empty(given) and isinstance(extra, dict) and extra.get("tool_calls"):
        given = extra["tool_calls"]
        fields.rest["additional_kwargs"] = {k: v for k, v in extra.items() if k != "tool_calls"}
    if isinstance(given, dict):
        given = list(given.values()) if all(str(key).isdecimal() for key in given) else [given]
    known = {part.get("id") for part in parts if part["type"] == "tool_call"}
    calls: list[Part] = []
    if isinstance(given, (list, tuple)):
        for call in given:
            part = part_of(typed_call(parsed(call)))
            if part["type"] != "tool_call" or not part.get("id") or part["id"] not in known:
                calls.append(part)
    elif not is_empty(given):
        calls.append({"type": "tool_calls", "tool_calls": given})
    function = parsed(fields.rest.get("function_call"))
    if isinstance(function, dict) and function:
        fields.drop("function_call")
        calls.append(part_of(_of_type(function, "function_call")))
    return calls


def typed_call(call: Any) -> Any:
    """Returns a call that stands beside a message's content, with the type that its place says."""
    if not isinstance(call, dict):
        return call
    if isinstance(
        call.get("tool_call"), dict
    ):  # OpenInference's `tool_calls.N.tool_call.*`, not flattened
        call = call["tool_call"]
    return _of_type(call, "tool_call")


def _of_type(item: dict[str, Any], kind: str) -> dict[str, Any]:
    fields = Fields(item)
    fields.drop_words("type")
    return {**fields.rest, "type": kind}
