"""`generation`: a model call that measures itself and takes the answers of clients as they are."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

import spanvas
from spanvas.model.span import Span
from spanvas.semantics.summary import row_of
from spanvas.tracing.generation import LiveGeneration
from tests.support.recording import SECOND, Recording, recording

QUESTION = [{"role": "user", "content": "Why rain?"}]


class Model:
    """An object of a client library that is made with Pydantic."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def model_dump(self, **_: Any) -> dict[str, Any]:
        return {
            name: value.model_dump() if isinstance(value, Model) else value
            for name, value in self._fields.items()
        }


ANSWERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "openai chat": (
        Model(
            id="chatcmpl-1",
            object="chat.completion",
            model="gpt-4o-2024-08-06",
            choices=[
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {"role": "assistant", "content": "Clouds.", "refusal": None},
                }
            ],
            usage=Model(prompt_tokens=11, completion_tokens=7, total_tokens=18),
        ),
        {"model": "gpt-4o-2024-08-06", "id": "chatcmpl-1", "reasons": ["stop"]},
    ),
    "openai responses": (
        {
            "id": "resp_1",
            "object": "response",
            "model": "gpt-4.1",
            "status": "completed",
            "output": [
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": "Clouds."}],
                }
            ],
            "usage": {"input_tokens": 11, "output_tokens": 7},
        },
        {"model": "gpt-4.1", "id": "resp_1", "reasons": None},
    ),
    "anthropic": (
        Model(
            id="msg_1",
            type="message",
            role="assistant",
            model="claude-sonnet-4-5",
            content=[{"type": "text", "text": "Clouds."}],
            stop_reason="end_turn",
            stop_sequence=None,
            usage=Model(input_tokens=11, output_tokens=7, cache_read_input_tokens=0),
        ),
        {"model": "claude-sonnet-4-5", "id": "msg_1", "reasons": ["end_turn"]},
    ),
    "bedrock converse": (
        {
            "ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 200},
            "output": {"message": {"role": "assistant", "content": [{"text": "Clouds."}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18},
            "metrics": {"latencyMs": 5},
        },
        {"model": None, "id": "r-1", "reasons": ["end_turn"]},
    ),
    "gemini": (
        Model(
            candidates=[
                {
                    "content": {"role": "model", "parts": [{"text": "Clouds."}]},
                    "finish_reason": "STOP",
                }
            ],
            usage_metadata={"prompt_token_count": 11, "candidates_token_count": 7},
            model_version="gemini-2.5-flash",
            response_id="g1",
        ),
        {"model": "gemini-2.5-flash", "id": "g1", "reasons": ["STOP"]},
    ),
    "ollama": (
        {
            "model": "llama3.2",
            "created_at": "2026-11-01T00:00:00Z",
            "message": {"role": "assistant", "content": "Clouds."},
            "done": True,
            "done_reason": "stop",
            "prompt_eval_count": 11,
            "eval_count": 7,
        },
        {"model": "llama3.2", "id": None, "reasons": ["stop"]},
    ),
    "langchain": (
        Model(
            type="ai",
            content="Clouds.",
            additional_kwargs={},
            response_metadata={"model_name": "gpt-4o-2024-08-06", "finish_reason": "stop"},
            id="run-1",
            tool_calls=[],
            usage_metadata={"input_tokens": 11, "output_tokens": 7, "total_tokens": 18},
        ),
        {"model": "gpt-4o-2024-08-06", "id": "run-1", "reasons": ["stop"]},
    ),
}


def called(recorded: Recording) -> Span:
    (span,) = [span for span in recorded.spans if span.kind == "model"]
    return span


def texts(span: Span, name: str) -> list[tuple[str, str]]:
    return [
        (message["role"], part["content"])
        for message in json.loads(span.attributes[name])
        for part in message["parts"]
    ]


@pytest.mark.parametrize("case", ANSWERS)
def test_the_answer_of_a_client_is_taken_as_it_is(recorded: Recording, case: str) -> None:
    answer, expected = ANSWERS[case]
    with spanvas.workflow("brief"):  # noqa: SIM117
        with spanvas.generation(model="m", provider="p", input_messages=QUESTION) as call:
            assert call.response(answer) is answer
    span = called(recorded)
    assert texts(span, "gen_ai.input.messages") == [("user", "Why rain?")]
    assert texts(span, "gen_ai.output.messages") == [("assistant", "Clouds.")]
    assert span.attributes["gen_ai.usage.input_tokens"] == 11
    assert span.attributes["gen_ai.usage.output_tokens"] == 7
    assert span.attributes.get("gen_ai.response.model") == expected["model"]
    assert span.attributes.get("gen_ai.response.id") == expected["id"]
    assert span.attributes.get("gen_ai.response.finish_reasons") == expected["reasons"]
    assert spanvas.health() == {}


def test_a_call_is_as_long_as_its_block_and_measures_its_first_token(recorded: Recording) -> None:
    with spanvas.workflow("brief"), spanvas.node("draft") as node:  # noqa: SIM117
        with spanvas.generation(model="gpt-4o", provider="openai", operation="chat") as call:
            assert call.span_id != node.span_id
            call.token()
            assert isinstance(call, LiveGeneration)
            first = (call.span.attributes or {})["gen_ai.response.time_to_first_chunk"]
            call.token()
            with spanvas.span("POST", kind="http"):
                pass
    span = called(recorded)
    assert (span.name, span.otel_kind, span.status) == ("chat gpt-4o", "client", "ok")
    assert span.end_time_unix_nano == span.start_time_unix_nano + 4 * SECOND
    assert span.attributes["gen_ai.response.time_to_first_chunk"] == first
    assert isinstance(first, float)
    assert first >= 0
    assert recorded.span("POST").parent_span_id == span.span_id
    assert span.parent_span_id == node.span_id
    assert "spanvas.not_timed" not in span.attributes
    assert "not_timed" not in row_of(span).marks


def test_an_exception_is_the_calls_and_passes_through(recorded: Recording) -> None:
    with (
        spanvas.workflow("brief"),
        pytest.raises(TimeoutError, match="slow"),
        spanvas.generation(model="m"),
    ):
        raise TimeoutError("slow")
    span = called(recorded)
    assert (span.status, span.status_message) == ("error", "slow")
    assert span.attributes["error.type"] == "TimeoutError"
    assert [event.name for event in span.events] == ["exception"]


def test_it_is_an_asynchronous_context_manager_and_a_decorator(recorded: Recording) -> None:
    @spanvas.generation(model="decorated")
    async def ask() -> str:
        return "Clouds."

    async def handle() -> None:
        async with spanvas.workflow("brief"):  # noqa: SIM117
            async with spanvas.generation(model="block") as call:
                call.response(await ask())

    asyncio.run(handle())
    assert [span.name for span in recorded.spans] == ["chat decorated", "chat block", "brief"]
    assert recorded.span("chat decorated").parent_span_id == recorded.span("chat block").span_id
    assert texts(recorded.span("chat block"), "gen_ai.output.messages") == [
        ("assistant", "Clouds.")
    ]


def test_what_an_answer_does_not_say_can_be_said(recorded: Recording) -> None:
    with spanvas.workflow("brief"), spanvas.generation(model="m", system="Be brief.") as call:
        call.set_input("Why rain?")
        call.set_output("Clouds.")
        call.usage(SimpleNamespace(prompt_tokens=11, completion_tokens=7))
    span = called(recorded)
    assert texts(span, "gen_ai.input.messages") == [("user", "Why rain?")]
    assert texts(span, "gen_ai.output.messages") == [("assistant", "Clouds.")]
    assert span.attributes["gen_ai.system_instructions"] == (
        '[{"type": "text", "content": "Be brief."}]'
    )
    assert span.attributes["gen_ai.usage.input_tokens"] == 11


def test_a_usage_that_says_nothing_known_is_counted(recorded: Recording) -> None:
    class Tokens:
        pass

    with spanvas.workflow("brief"):
        with spanvas.generation(model="m") as call:
            call.usage(Tokens())
        spanvas.record_generation(model="m", usage={"tokens_in": 3})
    assert spanvas.health() == {"usage.unknown": 2}


@pytest.mark.parametrize("answer", [None, 7, object(), {"odd": {"deep": "LEAF"}}, [], b"\xff"])
def test_an_answer_of_any_shape_breaks_nothing(recorded: Recording, answer: Any) -> None:
    with spanvas.workflow("brief"), spanvas.generation(model="m") as call:
        assert call.response(answer) is answer
    assert called(recorded).status == "ok"
    assert spanvas.health() == {}
    if isinstance(answer, dict):
        assert "LEAF" in called(recorded).attributes["gen_ai.output.messages"]


def test_an_object_that_fails_when_it_is_read_fails_nothing(recorded: Recording) -> None:
    class Hostile:
        def __getattribute__(self, name: str) -> Any:
            raise RuntimeError("no")

    with spanvas.workflow("brief"), spanvas.generation(model="m") as call:
        answer = Hostile()
        assert call.response(answer) is answer
    assert called(recorded).status == "ok"


def test_content_is_not_kept_where_none_is_wanted() -> None:
    with recording(content="none") as recorded, spanvas.workflow("brief"):  # noqa: SIM117
        with spanvas.generation(model="m", input_messages=QUESTION) as call:
            call.response(ANSWERS["anthropic"][0])
    span = called(recorded)
    assert "gen_ai.input.messages" not in span.attributes
    assert "gen_ai.output.messages" not in span.attributes
    assert span.attributes["gen_ai.usage.output_tokens"] == 7


def test_a_recorded_call_without_times_goes_from_what_came_before_it_and_says_so(
    recorded: Recording,
) -> None:
    with spanvas.workflow("brief"), spanvas.node("draft"):
        spanvas.record_generation(model="first")
        with spanvas.span("look", kind="tool"):
            pass
        spanvas.record_generation(model="second")
    node, first, look, second = (
        recorded.span(name) for name in ("draft", "chat first", "look", "chat second")
    )
    assert first.start_time_unix_nano == node.start_time_unix_nano
    assert second.start_time_unix_nano == look.end_time_unix_nano
    assert second.end_time_unix_nano is not None
    assert second.end_time_unix_nano > second.start_time_unix_nano
    for span in (first, second):
        assert span.attributes["spanvas.not_timed"] is True
        assert row_of(span).marks == ("not_timed",)


def test_a_recorded_call_with_a_start_is_timed(recorded: Recording) -> None:
    with spanvas.workflow("brief"):
        spanvas.record_generation(model="m", start_time_unix_nano=SECOND)
    assert "spanvas.not_timed" not in called(recorded).attributes
    assert called(recorded).start_time_unix_nano == SECOND


def test_outside_of_an_execution_it_does_nothing(recorded: Recording) -> None:
    with spanvas.generation(model="m") as call:
        call.token()
        assert call.response("Clouds.") == "Clouds."
        assert call.span_id == ""
    assert recorded.spans == []
