"""`generate` nodes: what the model is sent, what is recorded, and rounds of tool calls."""

from __future__ import annotations

from typing import Any

import pytest

from executor.errors import NodeError
from executor.messages import as_usage
from executor.nodes import run_node
from tests.support.executor_builders import (
    MODEL,
    FakeHttp,
    FakeModel,
    FakeTime,
    answer_of,
    generate,
    json_answer,
    resources_of,
    workflow_of,
)
from tests.support.recording_tracing import RecordedSpan, RecordingTracing

TOOL: dict[str, Any] = {
    "name": "find_order",
    "description": "Finds an order.",
    "input_schema": {"type": "object", "properties": {"number": {"type": "string"}}},
    "http": {"connection": "shop", "path": "/orders/{{ number }}"},
}
CALL: dict[str, Any] = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"text": "I look."},
                {"toolUse": {"toolUseId": "t1", "name": "find_order", "input": {"number": "7"}}},
            ],
        }
    },
    "stopReason": "tool_use",
    "usage": {"inputTokens": 20, "outputTokens": 8, "totalTokens": 28},
}


def run(
    model: FakeModel,
    tracing: RecordingTracing | None = None,
    send: FakeHttp | None = None,
    time: FakeTime | None = None,
    **fields: Any,
) -> Any:
    node = workflow_of(generate("a", inputs={"name": "input.name"}, **fields)).nodes[0]
    resources = resources_of(tracing, model=model, send=send, time=time)
    return run_node(node, {"name": "Ann"}, resources, RecordedSpan("a", "generate"))


def test_the_smallest_request_has_a_model_a_message_and_a_limit() -> None:
    model = FakeModel(answer_of())
    output = run(model, content="Greet {{ name }}.")
    assert model.requests == [
        {
            "modelId": MODEL,
            "messages": [{"role": "user", "content": [{"text": "Greet Ann."}]}],
            "inferenceConfig": {"maxTokens": 1024},
        }
    ]
    assert output == {
        "text": "Hello.",
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 10,
            "output_tokens": 5,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
        },
        "tool_calls": [],
    }


def test_everything_that_a_document_sets_is_sent() -> None:
    model = FakeModel(answer_of())
    run(
        model,
        system="You greet {{ name }}.",
        cache_system=True,
        max_tokens=50,
        temperature=0.5,
        top_p=0.9,
        stop_sequences=["END"],
        tools=[TOOL],
    )
    (request,) = model.requests
    assert request["system"] == [
        {"text": "You greet Ann."},
        {"cachePoint": {"type": "default"}},
    ]
    assert request["inferenceConfig"] == {
        "maxTokens": 50,
        "temperature": 0.5,
        "topP": 0.9,
        "stopSequences": ["END"],
    }
    assert request["toolConfig"] == {
        "tools": [
            {
                "toolSpec": {
                    "name": "find_order",
                    "description": "Finds an order.",
                    "inputSchema": {"json": TOOL["input_schema"]},
                }
            }
        ]
    }


def test_a_call_is_recorded_as_a_generation() -> None:
    tracing = RecordingTracing()
    run(FakeModel(answer_of(cacheReadInputTokens=90)), tracing, system="Be kind.", temperature=0.2)
    (span,) = tracing.root.children
    assert span.name == f"chat {MODEL}"
    assert span.attributes == {
        "provider": "aws.bedrock",
        "system": "Be kind.",
        "input_messages": [{"role": "user", "content": [{"text": "Say hello."}]}],
        "tool_definitions": None,
        "parameters": {"max_tokens": 1024, "temperature": 0.2},
    }
    assert span.output["output"]["message"]["content"] == [{"text": "Hello."}]
    assert span.output["usage"]["cacheReadInputTokens"] == 90


def test_a_failed_call_is_recorded_with_its_error() -> None:
    tracing = RecordingTracing()
    error = NodeError("ThrottlingException", "too many", is_retryable=True)
    with pytest.raises(NodeError, match="too many"):
        run(FakeModel(error), tracing)
    assert tracing.root.children[0].error is error


def test_a_tool_call_is_answered_over_http_and_the_model_asked_again() -> None:
    tracing, model = RecordingTracing(), FakeModel(CALL, answer_of("It is 7."))
    send = FakeHttp(json_answer('{"id": 7}'))
    output = run(model, tracing, send, tools=[TOOL])
    assert output["text"] == "It is 7."
    assert output["tool_calls"] == [{"name": "find_order", "arguments": {"number": "7"}}]
    assert output["usage"]["input_tokens"] == 30
    assert model.requests[1]["messages"][1:] == [
        CALL["output"]["message"],
        {
            "role": "user",
            "content": [
                {
                    "toolResult": {
                        "toolUseId": "t1",
                        "content": [{"json": {"id": 7}}],
                        "status": "success",
                    }
                }
            ],
        },
    ]
    assert tracing.root.names() == [
        f"chat {MODEL}",
        "execute_tool find_order",
        "  GET /orders/7",
        f"chat {MODEL}",
    ]
    assert tracing.root.children[1].attributes == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "find_order",
        "gen_ai.tool.call.id": "t1",
        "gen_ai.tool.call.arguments": {"number": "7"},
        "gen_ai.tool.call.result": {"id": 7},
    }


def results_given(model: FakeModel) -> list[dict[str, Any]]:
    last = model.requests[-1]["messages"][-1]
    return [block["toolResult"] for block in last["content"]]


def test_a_tools_answer_that_is_no_object_is_given_as_text() -> None:
    model = FakeModel(CALL, answer_of())
    run(model, send=FakeHttp(json_answer("[1]")), tools=[TOOL])
    assert results_given(model)[0]["content"] == [{"text": "[1]"}]


def test_a_tool_that_fails_is_told_to_the_model_and_marks_its_span() -> None:
    tracing, model = RecordingTracing(), FakeModel(CALL, answer_of("I could not look."))
    run(model, tracing, FakeHttp(json_answer("", 404)), tools=[TOOL])
    (result,) = results_given(model)
    assert result["status"] == "error"
    assert result["content"] == [{"text": "shop: GET /orders/7 answered 404"}]
    assert tracing.spans("tool")[0].error is not None


def test_a_tool_that_does_not_exist_is_told_to_the_model() -> None:
    use = {"toolUseId": "t2", "name": "guess", "input": {}}
    answer = {**CALL, "output": {"message": {"role": "assistant", "content": [{"toolUse": use}]}}}
    model = FakeModel(answer, answer_of())
    run(model, tools=[TOOL])
    assert results_given(model)[0]["content"] == [{"text": "there is no tool 'guess'"}]


def test_a_model_that_never_stops_calling_tools_is_stopped() -> None:
    model = FakeModel(CALL, CALL)
    send = FakeHttp(json_answer("{}"), json_answer("{}"))
    with pytest.raises(NodeError, match="still calls tools after 1 rounds") as raised:
        run(model, send=send, tools=[TOOL], max_tool_rounds=1)
    assert raised.value.error_type == "TooManyToolRounds"


@pytest.mark.parametrize("text", ['{"a": 1}', '```json\n{"a": 1}\n```', '  ```\n{"a": 1}\n```\n'])
def test_json_is_parsed_with_or_without_a_fence(text: str) -> None:
    assert run(FakeModel(answer_of(text)), response="json")["json"] == {"a": 1}


def test_an_answer_that_is_not_the_json_asked_for_is_an_error() -> None:
    model = FakeModel(answer_of("I cannot\nread this.", stop_reason="max_tokens"))
    with pytest.raises(NodeError) as raised:
        run(model, response="json")
    assert raised.value.error_type == "InvalidModelOutput"
    assert raised.value.is_retryable is False
    assert raised.value.message == (
        "the model was asked for JSON and answered 19 characters of other text (stop reason max_tokens)"
    )


def test_no_model_is_called_when_the_functions_time_is_over() -> None:
    with pytest.raises(NodeError, match="was not called"):
        run(FakeModel(), time=FakeTime(remaining_ms=1_500))


def test_input_tokens_include_the_cached_ones() -> None:
    usage = {
        "inputTokens": 10,
        "outputTokens": 4,
        "cacheReadInputTokens": 100,
        "cacheWriteInputTokens": 1_000,
    }
    assert as_usage(usage) == {
        "input_tokens": 1_110,
        "output_tokens": 4,
        "cache_read_tokens": 100,
        "cache_write_tokens": 1_000,
    }
