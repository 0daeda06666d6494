"""JMESPath: what an expression refers to, and what it finds."""

from __future__ import annotations

import pytest

from executor import expressions
from executor.errors import NodeError


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("input", [("input",)]),
        ("nodes.plan.json.topics", [("nodes", "plan", "json", "topics")]),
        ("nodes.plan.json[0].name", [("nodes", "plan", "json")]),
        ("nodes.plan.items[?a == nodes.b].c", [("nodes", "plan", "items")]),
        ("nodes.plan.*.text", [("nodes", "plan")]),
        ("nodes.plan.rows[].cells[]", [("nodes", "plan", "rows")]),
        ("nodes.plan.text[1:3]", [("nodes", "plan", "text")]),
        ('nodes."a-b".text', [("nodes", "a-b", "text")]),
        ("nodes.a | b.c", [("nodes", "a")]),
        ("[nodes.a, input.b][]", [("nodes", "a"), ("input", "b")]),
        ("{x: nodes.a, y: length(input.b)}", [("nodes", "a"), ("input", "b")]),
        ("sort_by(nodes.a, &nodes)", [("nodes", "a")]),
        ("!(input.a) && nodes.b == `1`", [("input", "a"), ("nodes", "b")]),
        ("@", []),
        ("`1`", []),
    ],
)
def test_references_are_found(expression: str, paths: list[tuple[str, ...]]) -> None:
    found = [reference.path for reference in expressions.references(expression)]
    assert found == paths


def test_what_stands_left_of_a_fallback_is_optional() -> None:
    found = expressions.references("input.a || (input.b || nodes.c)")
    assert [(reference.path[1], reference.is_optional) for reference in found] == [
        ("a", True),
        ("b", True),
        ("c", False),
    ]


def test_unique_keeps_the_first_of_equal_items() -> None:
    found = expressions.evaluate("x", "unique(rows[].id)", {"rows": [{"id": i} for i in "abab"]})
    assert found == ["a", "b"]


def test_a_function_on_a_wrong_type_is_an_error_that_names_the_field() -> None:
    with pytest.raises(NodeError, match=r"^body: 'length\(n\)' cannot be evaluated: ") as raised:
        expressions.evaluate("body", "length(n)", {"n": 1})
    assert raised.value.error_type == "ExpressionError"
