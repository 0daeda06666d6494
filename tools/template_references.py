"""What a part of a CloudFormation template refers to: parameters, resources and conditions, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

PLACEHOLDER: Final = re.compile(r"\$\{([^!}][^}]*)\}")
"""A name in the text of `Fn::Sub`; `${!Literal}` is none."""


def names_in(node: Any) -> Iterator[str]:
    """Yields the parameters and resources that a value refers to."""
    for name, item in items_in(node):
        if name == "Ref":
            yield item
        elif name == "Fn::GetAtt":
            yield (item.split(".") if isinstance(item, str) else item)[0]
        elif name == "Fn::Sub":
            text = item if isinstance(item, str) else item[0]
            yield from (match.partition(".")[0] for match in PLACEHOLDER.findall(text))


def conditions_of(body: Any, declared: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the conditions that a part of the template needs, in the order of the template."""
    needed: set[str] = set()
    wanted = set(conditions_in(body))
    while wanted - needed:
        needed |= wanted
        wanted = {inner for name in wanted for inner in conditions_in(declared[name])}
    return {name: condition for name, condition in declared.items() if name in needed}


def conditions_in(node: Any) -> Iterator[str]:
    """Yields the conditions that a value names."""
    for name, item in items_in(node):
        if name == "Condition" and isinstance(item, str):
            yield item
        elif name == "Fn::If":
            yield item[0]


def items_in(node: Any) -> Iterator[tuple[str, Any]]:
    """Yields every name and value of a value, at any depth."""
    if isinstance(node, list):
        for item in node:
            yield from items_in(item)
    elif isinstance(node, dict):
        for name, item in node.items():
            yield name, item
            yield from items_in(item)
