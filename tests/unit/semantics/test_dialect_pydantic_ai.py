from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.usage import Usage
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import called, form_of, responded, text

CONVERSATION = [
    text("user", "Where?"),
    called("f", {"a": 1}),
    {"role": "user", "parts": [{"type": "tool_call_response", "id": "c1", "result": "ok"}]},
]


def test_a_run_of_an_agent_has_its_conversation_and_no_usage_of_its_own() -> None:
    assert form_of(
        {
            "gen_ai.operation.name": "invoke_agent",
            "model_name": "gpt-4o",
            "agent_name": "parcels",
            "gen_ai.aggregated_usage.input_tokens": 1000,
            "pydantic_ai.all_messages": json.dumps([*CONVERSATION, text("assistant", "Lyon.")]),
            "final_result": "Lyon.",
        }
    ) == NormalForm(
        kind="agent",
        request_model="gpt-4o",
        agent="parcels",
        content={
            "input_messages": [text("user", "Where?"), called("f", {"a": 1}), responded("ok")],
            "output_messages": [text("assistant", "Lyon.")],
        },
        dialects=("otel", "pydantic_ai"),
    )


def test_a_run_that_did_not_get_to_an_answer() -> None:
    form = form_of({"agent_name": "parcels", "pydantic_ai.all_messages": CONVERSATION})

    assert (form.kind, len(form.content["input_messages"])) == ("agent", 3)
    assert "output_messages" not in form.content


def test_the_first_format_has_events_in_an_attribute() -> None:
    events = [
        {"event.name": "gen_ai.system.message", "role": "system", "content": "Be brief."},
        {"event.name": "gen_ai.user.message", "role": "user", "content": "Where?"},
        {
            "event.name": "gen_ai.choice",
            "index": 0,
            "message": {"role": "assistant", "content": "Lyon."},
        },
        {"odd": True},
        5,
    ]
    model = form_of({"gen_ai.operation.name": "chat", "events": json.dumps(events)})
    agent = form_of({"all_messages_events": events[:2], "final_result": "Lyon."})

    assert model.content == {
        "system_instructions": [{"type": "text", "content": "Be brief."}],
        "input_messages": [text("user", "Where?")],
        "output_messages": [{**text("assistant", "Lyon."), "index": 0}],
    }
    assert agent.kind == "agent"
    assert agent.content == {
        "system_instructions": [{"type": "text", "content": "Be brief."}],
        "input_messages": [text("user", "Where?")],
        "output": "Lyon.",
    }
    assert form_of({"gen_ai.operation.name": "chat", "events": "no list"}).content == {}
    assert form_of({"gen_ai.operation.name": "unheard of", "agent_name": "a"}).kind == "other"


def test_tools_of_the_older_formats() -> None:
    form = form_of(
        {"gen_ai.tool.name": "f", "tool_arguments": '{"a": 1}', "tool_response": '{"b": 2}'}
    )

    assert (form.kind, form.content) == (
        "tool",
        {"tool": {"name": "f", "arguments": {"a": 1}, "result": {"b": 2}}},
    )


def test_a_call_of_openai_under_logfire_of_old() -> None:
    form = form_of(
        {
            "request_data": json.dumps(
                {
                    "model": "gpt-4o",
                    "messages": [{"role": "user", "content": "Where?"}],
                    "tools": [{"type": "function", "function": {"name": "f"}}],
                }
            ),
            "response_data": json.dumps(
                {
                    "message": {"role": "assistant", "content": "Lyon."},
                    "usage": {"prompt_tokens": 100, "completion_tokens": 20},
                }
            ),
            "operation.cost": 0.00045,
        }
    )

    assert form == NormalForm(
        kind="model",
        request_model="gpt-4o",
        usage=Usage(100, 20),
        reported_cost_nano_usd=450_000,
        content={
            "input_messages": [text("user", "Where?")],
            "output_messages": [text("assistant", "Lyon.")],
            "tool_definitions": [{"type": "function", "name": "f"}],
        },
        dialects=("pydantic_ai",),
    )


@pytest.mark.parametrize("parameters", ['{"function_tools": [{"name": "f"}]}'])
def test_definitions_of_tools_among_the_parameters(parameters: Any) -> None:
    form = form_of({"gen_ai.operation.name": "chat", "model_request_parameters": parameters})

    assert form.content == {"tool_definitions": [{"type": "function", "name": "f"}]}
