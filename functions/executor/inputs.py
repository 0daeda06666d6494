"""A node's inputs: the one place where values cross from the workflow into a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from executor import expressions
from executor.document import Node
from executor.errors import NodeError


def values_of(node: Node, scope: Mapping[str, Any]) -> dict[str, Any]:
    """Every input by name. Raises NodeError for one that finds nothing.

    Null is refused because JMESPath gives it for a misspelt path as for an absent value; an author who expects it
    writes what to use instead: `nodes.plan.json.tone || 'plain'`.
    """
    found = {}
    for name, expression in node.inputs.items():
        value = expressions.evaluate(f"inputs.{name}", expression, scope)
        if value is None and not expressions.has_fallback(expression):
            raise NodeError("MissingInput", f"input {name!r} is empty: {expression} finds nothing")
        found[name] = value
    return found
