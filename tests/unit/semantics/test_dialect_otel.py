from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.usage import Usage
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import called, event, form_of, responded, text

USER = text("user", "Where?")
ANSWER = text("assistant", "Lyon.")
SYSTEM = [{"type": "text", "content": "Be brief."}]


def test_a_chat_with_the_names_of_now() -> None:
    tool = {"type": "function", "name": "f", "description": "F.", "parameters": {"type": "object"}}

    assert form_of(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.cache_read.input_tokens": 40,
            "gen_ai.usage.cache_write.input_tokens": 10,
            "gen_ai.usage.output_tokens": 20,
            "gen_ai.usage.reasoning.output_tokens": 5,
            "gen_ai.system_instructions": json.dumps(SYSTEM),
            "gen_ai.input.messages": json.dumps([USER]),
            "gen_ai.output.messages": [{**ANSWER, "finish_reason": "stop"}],
            "gen_ai.tool.definitions": json.dumps([tool]),
            "gen_ai.agent.name": "parcels",
            "gen_ai.conversation.id": "s1",
        }
    ) == NormalForm(
        kind="model",
        request_model="gpt-4o",
        response_model="gpt-4o-2024-08-06",
        provider="openai",
        usage=Usage(100, 20, 40, 10, 5),
        finish_reasons=("stop",),
        agent="parcels",
        session="s1",
        content={
            "system_instructions": SYSTEM,
            "input_messages": [USER],
            "output_messages": [{**ANSWER, "finish_reason": "stop"}],
            "tool_definitions": [tool],
        },
        dialects=("otel",),
    )


def test_a_chat_with_older_names() -> None:
    assert form_of(
        {
            "gen_ai.system": "az.ai.openai",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.usage.prompt_tokens": 100,
            "gen_ai.usage.completion_tokens": 20,
            "gen_ai.usage.cache_creation.input_tokens": 10,
            "gen_ai.usage.cost": 0.00012,
            "gen_ai.prompt": '[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where?"}]',
            "gen_ai.completion": "Lyon.",
        }
    ) == NormalForm(
        kind="model",
        request_model="gpt-4o",
        provider="azure.ai.openai",
        usage=Usage(100, 20, 0, 10),
        reported_cost_nano_usd=120_000,
        content={
            "system_instructions": SYSTEM,
            "input_messages": [USER],
            "output_messages": [ANSWER],
        },
        dialects=("otel",),
    )


def test_messages_that_are_events_of_the_span() -> None:
    form = form_of(
        {"gen_ai.system": "openai"},
        events=(
            event("gen_ai.system.message", content="Be brief."),
            event("gen_ai.user.message", content="Where?", role="user"),
            event(
                "gen_ai.assistant.message",
                tool_calls='[{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]',
            ),
            event("gen_ai.tool.message", content='{"city": "Lyon"}', id="c1"),
            event("gen_ai.choice", index=0, finish_reason="stop", message='{"content": "Lyon."}'),
            event("gen_ai.choice", index=1, finish_reason="length", content="Ly"),
            event("other", content="left out"),
        ),
    )

    assert form == NormalForm(
        kind="model",
        provider="openai",
        finish_reasons=("stop", "length"),
        content={
            "system_instructions": SYSTEM,
            "input_messages": [USER, called("f", {}), responded({"city": "Lyon"})],
            "output_messages": [
                {**ANSWER, "finish_reason": "stop", "index": 0},
                {**text("assistant", "Ly"), "finish_reason": "length", "index": 1},
            ],
        },
        dialects=("otel",),
    )


def test_events_are_read_where_no_attribute_speaks_of_a_model() -> None:
    form = form_of({"x": 1}, events=(event("gen_ai.user.message", content="Where?"),))

    assert (form.kind, form.content) == ("model", {"input_messages": [USER]})


def test_content_on_the_event_of_the_whole_operation() -> None:
    details = {
        "gen_ai__input__messages": [USER],
        "gen_ai__output__messages": json.dumps([ANSWER]),
        "gen_ai__system_instructions": SYSTEM,
    }

    form = form_of(
        {"gen_ai.operation.name": "chat"},
        events=(
            event("gen_ai.client.inference.operation.details", **details),
            event("gen_ai.client.inference.operation.details"),
        ),
    )

    assert form.content == {
        "system_instructions": SYSTEM,
        "input_messages": [USER],
        "output_messages": [ANSWER],
    }


def test_content_events_of_the_first_conventions() -> None:
    form = form_of(
        {"gen_ai.operation.name": "chat"},
        events=(
            event(
                "gen_ai.content.prompt", gen_ai__prompt='[{"role": "user", "content": "Where?"}]'
            ),
            event(
                "gen_ai.content.completion",
                gen_ai__completion='{"role": "assistant", "content": "Lyon."}',
            ),
        ),
    )

    assert form.content == {"input_messages": [USER], "output_messages": [ANSWER]}


def test_a_tool() -> None:
    assert form_of(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "f",
            "gen_ai.tool.call.id": "c1",
            "gen_ai.tool.call.arguments": '{"a": 1}',
            "gen_ai.tool.call.result": {"b": 2},
        }
    ) == NormalForm(
        kind="tool",
        content={"tool": {"name": "f", "call_id": "c1", "arguments": {"a": 1}, "result": {"b": 2}}},
        dialects=("otel",),
    )


def test_a_tool_whose_content_is_on_events() -> None:
    form = form_of(
        {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"},
        events=(
            event("gen_ai.tool.message", content='{"a": 1}', role="tool"),
            event("gen_ai.choice", message='[{"text": "ok"}]'),
        ),
    )

    assert form.content == {"tool": {"name": "f", "arguments": {"a": 1}, "result": "ok"}}


def test_a_tool_of_which_nothing_was_captured() -> None:
    form = form_of({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f"})

    assert form.content == {"tool": {"name": "f"}}


def test_a_retrieval() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.retrieval.query.text": "parcels",
            "gen_ai.retrieval.documents": '[{"id": "d1", "score": 0.9, "content": "Lyon"}]',
        }
    )

    assert (form.kind, form.content) == (
        "retrieval",
        {"query": "parcels", "documents": [{"id": "d1", "content": "Lyon", "score": 0.9}]},
    )


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("chat", "model"),
        ("generate_content", "model"),
        ("text_completion", "model"),
        ("embeddings", "model"),
        ("execute_tool", "tool"),
        ("retrieval", "retrieval"),
        ("search_memory", "retrieval"),
        ("create_agent", "agent"),
        ("invoke_agent", "agent"),
        ("invoke_workflow", "workflow"),
        ("plan", "other"),
        ("agent_step", "other"),
    ],
)
def test_operations_are_kinds(operation: str, kind: str) -> None:
    assert form_of({"gen_ai.operation.name": operation, "gen_ai.request.model": "m"}).kind == kind


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.tool.name": "f"}, "tool"),
        ({"gen_ai.system": "openai", "gen_ai.request.model": "m"}, "model"),
        ({"gen_ai.agent.name": "a", "gen_ai.request.model": "m"}, "other"),
        ({"gen_ai.request.model": "unknown"}, "other"),
        ({"gen_ai.system": "openai", "http.request.method": "POST"}, "http"),
    ],
)
def test_spans_without_an_operation(attributes: dict[str, Any], kind: str) -> None:
    assert form_of(attributes).kind == kind


@pytest.mark.parametrize(
    ("attributes", "usage"),
    [
        ({"gen_ai.usage.cache_read_input_tokens": 40}, Usage(100, 20, 40)),
        ({"gen_ai.usage.details.cache_read_tokens": 40}, Usage(100, 20, 40)),
        (
            {"gen_ai.usage.raw": '{"prompt_tokens_details": {"cached_tokens": 40}}'},
            Usage(100, 20, 40),
        ),
        (
            {"gen_ai.usage.raw": {"cache_read_input_tokens": 40, "cache_creation_input_tokens": 5}},
            Usage(100, 20, 40, 5),
        ),
        (
            {"gen_ai.usage.raw": '{"output_tokens_details": {"reasoning_tokens": 7}}'},
            Usage(100, 20, 0, 0, 7),
        ),
        ({"gen_ai.usage.reasoning_tokens": 7}, Usage(100, 20, 0, 0, 7)),
        ({"gen_ai.usage.raw": "{}"}, Usage(100, 20)),
    ],
)
def test_parts_of_the_counts_have_had_many_names(attributes: dict[str, Any], usage: Usage) -> None:
    counts = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20}

    assert form_of({"gen_ai.operation.name": "chat", **counts, **attributes}).usage == usage


def test_finish_reasons_come_as_lists_as_json_and_alone() -> None:
    for given in (["stop"], '["stop"]', "stop"):
        form = form_of({"gen_ai.operation.name": "chat", "gen_ai.response.finish_reasons": given})
        assert form.finish_reasons == ("stop",)
    assert form_of({"gen_ai.response.finish_reasons": 5}).finish_reasons == ()
