"""Redaction of a text of any length in bounded memory: in pieces that are cut where no find is cut in two.

A text of up to `WHOLE` characters is redacted at once, as a value of a span is. Of a longer one, a piece is searched
together with what follows it (`AHEAD`), and the cut is taken where what follows is redacted alone as it is with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

WHOLE: Final = 1_000_000
"""Characters of the longest text that is redacted at once, so that JSON is read as JSON."""
PIECE: Final = 262_144
AHEAD: Final = 16_384
"""Characters after a piece that are searched with it. A secret that is longer may be missed at a border."""
MAX_HEADER: Final = 2_048
MARKS: Final = ("},", ",", " ")
"""Before the end of which a line is cut that is long; the comma stays with what follows."""
LINE: Final = re.compile(r"\n([ \t]*)(\S)")
BLANK: Final = re.compile(r"\s")
CLOSERS: Final = frozenset("]})")
UNSCANNED: Final = "unscanned"
MARKER: Final = f"[REDACTED:{UNSCANNED}]"


class Redacted(NamedTuple):
    """A text without what was found, and how often each rule has found something."""

    text: str
    receipt: dict[str, int]


class TextStream:
    """Redacts one text that comes in parts. `receipt` counts what has been replaced, by rule.

    `redact` redacts a text. `is_table`: its first line names columns, and is read with every piece.
    """

    def __init__(self, redact: Callable[[str], Redacted], is_table: bool = False) -> None:
        self.receipt: dict[str, int] = {}
        self._search = redact
        self._is_table = is_table
        self._text = ""
        self._is_cut = False
        self._is_dropping = False
        self._header = Redacted("", {})
        self._raw_header = ""

    def feed(self, part: str) -> Iterator[str]:
        """Takes the next part of the text. Yields what is done."""
        self._text += part
        while len(self._text) > (PIECE + AHEAD if self._is_cut else WHOLE):
            yield self._next_piece()

    def close(self) -> str:
        """Returns the rest of the text."""
        if self._is_dropping:
            self._drop_word()
        rest, self._text = self._redact(self._text), ""
        return self._counted(rest)

    def _next_piece(self) -> str:
        is_first, self._is_cut = not self._is_cut, True
        if self._is_table and is_first:
            return self._take_header()
        if self._is_dropping:
            self._drop_word()
            return ""
        size, piece = self._piece_of(self._text[: PIECE + AHEAD])
        self._text = self._text[size:]
        return self._counted(piece)

    def _drop_word(self) -> None:
        """Leaves out what may be the end of what was dropped: up to a blank, or all that there is."""
        end = BLANK.search(self._text)
        self._is_dropping = end is None
        self._text = "" if end is None else self._text[end.start() :]

    def _piece_of(self, window: str) -> tuple[int, Redacted]:
        """Returns how many characters of a window are its first piece, and that piece redacted."""
        whole = self._redact(window)
        for size in _cuts_of(window, self._is_table):
            if whole.text == window:
                return size, Redacted(window[:size], {})
            rest = self._redact(window[size:])
            if whole.text.endswith(rest.text):
                text = whole.text[: len(whole.text) - len(rest.text)]
                return size, Redacted(text, _difference(whole.receipt, rest.receipt))
        # Wherever it is cut, something is cut in two: nothing of it can be kept.
        self._is_dropping = True
        return PIECE, Redacted(MARKER, {UNSCANNED: 1})

    def _redact(self, text: str) -> Redacted:
        if not self._raw_header:
            return self._search(text)
        done = self._search(self._raw_header + text)
        if not done.text.startswith(self._header.text):
            return self._search(text)
        receipt = _difference(done.receipt, self._header.receipt)
        return Redacted(done.text[len(self._header.text) :], receipt)

    def _take_header(self) -> str:
        """Takes the first line off the text. It is put before all that is searched from here on."""
        end = self._text.find("\n", 0, MAX_HEADER) + 1
        header, self._text = self._text[:end], self._text[end:]
        self._header = self._search(header)
        self._raw_header = header
        return self._counted(self._header)

    def _counted(self, done: Redacted) -> str:
        for rule, count in done.receipt.items():
            self.receipt[rule] = self.receipt.get(rule, 0) + count
        return done.text


def _difference(receipt: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    """Returns a receipt without the counts of another one."""
    left = {rule: count - other.get(rule, 0) for rule, count in receipt.items()}
    return {rule: count for rule, count in left.items() if count > 0}


def _cuts_of(window: str, is_table: bool) -> Iterator[int]:
    """Yields places to cut a window at, the best first: between lines near the end of the piece, and before. Tables are
    cut between lines alone."""
    for eighths in (8, 7, 6, 4, 2):
        last = PIECE * eighths // 8
        at = _line_in(window, last * 3 // 4, last)
        for mark in () if is_table else MARKS:
            at = at or window.rfind(mark, last * 3 // 4, last) + 1
        if at:
            yield at
        elif not is_table:
            yield last


def _line_in(window: str, first: int, last: int) -> int:
    """Returns where the last of the lines begins that are indented least, and are no end of a block; 0 for none."""
    lines = (found for found in LINE.finditer(window, first, last) if found[2] not in CLOSERS)
    best = min(lines, key=lambda found: (len(found[1]), -found.start()), default=None)
    return 0 if best is None else best.start(1)
