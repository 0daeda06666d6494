"""Texts in base64 inside of a text: what a token, a header or a file is often wrapped in (RFC 4648)."""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterator
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern

LETTERS: Final = r"[A-Za-z0-9+/_-]"
START: Final = (
    r"(?:^|[^A-Za-z0-9+/_-])"
    r"((?:[CDI-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589]" + LETTERS + r"){5})"
)
"""In RE2's syntax: fifteen characters of ASCII in base64, at the beginning of it.

Four letters are three bytes, of which the highest bits are zero: ids, digests and words do not look so for long.
"""
RUN: Final = LazyPattern(
    rb"(?:(?:[A-Za-z0-9+/_-]{76}|[A-Za-z0-9+/_-]{64})\r?\n[ \t]*(?=[A-Za-z0-9+/_-]+={0,2}[ \t\"']*(?:\r?\n|$)))*"
    rb"[A-Za-z0-9+/_-]+={0,2}"
)
"""On one line, or on lines of 64 or 76 letters, as PEM and MIME have them, and a last one with nothing beside it."""
LONGEST: Final = 200_000
"""Letters of a run that are decoded; of a longer one the first."""
MOST_RUNS: Final = 10_000
"""Runs of one text that are decoded."""
DEEPEST: Final = 3
"""Base64 in base64 so many times."""
BLANKS: Final = b"\r\n\t "
URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
OF_TEXTS: Final = bytes({*b"\t\n\r", *range(0x20, 0x7F), *range(0x80, 0x100)})


class Run(NamedTuple):
    """Where letters of base64 stand in a text, in bytes, and the text that they are."""

    start: int
    end: int
    text: bytes


def runs_in(text: bytes, starts: Iterator[re.Match[bytes]]) -> Iterator[Run]:
    """Yields the runs of base64 that are texts. `starts` are the matches of `START` in the text."""
    end = 0
    for count, found in enumerate(starts):
        start = found.start(1)
        if count == MOST_RUNS:
            return
        if start < end:
            continue
        run = RUN.match(text, start)
        end = run.end()
        decoded = _decoded(text[start : min(end, start + LONGEST)])
        if decoded:
            yield Run(start, end, decoded)


def _decoded(run: bytes) -> bytes:
    """Returns the text that is in a run, empty where it is none. Letters at the end that are no whole byte are left."""
    letters = run.translate(URL_SAFE, BLANKS + b"=")
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    decoded = a2b_base64(letters + b"=" * (-len(letters) % 4))
    return b"" if decoded.translate(None, OF_TEXTS) else decoded
