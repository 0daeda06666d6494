from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.usage import Usage
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import form_of, text

USAGE = (
    '{"input_tokens": 100, "output_tokens": 20, "total_tokens": 120, "total_cost": 0.0005,'
    ' "input_token_details": {"cache_read": 40, "cache_creation": 10}, "output_token_details": {"reasoning": 5}}'
)


def test_a_model_call() -> None:
    assert form_of(
        {
            "langsmith.span.kind": "llm",
            "langsmith.trace.session_id": "project-1",
            "langsmith.metadata.thread_id": "t1",
            "langsmith.metadata.langgraph_node": "ask",
            "langsmith.metadata.ls_provider": "openai",
            "langsmith.metadata.ls_model_name": "gpt-4o",
            "langsmith.metadata.usage_metadata": USAGE,
            "gen_ai.operation.name": "chat",
            "gen_ai.system": "langchain",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 20,
            "gen_ai.prompt": '{"messages": [[{"lc": 1, "id": ["HumanMessage"], "kwargs": {"content": "Where?"}}]]}',
            "gen_ai.completion": '{"generations": [[{"text": "Lyon.", "generation_info": {"finish_reason": "stop"},'
            ' "message": {"lc": 1, "id": ["AIMessage"], "kwargs": {"content": "Lyon."}}}]],'
            ' "llm_output": {"model_name": "gpt-4o-2024-08-06"}}',
        }
    ) == NormalForm(
        kind="model",
        request_model="gpt-4o",
        response_model="gpt-4o-2024-08-06",
        provider="openai",
        usage=Usage(100, 20, 40, 10, 5),
        reported_cost_nano_usd=500_000,
        finish_reasons=("stop",),
        node_id="ask",
        session="t1",
        content={
            "input_messages": [text("user", "Where?")],
            "output_messages": [{**text("assistant", "Lyon."), "finish_reason": "stop"}],
        },
        dialects=("otel", "langsmith"),
    )


@pytest.mark.parametrize(
    ("attributes", "usage"),
    [
        (
            {
                "gen_ai.usage.input_token_details": "{'cache_read': 40, 'cache_creation': 10}",
                "gen_ai.usage.output_token_details": "{'reasoning': 5}",
            },
            Usage(100, 20, 40, 10, 5),
        ),
        ({"langsmith.usage_metadata": USAGE}, Usage(100, 20, 40, 10, 5)),
        ({"gen_ai.usage.input_token_details": 5}, Usage(100, 20)),
    ],
)
def test_details_of_the_counts_are_json_or_python(attributes: dict[str, Any], usage: Usage) -> None:
    counts = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20}

    assert form_of({"langsmith.span.kind": "llm", **counts, **attributes}).usage == usage


@pytest.mark.parametrize(
    ("run_type", "fields", "kind"),
    [
        ("chain", {}, "workflow"),
        ("chain", {"parent": "p"}, "other"),
        ("chain", {"parent": "p", "name": "ask"}, "node"),
        ("embedding", {}, "model"),
        ("tool", {}, "tool"),
        ("retriever", {}, "retrieval"),
        ("prompt", {}, "other"),
        ("parser", {}, "other"),
    ],
)
def test_the_run_type_is_believed_before_the_operation(
    run_type: str, fields: dict[str, Any], kind: str
) -> None:
    """LangSmith writes `chat` for prompts and `embeddings` for retrievers."""
    attributes = {
        "langsmith.span.kind": run_type,
        "gen_ai.operation.name": "embeddings",
        "langsmith.metadata.langgraph_node": "ask",
    }

    assert form_of(attributes, **fields).kind == kind


def test_a_tool() -> None:
    form = form_of(
        {
            "langsmith.span.kind": "tool",
            "gen_ai.tool.name": "f",
            "gen_ai.prompt": '{"a": 1}',
            "gen_ai.completion": '{"output": {"type": "tool", "content": "ok", "tool_call_id": "c1"}}',
        }
    )

    assert form.content == {"tool": {"name": "f", "arguments": {"a": 1}, "result": "ok"}}


@pytest.mark.parametrize(
    "completion",
    [
        '{"documents": [{"page_content": "Lyon", "metadata": {"source": "a.pdf"}}]}',
        '{"output": [{"page_content": "Lyon", "metadata": {"source": "a.pdf"}}]}',
        '[{"lc": 1, "kwargs": {"page_content": "Lyon", "metadata": {"source": "a.pdf"}}}]',
    ],
)
def test_a_retriever(completion: str) -> None:
    form = form_of(
        {
            "langsmith.span.kind": "retriever",
            "gen_ai.prompt": '{"query": "parcels"}',
            "gen_ai.completion": completion,
        }
    )

    assert form.content == {
        "query": "parcels",
        "documents": [{"content": "Lyon", "metadata": {"source": "a.pdf"}}],
    }


def test_a_chain_has_what_it_was_given_and_gave_back() -> None:
    form = form_of(
        {
            "langsmith.span.kind": "chain",
            "gen_ai.prompt": '{"city": "Lyon"}',
            "gen_ai.completion": '{"output": "done"}',
        }
    )

    assert form.content == {"input": {"city": "Lyon"}, "output": "done"}


def test_the_project_is_a_session_only_where_nothing_else_is() -> None:
    assert form_of({"langsmith.trace.session_id": "project-1"}).session == "project-1"
