"""Images, sounds, films and documents in messages, from what model APIs and frameworks have for them.

The form: `image` and `file` {mime_type?, modality?, name?, uri? | file_id? | content? | text? | parts?}. `content` is
base64, `text` the text of a document itself, `parts` what a document is made of.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from spanvas.semantics.fields import Fields, merged
from spanvas.semantics.texts import TEXT_TYPES, json_part, text_part
from spanvas.semantics.values import as_text

FORMATS: Final = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webm": "video/webm",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Names of formats that are no subtype of their family, or whose family is not that of the part."""
CONTAINERS: Final = (
    "source", "image", "image_url", "imageUrl", "image_file", "file", "input_audio", "audio", "audio_url", "video",
    "video_url", "document", "resource", "s3Location", "inline_data", "inlineData",
)  # fmt: skip
"""Fields that hold the place or the data, or an object with it."""
MAX_CONTAINERS: Final = 4
MIME: Final = (
    "mime_type", "media_type", "mediaType", "mimeType", "mime", "content_type", "image_mimetype", "document_mimetype",
)  # fmt: skip
NAMES: Final = ("name", "filename", "title", "file_name", "fileName", "display_name", "displayName")
URIS: Final = ("uri", "url", "file_uri", "fileUri", "file_url", "fileUrl")
IDS: Final = ("file_id", "fileId")
DATA: Final = (
    "content", "data", "bytes", "base64", "file_data", "fileData", "blob", "binary_content", "b64_json", "result",
)  # fmt: skip
PLACES: Final = frozenset({*CONTAINERS, *URIS, *IDS, *DATA})
MODALITIES: Final = ("audio", "video")


def media(item: Mapping[str, Any], kind: str = "file", modality: str = "") -> dict[str, Any]:
    """Returns the part for an item; `kind` (image, file) and `modality` are what the item's type says of it."""
    fields = Fields(item)
    fields.drop_words("type")
    source_type = fields.rest.get("source_type")
    fields.drop_words("source_type")
    place: Any = None
    for _ in range(MAX_CONTAINERS):
        place = fields.take(*CONTAINERS)
        if not isinstance(place, dict):
            break
        inner = Fields(place)
        source_type = inner.rest.get("type", source_type)
        inner.drop_words("type")
        fields.rest = merged(inner.rest, fields.rest)
    mime, said = _mime(fields, kind, modality), fields.take("modality")
    part = {"type": kind}
    if isinstance(mime, str):
        part["mime_type"] = mime
    elif mime is not None:
        fields.rest = merged(fields.rest, {"mime_type": mime})
    name = fields.take(*NAMES)
    if name is not None:
        part["name"] = as_text(name)
    _place(part, fields, place, source_type == "text")
    is_image = said == "image" or part.get("mime_type", "").startswith("image/")
    if is_image:
        part["type"] = "image"
    if said is not None and said != "image":
        part["modality"] = said
    elif modality and not is_image and not part.get("mime_type", "").startswith(f"{modality}/"):
        part["modality"] = modality
    fields.set_aside(PLACES)
    return fields.kept(part)


def _mime(fields: Fields, kind: str, modality: str) -> Any:
    mime = fields.take(*MIME)
    form = fields.rest.get("format")
    if mime is None and isinstance(form, str):
        if "/" in form:
            mime = form
        elif form in FORMATS:
            mime = FORMATS[form]
        elif kind == "image" or modality:
            mime = f"{modality or kind}/{form}"
        if mime is not None and str(mime).endswith(form):
            fields.drop("format")
    return mime


def _place(part: dict[str, Any], fields: Fields, given: Any, is_text: bool) -> None:
    """Adds where it can be had, or what it is."""
    uri, data, text = fields.take(*URIS), fields.take(*DATA), fields.take("text")
    file_id, blocks = fields.take(*IDS), fields.take("parts")
    if isinstance(given, str) and is_address(given) and uri is None:
        uri = given
    elif given is not None and data is None:
        data = given
    elif given is not None:
        fields.rest = merged(fields.rest, {"source": given})
    if isinstance(data, (list, tuple)):
        fields.rest = merged(fields.rest, {"parts": blocks})
        blocks, data = data, None
    data = _base64(data)
    if is_text and isinstance(data, str):
        fields.rest = merged(fields.rest, {"text": text})
        text, data = data, None
    if uri is None and _is_data_url(data):
        uri, data = data, None
    if data is None and _is_data_url(uri):
        fields.rest = merged(fields.rest, {"text": text})
        mime, data, text = _in_data_url(uri)
        uri = None
        if mime:
            part.setdefault("mime_type", mime)
    if isinstance(blocks, (list, tuple)):
        blocks = [_text_block(block) for block in blocks]
    found = {"uri": uri, "file_id": file_id, "content": data, "text": text, "parts": blocks}
    part |= {field: value for field, value in found.items() if value is not None}


def _is_data_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("data:") and "," in value


def _in_data_url(url: str) -> tuple[str, str | None, str | None]:
    """Media type, base64 and text of a data URL (RFC 2397): it has one of the two."""
    head, data = url.split(",", 1)
    mime, *parameters = head[5:].split(";")
    if "base64" in parameters:
        return mime, data, None
    from urllib.parse import unquote

    return mime, None, unquote(data)


def _text_block(block: Any) -> Any:
    """Of what a document is made of, texts are brought into form. Documents in documents are not, nor looked into."""
    is_text = isinstance(block, dict) and block.get("type", "text") == "text" and "text" in block
    return text_part(block) if is_text else block


def is_address(text: str) -> bool:
    """Says whether a text is a URL, not the data itself."""
    return "://" in text[:64] or text.startswith("data:")


def _base64(value: Any) -> Any:
    """JavaScript's buffers as base64: `{"type": "Buffer", "data": [...]}`, `{"0": 137, "1": 80, ...}`."""
    numbers: Any = None
    if isinstance(value, dict):
        if value.get("type") == "Buffer":
            numbers = value.get("data")
        elif value and all(str(at) in value for at in range(len(value))):
            numbers = [value[str(at)] for at in range(len(value))]
    if not isinstance(numbers, list):
        return value
    try:
        return base64.b64encode(bytes(numbers)).decode()
    except (TypeError, ValueError):
        return value


def _of_type(
    kind: str = "file", modality: str = ""
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda item: media(item, kind, modality)


def _of_key(
    key: str, kind: str = "file", modality: str = ""
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """For parts that are an object, or the data itself, under the name of their type."""

    def converted(item: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in item.items() if name != key}
        return media(merged({"source": item[key]}, rest), kind, modality)

    return converted


def _drawn(item: Mapping[str, Any]) -> dict[str, Any]:
    """The picture that OpenAI's tool has made; before that, what is known of it."""
    return media(item, "image") if item.get("result") else dict(item)


MEDIA_TYPES: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    **dict.fromkeys(
        (
            "image", "image_url", "image-url", "input_image", "image_file", "image-data", "image-file-id",
            "computer_screenshot",
        ),
        _of_type("image"),
    ),
    **dict.fromkeys(("input_audio", "audio", "audio-url", "audio_url"), _of_type(modality="audio")),
    **dict.fromkeys(("video", "video-url", "video_url", "input_video"), _of_type(modality="video")),
    **dict.fromkeys(
        (
            "document", "document-url", "input_file", "file", "file-data", "file-url", "file-id", "media", "binary",
            "blob", "uri", "text-plain", "resource", "resource_link", "container_upload", "uploaded-file",
        ),
        _of_type(),
    ),
    "image_generation_call": _drawn,
}  # fmt: skip
MEDIA_KEYS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "image": _of_key("image", "image"),
    "document": _of_key("document"),
    "video": _of_key("video", modality="video"),
    "audio": _of_key("audio", modality="audio"),
    "inline_data": _of_key("inline_data"),
    "inlineData": _of_key("inlineData"),
    "file_data": _of_key("file_data"),
    "fileData": _of_key("fileData"),
}


def with_media(blocks: Sequence[Any]) -> list[Any] | None:
    """Returns the blocks of a tool's result with texts and media in form and all others as they are; None where
    none of them is an image or a file."""
    found = [_block(block) for block in blocks]
    has_media = any(
        isinstance(part, dict) and part.get("type") in ("image", "file") for part in found
    )
    return found if has_media else None


def _block(block: Any) -> Any:
    if not isinstance(block, dict):
        return block
    kind = block.get("type")
    if isinstance(kind, str):
        if kind in TEXT_TYPES:
            return text_part(block)
        return MEDIA_TYPES[kind](block) if kind in MEDIA_TYPES else block
    if "text" in block:
        return text_part(block)
    if "json" in block:
        return json_part(block)
    if not MEDIA_KEYS.keys().isdisjoint(block):
        for key, convert in MEDIA_KEYS.items():
            if isinstance(block.get(key), dict):
                return convert(block)
    return block
