"""Whatever a client library's message says is found in what the tab shows, however often it was read and stored."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas import attributes as names
from spanvas.semantics.content import content_of
from spanvas.semantics.messages import messages_of
from spanvas.semantics.previews import message_text
from spanvas.semantics.values import parsed
from spanvas.storage.codec import decode_spans, encode_spans
from spanvas.tracing.generation import generation_content
from tests.support.builders import make_span
from tests.support.message_shapes import FOLDER, Filled, counted_words, missing, shapes
from tests.support.property_size import examples

SHAPES: Final = shapes()
WORDS: Final = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=12),
    st.sampled_from(
        [
            "0",
            "true",
            "null",
            "[1]",
            '{"a": 1}',
            '"SELECT"',
            "12345678901234567890123",
            "data:,x",
            "[[ ## a ## ]]",
        ]
    ),
)


def shown_of(attribute: str, value: Any) -> dict[str, Any]:
    """What the API answers of a model call with this attribute, which was stored and read."""
    span = make_span(kind="model", attributes={names.OPERATION: "chat", attribute: value})
    (stored,) = decode_spans(encode_spans([span]))
    return content_of(stored)


@pytest.mark.parametrize(
    ("sender", "shape"), SHAPES, ids=[f"{sender}-{at}" for at, (sender, _) in enumerate(SHAPES)]
)
def test_every_value_of_every_shape_is_shown(sender: str, shape: Any) -> None:
    filled = Filled(shape, counted_words())

    messages = messages_of([filled.message], "assistant")
    captured = generation_content(None, None, [filled.message], None)[names.OUTPUT_MESSAGES]

    assert missing(filled.leaves, messages) == []
    assert missing(filled.leaves, parsed(captured)) == []
    assert messages_of(messages, "user") == messages
    assert all(message["parts"] for message in messages or ())
    from_layer = shown_of(names.OUTPUT_MESSAGES, captured)["output_messages"]
    from_otlp = shown_of(names.OUTPUT_MESSAGES, json.dumps([filled.message]))["output_messages"]
    assert missing(filled.leaves, from_layer) == []
    assert missing(filled.leaves, from_otlp) == []


@settings(max_examples=examples(600), deadline=None)
@given(st.data())
def test_any_words_in_any_conversation_are_shown(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4))
    numbers = st.integers(-(10**30), 10**30)
    filled = [
        Filled(shape, lambda: data.draw(WORDS), lambda: data.draw(numbers)) for _, shape in chosen
    ]
    leaves = [leaf for each in filled for leaf in each.leaves]
    given_messages = [each.message for each in filled]

    messages = messages_of(given_messages, "user")
    captured = generation_content(None, given_messages, None, None)[names.INPUT_MESSAGES]
    shown = shown_of(names.INPUT_MESSAGES, captured)

    assert missing_as_json(leaves, messages) == []
    assert missing_as_json(leaves, shown) == []
    assert messages_of(messages, "user") == messages
    assert messages_of(parsed(captured), "user") == parsed(captured)
    for message in messages or ():
        message_text(message)


def missing_as_json(leaves: list[str], shown: Any) -> list[str]:
    """As `missing`; what is JSON may be shown as its value, and what is in a JSON text with its escapes."""
    return [
        leaf
        for leaf in missing(leaves, shown)
        if all(missing([escaped], shown) for escaped in escapes_of(leaf))
        and missing(texts_of_json(leaf), shown)
    ]


def escapes_of(leaf: str) -> list[str]:
    """The leaf as it is written inside a JSON text: with other than ASCII escaped as well, and not."""
    return [json.dumps(leaf, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)]


def texts_of_json(leaf: str) -> list[str]:
    value = parsed(leaf)
    if isinstance(value, str):
        return [value]
    return [str(item) for item in (value.values() if isinstance(value, dict) else value)]


def test_the_page_is_tried_with_what_is_shown_of_every_shape() -> None:
    """`npx vitest` reads the file. After a change: `python -m tests.support.shown_messages`."""
    from tests.support.shown_messages import shown_messages

    assert json.loads((FOLDER / "shown.json").read_bytes()) == shown_messages()
