"""JMESPath over plain data: evaluation, and what an expression refers to without evaluating it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError, JMESPathTypeError
from jmespath.parser import ParsedResult

from executor.errors import NodeError


@dataclass(frozen=True, slots=True)
class Reference:
    """A path from the root of the data, as far as its names are fixed: `nodes.plan.json[0]` is (nodes, plan, json).

    `is_optional` when the expression says itself what to use instead: it stands left of a `||`.
    """

    path: tuple[str, ...]
    is_optional: bool


class OwnFunctions(functions.Functions):
    """JMESPath's functions and those that it lacks."""

    @functions.signature({"types": ["array"]})
    def _func_unique(self, items: list[Any]) -> list[Any]:
        """`unique(list)`: equal items once, where they first stand."""
        found: list[Any] = []
        for item in items:
            if item not in found:
                found.append(item)
        return found


_OPTIONS = jmespath.Options(custom_functions=OwnFunctions())


@lru_cache(maxsize=512)
def compile_expression(expression: str) -> ParsedResult:
    """Raises jmespath's JMESPathError, whose message points at the place."""
    return jmespath.compile(expression)


def fault_of(expression: str) -> str | None:
    """Why an expression cannot be compiled, in one line; None if it can."""
    if not expression.strip():
        return "is empty"
    try:
        compile_expression(expression)
    except JMESPathError as error:
        return f"is no JMESPath expression: {str(error).splitlines()[0]}"
    return None


def evaluate(field: str, expression: str, data: Mapping[str, Any]) -> Any:
    """The expression's value. Raises NodeError naming the field, e.g. for a function on a wrong type."""
    try:
        return compile_expression(expression).search(data, options=_OPTIONS)
    except JMESPathError as error:
        # What a function of JMESPath says of a wrong argument repeats the argument.
        why = type(error).__name__ if isinstance(error, JMESPathTypeError) else error
        raise NodeError(
            "ExpressionError", f"{field}: {expression!r} cannot be evaluated: {why}"
        ) from error


def has_fallback(expression: str) -> bool:
    """Whether the whole expression is `something || something else`: then null is an answer, not a mistake."""
    return bool(compile_expression(expression).parsed["type"] == "or_expression")


def references(expression: str) -> list[Reference]:
    """Every path from the root in a compiled expression, in order of appearance."""
    return list(_walk(cast("dict[str, Any]", compile_expression(expression).parsed), False))


# The first child works on the data itself, the others on what the first found.
_NARROWING = frozenset(
    {
        "subexpression",
        "pipe",
        "projection",
        "filter_projection",
        "value_projection",
        "index_expression",
        "flatten",
    }
)


def _walk(node: dict[str, Any], is_optional: bool) -> Iterator[Reference]:
    kind, children = node["type"], node["children"]
    if path := _fixed_path(node):
        yield Reference(path, is_optional)
    elif kind in _NARROWING:
        yield from _walk(children[0], is_optional)
    elif kind == "or_expression":
        yield from _walk(children[0], True)
        yield from _walk(children[1], is_optional)
    elif kind not in ("expref", "slice"):
        for child in children:
            yield from _walk(child, is_optional)


def _fixed_path(node: dict[str, Any]) -> tuple[str, ...]:
    kind, children = node["type"], node["children"]
    if kind == "field":
        return (node["value"],)
    if kind not in _NARROWING or not (path := _fixed_path(children[0])):
        return ()
    if kind == "subexpression":
        for child in children[1:]:
            step = _fixed_path(child)
            path += step
            if child["type"] != "field":
                break
    return path
