"""Parts of messages in one form, from what model APIs and frameworks have for them.

The form: `text` {content}, `reasoning` {content}, `tool_call` {id, name, arguments}, `tool_call_response` {id, name?,
response}, `image` and `file` {mime_type?, uri? | file_id? | content?, name?}. Parts of other types stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from spanvas.semantics.values import as_text, first_of, parsed

Part = dict[str, Any]

MAX_DEPTH: Final = 6
FORMATS: Final = {
    "csv": "text/csv",
    "html": "text/html",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "txt": "text/plain",
}
"""Bedrock's names of document formats."""
MEDIA_FIELDS: Final = ("source", "image", "image_url", "file", "input_audio", "data", "url")


def parts_of(value: Any, depth: int = 0) -> list[Part] | None:
    """Returns the parts of a list, of one part, of plain text, or of a JSON text of these; None for None."""
    value = parsed(value)
    if value is None:
        return None
    items = value if isinstance(value, (list, tuple)) else [value]
    found = [part_of(item, depth) for item in items]
    return [part for part in found if part]


def part_of(item: Any, depth: int = 0) -> Part:
    """Returns one part in form; an empty one for what only marks a position, as cache points do."""
    if isinstance(item, str):
        return {"type": "text", "content": item}
    if not isinstance(item, dict) or depth > MAX_DEPTH:
        return {"type": "text", "content": as_text(item)}
    kind = item.get("type")
    if isinstance(kind, str):
        convert = BY_TYPE.get(kind)
        if convert is not None:
            return convert(item)
        return {str(key): value for key, value in item.items()}
    for key, convert_value in BY_KEY.items():
        if key in item:
            return convert_value(item)
    return {"type": "text", "content": as_text(item)}


def text_part(item: Mapping[str, Any]) -> Part:
    """Returns a text part of an object that names its text in one of the ways of the dialects."""
    content = first_of(item, "content", "text", "value", "refusal")
    if isinstance(content, dict):  # {"text": {"value": ...}} of OpenAI's assistants
        content = first_of(content, "value", "text")
    return {"type": "text", "content": "" if content is None else as_text(content)}


def reasoning_part(item: Mapping[str, Any]) -> Part:
    """Returns a reasoning part of an object; a list of summaries becomes lines of one text."""
    content = first_of(item, "content", "thinking", "text", "reasoning", "summary", "data")
    if isinstance(content, list):
        content = "\n".join(as_text(text_part(part)["content"]) for part in _objects(content))
    return {"type": "reasoning", "content": "" if content is None else as_text(content)}


def tool_call(id_: Any, name: Any, arguments: Any) -> Part:
    """Returns a part that calls a tool. Arguments that are JSON text are parsed; what is not given is left out."""
    part: Part = {"type": "tool_call"}
    if id_:
        part["id"] = str(id_)
    part["name"] = str(name or "")
    if arguments is not None:
        part["arguments"] = parsed(arguments)
    return part


def tool_response(id_: Any, response: Any, name: Any = None) -> Part:
    """Returns a part with a tool's response; id and name are left out where they are not given."""
    part: Part = {"type": "tool_call_response"}
    if id_:
        part["id"] = str(id_)
    if name:
        part["name"] = str(name)
    part["response"] = response_of(response)
    return part


def response_of(value: Any) -> Any:
    """Returns what a tool returned: JSON texts as their values, content blocks as what is in them."""
    value = parsed(value)
    if isinstance(value, dict) and set(value) == {"type", "value"}:
        return value["value"]  # {"type": "json", "value": ...} of the AI SDK
    if isinstance(value, list) and value and all(_is_block(item) for item in value):
        found = [parsed(first_of(item, "json", "text")) for item in value]
        return found[0] if len(found) == 1 else found
    return value


def media(kind: str, item: Mapping[str, Any], where: Any) -> Part:
    """Returns a part for an image or a file: `where` is its URL, its data, or an object that has one of them."""
    part: Part = {"type": kind}
    inner = where if isinstance(where, dict) else {}
    mime = first_of(
        {**item, **inner},
        "mime_type",
        "media_type",
        "mediaType",
        "mimeType",
        "mime",
        "content_type",
    )
    form = first_of(item, "format")
    if mime is None and isinstance(form, str):
        mime = f"image/{form}" if kind == "image" else FORMATS.get(form)
    if isinstance(mime, str):
        part["mime_type"] = mime
    name = first_of({**item, **inner}, "name", "filename", "title", "file_name")
    if isinstance(name, str):
        part["name"] = name
    location = inner
    if isinstance(where, str):
        is_url = "://" in where[:32] or where.startswith("data:")
        location = {"url" if is_url else "data": where}
    uri = first_of(location, "uri", "url", "file_uri", "fileUri", "image_url")
    data = first_of(location, "data", "bytes", "content", "file_data")
    file_id = first_of({**item, **inner}, "file_id", "fileId")
    if isinstance(uri, str) and uri.startswith("data:") and "," in uri:
        head, data = uri.split(",", 1)
        uri = None
        part.setdefault("mime_type", head[5:].split(";")[0])
    for field, value in (("uri", uri), ("file_id", file_id), ("content", data)):
        if value is not None:
            part[field] = value
    return part


def _source(kind: str) -> Callable[[Mapping[str, Any]], Part]:
    """Of Anthropic, Bedrock and the AI SDK: the data is in an object or a text under one of these names."""

    def convert(item: Mapping[str, Any]) -> Part:
        return media(kind, item, first_of(item, *MEDIA_FIELDS))

    return convert


def _typed_media(item: Mapping[str, Any]) -> Part:
    """OpenTelemetry's `blob`, `uri` and `file`, whose modality says what they are."""
    kind = "image" if item.get("modality") == "image" else "file"
    part = media(kind, item, {key: item.get(key) for key in ("uri", "content") if item.get(key)})
    if kind == "file" and item.get("modality"):
        part["modality"] = item["modality"]
    return part


def _openai_call(item: Mapping[str, Any]) -> Part:
    function = item.get("function")
    inner = function if isinstance(function, dict) else item
    return tool_call(
        first_of(item, "id", "call_id"),
        inner.get("name"),
        first_of(inner, "arguments", "args", "input", "parameters"),
    )


def _call(item: Mapping[str, Any]) -> Part:
    return tool_call(
        first_of(item, "id", "toolCallId", "call_id", "tool_call_id", "toolUseId"),
        first_of(item, "name", "toolName", "tool_name"),
        first_of(item, "arguments", "input", "args"),
    )


def _response(item: Mapping[str, Any]) -> Part:
    return tool_response(
        first_of(item, "id", "tool_use_id", "toolCallId", "call_id", "tool_call_id", "toolUseId"),
        first_of(item, "response", "result", "content", "output"),
        first_of(item, "name", "toolName", "tool_name"),
    )


def _bedrock_reasoning(item: Mapping[str, Any]) -> Part:
    value = item["reasoningContent"]
    inner = value.get("reasoningText", value) if isinstance(value, dict) else {"text": value}
    return reasoning_part(inner if isinstance(inner, dict) else {"text": inner})


def _gemini_text(item: Mapping[str, Any]) -> Part:
    return reasoning_part(item) if item.get("thought") else text_part(item)


def _inside(key: str, convert: Callable[[Mapping[str, Any]], Part]) -> Callable[[Any], Part]:
    """For parts that are an object under the name of their type: `{"toolUse": {...}}`."""

    def converted(item: Mapping[str, Any]) -> Part:
        inner = item[key]
        return convert(inner) if isinstance(inner, dict) else part_of(inner, MAX_DEPTH)

    return converted


def _media_inside(kind: str, key: str) -> Callable[[Mapping[str, Any]], Part]:
    def converted(item: Mapping[str, Any]) -> Part:
        inner = item[key]
        if not isinstance(inner, dict):
            return media(kind, {}, inner)
        mime = first_of(inner, "mime_type", "mimeType")
        is_image = kind == "image" or (isinstance(mime, str) and mime.startswith("image/"))
        return media("image" if is_image else "file", inner, inner.get("source", inner))

    return converted


def _nothing(_item: Mapping[str, Any]) -> Part:
    return {}


def _objects(items: list[Any]) -> list[Mapping[str, Any]]:
    return [item if isinstance(item, dict) else {"text": item} for item in items]


def _is_block(item: Any) -> bool:
    """A content block of Bedrock or Anthropic that only holds text or JSON."""
    return isinstance(item, dict) and (
        set(item) in ({"json"}, {"text"})
        or (set(item) == {"type", "text"} and item["type"] == "text")
    )


BY_TYPE: Final[Mapping[str, Callable[[Mapping[str, Any]], Part]]] = {
    **dict.fromkeys(("text", "input_text", "output_text", "refusal"), text_part),
    **dict.fromkeys(("reasoning", "thinking", "redacted_thinking"), reasoning_part),
    **dict.fromkeys(("tool_call", "tool_use", "tool-call"), _call),
    **dict.fromkeys(("function", "function_call"), _openai_call),
    **dict.fromkeys(
        ("tool_call_response", "tool_result", "tool-result", "function_call_output"), _response
    ),
    **dict.fromkeys(("image", "image_url", "input_image"), _source("image")),
    **dict.fromkeys(("document", "input_file", "input_audio", "media"), _source("file")),
    **dict.fromkeys(("blob", "uri"), _typed_media),
    "file": lambda item: (
        _typed_media(item) if "file_id" in item or "modality" in item else _source("file")(item)
    ),
}
BY_KEY: Final[Mapping[str, Callable[[Mapping[str, Any]], Part]]] = {
    "text": _gemini_text,
    "toolUse": _inside("toolUse", _call),
    "toolResult": _inside("toolResult", _response),
    "reasoningContent": _bedrock_reasoning,
    "function_call": _inside("function_call", _call),
    "functionCall": _inside("functionCall", _call),
    "function_response": _inside("function_response", _response),
    "functionResponse": _inside("functionResponse", _response),
    "image": _media_inside("image", "image"),
    "document": _media_inside("file", "document"),
    "video": _media_inside("file", "video"),
    "inline_data": _media_inside("file", "inline_data"),
    "inlineData": _media_inside("file", "inlineData"),
    "file_data": _media_inside("file", "file_data"),
    "fileData": _media_inside("file", "fileData"),
    "cachePoint": _nothing,
    "json": lambda item: {"type": "text", "content": as_text(item["json"])},
}
