"""The part of TraceQL that is read here: one filter of spans, `{ … }`, of comparisons, `&&`, `||`, `!` and parentheses,
and `| select(…)` after it, which leaves out no span.

`&&` and `||` bind alike, from the left, as in Tempo's grammar. Attribute and intrinsic names are only read here;
`conditions` knows which of them can be searched for. Any text is either read or refused with line and column.

Source: Tempo's documentation, "TraceQL", and its grammar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from spanvas_api.tempo.tokens import (
    BOOLEAN,
    KEYWORDS,
    Literal,
    Place,
    QueryError,
    Token,
    literal_of,
    name_of,
    shown,
    tokens_of,
)

MAX_CHARACTERS: Final = 4_000
MAX_DEPTH: Final = 40
COMPARISONS: Final = ("=", "!=", ">", "<", ">=", "<=", "=~", "!~")
FLIPPED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


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


class Name(NamedTuple):
    """An attribute or intrinsic that `select` names, as it is written without its quotes."""

    text: str
    place: Place


class Query(NamedTuple):
    """The condition of the spans, and what is to be shown of them besides."""

    condition: Expression
    selected: tuple[Name, ...] = ()


Reading = Callable[[], Expression]


def parse(text: str) -> Query:
    """Returns what a query asks for. Raises QueryError, and nothing else."""
    if len(text) > MAX_CHARACTERS:
        raise QueryError(Place(1, 1), f"the query is longer than {MAX_CHARACTERS:,} characters")
    return _Parser(text).query()


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
        self._tokens = list(tokens_of(text))
        self._at = 0
        self._depth = 0

    def query(self) -> Query:
        self._expect("{", "a query begins with {")
        if self._is("}"):
            self._at += 1
            expression: Expression = Constant(True)
        else:
            expression = self._chain()
            self._expect("}", "expected && or || or }")
        selected = tuple(self._selected())
        self._hints()
        rest = self._next
        if rest.kind != "end":
            raise QueryError(
                rest.place,
                f"{shown(rest)}: pipelines but | select(…), metrics and several spansets are not supported",
            )
        return Query(expression, selected)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *marks: str) -> bool:
        return self._next.kind == "mark" and self._next.text in marks

    def _take(self) -> Token:
        token = self._next
        if token.kind == "end":
            raise QueryError(token.place, "unexpected end of the query")
        self._at += 1
        return token

    def _expect(self, mark: str, message: str) -> None:
        if not self._is(mark):
            raise QueryError(self._next.place, f"unexpected {shown(self._next)}: {message}")
        self._at += 1

    def _selected(self) -> Iterator[Name]:
        """Yields the names of `| select(…)`, as often as it stands there."""
        while self._is("|") and self._tokens[self._at + 1].text == "select":
            self._at += 2
            self._expect("(", "expected ( after select")
            while True:
                token = self._side()
                if isinstance(token, Literal):
                    raise QueryError(token.place, "a value is selected, not a name")
                yield Name(name_of(token), token.place)
                if not self._is(","):
                    break
                self._at += 1
            self._expect(")", "expected , or ) after a name")

    def _hints(self) -> None:
        """Passes over `with (most_recent=true)`: the newest traces come first anyway."""
        if (self._next.kind, self._next.text) != ("word", "with"):
            return
        self._at += 1
        self._expect("(", "expected ( after with")
        hint = self._take()
        if hint.text != "most_recent":
            raise QueryError(hint.place, f"the hint {shown(hint)} is not supported")
        self._expect("=", "expected = after a hint")
        value = self._take()
        if value.text not in ("true", "false"):
            raise QueryError(value.place, f"unexpected {shown(value)}: expected true or false")
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
                f"unexpected {shown(operator)}: expected one of {' '.join(COMPARISONS)}",
            )
        self._at += 1
        right = self._side()
        if isinstance(left, Literal):
            if isinstance(right, Literal):
                raise QueryError(left.place, "two values are compared")
            if operator.text in ("=~", "!~"):
                raise QueryError(operator.place, f"a value stands before {operator.text}")
            flipped = FLIPPED.get(operator.text, operator.text)
            return Comparison(name_of(right), flipped, left, right.place)
        if not isinstance(right, Literal):
            raise QueryError(right.place, "attributes are compared with values alone")
        return Comparison(name_of(left), operator.text, right, left.place)

    def _side(self) -> Literal | Token:
        """Returns a value, or the token of a name."""
        token = self._take()
        if token.kind == "mark" and token.text == "-" and self._next.kind in ("number", "duration"):
            literal = literal_of(self._take())
            return Literal(literal.type, -literal.value, token.place)  # type: ignore[operator]
        if token.kind == "attribute":
            return token
        if token.kind in ("mark", "other"):
            raise QueryError(token.place, f"unexpected {shown(token)}: expected a name or a value")
        if token.kind == "word" and token.text not in (*KEYWORDS, "true", "false", "nil"):
            return token
        return literal_of(token)
