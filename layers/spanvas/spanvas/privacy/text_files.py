"""Files: which of them are text, and the redaction of such a file block by block."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import IO, Final

from spanvas.model.artifact import essence_of
from spanvas.model.sniffing import HEAD_BYTES, TYPE_OF_ENDING, is_text
from spanvas.privacy.redact import Redactor
from spanvas.privacy.text_stream import Redacted, TextStream

BLOCK: Final = 262_144
MARKS_OF_ORDER: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""The longer ones first: one begins with another."""
TEXT_TYPES: Final = frozenset(
    {
        "application/graphql", "application/javascript", "application/json", "application/jsonl",
        "application/ld+json", "application/ndjson", "application/rtf", "application/sql", "application/toml",
        "application/x-javascript", "application/x-jsonlines", "application/x-ndjson", "application/x-sh",
        "application/x-www-form-urlencoded", "application/x-yaml", "application/xml", "application/yaml",
        "image/svg+xml", "message/rfc822",
    }
)  # fmt: skip
TABLES: Final = frozenset({"text/csv", "text/tab-separated-values"})


def text_encoding(head: bytes, media_type: str, name: str) -> str | None:
    """Returns the encoding of a text file by its first bytes; None for a file of another kind.

    A file is text where its first bytes are, or where its media type or the ending of its name says so.
    """
    for mark, encoding in MARKS_OF_ORDER:
        if head.startswith(mark):
            return encoding
    head = head[:HEAD_BYTES]
    if is_text(head):
        return "utf-8"
    if not _says_text(_type_of(media_type, name)):
        return None
    zeros = head[1::2].count(0), head[::2].count(0)
    if max(zeros) * 4 > len(head):
        return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    return "utf-8"


def blocks_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yields what is left of a stream, block by block."""
    while block := stream.read(BLOCK):
        yield block


def redacted_blocks(
    blocks: Iterable[bytes], encoding: str, redaction: TextStream
) -> Iterator[bytes]:
    """Yields the redacted text of a file that comes in blocks. Bytes that are no text in UTF-8 stay as they were."""
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    back = errors if encoding == "utf-8" else "surrogatepass"
    for block in blocks:
        for text in redaction.feed(decoder.decode(block)):
            yield text.encode(encoding, back)
    for text in redaction.feed(decoder.decode(b"", final=True)):
        yield text.encode(encoding, back)
    yield redaction.close().encode(encoding, back)


def stream_redaction(redactor: Redactor, media_type: str, name: str) -> TextStream:
    """Returns the redaction of a file of this type and name."""
    return TextStream(
        lambda text: Redacted(*redactor.redact_piece(text)), _type_of(media_type, name) in TABLES
    )


def _type_of(media_type: str, name: str) -> str:
    essence = essence_of(media_type)
    if essence in TABLES or _says_text(essence):
        return essence
    _, _, ending = name.rpartition(".")
    return TYPE_OF_ENDING.get(ending.lower(), essence)


def _says_text(essence: str) -> bool:
    return (
        essence.startswith("text/")
        or essence in TEXT_TYPES
        or essence.endswith(("+json", "+xml", "+yaml"))
    )
