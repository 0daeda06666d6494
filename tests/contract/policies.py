"""Decides requests by the statements of the template's own policies, as IAM does: a small part of its rules.

Known are Allow and Deny, wildcards, the conditions that the template uses, and variables of the principal's tags.
Anything else is an error: what is not understood must not look as if it had been proven.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract.grants import as_list

VARIABLE = re.compile(r"\$\{([^}]+)\}")
KNOWN_KEYS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
Context = Mapping[str, list[str]]


@dataclass(frozen=True)
class Request:
    """One call of AWS: its action, the resource, and the values of condition keys, tags of the role included."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)

    def by(self, **tags: str) -> Request:
        """The same call, by a role with these tags; `_` stands for `-`."""
        named = {f"aws:PrincipalTag/{name.replace('_', '-')}": [tags[name]] for name in tags}
        return Request(self.action, self.resource, {**self.context, **named})


def is_allowed(statements: Iterable[Mapping[str, Any]], request: Request) -> bool:
    """Whether some statement allows the request and none denies it."""
    effects = [one["Effect"] for one in statements if _applies(one, request)]
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    assert set(statement) <= KNOWN_KEYS, f"not understood: {set(statement) - KNOWN_KEYS}"
    actions = as_list(statement["Action"])
    return (
        any(_is_like(request.action.lower(), action.lower(), {}) for action in actions)
        and any(
            _is_like(request.resource, resource, request.context)
            for resource in as_list(statement["Resource"])
        )
        and all(
            _holds(operator, key, as_list(values), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, key: str, values: list[Any], context: Context) -> bool:
    found = context.get(key)
    if operator == "Null":
        return str(values[0]).lower() == str(not found).lower()
    quantifier, _, name = operator.rpartition(":")
    name, if_exists = name.removesuffix("IfExists"), name.endswith("IfExists")
    compare = OPERATORS[name]
    if not found:
        # Of an empty set, all are; of a key that is not there, none is.
        return if_exists or quantifier == "ForAllValues"
    matched = [any(compare(one, str(value), context) for value in values) for one in found]
    if quantifier == "ForAllValues":
        return all(matched)
    assert quantifier in ("", "ForAnyValue"), operator
    assert quantifier or len(found) == 1, f"{key} has several values"
    return any(matched)


def _is_like(text: str, pattern: str, context: Context) -> bool:
    expression = _expression(pattern, context)
    return expression is not None and re.fullmatch(expression, text, re.DOTALL) is not None


def _expression(pattern: str, context: Context) -> str | None:
    """A regular expression for a pattern with wildcards; None where one of its variables has no value."""
    parts = []
    for number, part in enumerate(VARIABLE.split(pattern)):
        if number % 2 == 0:
            parts.append(re.escape(part).replace(r"\*", ".*").replace(r"\?", "."))
            continue
        assert part.startswith("aws:PrincipalTag/"), f"not understood: {part}"
        value = context.get(part)
        if not value:
            return None
        parts.append(re.escape(value[0]))
    return "".join(parts)


def _is_equal(one: str, other: str, context: Context) -> bool:
    assert not VARIABLE.search(other), "variables are understood in StringLike alone"
    return one == other


def _is_greater(one: str, other: str, context: Context) -> bool:
    return float(one) > float(other)


OPERATORS: dict[str, Callable[[str, str, Context], bool]] = {
    "StringEquals": _is_equal,
    "StringLike": _is_like,
    "Bool": lambda one, other, _: one.lower() == other.lower(),
    "NumericGreaterThan": _is_greater,
}
