"""Values as JSON texts and plain attributes, and their sizes."""

from __future__ import annotations

import json
from collections import UserDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import BaseModel

from spanvas.model.span import Event
from spanvas.tracing.convert import copied, json_text, size_of
from tests.support.builders import make_span


class Ticket(BaseModel):
    number: int


@dataclass
class Answer:
    text: str
    ticket: Ticket


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", '"text"'),
        ({"a": [1, None, True]}, '{"a": [1, null, true]}'),
        ("Grüße", '"Grüße"'),
        (Ticket(number=3), '{"number": 3}'),
        (Answer("yes", Ticket(number=3)), '{"text": "yes", "ticket": {"number": 3}}'),
        ({1}, "[1]"),
        (deque([1, 2]), "[1, 2]"),
        (UserDict(a=1), '{"a": 1}'),
        (b"abc", '{"$bytes": 3}'),
        (Ticket, '"' + str(Ticket) + '"'),
        ("lone \ud800", '"lone \ufffd\ufffd\ufffd"'),
        ({(1, 2): 3}, '{"(1, 2)": 3}'),
        (float("inf"), '{"$float": "inf"}'),
    ],
)
def test_content_becomes_json(value: object, expected: str) -> None:
    assert json_text(value) == expected


def test_cyclic_content_ends_somewhere() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    assert "$deep" in json_text(cycle)


def test_long_content_is_cut_and_says_so() -> None:
    cut = json.loads(json_text("x" * 1_000_001))
    assert cut == {"$truncated": '"' + "x" * 999_999, "characters": 1_000_003}


PAIRS: dict[str, Callable[[Any], Any]] = {
    "lists": lambda inner: [inner, inner],
    "tuples": lambda inner: (inner, inner),
    "dicts": lambda inner: {"left": inner, "right": inner},
    "keys that are no texts": lambda inner: {(1, 2): inner, 3: inner},
    "dicts of another type": lambda inner: UserDict(left=inner, right=inner),
    "dataclasses": lambda inner: Answer(inner, inner),
    "not a number beside them": lambda inner: [inner, inner, float("nan")],
}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_doubles_sixty_times_is_cut_instead_of_written_for_ever(pair: str) -> None:
    value: Any = []
    for _ in range(60):
        value = PAIRS[pair](value)

    text = json_text({"last": value})

    assert list(json.loads(text)) == ["$truncated"]
    assert 1_000 < len(text) < 2_000_000


def test_a_text_that_is_held_a_thousand_times_is_not_written_a_thousand_times() -> None:
    document = "x" * 100_000

    cut = json.loads(json_text([{"role": "user", "content": document}] * 1_000))

    assert cut == {"$truncated": cut["$truncated"]}
    assert len(cut["$truncated"]) == 1_000_000
    assert cut["$truncated"].startswith('[{"role": "user", "content": "xxx')


def test_what_is_held_twice_is_written_twice() -> None:
    twice = {"a": [1, "x"]}
    for _ in range(3):
        twice = {"l": twice, "r": twice}  # type: ignore[dict-item]

    text = json_text(twice)

    assert text.count('{"a": [1, "x"]}') == 8
    assert json.loads(text) == twice


def test_of_what_holds_itself_the_objects_say_their_fields() -> None:
    answers: list[Any] = [Answer("yes", Ticket(number=3))]
    answers.append(answers)

    assert json.loads(json_text(answers)) == [
        {"text": "yes", "ticket": {"number": 3}},
        {"$deep": "list"},
    ]


def test_attributes_of_a_span_that_is_being_written_are_copied_at_last() -> None:
    class Moving(dict[str, int]):
        """Changes under the reader's hands, so many times."""

        def __init__(self, times: int) -> None:
            super().__init__(a=1)
            self.times = times

        def items(self) -> Any:
            self.times -= 1
            if self.times >= 0:
                raise RuntimeError("dictionary changed size during iteration")
            return super().items()

    assert copied(Moving(4)) == {"a": 1}
    with pytest.raises(RuntimeError):
        copied(Moving(5))


def test_attributes_become_lists_and_plain_objects() -> None:
    assert copied({"a": (1, ({"b": (2,)},))}) == {"a": [1, [{"b": [2]}]]}
    assert copied(None) == {}


def test_size_of_a_span_counts_its_texts() -> None:
    small = size_of(make_span())
    nested = {"a": ["x" * 100, {"b": b"y" * 100}], "c": 1}
    event = Event("e", 1, {"text": "z" * 100})
    assert size_of(make_span(attributes=nested, events=(event,))) > small + 300
