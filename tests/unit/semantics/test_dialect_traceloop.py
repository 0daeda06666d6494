from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.usage import Usage
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import called, event, form_of, responded, text

NODE = "traceloop.association.properties.langgraph_node"


def test_a_model_call_of_the_older_generation() -> None:
    assert form_of(
        {
            "llm.request.type": "chat",
            "gen_ai.system": "OpenAI",
            "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06",
            "gen_ai.prompt.0.role": "system",
            "gen_ai.prompt.0.content": "Be brief.",
            "gen_ai.prompt.1.role": "user",
            "gen_ai.prompt.1.content": '[{"type": "text", "text": "Where?"}]',
            "gen_ai.prompt.2.role": "assistant",
            "gen_ai.prompt.2.tool_calls.0.id": "c1",
            "gen_ai.prompt.2.tool_calls.0.name": "f",
            "gen_ai.prompt.2.tool_calls.0.arguments": '{"a": 1}',
            "gen_ai.prompt.3.role": "tool",
            "gen_ai.prompt.3.tool_call_id": "c1",
            "gen_ai.prompt.3.content": "ok",
            "gen_ai.completion.0.role": "assistant",
            "gen_ai.completion.0.content": "Lyon.",
            "gen_ai.completion.0.finish_reason": "stop",
            "gen_ai.completion.1.function_call.name": "f",
            "gen_ai.completion.1.function_call.arguments": "{}",
            "llm.request.functions.0.name": "f",
            "llm.request.functions.0.parameters": '{"type": "object"}',
            "gen_ai.usage.prompt_tokens": 100,
            "gen_ai.usage.completion_tokens": 20,
            "gen_ai.usage.cache_read_input_tokens": 40,
            "llm.usage.total_tokens": 120,
        }
    ) == NormalForm(
        kind="model",
        request_model="gpt-4o",
        response_model="gpt-4o-2024-08-06",
        provider="openai",
        usage=Usage(100, 20, 40),
        finish_reasons=("stop",),
        content={
            "system_instructions": [{"type": "text", "content": "Be brief."}],
            "input_messages": [text("user", "Where?"), called("f", {"a": 1}), responded("ok")],
            "output_messages": [
                {**text("assistant", "Lyon."), "finish_reason": "stop"},
                {
                    "role": "assistant",
                    "parts": [{"type": "tool_call", "name": "f", "arguments": {}}],
                },
            ],
            "tool_definitions": [
                {"type": "function", "name": "f", "parameters": {"type": "object"}}
            ],
        },
        dialects=("otel", "openinference", "traceloop"),
    )


def test_a_model_call_of_the_newer_generation_belongs_to_its_node_and_workflow() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "langchain",
            "gen_ai.request.model": "unknown",
            "gen_ai.input.messages": json.dumps([text("user", "Where?")]),
            "traceloop.workflow.name": "parcels",
            "traceloop.association.properties.ls_provider": "anthropic",
            "traceloop.association.properties.ls_model_name": "claude-sonnet-4-5",
            "traceloop.association.properties.thread_id": "t1",
            NODE: "ask",
        }
    )

    assert (form.kind, form.provider, form.request_model) == (
        "model",
        "anthropic",
        "claude-sonnet-4-5",
    )
    assert (form.node_id, form.workflow, form.session) == ("ask", "parcels", "t1")


@pytest.mark.parametrize(
    ("attributes", "kind", "node_id"),
    [
        ({"traceloop.span.kind": "workflow"}, "workflow", None),
        ({"traceloop.span.kind": "agent"}, "agent", None),
        ({"traceloop.span.kind": "unknown"}, "other", None),
        ({"traceloop.span.kind": "task", "traceloop.entity.name": "ask"}, "node", "ask"),
        (
            {"traceloop.span.kind": "task", "traceloop.entity.name": "ask", NODE: "ask"},
            "node",
            "ask",
        ),
        (
            {"traceloop.span.kind": "task", "traceloop.entity.name": "route", NODE: "ask"},
            "other",
            "ask",
        ),
        ({"gen_ai.operation.name": "execute_task", "gen_ai.task.name": "ask"}, "other", None),
        ({"llm.request.type": "embedding"}, "model", None),
        ({"llm.request.type": "completion"}, "model", None),
        ({"llm.request.type": "rerank"}, "retrieval", None),
        (
            {"gen_ai.operation.name": "vector_db_retrieve", "db.system": "chroma"},
            "retrieval",
            None,
        ),
        (
            {"gen_ai.operation.name": "llm_request", "traceloop.workflow.name": "w"},
            "model",
            None,
        ),
    ],
)
def test_kinds_and_nodes(attributes: dict[str, Any], kind: str, node_id: str | None) -> None:
    form = form_of(attributes)

    assert (form.kind, form.node_id) == (kind, node_id)


def test_entities_have_what_is_in_langchains_envelope() -> None:
    form = form_of(
        {
            "traceloop.span.kind": "task",
            "traceloop.entity.name": "ask",
            "traceloop.entity.input": '{"inputs": {"messages": [["user", "Where?"]]}, "tags": [], "kwargs": {}}',
            "traceloop.entity.output": '{"outputs": {"city": "Lyon"}, "kwargs": {}}',
        }
    )

    assert form.content == {
        "input_messages": [text("user", "Where?")],
        "output": {"city": "Lyon"},
    }


def test_a_tool_with_langchains_envelope_and_without() -> None:
    message = {
        "lc": 1,
        "id": ["langchain", "schema", "messages", "ToolMessage"],
        "kwargs": {"content": '{"b": 2}', "tool_call_id": "c1"},
    }
    wrapped = form_of(
        {
            "traceloop.span.kind": "tool",
            "traceloop.entity.name": "f",
            "traceloop.entity.input": json.dumps(
                {
                    "input_str": "{'a': 1}",
                    "inputs": {"a": 1},
                    "tags": [],
                    "kwargs": {"tool_call_id": "c1"},
                }
            ),
            "traceloop.entity.output": json.dumps({"output": message, "kwargs": {}}),
        }
    )
    plain = form_of(
        {
            "traceloop.span.kind": "tool",
            "traceloop.entity.name": "f",
            "traceloop.entity.input": '{"input_str": "4711", "tags": []}',
            "traceloop.entity.output": "ok",
        }
    )
    odd = form_of(
        {
            "traceloop.span.kind": "tool",
            "traceloop.entity.input": '{"tags": []}',
            "traceloop.entity.output": '{"kwargs": {}}',
        }
    )

    assert (wrapped.kind, wrapped.content) == (
        "tool",
        {"tool": {"name": "f", "call_id": "c1", "arguments": {"a": 1}, "result": {"b": 2}}},
    )
    assert plain.content == {"tool": {"name": "f", "arguments": "4711", "result": "ok"}}
    assert odd.content == {
        "tool": {"name": "a", "arguments": {"tags": []}, "result": {"kwargs": {}}}
    }


def test_a_search_in_a_vector_database() -> None:
    form = form_of(
        {"db.system": "chroma"},
        events=(
            event(
                "db.query.result",
                **{"db__query__result__id": "d1", "db__query__result__score": 0.9},
            ),
            event(
                "db.query.result",
                **{"db__query__result__id": "d2", "db__query__result__document": "Lyon"},
            ),
            event("other"),
        ),
    )

    assert (form.kind, form.content) == (
        "retrieval",
        {"documents": [{"id": "d1", "score": 0.9}, {"id": "d2", "content": "Lyon"}]},
    )
