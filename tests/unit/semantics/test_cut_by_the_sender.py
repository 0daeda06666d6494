"""What SDKs leave out over their limits: attributes of flattened lists, and the ends of long texts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas import attributes as names
from spanvas.semantics.cut_json import whole_part
from spanvas.semantics.messages import messages_of
from tests.unit.semantics.forms import form_of, text

LLM = {"openinference.span.kind": "LLM"}


def flattened(*numbers: int, **more: Any) -> dict[str, Any]:
    attributes: dict[str, Any] = {**LLM, **more}
    for number in numbers:
        attributes[f"llm.input_messages.{number}.message.role"] = "user"
        attributes[f"llm.input_messages.{number}.message.content"] = f"m{number}"
    return attributes


def test_a_list_that_begins_at_10_says_so() -> None:
    assert form_of(flattened(10, 11, 14)).content["input_messages"] == [
        {**text("user", "m10"), "missing_before": 10},
        text("user", "m11"),
        {**text("user", "m14"), "missing_before": 2},
    ]


def test_a_list_that_counts_from_one_is_whole_unless_attributes_were_dropped() -> None:
    dropped = {names.DROPPED_ATTRIBUTES: 2}

    assert form_of(flattened(1, 2)).content["input_messages"] == [
        text("user", "m1"),
        text("user", "m2"),
    ]
    assert form_of({**flattened(1), **dropped}).content["input_messages"] == [
        {**text("user", "m1"), "missing_before": 1}
    ]


def test_a_message_of_which_only_the_role_is_left_is_cut_not_empty() -> None:
    torn = {"llm.input_messages.1.message.role": "user"}

    whole = form_of({**flattened(0), **torn})
    cut = form_of({**flattened(0), **torn, names.DROPPED_ATTRIBUTES: 1})

    assert whole.content["input_messages"][1] == {"role": "user", "parts": []}
    assert cut.content["input_messages"][1] == {"role": "user", "parts": [], "truncated": True}


def test_prompts_of_the_older_names_say_so_too() -> None:
    form = form_of({"gen_ai.prompt.3.role": "user", "gen_ai.prompt.3.content": "Hi"})

    assert form.content["input_messages"] == [{**text("user", "Hi"), "missing_before": 3}]


MESSAGES = [
    text("user", "Where is parcel 4711?"),
    {"role": "assistant", "parts": [{"type": "tool_call", "name": "f", "arguments": {"a": [1]}}]},
]


@pytest.mark.parametrize("length", range(45, len(json.dumps(MESSAGES)) - 1))
def test_messages_that_break_off_anywhere_are_read_as_far_as_they_go(length: int) -> None:
    cut = json.dumps(MESSAGES)[:length]

    messages = form_of({names.OPERATION: "chat", names.INPUT_MESSAGES: cut}).content[
        "input_messages"
    ]

    assert messages[0]["role"] == "user"
    assert messages[-1]["truncated"] is True
    said = "Where is parcel 4711?"
    shown = messages[0]["parts"][0].get("content", "") if messages[0]["parts"] else ""
    assert said.startswith(shown)


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ('[{"a": "b', [{"a": "b"}]),
        ('[{"a": "b\\', [{"a": "b"}]),
        ('[{"a": "b\\u00', [{"a": "b"}]),
        ('[{"a": "b\\\\', [{"a": "b\\"}]),
        ('[{"a": 1, "b', [{"a": 1}]),
        ('[{"a": 1, "b":', [{"a": 1}]),
        ('[{"a": 1}, {"b": tru', [{"a": 1}]),
        ('{"a": {"b": [1, 2', {"a": {"b": [1, 2]}}),
        ('[{"a": 1}]', None),
        ("[INST] {Hi", None),
        ('[{"a": 1}}', None),
        ('{"', None),
        ("", None),
    ],
)
def test_what_is_whole_of_a_json_text_is_kept(given: str, whole: Any) -> None:
    assert whole_part(given) == whole


def test_the_layers_own_mark_of_long_content_is_a_cut_message() -> None:
    kept = json.dumps({"$truncated": '[{"role": "us', "characters": 2_000_000})

    (message,) = form_of({names.OPERATION: "chat", names.INPUT_MESSAGES: kept}).content[
        "input_messages"
    ]

    assert message == {
        **text("user", '[{"role": "us'),
        "truncated": True,
        "characters": 2_000_000,
    }


def test_a_conversation_that_our_own_limit_has_cut_keeps_its_messages_and_roles() -> None:
    said = [
        {"role": "user", "content": "Where is it?"},
        {"role": "assistant", "content": "In Lyon, on"},
    ]
    cut = {"$truncated": json.dumps(said)[:-6], "characters": 2_000_000}

    assert messages_of(json.dumps(cut)) == [
        {"role": "user", "parts": [{"type": "text", "content": "Where is it?"}]},
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "In Lyon,"}],
            "truncated": True,
            "characters": 2_000_000,
        },
    ]


def test_a_plain_text_that_our_own_limit_has_cut_is_one_message() -> None:
    assert messages_of({"$truncated": "Where is", "characters": 2_000_000}, "user") == [
        {
            "role": "user",
            "parts": [{"type": "text", "content": "Where is"}],
            "truncated": True,
            "characters": 2_000_000,
        }
    ]
