"""Strands, Google ADK, MLflow, and what Spanvas writes itself."""

from __future__ import annotations

import json

import pytest

from spanvas.model.usage import Usage
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import called, event, form_of, responded, text

STRANDS = {"scope_name": "strands.telemetry.tracer"}
ADK = {"scope_name": "gcp.vertex.agent"}


def test_strands_writes_events_with_blocks_of_bedrock() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "strands-agents",
            "gen_ai.request.model": "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "session.id": "s1",
        },
        events=(
            event("gen_ai.user.message", content='[{"text": "Where?"}]'),
            event(
                "gen_ai.assistant.message",
                content='[{"toolUse": {"toolUseId": "c1", "name": "f", "input": {"a": 1}}}]',
            ),
            event(
                "gen_ai.tool.message",
                content='[{"toolResult": {"toolUseId": "c1", "content": [{"json": {"b": 2}}]}}]',
            ),
            event("gen_ai.choice", message='[{"text": "Lyon."}]', finish_reason="end_turn"),
        ),
        **STRANDS,
    )

    assert form == NormalForm(
        kind="model",
        request_model="us.anthropic.claude-sonnet-4-20250514-v1:0",
        finish_reasons=("end_turn",),
        session="s1",
        content={
            "input_messages": [text("user", "Where?"), called("f", {"a": 1}), responded({"b": 2})],
            "output_messages": [{**text("assistant", "Lyon."), "finish_reason": "end_turn"}],
        },
        dialects=("otel", "openinference", "strands"),
    )


def test_strands_cycles_and_memories() -> None:
    cycle = form_of({"gen_ai.operation.name": "execute_event_loop_cycle"}, **STRANDS)
    swarm = form_of({"gen_ai.operation.name": "invoke_swarm"}, **STRANDS)
    memory = form_of(
        {"gen_ai.operation.name": "memory.search"},
        events=(
            event("memory.query", content="parcels"),
            event("memory.results", content='[{"content": "Lyon", "store_name": "s"}]'),
        ),
        **STRANDS,
    )

    assert (cycle.kind, swarm.kind, memory.kind) == ("other", "agent", "retrieval")
    assert memory.content == {"query": "parcels", "documents": [{"content": "Lyon"}]}


def test_strands_before_it_wrote_events() -> None:
    form = form_of(
        {"system_prompt": "Be brief.", "gen_ai.operation.name": "chat", "gen_ai.prompt": "Where?"}
    )
    tool = form_of(
        {"gen_ai.tool.name": "f", "tool.parameters": '{"a": 1}', "tool.result": '[{"text": "ok"}]'},
        **STRANDS,
    )

    assert form.content == {
        "system_instructions": [{"type": "text", "content": "Be brief."}],
        "input_messages": [text("user", "Where?")],
    }
    assert tool.content == {"tool": {"name": "f", "arguments": {"a": 1}, "result": "ok"}}


def test_adk_of_old_has_gemini_requests_and_responses() -> None:
    request = {
        "model": "gemini-2.5-flash",
        "config": {
            "system_instruction": "Be brief.",
            "tools": [{"function_declarations": [{"name": "f", "description": "F."}]}, {"x": 1}],
        },
        "contents": [
            {"role": "user", "parts": [{"text": "Where?"}]},
            {"role": "model", "parts": [{"function_call": {"id": "c1", "name": "f", "args": {}}}]},
        ],
    }
    response = {
        "model_version": "gemini-2.5-flash-001",
        "content": {"role": "model", "parts": [{"text": "Lyon."}]},
        "usage_metadata": {
            "prompt_token_count": 100,
            "candidates_token_count": 15,
            "thoughts_token_count": 5,
            "cached_content_token_count": 40,
            "total_token_count": 120,
        },
    }
    form = form_of(
        {
            "gen_ai.system": "gcp.vertex.agent",
            "gen_ai.request.model": "gemini-2.5-flash",
            "gcp.vertex.agent.session_id": "s1",
            "gcp.vertex.agent.llm_request": json.dumps(request),
            "gcp.vertex.agent.llm_response": json.dumps(response),
        },
        **ADK,
    )

    assert form == NormalForm(
        kind="model",
        request_model="gemini-2.5-flash",
        response_model="gemini-2.5-flash-001",
        # 15 without the 5 of thoughts, as the total tells
        usage=Usage(100, 20, 40, 0, 5),
        session="s1",
        content={
            "system_instructions": [{"type": "text", "content": "Be brief."}],
            "input_messages": [text("user", "Where?"), called("f", {})],
            "output_messages": [text("assistant", "Lyon.")],
            "tool_definitions": [{"type": "function", "name": "f", "description": "F."}],
        },
        dialects=("otel", "google_adk"),
    )


def test_adk_tools_runs_and_what_was_not_captured() -> None:
    tool = form_of(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "f",
            "gcp.vertex.agent.llm_request": "{}",
            "gcp.vertex.agent.tool_call_args": '{"a": 1}',
            "gcp.vertex.agent.tool_response": "{}",
        },
        **ADK,
    )

    assert (tool.kind, tool.content) == ("tool", {"tool": {"name": "f", "arguments": {"a": 1}}})
    assert form_of({}, name="invocation", **ADK).kind == "workflow"
    assert form_of({}, name="other", **ADK).kind == "other"
    assert form_of({"gen_ai.operation.name": "compact"}, **ADK).kind == "other"
    assert form_of({"gcp.vertex.agent.llm_request": "odd"}, **ADK).content == {}


def test_mlflow_writes_json_and_whole_requests() -> None:
    form = form_of(
        {
            "mlflow.spanType": '"CHAT_MODEL"',
            "mlflow.spanInputs": '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Where?"}]}',
            "mlflow.spanOutputs": '{"choices": [{"finish_reason": "stop", "message": '
            '{"role": "assistant", "content": "Lyon."}}], "usage": {"completion_tokens_details": '
            '{"reasoning_tokens": 5}}}',
            "mlflow.llm.model": '"gpt-4o-2024-08-06"',
            "mlflow.llm.provider": '"openai"',
            "mlflow.chat.tokenUsage": '{"input_tokens": 100, "output_tokens": 20, "cache_read_input_tokens": 40}',
            "mlflow.chat.tools": '[{"type": "function", "function": {"name": "f"}}]',
            "mlflow.llm.cost": '{"total_cost": 0.0005}',
            "mlflow.trace.session": '"s1"',
        }
    )

    assert form == NormalForm(
        kind="model",
        request_model="gpt-4o",
        response_model="gpt-4o-2024-08-06",
        provider="openai",
        usage=Usage(100, 20, 40, 0, 5),
        reported_cost_nano_usd=500_000,
        finish_reasons=("stop",),
        session="s1",
        content={
            "input_messages": [text("user", "Where?")],
            "output_messages": [{**text("assistant", "Lyon."), "finish_reason": "stop"}],
            "tool_definitions": [{"type": "function", "name": "f"}],
        },
        dialects=("mlflow",),
    )


def test_mlflow_tools_retrievers_and_embeddings() -> None:
    tool = form_of(
        {
            "mlflow.spanType": '"TOOL"',
            "mlflow.spanFunctionName": '"f"',
            "mlflow.spanInputs": '{"a": 1}',
            "mlflow.spanOutputs": '"ok"',
        }
    )
    retriever = form_of(
        {
            "mlflow.spanType": '"RETRIEVER"',
            "mlflow.spanInputs": '{"query": "parcels"}',
            "mlflow.spanOutputs": '[{"page_content": "Lyon", "id": "d1"}]',
        }
    )
    embedding = form_of(
        {
            "mlflow.spanType": '"EMBEDDING"',
            "mlflow.spanInputs": '{"model": "text-embedding-3-small", "input": "parcels"}',
            "mlflow.spanOutputs": '{"usage": {"prompt_tokens": 5}}',
        }
    )

    assert tool.content == {"tool": {"name": "f", "arguments": {"a": 1}, "result": "ok"}}
    assert (retriever.kind, retriever.content) == (
        "retrieval",
        {"query": "parcels", "documents": [{"id": "d1", "content": "Lyon"}]},
    )
    assert (embedding.kind, embedding.usage, embedding.content["input"]) == (
        "model",
        Usage(5),
        "parcels",
    )


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("AGENT", "agent"),
        ("CHAIN", "other"),
        ("TASK", "node"),
        ("WORKFLOW", "workflow"),
        ("UNKNOWN", "other"),
        ("SOMETHING", "other"),
    ],
)
def test_mlflow_types(type_: str, kind: str) -> None:
    assert form_of({"mlflow.spanType": json.dumps(type_)}).kind == kind


def test_what_spanvas_writes_is_believed_first() -> None:
    form = form_of(
        {
            "spanvas.kind": "node",
            "spanvas.node.id": "ask",
            "spanvas.workflow.name": "parcels",
            "spanvas.input": '{"messages": [{"role": "user", "content": "Where?"}]}',
            "spanvas.output": '"done"',
            "gen_ai.operation.name": "chat",
            "graph.node.id": "other",
        }
    )

    assert (form.kind, form.node_id, form.workflow) == ("node", "ask", "parcels")
    # A node's input is what it was given, whatever it looks like.
    assert form.content == {
        "input": {"messages": [{"role": "user", "content": "Where?"}]},
        "output": "done",
    }
