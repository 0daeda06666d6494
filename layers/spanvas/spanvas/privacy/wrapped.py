"""Tokens that are broken over two or three lines, as terminals, mails and columns of a table break them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern

PREFIX: Final = (
    r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abp]-|sk-ant-|sk-proj-|sk-or-v1-|[sr]k_live_|AKIA|AIza|npm_|pypi-Ag|eyJ|hf_|gsk_"
    r"|dop_v1_|shpat_|SG\.|ya29\.|GOCSPX-|lin_api_|glsa_|dckr_pat_|hvs\.|xai-|tvly-|sbp_)"
)
"""Beginnings of tokens that are longer than most words."""
BREAK: Final = r"[\"'\\]?\r?\n[ \t>|*#\"'+]{0,20}"
SIGN: Final = PREFIX + r"[A-Za-z0-9_.=+/-]{2,}" + BREAK + r"[A-Za-z0-9_.=+/-]{3}"
"""In RE2's syntax: a token that goes on after the end of a line, or ends there."""
WRAPPED: Final = LazyPattern(
    (
        rf"({PREFIX}[A-Za-z0-9_.=+/-]{{2,}}){BREAK}([A-Za-z0-9_.=+/-]{{3,}})"
        rf"(?:{BREAK}([A-Za-z0-9_.=+/-]{{3,}}))?"
    ).encode()
)
MOST: Final = 1_000
"""Of one text that are looked at."""


class Wrapped(NamedTuple):
    """A token without its breaks, and where each of its parts stands in the text, in bytes."""

    text: bytes
    parts: tuple[tuple[int, int], ...]

    def place(self, at: int) -> int:
        """Returns where in the text the first `at` bytes of the token end."""
        for start, end in self.parts:
            if at <= end - start:
                return start + at
            at -= end - start
        return self.parts[-1][1]


def wrapped_in(text: bytes, signs: Iterator[re.Match[bytes]]) -> Iterator[Wrapped]:
    """Yields what may be tokens over two lines, and over three where there is a third.

    `signs` are the matches of `SIGN` in the text: RE2 looks through a text in a hundredth of the time.
    """
    for sign in islice(signs, MOST):
        found = WRAPPED.match(text, sign.start())
        if found is None:
            continue
        parts = tuple(found.span(group) for group in (1, 2, 3) if found[group] is not None)
        for lines in range(2, len(parts) + 1):
            chosen = parts[:lines]
            yield Wrapped(b"".join(text[start:end] for start, end in chosen), chosen)
