"""Regular expressions of a query, which a caller has written: RE2, whose time is linear in the text.

Syntax: github.com/google/re2, "Syntax". It is that of Tempo, where `.` is also the end of a line.
"""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 4_000_000
"""Memory of one compiled expression; one that needs more is refused."""


class RegexError(Exception):
    """The expression is none, or has something that RE2 does not read. The message says what."""


class Regex:
    """A compiled expression. Raises RegexError."""

    def __init__(self, text: str) -> None:
        import re2  # the libraries of a function: loaded by the first search that needs it

        options = re2.Options()
        options.log_errors = False
        options.dot_nl = True
        options.max_mem = MAX_BYTES
        try:
            self._compiled = re2.compile(_encoded(text), options=options)
        except re2.error as error:
            reason = error.args[0]
            said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
            raise RegexError(said) from None

    def matches(self, text: str) -> bool:
        """Returns whether the whole text matches."""
        return self._compiled.fullmatch(_encoded(text)) is not None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
