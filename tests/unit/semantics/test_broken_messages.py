"""Messages in which a value is not of the type that it should have: each is read, and what it says is shown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.semantics.content import content_of
from spanvas.semantics.messages import message_of, messages_of
from spanvas.semantics.parts import part_of
from spanvas.semantics.summary import row_of
from tests.support.builders import make_span
from tests.support.message_shapes import Filled, shapes
from tests.support.property_size import examples

ODD: tuple[Any, ...] = (
    None, [], {}, "", "x", 7, -1.5, True, 2**80, [[]], [None], ["x"], {"a": 1}, {"type": ["text"]}, {"type": {}},
    {"role": ["user"]}, {"value": {}}, {"text": ["x"]}, {"content": {"content": "x"}}, {"type": "Buffer", "data": 3},
    '["x', '{"a":', "null", "data:,", "NaN",
)  # fmt: skip


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (["user"], '["user"]'),
        ({"name": "critic"}, '{"name": "critic"}'),
        (7, "7"),
        (None, "user"),
        ({"type": "role", "value": "assistant"}, "assistant"),
        ({"value": "TOOL_CALL"}, "assistant"),
    ],
)
def test_a_role_of_any_type_is_named(role: Any, shown: str) -> None:
    message = {"role": shown, "parts": [{"type": "text", "content": "Hi"}]}

    assert message_of({"role": role, "content": "Hi"}, "user") == message


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (
            {"type": "tool-result", "output": {"type": ["json"], "value": [1]}},
            {"type": "tool_call_response", "response": {"type": ["json"], "value": [1]}},
        ),
        ({"citationsContent": "See page 7."}, {"type": "text", "content": "See page 7."}),
        ({"citationsContent": 7}, {"type": "text", "content": "7"}),
        ({"citationsContent": ["a", "b"]}, {"type": "text", "content": "a\nb"}),
    ],
)
def test_a_part_with_a_value_of_another_type_is_read(given: Any, part: dict[str, Any]) -> None:
    assert part_of(given) == part


def test_calls_of_livekit_that_are_no_list_are_shown_as_they_came() -> None:
    span = make_span(kind="model", attributes={"lk.response.function_calls": 7})

    assert row_of(span).output_preview is None
    assert content_of(span) == {"other": {"lk.response.function_calls": 7}}


@settings(max_examples=examples(600), deadline=None)
@given(st.data())
def test_a_message_in_which_any_value_is_odd_is_read_and_read_again(data: st.DataObject) -> None:
    _, shape = data.draw(st.sampled_from(shapes()))
    message = Filled(shape, map("word{}".format, itertools.count()).__next__).message
    place = data.draw(st.sampled_from(list(places(message))))
    broken = put(message, place, data.draw(st.sampled_from(ODD)))

    read = messages_of([broken], "user")

    assert read is not None
    for one in read:
        assert isinstance(one["role"], str)
        assert all(isinstance(part["type"], str) for part in one["parts"])
    assert messages_of(json.loads(json.dumps(read))) == read


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values in a structure, its own, which is empty, among them."""
    yield place
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from places(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*place, number))


def put(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    """The structure with `odd` at that path."""
    if not place:
        return odd
    first, rest = place[0], place[1:]
    if isinstance(value, Mapping):
        return {key: put(item, rest, odd) if key == first else item for key, item in value.items()}
    return [put(item, rest, odd) if number == first else item for number, item in enumerate(value)]
