"""Values of another type than their place calls for, and the same thing said twice: shown all the same, and read again
as they were read at first."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.semantics.messages import message_of
from spanvas.semantics.parts import part_of
from tests.support.message_shapes import (
    PNG,
    Filled,
    counted_words,
    missing,
    shapes,
    texts_in,
)
from tests.support.property_size import examples

SHAPES: Final = [shape for _, shape in shapes() if isinstance(shape, dict)]
ODD: Final = {"why": "odd"}
DATA_URL: Final = f"data:image/png;base64,{PNG}"

PARTS: Final[list[tuple[dict[str, Any], dict[str, Any]]]] = [
    ({"type": ODD, "text": "a"}, {"type": "text", "content": "a", "item_type": ODD}),
    ({"type": 7, "text": "a"}, {"type": "text", "content": "a", "item_type": 7}),
    ({"type": ["x"], "a": {"b": 1}, "c": 2}, {"type": "text", "content": '{"type": ["x"], "a": {"b": 1}, "c": 2}'}),
    ({"type": ODD}, {"type": "type", "item_type": ODD}),
    (
        {"type": "tool_use", "id": "c", "name": "f", "toolCallType": ODD},
        {"type": "tool_call", "id": "c", "name": "f", "item_toolCallType": ODD},
    ),
    (
        {"type": "tool_result", "tool_use_id": "c", "content": "a", "is_error": "quota"},
        {"type": "tool_call_response", "id": "c", "response": "a", "is_error": "quota"},
    ),
    (
        {"type": "tool_call", "name": "f", "function": [1]},
        {"type": "tool_call", "name": "f", "item_function": [1]},
    ),
    (
        {"type": "image", "source": {"type": ODD, "media_type": "image/png", "data": PNG}},
        {"type": "image", "mime_type": "image/png", "content": PNG, "item_type": ODD},
    ),
    (
        {"type": "image", "image": DATA_URL, "text": "a cat"},
        {"type": "image", "mime_type": "image/png", "content": PNG, "text": "a cat"},
    ),
    (
        {"audio": {"format": "wav", "source": {"bytes": PNG}}, "source": "microphone"},
        {"type": "file", "mime_type": "audio/wav", "content": PNG, "item_source": "microphone"},
    ),
    (
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "data:,"}},
        {"type": "file", "mime_type": "text/plain", "text": "data:,"},
    ),
    (
        {"type": "input_image", "image_url": "https://x.test/a", "audio": True},
        {"type": "image", "uri": "https://x.test/a", "item_audio": True},
    ),
    (
        {"type": "document", "source": {"bytes": PNG, "content": [{"type": "text", "text": "a"}]}},
        {"type": "file", "parts": [{"type": "text", "content": "a"}], "item_bytes": PNG},
    ),
    (
        {"type": "reasoning", "content": [""], "summary": [{"type": "summary_text", "text": "a"}]},
        {"type": "reasoning", "content": "a"},
    ),
]  # fmt: skip
MESSAGES: Final[list[tuple[Any, dict[str, Any]]]] = [
    (
        {"role": "Planner", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "a"}]},
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "c", "response": "a"}],
            "item_role": "Planner",
        },
    ),
    (
        {"role": ODD, "content": [{"type": "tool_result", "tool_use_id": "c", "content": "a"}]},
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "c", "response": "a"}],
            "item_role": ODD,
        },
    ),
    (
        {"type": "human", "data": {"content": "a"}, "tags": ["t"]},
        {"role": "user", "parts": [{"type": "text", "content": "a"}], "tags": ["t"]},
    ),
    (
        {"lc": 1, "type": "constructor", "id": ["langchain", "HumanMessage"], "kwargs": {"content": "a"}, "name": "n"},
        {"role": "user", "name": "n", "parts": [{"type": "text", "content": "a"}]},
    ),
    (
        {"lc": 1, "type": ["x"], "id": ["langchain", "HumanMessage"], "kwargs": {"content": "a"}},
        {"role": "user", "parts": [{"type": "text", "content": "a"}], "type": ["x"]},
    ),
    (
        {"message": {"role": "assistant", "content": "a"}, "name": 7},
        {"role": "assistant", "parts": [{"type": "text", "content": "a"}], "name": "7"},
    ),
    (
        {"role": "assistant", "content": "a", "function_call": {"name": "f", "type": ODD}},
        {
            "role": "assistant",
            "parts": [
                {"type": "text", "content": "a"},
                {"type": "tool_call", "name": "f", "item_type": ODD},
            ],
        },
    ),
    (
        ["human", '{"type": "tool_result", "tool_use_id": "c", "content": "a"}'],
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": "a"}]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("item", "part"), PARTS)
def test_a_part_keeps_what_its_form_has_no_place_for(
    item: dict[str, Any], part: dict[str, Any]
) -> None:
    assert part_of(item) == part
    assert part_of(part) == part


@pytest.mark.parametrize(("item", "message"), MESSAGES)
def test_a_message_keeps_what_its_form_has_no_place_for(item: Any, message: dict[str, Any]) -> None:
    assert message_of(item) == message
    assert message_of(message) == message


def test_the_result_of_a_tool_has_no_role_of_its_own_beside_it() -> None:
    result = {"type": "tool_result", "tool_use_id": "c", "content": "a"}

    assert "item_role" not in message_of({"role": "user", "content": [result]})


def odd_values(word: str) -> list[Any]:
    """What may stand where a text or an object should, with this word in it."""
    image = {"type": "image", "data": word}
    return [[word], {"k": word}, {"type": {"a": word}}, {"text": [word]}, [[word]], image]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a message."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    for key, item in inside:
        yield (*path, key)
        yield from places(item, (*path, key))


def put(message: Any, path: tuple[Any, ...], value: Any) -> None:
    """Puts a value in the place of another one."""
    for key in path[:-1]:
        message = message[key]
    message[path[-1]] = value


@settings(max_examples=examples(1_500), deadline=None)
@given(st.data())
def test_a_value_of_another_type_anywhere_in_a_message_is_shown(data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES))
    message = copy.deepcopy(Filled(shape, counted_words()).message)
    numbers = itertools.count(1)
    for _ in range(data.draw(st.integers(1, 2))):
        value = data.draw(st.sampled_from(odd_values(f"odd{next(numbers)}word")))
        put(message, data.draw(st.sampled_from(list(places(message)))), value)
    leaves = [text for text in texts_in(message) if text.startswith("odd")]

    shown = message_of(message, "user")

    assert missing(leaves, shown) == []
    assert message_of(shown, "user") == shown
