from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from spanvas.semantics.langchain import tool_result, unwrapped_input, unwrapped_output
from spanvas.semantics.values import as_text, at, count, first_of, number, parsed, text, unquoted

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        (' [1, "x"]', [1, "x"]),
        ('"quoted"', "quoted"),
        ("plain", "plain"),
        ("5", "5"),
        ("", ""),
        ("   ", "   "),
        ("[broken", "[broken"),
        ('{"a": NaN, "b": Infinity}'.replace("NaN", "1"), {"a": 1, "b": float("inf")}),
        (DEEP, DEEP),
        (5, 5),
        (None, None),
    ],
)
def test_json_texts_are_their_values_and_all_else_is_as_it_is(given: Any, value: Any) -> None:
    assert parsed(given) == value


def test_values_that_are_always_json_may_be_numbers() -> None:
    assert [unquoted(value) for value in ("5", "null", '"a"', "a", "[", 5, None)] == [
        5,
        None,
        "a",
        "a",
        "[",
        5,
        None,
    ]


def test_paths_lead_through_objects_and_json_texts() -> None:
    assert at({"a": '{"b": {"c": 5}}'}, "a", "b", "c") == 5
    assert at({"a": [1]}, "a", "b") is None
    assert at(None, "a") is None


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (5, 5),
        (0, 0),
        (5.0, 5),
        ("22118", 22_118),
        (" 5 ", 5),
        ("11.0", 11),
        ("1.2E7", 12_000_000),  # a large double, as Java writes it
        ("0", 0),
        (Decimal("24"), 24),
        (Decimal("24.00"), 24),
    ],
)
def test_whole_counts_of_any_type_are_read(given: object, counted: int) -> None:
    assert count(given) == counted
    assert type(count(given)) is int


@pytest.mark.parametrize(
    "given",
    [
        None, True, False, -5, "-5", 5.9, "5.9", 2**60, str(2**60), "9" * 5000, "1e999", 10**400,
        "", " ", "none", "null", "NaN", "Infinity", "1,024", "1_024", "0x10", "\u0663", "12 tokens",
        float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("1e400"), [5], {"n": 5},
    ],
)  # fmt: skip
def test_what_is_no_whole_count_is_not_reported(given: object) -> None:
    assert count(given) is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (0.25, 0.25),
        (3, 3.0),
        ("0.25", 0.25),
        (" 1e-6 ", 1e-06),
        ("1_000", None),
        ("\u0663", None),
        ("nan", None),
        ("-inf", None),
        (float("nan"), None),
        (10**400, None),
        ("9" * 41, None),
        (True, None),
        ("", None),
        (["1"], None),
    ],
)
def test_a_number_is_what_json_would_read_as_one(given: object, read: float | None) -> None:
    assert number(given) == read


def test_small_readers() -> None:
    assert (text("a"), text(""), text(5)) == ("a", None, None)
    assert first_of({"a": None, "b": 0}, "a", "b") == 0
    assert first_of({}, "a") is None
    assert as_text({"a": "ü", "b": {1, 2}}) == '{"a": "ü", "b": "{1, 2}"}'
    cycle: list[Any] = []
    cycle.append(cycle)
    assert as_text(cycle) == "list"


def test_langchains_envelopes() -> None:
    assert unwrapped_input({"inputs": {"a": 1}, "tags": []}) == {"a": 1}
    assert unwrapped_input({"inputs": {"a": 1}}) == {"inputs": {"a": 1}}
    assert unwrapped_output({"kwargs": {}, "outputs": 5}) == 5
    assert unwrapped_output({"kwargs": {}, "x": 5}) == {"kwargs": {}, "x": 5}
    assert unwrapped_output({"lc": 1, "kwargs": {}}) == {"lc": 1, "kwargs": {}}
    assert tool_result({"type": "tool", "content": "ok", "tool_call_id": "c"}) == "ok"
    assert tool_result({"type": "tool", "content": [{"type": "image", "image": "x"}]}) == {
        "type": "tool",
        "content": [{"type": "image", "image": "x"}],
    }
