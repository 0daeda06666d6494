"""Whether a file is what its media type says, from its first bytes (WHATWG "MIME Sniffing", section 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from spanvas.model.artifact import DEFAULT_MEDIA_TYPE, essence_of, safe_media_type

HEAD_BYTES: Final = 512
"""How much of a file is looked at."""


UNSAID: Final = frozenset({"", DEFAULT_MEDIA_TYPE, "binary/octet-stream"})
"""What is given where nobody has chosen a type; the last one is S3's own default."""

TYPE_OF_ENDING: Final = {
    "csv": "text/csv",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xml": "text/plain",
    "yaml": "text/plain",
    "yml": "text/plain",
    "zip": "application/zip",
}


def checked_media_type(media_type: str, head: bytes, name: str = "") -> str:
    """Returns the media type to store a file with: one of the allow-list that the file's first bytes do not contradict.

    Where no type is given, the ending of `name` says it. A refused type becomes a type to download, never another
    guess. An empty file may have any type.
    """
    given = media_type
    if essence_of(media_type) in UNSAID:
        _, dot, ending = name.rpartition(".")
        given = TYPE_OF_ENDING.get(ending.lower(), "") if dot else ""
    allowed = safe_media_type(given)
    looks_right = LOOKS.get(allowed)
    if not head or looks_right is None or looks_right(head[:HEAD_BYTES]):
        return allowed
    return DEFAULT_MEDIA_TYPE


def begins_with(*marks: bytes) -> Callable[[bytes], bool]:
    """Returns a test of a file's head: whether it begins with one of these bytes."""
    return lambda head: head.startswith(marks)


def is_text(head: bytes) -> bool:
    """Returns whether a head is UTF-8, or begins with a byte order mark, and is of no other known kind.

    The last character may be cut.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head or head.startswith((b"%PDF-", b"PK\x03\x04")):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.start > HEAD_BYTES - 4
    return True


def is_mp3(head: bytes) -> bool:
    """Returns whether a file's head is an ID3 tag's or an MPEG audio frame's (11 bits of sync)."""
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


LOOKS: Final[dict[str, Callable[[bytes], bool]]] = {
    "application/json": is_text,
    "application/pdf": begins_with(b"%PDF-"),
    "application/zip": begins_with(b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
    "audio/mpeg": is_mp3,
    "audio/wav": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE",
    "image/gif": begins_with(b"GIF87a", b"GIF89a"),
    "image/jpeg": begins_with(b"\xff\xd8\xff"),
    "image/png": begins_with(b"\x89PNG\r\n\x1a\n"),
    "image/svg+xml": is_text,
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "text/csv": is_text,
    "text/html": is_text,
    "text/markdown": is_text,
    "text/plain": is_text,
    "text/tab-separated-values": is_text,
    "video/mp4": lambda head: head[4:8] == b"ftyp",
}
