"""A query's condition, checked against what can be searched for, and whether a span fulfils it.

A condition is asked twice: of the execution alone, where the answer may be that it is not known yet, and of each span.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, Final, NamedTuple

from spanvas.model.execution import OPEN
from spanvas.model.row import Row
from spanvas.model.span import ERROR
from spanvas_api.tempo.fields import (
    BY_NAME,
    FIELDS,
    INTRINSICS_OF_TEMPO,
    OF_EXECUTION,
    OF_SPAN,
    Candidate,
    Depth,
    Field,
)
from spanvas_api.tempo.regex import Regex, RegexError
from spanvas_api.tempo.tokens import (
    DURATION_TYPE,
    NIL,
    NUMBER,
    STATUS,
    STRING,
    Literal,
    QueryError,
    is_attribute,
)
from spanvas_api.tempo.traceql import (
    Chain,
    Comparison,
    Constant,
    Expression,
    Name,
    Not,
    comparisons,
    conjuncts,
    parse,
)

Test = Callable[[Any], bool]
Verdict = bool | None
"""None: not known yet."""

_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {">": gt, "<": lt, ">=": ge, "<=": le}
_FITTING: Final = {
    STRING: (STRING, NIL),
    NUMBER: (NUMBER, NIL),
    DURATION_TYPE: (DURATION_TYPE, NUMBER, NIL),
    STATUS: (STATUS, NIL),
}
"""Types of values that a field of a type is compared with. A number is nanoseconds of a duration."""


class _Check(NamedTuple):
    """A comparison with its field and its test."""

    field: Field
    test: Test
    is_failure: bool
    """It holds for spans that failed alone."""


class Condition:
    """The condition of a query. Raises QueryError for what cannot be searched for, and nothing else."""

    def __init__(self, query: str) -> None:
        self._expression, selected = parse(query)
        self._checks = {one: _check_of(one) for one in comparisons(self._expression)}
        self._selected = [field for name in selected if (field := _selected_field(name))]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that it asks for, each once: those that it compares, then those that it selects."""
        compared = [check.field for check in self._checks.values()]
        return tuple(dict.fromkeys([*compared, *self._selected]))

    def asks(self, depth: Depth) -> bool:
        """Returns whether it asks for a field of this depth."""
        return any(field.depth == depth for field in self.fields)

    def required(self, key: str) -> str | None:
        """Returns the text that a field has to have for all spans that fulfil it; None where it leaves that open."""
        for one in conjuncts(self._expression):
            is_equal = one.operator == "=" and one.literal.type == STRING
            if is_equal and self._checks[one].field.key == key:
                return str(one.literal.value)
        return None

    def of_execution(self, candidate: Candidate) -> Verdict:
        """Returns whether any span of an execution may fulfil it, as far as the execution's own item says."""

        def verdict(one: Comparison) -> Verdict:
            check = self._checks[one]
            if check.field.depth == OF_EXECUTION:
                return check.test(check.field.read(candidate, None))
            return False if check.is_failure and _has_no_failure(candidate) else None

        return _evaluated(self._expression, verdict)

    def matched(self, candidate: Candidate) -> list[Row]:
        """Returns the spans that fulfil it, the root first, then by their start; none where there are no rows."""
        if not candidate.rows:
            return []
        said: dict[Comparison, bool] = {}
        for one, check in self._checks.items():
            if check.field.depth != OF_SPAN:
                said[one] = check.test(check.field.read(candidate, None))

        def verdict_of(row: Row) -> Verdict:
            def verdict(one: Comparison) -> bool:
                known = said.get(one)
                if known is not None:
                    return known
                check = self._checks[one]
                return check.test(check.field.read(candidate, row))

            return _evaluated(self._expression, verdict)

        return [row for row in candidate.rows if verdict_of(row)]


def _has_no_failure(candidate: Candidate) -> bool:
    """Returns whether the totals say that no span failed. Those of an open execution may lag behind."""
    execution = candidate.execution
    return execution.status not in OPEN and not execution.counters.errors


def _evaluated(expression: Expression, verdict: Callable[[Comparison], Verdict]) -> Verdict:
    """Returns the value of an expression by Kleene's logic: what is not known stays so unless the rest decides."""
    if isinstance(expression, Comparison):
        return verdict(expression)
    if isinstance(expression, Constant):
        return expression.value
    if isinstance(expression, Not):
        inner = _evaluated(expression.inner, verdict)
        return None if inner is None else not inner
    return _chained(expression, verdict)


def _chained(chain: Chain, verdict: Callable[[Comparison], Verdict]) -> Verdict:
    found = _evaluated(chain.first, verdict)
    for operator, part in chain.rest:
        decisive = operator == "||"
        if found is decisive:
            continue
        other = _evaluated(part, verdict)
        if other is decisive or found is not None:
            found = other
    return found


def _check_of(one: Comparison) -> _Check:
    field = BY_NAME.get(one.name)
    if field is None:
        known = ", ".join(sorted(field.names[0] for field in FIELDS))
        raise QueryError(
            one.place, f"{one.name[:80]} cannot be searched for here; what can: {known}"
        )
    literal = one.literal
    if field.comparisons and (one.operator, literal.value) not in field.comparisons:
        known = " and ".join(f"{operator} {bound}" for operator, bound in field.comparisons)
        raise QueryError(one.place, f"{one.name} can be compared by {known} alone")
    if literal.type not in _FITTING[field.type]:
        raise QueryError(
            literal.place, f"{one.name} is a {field.type} and is compared with a {literal.type}"
        )
    is_failure = (field.type, one.operator, literal.value) == (STATUS, "=", ERROR)
    return _Check(field, _test_of(field, one.operator, literal, one), is_failure)


def _selected_field(name: Name) -> Field | None:
    """Returns what is to be shown; None for what rows lack: it is shown of no span, and leaves out none."""
    field = BY_NAME.get(name.text)
    if field is None and not is_attribute(name.text) and name.text not in INTRINSICS_OF_TEMPO:
        raise QueryError(name.place, f"{name.text[:80]} is no name of an attribute or intrinsic")
    return field


def _test_of(field: Field, operator: str, literal: Literal, one: Comparison) -> Test:
    if literal.type == NIL:
        if operator not in ("=", "!="):
            raise QueryError(one.place, f"nil is compared by = and != alone, not by {operator}")
        return (lambda value: value is None) if operator == "=" else _is_there
    if operator in ("=~", "!~"):
        return _matches(operator, literal, one)
    if operator in ("=", "!="):
        return _equals(field, operator, literal.value)
    if field.type == STATUS:
        raise QueryError(one.place, f"{one.name} is compared by = and != alone, not by {operator}")
    order, bound = _ORDERS[operator], literal.value
    return lambda value: any(order(each, bound) for each in _each(value)[:1])


def _is_there(value: Any) -> bool:
    return value is not None


def _equals(field: Field, operator: str, wanted: Any) -> Test:
    accepted = {wanted, field.normal(wanted)} if field.normal else {wanted}
    if operator == "=":
        return lambda value: any(each in accepted for each in _each(value))
    # In TraceQL, too, a span that lacks the attribute fulfils neither.
    return lambda value: value is not None and not any(each in accepted for each in _each(value))


def _matches(operator: str, literal: Literal, one: Comparison) -> Test:
    if literal.type != STRING:
        raise QueryError(literal.place, f"{operator} needs a text, not a {literal.type}")
    try:
        regex = Regex(str(literal.value))
    except RegexError as error:
        raise QueryError(literal.place, f"the regular expression of {one.name}: {error}") from None
    remembered: dict[str, bool] = {}

    def matches(text: str) -> bool:
        if text not in remembered:
            remembered[text] = regex.matches(text)
        return remembered[text]

    if operator == "=~":
        return lambda value: any(map(matches, _each(value)))
    return lambda value: value is not None and not any(map(matches, _each(value)))


def _each(value: Any) -> tuple[Any, ...]:
    """Returns all that a value may be called."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
