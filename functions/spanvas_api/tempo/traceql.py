"""The part of TraceQL that is read here: one filter of spans, `{ … }`, of comparisons, `&&`, `||`, `!` and parentheses.

`&&` and `||` bind alike, from the left, as in Tempo's grammar. Attribute and intrinsic names are only read here;
`conditions` knows which of them can be searched for. Any text is either read or refused with line and column.

Sources: Tempo's documentation, "TraceQL"; the grammar of Tempo's `pkg/traceql` (names of attributes end at blanks and
at `{}()=~!<>&|^,`; strings are Go's).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from spanvas_api.tempo.durations import DURATION, duration_nano

MAX_CHARACTERS: Final = 4_000
MAX_DEPTH: Final = 40
COMPARISONS: Final = ("=", "!=", ">", "<", ">=", "<=", "=~", "!~")
FLIPPED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
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
    |(?P<mark>\|\||&&|=~|!~|!=|>=|<=|[{{}}()=<>!-])
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


class Comparison(NamedTuple):
    """An attribute or intrinsic, as it is written without its quotes, and the value that it is compared with."""

    name: str
    operator: str
    literal: Literal
    place: Place


class Constant(NamedTuple):
    """`true` or `false`; an empty filter is true."""

    value: bool


class Not(NamedTuple):
    """The opposite of an expression."""

    inner: Expression


class Chain(NamedTuple):
    """Expressions that `&&` and `||` combine, from the left."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


Expression = Comparison | Constant | Not | Chain
Reading = Callable[[], Expression]


class _Token(NamedTuple):
    kind: str
    text: str
    place: Place


def parse(text: str) -> Expression:
    """Returns the condition of a query's spans. Raises QueryError, and nothing else."""
    if len(text) > MAX_CHARACTERS:
        raise QueryError(Place(1, 1), f"the query is longer than {MAX_CHARACTERS:,} characters")
    return _Parser(text).query()


def is_attribute(text: str) -> bool:
    """Returns whether a text is an attribute with its scope: `span.a`, `.a`."""
    found = _TOKEN.fullmatch(text)
    return found is not None and found.lastgroup == "attribute"


def conjuncts(expression: Expression) -> Iterator[Comparison]:
    """Yields comparisons that hold for every span which the expression holds for."""
    if isinstance(expression, Comparison):
        yield expression
    elif isinstance(expression, Chain) and all(operator == "&&" for operator, _ in expression.rest):
        for part in (expression.first, *(part for _, part in expression.rest)):
            yield from conjuncts(part)


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Yields all comparisons of an expression, in their order."""
    if isinstance(expression, Comparison):
        yield expression
    elif isinstance(expression, Not):
        yield from comparisons(expression.inner)
    elif isinstance(expression, Chain):
        for part in (expression.first, *(part for _, part in expression.rest)):
            yield from comparisons(part)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def query(self) -> Expression:
        self._expect("{", "a query begins with {")
        if self._is("}"):
            self._at += 1
            expression: Expression = Constant(True)
        else:
            expression = self._chain()
            self._expect("}", "expected && or || or }")
        self._hints()
        rest = self._next
        if rest.kind != "end":
            raise QueryError(
                rest.place,
                f"{_shown(rest)}: pipelines, metrics and several spansets are not supported",
            )
        return expression

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _is(self, *marks: str) -> bool:
        return self._next.kind == "mark" and self._next.text in marks

    def _take(self) -> _Token:
        token = self._next
        if token.kind == "end":
            raise QueryError(token.place, "unexpected end of the query")
        self._at += 1
        return token

    def _expect(self, mark: str, message: str) -> None:
        if not self._is(mark):
            raise QueryError(self._next.place, f"unexpected {_shown(self._next)}: {message}")
        self._at += 1

    def _hints(self) -> None:
        """Passes over `with (most_recent=true)`: the newest traces come first anyway."""
        if (self._next.kind, self._next.text) != ("word", "with"):
            return
        self._at += 1
        self._expect("(", "expected ( after with")
        hint = self._take()
        if hint.text != "most_recent":
            raise QueryError(hint.place, f"the hint {_shown(hint)} is not supported")
        self._expect("=", "expected = after a hint")
        value = self._take()
        if value.text not in ("true", "false"):
            raise QueryError(value.place, f"unexpected {_shown(value)}: expected true or false")
        self._expect(")", "expected ) after a hint")

    def _chain(self) -> Expression:
        first = self._operand()
        rest = []
        while self._is("&&", "||"):
            operator = self._take().text
            rest.append((operator, self._operand()))
        return Chain(first, tuple(rest)) if rest else first

    def _operand(self) -> Expression:
        if self._is("!"):
            self._at += 1
            if not self._is("(", "!") and self._next.text not in ("true", "false"):
                raise QueryError(self._next.place, "expected ( after !")
            return self._nested(lambda: Not(self._operand()))
        if self._is("("):
            self._at += 1
            expression = self._nested(self._chain)
            self._expect(")", "expected && or || or )")
            return expression
        return self._comparison()

    def _nested(self, read: Reading) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(self._next.place, "the query is nested too deep")
        expression = read()
        self._depth -= 1
        return expression

    def _comparison(self) -> Expression:
        left = self._side()
        if isinstance(left, Literal) and left.type == BOOLEAN and not self._is(*COMPARISONS):
            return Constant(bool(left.value))
        operator = self._next
        if not self._is(*COMPARISONS):
            raise QueryError(
                operator.place,
                f"unexpected {_shown(operator)}: expected one of {' '.join(COMPARISONS)}",
            )
        self._at += 1
        right = self._side()
        if isinstance(left, Literal):
            if isinstance(right, Literal):
                raise QueryError(left.place, "two values are compared")
            if operator.text in ("=~", "!~"):
                raise QueryError(operator.place, f"a value stands before {operator.text}")
            flipped = FLIPPED.get(operator.text, operator.text)
            return Comparison(_name_of(right), flipped, left, right.place)
        if not isinstance(right, Literal):
            raise QueryError(right.place, "attributes are compared with values alone")
        return Comparison(_name_of(left), operator.text, right, left.place)

    def _side(self) -> Literal | _Token:
        """Returns a value, or the token of a name."""
        token = self._take()
        if token.kind == "mark" and token.text == "-" and self._next.kind in ("number", "duration"):
            literal = _literal_of(self._take())
            return Literal(literal.type, -literal.value, token.place)  # type: ignore[operator]
        if token.kind == "attribute":
            return token
        if token.kind in ("mark", "other"):
            raise QueryError(token.place, f"unexpected {_shown(token)}: expected a name or a value")
        if token.kind == "word" and token.text not in (*KEYWORDS, "true", "false", "nil"):
            return token
        return _literal_of(token)


def _tokens(text: str) -> Iterator[_Token]:
    line, line_start = 1, 0
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup or "", found[0]
        if kind != "space":
            yield _Token(kind, token, Place(line, found.start() - line_start + 1))
        if "\n" in token:
            line += token.count("\n")
            line_start = found.start() + token.rindex("\n") + 1
    yield _Token("end", "", Place(line, len(text) - line_start + 1))


def _shown(token: _Token) -> str:
    if token.kind == "end":
        return "end of the query"
    return token.text if len(token.text) <= 40 else f"{token.text[:40]}…"


def _name_of(token: _Token) -> str:
    """Returns a name without the quotes that parts of it may have."""
    return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda part: re.sub(r"\\(.)", r"\1", part[1]), token.text)


def _literal_of(token: _Token) -> Literal:
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
