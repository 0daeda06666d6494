"""Redacts files as they are read: a block at a time, cut where no secret lies across."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Final

from spanvas.model.artifact import DEFAULT_MEDIA_TYPE
from spanvas.privacy.scan import Scanner, scannable
from spanvas_api.rescan.cleaning import NotCleanedError

BLOCK: Final = 500_000
"""Bytes of a file that are redacted at once: a file up to twice that size is redacted whole, as JSON where it is."""
REACH: Final = 16_384
"""Bytes on both sides of a cut that are looked through: no rule finds anything longer."""
TEXTS: Final = frozenset({"application/json", "image/svg+xml", DEFAULT_MEDIA_TYPE})
"""Media types besides `text/…` that may be texts. A file of no known type is one if its bytes are."""


def may_be_text(media_type: str) -> bool:
    """Returns whether files of this type are read to see whether they are texts."""
    return media_type.startswith("text/") or media_type in TEXTS


def redacted_blocks(
    stream: IO[bytes], scanner: Scanner, redact: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yields a file's text, a block at a time, before and after redaction.

    Raises NotCleanedError where it is no text in UTF-8, which may be after some blocks.
    """
    rest = b""
    while True:
        data = stream.read(BLOCK)
        rest += data
        if data and len(rest) < 2 * BLOCK:
            continue
        cut = _cut(rest, scanner) if data else len(rest)
        if cut:
            text = _decoded(rest[:cut])
            yield text, redact(text)
        rest = rest[cut:]
        if not data:
            return


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise NotCleanedError("it is no text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise NotCleanedError("it is no text in UTF-8") from None


def _cut(data: bytes, scanner: Scanner) -> int:
    """Returns the end of a line near `BLOCK` across which no rule finds anything; of a file without lines, of a
    character."""
    end = data.rfind(b"\n", 0, BLOCK) + 1 or _character(data, BLOCK)
    while end > REACH:
        first = _character(data, end - REACH)
        around = scannable(data[first : end + REACH].decode("utf-8", "ignore"))
        across = [
            first + hit.start
            for hit in scanner.hits(around, scanner.rules_in([around]))
            if first + hit.start < end < first + hit.end
        ]
        if not across:
            return end
        end = data.rfind(b"\n", 0, min(across)) + 1 or _character(data, min(across))
    return end or _character(data, BLOCK)


def _character(data: bytes, place: int) -> int:
    """Returns where the character begins that the byte at a place belongs to."""
    while place and data[place] & 0xC0 == 0x80:
        place -= 1
    return place
