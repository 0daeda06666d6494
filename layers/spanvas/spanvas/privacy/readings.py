"""A text as a reader takes it: percent-encoding and character references decoded, invisible characters left out.

`4111%201111…`, `ada&#64;example.org`, a token with a zero-width space inside, and full-width digits are the same secret
to whoever reads them. A reading keeps where in the text each of its bytes stands, so that what is found in it can be
replaced there.
"""

from __future__ import annotations

import re
from array import array
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern

DISGUISED: Final = LazyPattern(
    rb"%([0-9A-Fa-f]{2})"
    rb"|&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));"
    rb"|(\xef(?:\xbc[\x81-\xbf]|\xbd[\x80-\x9e]))"
    rb"|\xe2\x80[\x8b-\x8d]|\xe2\x81\xa0|\xef\xbb\xbf|\xc2\xad"
)
"""Percent-encoded bytes, references of HTML, full-width characters (U+FF01 to U+FF5E), characters without a width."""
ROUNDS: Final = 3
"""What is encoded twice is decoded twice."""
FULL_WIDTH: Final = 0xFEE0
"""Between a full-width character and the one it stands for."""
LARGEST: Final = 0x10FFFF


class Reading(NamedTuple):
    """The bytes of a reading, and where each of them, and its end, stand in the text."""

    text: bytes
    positions: array[int]


def may_be_disguised(text: bytes) -> bool:
    """Returns whether a text may have another reading: told by two searches of single bytes for nearly all texts."""
    if text.isascii():
        return b"%" in text or b"&#" in text
    return DISGUISED.search(text) is not None


def reading_of(text: bytes) -> Reading | None:
    """Returns the reading of a text; None where the text reads as it stands."""
    reading: Reading | None = None
    for _ in range(ROUNDS):
        current = reading.text if reading else text
        if not may_be_disguised(current) or not DISGUISED.search(current):
            break
        reading = _read(current, reading.positions if reading else None)
    return reading


def _read(text: bytes, positions: array[int] | None) -> Reading:
    """Reads one layer. `positions` are those of the text, where it is a reading itself."""
    out, places, at = bytearray(), array("q"), 0
    for match in DISGUISED.finditer(text):
        places.extend(range(at, match.start()))
        out += text[at : match.start()]
        said = _said(match)
        places.extend([match.start()] * len(said))
        out += said
        at = match.end()
    places.extend(range(at, len(text) + 1))
    out += text[at:]
    if positions is not None:
        places = array("q", [positions[place] for place in places])
    return Reading(bytes(out), places)


def _said(match: re.Match[bytes]) -> bytes:
    percent, hexadecimal, decimal, wide = match.groups()
    if percent:
        return bytes([int(percent, 16)])
    if wide:
        return chr(ord(wide.decode()) - FULL_WIDTH).encode()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal or b"0")
    if 0 < code <= LARGEST and not 0xD800 <= code <= 0xDFFF:
        return chr(code).encode()
    return b""
