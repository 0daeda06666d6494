from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics.content import content_of
from spanvas.semantics.dialect import PartialSpan
from spanvas.semantics.messages import messages_of
from spanvas.semantics.parts import parts_of
from spanvas.semantics.previews import previews_in
from spanvas.semantics.reader import SpanReader, kind_of
from spanvas.semantics.values import shortened
from tests.support.builders import make_span

USER = {"role": "user", "parts": [{"type": "text", "content": "Where is my parcel?"}]}
ANSWER = {"role": "assistant", "parts": [{"type": "text", "content": "On its way."}]}


def previews_of(attributes: dict[str, object]) -> tuple[str | None, str | None]:
    reader = read(attributes)
    return previews_in(reader, reader.kind())


def read(attributes: dict[str, Any]) -> SpanReader:
    return SpanReader(PartialSpan(attributes))


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"spanvas.kind": "map", "gen_ai.operation.name": "chat"}, "map"),
        ({"spanvas.kind": "nonsense"}, "other"),
        ({"gen_ai.operation.name": "chat"}, "model"),
        ({"gen_ai.operation.name": "embeddings"}, "model"),
        ({"gen_ai.operation.name": "execute_tool"}, "tool"),
        ({"gen_ai.operation.name": "invoke_agent"}, "agent"),
        ({"gen_ai.operation.name": "retrieval"}, "retrieval"),
        ({"gen_ai.tool.name": "lookup"}, "tool"),
        ({"http.request.method": "GET"}, "http"),
        ({"http.method": "GET"}, "http"),
        ({}, "other"),
    ],
)
def test_the_kind_of_a_span_is_read_from_its_attributes(
    attributes: dict[str, Any], kind: str
) -> None:
    assert kind_of(attributes) == kind


def test_usage_takes_the_first_name_that_is_there_and_never_adds_two() -> None:
    assert read(
        {
            "gen_ai.usage.input_tokens": 10,
            "gen_ai.usage.prompt_tokens": 10,
            "gen_ai.usage.completion_tokens": 3,
        }
    ).usage() == Usage(10, 3)


def test_no_reported_tokens_is_not_zero_tokens() -> None:
    assert read({"gen_ai.request.model": "m"}).usage() is None


def test_cached_tokens_that_exceed_the_input_were_not_part_of_it() -> None:
    found = read(
        {
            "gen_ai.usage.input_tokens": 20,
            "gen_ai.usage.cache_read.input_tokens": 1000,
            "gen_ai.usage.cache_creation.input_tokens": 50,
        }
    ).usage()
    assert found == Usage(1070, None, 1000, 50)


@pytest.mark.parametrize("odd", ["twelve", True, float("nan"), float("inf"), 2**80, None])
def test_odd_counts_are_left_out(odd: object) -> None:
    assert read(
        {"gen_ai.usage.input_tokens": odd, "gen_ai.usage.output_tokens": 1}
    ).usage() == Usage(None, 1)


def test_the_model_that_answered_goes_before_the_one_that_was_asked() -> None:
    assert read({"gen_ai.request.model": "a", "gen_ai.response.model": "b"}).model() == "b"
    assert read({"gen_ai.request.model": "a"}).model() == "a"
    assert read({}).model() is None
    assert read({"gen_ai.system": "openai"}).provider() == "openai"


def test_messages_are_read_from_json_text_and_from_structures() -> None:
    assert messages_of(json.dumps([USER])) == [USER]
    assert messages_of([USER]) == [USER]
    assert messages_of(None) is None


def test_messages_of_other_shapes_are_kept_whole() -> None:
    assert messages_of("plain words") == [
        {"role": "unknown", "parts": [{"type": "text", "content": "plain words"}]}
    ]
    assert messages_of([{"role": "user", "content": "hi", "name": "ada"}]) == [
        {"role": "user", "name": "ada", "parts": [{"type": "text", "content": "hi"}]}
    ]
    assert messages_of('[{"role": "assistant", "parts": [{"x": 1}], "finish_reason": "stop"}]') == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": '{"x": 1}'}],
            "finish_reason": "stop",
        }
    ]


def test_text_that_only_looks_like_json_stays_text() -> None:
    assert parts_of("[not json") == [{"type": "text", "content": "[not json"}]


def test_a_tool_result_by_its_older_name_is_a_response() -> None:
    messages = messages_of(
        [{"role": "tool", "parts": [{"type": "tool_call_response", "result": 4}]}]
    )

    assert messages is not None
    assert messages[0]["parts"] == [{"type": "tool_call_response", "response": 4}]


def test_content_has_only_what_was_captured() -> None:
    span = make_span(
        attributes={
            "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
            "gen_ai.input.messages": json.dumps([USER]),
            "gen_ai.output.messages": [ANSWER],
            "gen_ai.tool.name": "lookup",
            "gen_ai.tool.call.arguments": '{"id": 4711}',
            "spanvas.output": '{"category": "parcel"}',
        }
    )

    assert content_of(span) == {
        "system_instructions": [{"type": "text", "content": "Be brief."}],
        "input_messages": [USER],
        "output_messages": [ANSWER],
        "tool": {"name": "lookup", "arguments": {"id": 4711}},
        "output": {"category": "parcel"},
    }
    assert content_of(make_span()) == {}


def test_previews_are_the_newest_message_and_the_answer() -> None:
    earlier = {"role": "user", "parts": [{"type": "text", "content": "Hello"}]}

    assert previews_of(
        {"gen_ai.input.messages": [earlier, USER], "gen_ai.output.messages": [ANSWER]}
    ) == ("Where is my parcel?", "On its way.")


@pytest.mark.parametrize(
    ("part", "preview"),
    [
        ({"type": "tool_call", "name": "lookup", "arguments": {"id": 1}}, 'lookup({"id": 1})'),
        ({"type": "tool_call_response", "response": "found"}, "found"),
        ({"type": "blob", "content": "AAAA"}, None),
    ],
)
def test_previews_of_other_parts(part: dict[str, Any], preview: str | None) -> None:
    message = {"role": "assistant", "parts": [part]}

    assert previews_of({"gen_ai.output.messages": [message]})[1] == preview


def test_previews_of_nodes_are_their_input_and_output() -> None:
    assert previews_of({"spanvas.input": '{"a": 1}', "spanvas.output": {"b": 2}}) == (
        '{"a": 1}',
        '{"b": 2}',
    )


def test_long_text_is_shortened_to_one_line() -> None:
    assert shortened("a\n\n  b") == "a b"
    assert shortened("x" * 500) == "x" * 159 + "…"
    assert shortened("") is None
