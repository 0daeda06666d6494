"""Messages and tools as senders write them where no convention says how."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas import attributes as names
from spanvas.semantics.content import content_of
from spanvas.semantics.messages import message_of, messages_of
from spanvas.semantics.parts import part_of
from spanvas.semantics.retrieved import query_of
from spanvas.semantics.tool_content import arguments_of
from spanvas.semantics.values import parsed, structured
from tests.support.builders import make_span
from tests.unit.semantics.forms import called, event, form_of, responded, text

CHAT = {names.OPERATION: "chat"}
OUT = "llm.output_messages.0.message"


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ("tool-call", "assistant"),
        ("tool-response", "tool"),
        ("MessageRole.USER", "user"),
        ("USER", "user"),
        ("Assistant", "assistant"),
        ("model", "assistant"),
        ("critic", "critic"),
    ],
)
def test_a_role_has_its_standard_name(given: str, role: str) -> None:
    content = [{"type": "text", "text": "Hi"}]

    assert message_of({"role": given, "content": content}) == text(role, "Hi")


@pytest.mark.parametrize(
    "result",
    [
        {"type": "tool_result", "tool_use_id": "c1", "content": "no", "is_error": True},
        {"toolResult": {"toolUseId": "c1", "content": [{"text": "no"}], "status": "error"}},
        {
            "type": "tool-result",
            "toolCallId": "c1",
            "output": {"type": "error-text", "value": "no"},
        },
        {"type": "tool_call_response", "id": "c1", "response": {"content": "no", "isError": True}},
        {"type": "tool_call_response", "id": "c1", "response": "no", "is_error": True},
    ],
)
def test_a_failed_result_is_said_to_have_failed(result: dict[str, Any]) -> None:
    part = part_of(result)

    assert (part["id"], part["response"], part["is_error"]) == ("c1", "no", True)


def test_a_failed_message_of_langchain_has_failed_and_a_good_one_has_not() -> None:
    failed = {"type": "tool", "content": "no", "tool_call_id": "c1", "status": "error"}

    assert message_of(failed)["parts"][0]["is_error"] is True
    assert "is_error" not in message_of({**failed, "status": "success"})["parts"][0]


def test_a_failed_result_of_a_tool_says_so_too() -> None:
    result = {"content": [{"type": "text", "text": "no"}], "isError": True, "_meta": None}
    form = form_of(
        {
            names.OPERATION: "execute_tool",
            names.TOOL_NAME: "f",
            names.TOOL_RESULT: json.dumps(result),
        }
    )

    assert form.content["tool"] == {"name": "f", "result": "no", "is_error": True}


def test_pictures_in_results_are_pictures() -> None:
    shown = [
        {"type": "text", "content": "here"},
        {"type": "image", "mime_type": "image/png", "content": "iVBO"},
    ]
    source = {"type": "base64", "media_type": "image/png", "data": "iVBO"}
    content = [{"type": "text", "text": "here"}, {"type": "image", "source": source}]

    anthropic = part_of({"type": "tool_result", "tool_use_id": "c1", "content": content})
    mcp = part_of(
        {
            "type": "tool_call_response",
            "id": "c1",
            "response": [
                {"type": "text", "text": "here"},
                {"type": "image", "data": "iVBO", "mimeType": "image/png"},
            ],
        }
    )

    assert anthropic["response"] == shown
    assert mcp["response"] == shown


def test_a_result_is_a_result_whatever_the_role_says() -> None:
    assert message_of({"role": "user", "tool_call_id": "c1", "content": "ok"}) == responded("ok")


def test_calls_without_an_index_are_calls() -> None:
    form = form_of(
        {
            **CHAT,
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.tool_calls.id": "c1",
            "gen_ai.completion.0.tool_calls.name": "f",
            "gen_ai.completion.0.tool_calls.arguments": '{"a": 1}',
        }
    )

    assert form.content["output_messages"] == [called("f", {"a": 1})]


def test_an_empty_message_does_not_hide_what_another_attribute_says() -> None:
    empty = json.dumps([{"role": "assistant", "parts": [], "finish_reason": "tool_calls"}])
    beside = {
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.function_call.name": "f",
        "gen_ai.completion.0.function_call.arguments": '{"a": 1}',
    }

    assert form_of({**CHAT, names.OUTPUT_MESSAGES: empty, **beside}).content["output_messages"] == [
        {"role": "assistant", "parts": [{"type": "tool_call", "name": "f", "arguments": {"a": 1}}]}
    ]
    assert form_of({**CHAT, names.OUTPUT_MESSAGES: empty}).content["output_messages"] == [
        {"role": "assistant", "parts": [], "finish_reason": "tool_calls"}
    ]


def test_a_call_beside_its_text_is_one_call() -> None:
    """As OpenInference writes Anthropic's answers: among the contents, and as a call once more."""
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            f"{OUT}.role": "assistant",
            f"{OUT}.contents.0.message_content.type": "text",
            f"{OUT}.contents.0.message_content.text": "I will look.",
            f"{OUT}.contents.1.message_content.type": "tool_use",
            f"{OUT}.contents.1.tool_call.id": "c1",
            f"{OUT}.contents.1.tool_call.function.name": "f",
            f"{OUT}.contents.1.tool_call.function.arguments": '{"a": 1}',
            f"{OUT}.tool_calls.0.tool_call.id": "c1",
            f"{OUT}.tool_calls.0.tool_call.function.name": "f",
            f"{OUT}.tool_calls.0.tool_call.function.arguments": '{"a": 1}',
        }
    )

    (message,) = form.content["output_messages"]
    assert message["parts"] == [
        {"type": "text", "content": "I will look."},
        *called("f", {"a": 1})["parts"],
    ]


def test_results_and_thoughts_of_autogen_are_read() -> None:
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "function",
            "llm.input_messages.0.function.0": '{"name": "f", "content": "ok", "call_id": "c1", "is_error": false}',
            "llm.input_messages.1.message.role": "assistant",
            "llm.input_messages.1.message.content": "So",
            "llm.input_messages.1.thought": "Hm",
        }
    )

    assert form.content["input_messages"] == [
        responded("ok", name="f"),
        {
            "role": "assistant",
            "parts": [{"type": "reasoning", "content": "Hm"}, {"type": "text", "content": "So"}],
        },
    ]


def test_the_whole_request_is_shown_where_an_instrumentation_lost_a_block() -> None:
    content = [
        {"type": "text", "text": "Hear"},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    ]
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.contents.0.message_content.type": "text",
            "llm.input_messages.0.message.contents.0.message_content.text": "Hear",
            "input.value": json.dumps({"messages": [{"role": "user", "content": content}]}),
        }
    )

    assert form.content["input_messages"][0]["parts"][1] == {
        "type": "file",
        "mime_type": "audio/wav",
        "content": "AAAA",
    }


@pytest.mark.parametrize(
    "given",
    [
        [{"type": "thinking", "thinking": "Hm"}],
        {"reasoning": "Hm"},
        {"summary": [{"type": "summary_text", "text": "Hm"}]},
    ],
)
def test_a_thought_that_is_json_is_shown_as_its_words(given: Any) -> None:
    assert part_of({"type": "reasoning", "content": json.dumps(given)}) == {
        "type": "reasoning",
        "content": "Hm",
    }


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({"args": [], "sanitize_inputs_outputs": True, "kwargs": {"id": 7}}, {"id": 7}),
        ({"kwargs": {"id": 7}}, {"id": 7}),
        ({"tool_name": "f", "arguments": {"id": 7}}, {"id": 7}),
        ({"kwargs": {"tool_name": "f", "arguments": '{"id": 7}'}}, {"id": 7}),
        ({"args": [1], "kwargs": {"id": 7}}, {"args": [1], "kwargs": {"id": 7}}),
        ({"name": "ada", "arguments": "both mine"}, {"name": "ada", "arguments": "both mine"}),
        ('{"kwargs": {"id": 107505301260286111234}}', {"id": 107505301260286111234}),
        ('"SELECT"', '"SELECT"'),
        ("5", "5"),
    ],
)
def test_arguments_are_shown_without_what_frameworks_put_around_them(
    given: Any, arguments: Any
) -> None:
    assert arguments_of(given) == arguments


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ("parcels", "parcels"),
        ({"query": "parcels", "k": 4}, "parcels"),
        ({"args": ["parcels"], "kwargs": {"k": 4}}, "parcels"),
        ({"kwargs": {"str_or_query_bundle": {"query_str": "parcels"}}}, "parcels"),
        ({"query_texts": ["parcels", "Lyon"]}, "parcels\nLyon"),
        ({"k": 4}, '{"k": 4}'),
        (None, None),
    ],
)
def test_a_query_is_the_query_alone(given: Any, query: str | None) -> None:
    assert query_of(given) == query
    assert query_of(json.dumps(given) if isinstance(given, dict) else given) == query


def test_content_that_nobody_reads_stands_under_its_own_name() -> None:
    span = make_span(
        kind="model",
        attributes={
            **CHAT,
            "gen_ai.request.model": "gpt-4o",
            names.INPUT_MESSAGES: json.dumps([text("user", "Hi")]),
            "llm.invocation_parameters": '{"model": "gpt-4o", "stop": ["END"], "stream": true, "n": 3}',
            "input.value": json.dumps(
                {"messages": [{"role": "user", "content": "Hi", "id": "m1"}]}
            ),
        },
        events=(event("gen_ai.unheard.of", explanation="too short"),),
    )

    assert content_of(span)["other"] == {
        "llm.invocation_parameters": {"stop": ["END"], "n": 3},
        "input.value": {"messages": [{"id": "m1"}]},
        "gen_ai.unheard.of": [{"explanation": "too short"}],
    }


@pytest.mark.parametrize("number", [2**53 + 1, 2**64, -(10**40), 107505301260286111])
def test_integers_of_any_size_are_exact(number: int) -> None:
    assert parsed(json.dumps({"id": number})) == {"id": number}
    assert structured(json.dumps(json.dumps([number]))) == [number]


def test_a_fraction_that_no_float_holds_keeps_its_digits() -> None:
    assert parsed('{"a": 0.1234567890123456789, "b": 0.12345678901234567}') == {
        "a": "0.1234567890123456789",
        "b": "0.12345678901234567",
    }
    assert parsed('{"a": 1790000000.0000000000000000}') == {"a": 1790000000.0}


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": []},
        {"candidates": []},
        {"output": []},
        {"generations": []},
        {"choices": [{}]},
    ],
)
def test_an_answer_without_choices_is_shown_as_it_came(answer: dict[str, Any]) -> None:
    for given in (answer, json.dumps(answer)):
        [message] = messages_of(given, "assistant") or []

        assert message["role"] == "assistant"
        assert len(message["parts"]) == 1
        assert {**message["parts"][0], **answer} == message["parts"][0]
        assert messages_of([message]) == [message]
