from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.semantics.conversations import conversation
from spanvas.semantics.messages import leading_system, message_of, messages_of, messages_within
from tests.unit.semantics.forms import called, responded, text


def lc(kind: str, **kwargs: Any) -> dict[str, Any]:
    """A LangChain message as `dumpd` serialises it."""
    path = ["langchain", "schema", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        # OpenTelemetry
        (text("user", "Hi"), text("user", "Hi")),
        (
            {"role": "user", "name": "ada", "parts": [{"type": "text", "content": "Hi"}]},
            {"role": "user", "name": "ada", "parts": [{"type": "text", "content": "Hi"}]},
        ),
        ({"role": "user", "parts": None, "content": "Hi", "name": None}, text("user", "Hi")),
        # OpenAI
        ({"role": "developer", "content": "Be brief."}, text("system", "Be brief.")),
        (
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            text("user", "Hi"),
        ),
        (
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"a": 1}'},
                    }
                ],
            },
            called("f", {"a": 1}),
        ),
        (
            {"role": "assistant", "content": "", "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "assistant", "parts": [{"type": "tool_call", "name": "f", "arguments": {}}]},
        ),
        ({"role": "tool", "tool_call_id": "c1", "content": '{"b": 2}'}, responded({"b": 2})),
        (
            {"role": "function", "name": "f", "content": "ok"},
            {
                "role": "tool",
                "parts": [{"type": "tool_call_response", "name": "f", "response": "ok"}],
            },
        ),
        (
            {"role": "assistant", "content": "So", "reasoning_content": "Hm"},
            {
                "role": "assistant",
                "parts": [
                    {"type": "reasoning", "content": "Hm"},
                    {"type": "text", "content": "So"},
                ],
            },
        ),
        # an answer that is JSON is shown as it was given
        ({"role": "assistant", "content": '{"a": 1}'}, text("assistant", '{"a": 1}')),
        # Anthropic
        (
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "ok"}],
            },
            responded("ok"),
        ),
        # Bedrock
        (
            {"role": "user", "content": [{"toolResult": {"toolUseId": "c1", "content": []}}]},
            responded([]),
        ),
        # Gemini
        ({"role": "model", "parts": [{"text": "Hi"}]}, text("assistant", "Hi")),
        # choices and generations
        (
            {"finish_reason": "stop", "message": {"role": "assistant", "content": "Hi"}},
            {**text("assistant", "Hi"), "finish_reason": "stop"},
        ),
        (
            {
                "generation_info": {"finish_reason": "length"},
                "message": lc("AIMessage", content="Hi"),
            },
            {**text("assistant", "Hi"), "finish_reason": "length"},
        ),
        ({"text": "Hi"}, text("assistant", "Hi")),
        # LangChain
        (lc("HumanMessage", content="Hi"), text("user", "Hi")),
        (lc("AIMessageChunk", content="Hi"), text("assistant", "Hi")),
        (lc("SystemMessage", content="Be brief."), text("system", "Be brief.")),
        (lc("ChatMessage", content="Hi", role="critic"), text("critic", "Hi")),
        (lc("OtherMessage", content="Hi", type="human"), text("user", "Hi")),
        ({"lc": 1, "kwargs": {"content": "Hi", "type": "ai"}}, text("assistant", "Hi")),
        (
            lc("AIMessage", content="", tool_calls=[{"id": "c1", "name": "f", "args": {"a": 1}}]),
            called("f", {"a": 1}),
        ),
        (
            lc("AIMessage", content="So", additional_kwargs={"reasoning_content": "Hm"}),
            {
                "role": "assistant",
                "parts": [
                    {"type": "reasoning", "content": "Hm"},
                    {"type": "text", "content": "So"},
                ],
            },
        ),
        (
            lc("ToolMessage", content="ok", tool_call_id="c1", name="f"),
            responded("ok", name="f"),
        ),
        ({"type": "human", "data": {"content": "Hi"}}, text("user", "Hi")),
        ({"type": "ai", "content": "Hi"}, text("assistant", "Hi")),
        (["human", "Hi"], text("user", "Hi")),
        # a call that is both a block and beside the content is one
        (
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {}}],
                "tool_calls": [{"id": "c1", "name": "f", "args": {}}],
            },
            called("f", {}),
        ),
        # what is no message
        ("Hi", text("assistant", "Hi")),
        (5, text("assistant", "5")),
        ({}, {"role": "assistant", "parts": []}),
    ],
)
def test_a_message_of_any_api_has_one_form(given: Any, message: dict[str, Any]) -> None:
    assert message_of(given, "assistant") == message
    assert message_of(json.dumps(given), "assistant") == message


def test_envelopes_around_a_message_are_opened_but_not_for_ever() -> None:
    nested: dict[str, Any] = {"role": "user", "content": "Hi"}
    for _ in range(100):
        nested = {"message": nested}

    assert message_of({"message": {"message": text("user", "Hi")}}) == text("user", "Hi")
    assert json.dumps(message_of(nested)).count("Hi") == 1
    assert conversation({"output": {"output": [text("user", "Hi")]}}) == [text("user", "Hi")]
    for _ in range(100):
        nested = {"output": nested}
    assert conversation(nested) is None


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        ([["human", "Hi"], ["ai", "Ho"]], [text("user", "Hi"), text("assistant", "Ho")]),
        (["human", "Hi"], [text("user", "Hi")]),
        ([[lc("HumanMessage", content="Hi")]], [text("user", "Hi")]),
        (None, None),
        ([], []),
    ],
)
def test_lists_of_messages_come_in_several_shapes(given: Any, messages: Any) -> None:
    assert messages_of(given) == messages


@pytest.mark.parametrize(
    ("given", "is_one"),
    [
        ([text("user", "Hi")], True),
        ({"messages": [text("user", "Hi")], "model": "m"}, True),
        ({"messages": [["user", "Hi"]]}, True),
        ({"contents": ["Hi"]}, True),
        ({"generations": [[{"text": "Hi"}]]}, True),
        ({"choices": [{"message": text("assistant", "Hi")}]}, True),
        ({"choices": ["red", "blue"]}, False),
        ({"message": text("assistant", "Hi")}, True),
        ({"output": lc("AIMessage", content="Hi")}, True),
        (text("user", "Hi"), True),
        ({"messages": [1, 2]}, False),
        ({"messages": []}, False),
        ({"output": "done"}, False),
        ([1, text("user", "Hi")], False),
        ([], False),
        ("Hi", False),
        (None, False),
    ],
)
def test_a_conversation_is_found_in_requests_responses_and_states(given: Any, is_one: bool) -> None:
    assert (conversation(given) is not None) is is_one


def test_system_messages_at_the_start_are_instructions() -> None:
    messages = [text("system", "a"), text("system", "b"), text("user", "c"), text("system", "d")]

    parts, rest = leading_system(messages)

    assert [part["content"] for part in parts] == ["a", "b"]
    assert rest == messages[2:]


@pytest.mark.parametrize(
    ("item", "role"),
    [
        ({"type": "tool_search_output", "call_id": "c1", "tools": [{"name": "f"}]}, "tool"),
        ({"type": "mcp_approval_response", "approval_request_id": "a1", "approve": False}, "user"),
    ],
)
def test_items_of_others_in_a_response_are_theirs(item: dict[str, Any], role: str) -> None:
    messages = messages_within(
        {"output": [{"type": "reasoning", "summary": []}, item]}, "assistant"
    )

    assert messages is not None
    assert messages[1] == {"role": role, "parts": [item]}
