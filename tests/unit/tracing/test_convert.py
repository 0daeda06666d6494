"""Values as JSON texts and plain attributes, and their sizes."""

from __future__ import annotations

import json
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
