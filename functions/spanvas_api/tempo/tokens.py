"""The words of a TraceQL query: names, values and marks, each with its place.

Source: the grammar of Tempo's `pkg/traceql` (names end at blanks and at `{}()=~!<>&|^,`; strings are Go's).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from spanvas_api.tempo.durations import DURATION, duration_nano

STRING, NUMBER, DURATION_TYPE, STATUS, KIND, BOOLEAN, NIL = (
    "string", "number", "duration", "status", "kind", "boolean", "nil",
)  # fmt: skip
KEYWORDS: Final = {
    **dict.fromkeys(("error", "ok", "unset"), STATUS),
    **dict.fromkeys(("unspecified", "internal", "server", "client", "producer", "consumer"), KIND),
}
SCOPES: Final = ("span", "resource", "parent", "event", "link", "instrumentation")

_PART: Final = r'(?:[^\s{}()=~!<>&|^,"]|"(?:[^"\\]|\\["\\])*")+'
_TOKEN: Final = re.compile(
    rf"""(?P<space>\s+|//[^\n]*)
    |(?P<attribute>(?:(?:{"|".join(SCOPES)})\b)?\.{_PART})
    |(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<raw>`[^`]*`)
    |(?P<duration>{DURATION})
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<word>[A-Za-z_][A-Za-z0-9_:]*)
    |(?P<mark>\|\||&&|=~|!~|!=|>=|<=|[{{}}()=<>!,|-])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(
    r"\\(?:([abfnrtv\\\"'])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))",
    re.DOTALL,
)
_ESCAPED: Final = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


class QueryError(Exception):
    """The query is not in the part of TraceQL that is read here. The message says what, with line and column from 1."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"parse error at line {place.line}, col {place.column}: {message}")


class Place(NamedTuple):
    """Where something stands in a query; both numbers begin at 1."""

    line: int
    column: int


class Literal(NamedTuple):
    """A value as it is written. Durations are nanoseconds."""

    type: str
    value: str | int | float | bool | None
    place: Place


class Token(NamedTuple):
    """A word, with the kind of it: a group of `_TOKEN`, or `end` after the last one."""

    kind: str
    text: str
    place: Place


def is_attribute(text: str) -> bool:
    """Returns whether a text is an attribute with its scope: `span.a`, `.a`."""
    found = _TOKEN.fullmatch(text)
    return found is not None and found.lastgroup == "attribute"


def tokens_of(text: str) -> Iterator[Token]:
    """Yields the words of a text, whatever it is, then its end."""
    line, line_start = 1, 0
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found[0]
        if kind != "space":
            yield Token(kind, token, Place(line, found.start() - line_start + 1))
        if "\n" in token:
            line += token.count("\n")
            line_start = found.start() + token.rindex("\n") + 1
    yield Token("end", "", Place(line, len(text) - line_start + 1))


def shown(token: Token) -> str:
    """Returns a word as a message says it."""
    if token.kind == "end":
        return "end of the query"
    return token.text if len(token.text) <= 40 else f"{token.text[:40]}…"


def name_of(token: Token) -> str:
    """Returns a name without the quotes that parts of it may have."""
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda part: re.sub(r"\\(.)", r"\1", part[1]), token.text)


def literal_of(token: Token) -> Literal:
    """Returns the value that a word is. Raises QueryError."""
    text = token.text
    if token.kind == "string":
        return Literal(STRING, _unquoted(text[1:-1], token.place), token.place)
    if token.kind == "raw":
        return Literal(STRING, text[1:-1].replace("\r", ""), token.place)
    if token.kind == "duration":
        return Literal(DURATION_TYPE, duration_nano(text), token.place)
    if token.kind == "number":
        return Literal(NUMBER, int(text) if text.isdigit() else float(text), token.place)
    if text == "nil":
        return Literal(NIL, None, token.place)
    if text in ("true", "false"):
        return Literal(BOOLEAN, text == "true", token.place)
    return Literal(KEYWORDS[text], text, token.place)


def _unquoted(text: str, place: Place) -> str:
    def character(found: re.Match[str]) -> str:
        simple, *numbers, octal, bad = found.groups()
        if bad:
            raise QueryError(place, f"\\{bad} is no escape of a string")
        if simple:
            return _ESCAPED.get(simple, simple)
        number = int(octal, 8) if octal else int(next(filter(None, numbers)), 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise QueryError(place, f"{found[0]} is no character")
        return chr(number)

    return _ESCAPE.sub(character, text)
