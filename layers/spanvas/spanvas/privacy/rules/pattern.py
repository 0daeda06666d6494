"""Looser patterns, for the first look at a text: the set of all rules is made in each cold start."""

from __future__ import annotations

from typing import Final

FEWEST: Final = 8
"""Characters of a longer form that a loosened pattern counts: with fewer, names in code and numbers look like keys."""
LITERAL: Final = ("\\", "\\x", "\\p", "\\P")
"""Before a brace that counts nothing."""


def loosened(pattern: str) -> str:
    """Returns a pattern of RE2 that matches in every text in which the given one does, with counts left open:
    `[a-z]{2,60}` becomes `[a-z]{2,}`, and `[0-9a-f]{40}` becomes `[0-9a-f]{8,}`.

    RE2 writes out each repetition that is counted. All rules in one set took 49,000 instructions, and 29 ms of each
    cold start; without the counts it is a third of that. Braces inside of a set of characters must count nothing.
    """
    before, *parts = pattern.split("{")
    loose = [before]
    for part in parts:
        counts, brace, rest = part.partition("}")
        loose += ["{", _open(counts) if not before.endswith(LITERAL) else counts, brace, rest]
        before = part
    return "".join(loose)


def _open(counts: str) -> str:
    """Returns the counts of a repetition without the greatest, and with no more than the fewest that are looked at."""
    least, comma, most = counts.partition(",")
    if not least.isdecimal() or (comma and most == "1"):
        return counts
    if int(least) > FEWEST:
        return f"{FEWEST},"
    return f"{least}," if comma else counts
