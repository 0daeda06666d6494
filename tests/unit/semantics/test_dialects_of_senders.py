"""Dialects of single senders; what they send as a whole is in tests/functional/senders."""

from __future__ import annotations

import json

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics.dialect_content import is_words_name
from tests.unit.semantics.forms import called, form_of, responded, text


@pytest.mark.parametrize(
    ("type_", "parent", "kind"),
    [
        ("generation", "p", "model"),
        ("embedding", "p", "model"),
        ("tool", "p", "tool"),
        ("retriever", "p", "retrieval"),
        ("agent", None, "agent"),
        ("span", None, "workflow"),
        ("chain", None, "workflow"),
        ("span", "p", "other"),
        ("guardrail", None, "other"),
        ("evaluator", "p", "other"),
    ],
)
def test_langfuse_says_the_type_of_an_observation(
    type_: str, parent: str | None, kind: str
) -> None:
    assert form_of({"langfuse.observation.type": type_}, parent=parent).kind == kind


def test_a_generation_of_langfuse_has_model_usage_cost_prompt_and_messages() -> None:
    form = form_of(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": "claude-sonnet-4-5",
            "langfuse.observation.usage_details": '{"input": 10, "output": 5, "input_cached_tokens": 3}',
            "langfuse.observation.cost_details": '{"total": 0.003}',
            "langfuse.observation.input": '{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"name": "f"}]}',
            "langfuse.observation.output": "Hello",
            "langfuse.trace.name": "desk",
            "session.id": "s1",
        }
    )

    assert (form.kind, form.request_model, form.usage, form.reported_cost_nano_usd) == (
        "model",
        "claude-sonnet-4-5",
        Usage(10, 5, 3),
        3_000_000,
    )
    assert (form.workflow, form.session) == ("desk", "s1")
    assert form.content == {
        "input_messages": [text("user", "Hi")],
        "output_messages": [text("assistant", "Hello")],
        "tool_definitions": [{"type": "function", "name": "f"}],
    }


def test_a_cost_of_nothing_without_usage_is_no_cost() -> None:
    form = form_of(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.cost_details": '{"input": 0, "output": 0, "total": 0}',
        }
    )

    assert form.reported_cost_nano_usd is None


def test_laminar_says_the_type_of_a_span_and_wraps_what_went_in_and_out_as_json() -> None:
    form = form_of(
        {
            "lmnr.span.type": "TOOL",
            "lmnr.span.input": '{"parcel_id": "4711"}',
            "lmnr.span.output": '"{\\"city\\": \\"Lyon\\"}"',
            "lmnr.association.properties.session_id": "s1",
        },
        name="lookup",
    )

    assert (form.kind, form.session) == ("tool", "s1")
    assert form.content == {
        "tool": {
            "name": "lookup",
            "arguments": {"parcel_id": "4711"},
            "result": {"city": "Lyon"},
        }
    }
    assert form_of({"lmnr.span.type": "LLM", "gen_ai.request.model": "m"}).kind == "model"
    assert form_of({"lmnr.span.type": "DEFAULT"}, parent=None).kind == "workflow"


def test_braintrust_writes_json_texts_or_their_members() -> None:
    as_texts = {
        "braintrust.span_attributes": '{"type": "llm"}',
        "braintrust.metadata": '{"model": "gpt-4o", "provider": "openai"}',
        "braintrust.metrics": '{"prompt_tokens": 10, "completion_tokens": 4, "prompt_cached_tokens": 2,'
        ' "time_to_first_token": 0.25}',
        "braintrust.input_json": '[{"role": "user", "content": "hi"}]',
        "braintrust.output_json": '[{"role": "assistant", "content": "hey"}]',
        "braintrust.scores": '{"exact": 1}',
    }
    as_members = {
        "braintrust.span_attributes.type": "llm",
        "braintrust.metadata.model": "gpt-4o",
        "braintrust.metadata.provider": "openai",
        "braintrust.metrics.prompt_tokens": 10,
        "braintrust.metrics.completion_tokens": 4,
        "braintrust.metrics.prompt_cached_tokens": 2,
        "braintrust.metrics.time_to_first_token": 0.25,
        "braintrust.input": '[{"role": "user", "content": "hi"}]',
        "braintrust.output": '[{"role": "assistant", "content": "hey"}]',
        "braintrust.scores.exact": 1,
    }

    assert form_of(as_texts) == form_of(as_members)
    form = form_of(as_texts)
    assert (form.kind, form.request_model, form.provider) == ("model", "gpt-4o", "openai")
    assert form.usage == Usage(10, 4, 2)
    assert form.content == {
        "input_messages": [text("user", "hi")],
        "output_messages": [text("assistant", "hey")],
    }


def test_a_flow_of_genkit_is_a_workflow_and_its_steps_are_nodes() -> None:
    flow = form_of(
        {"genkit:type": "action", "genkit:metadata:subtype": "flow", "genkit:name": "desk"}
    )
    step = form_of({"genkit:type": "flowStep", "genkit:name": "look", "genkit:input": '{"a": 1}'})

    assert (flow.kind, flow.workflow) == ("workflow", "desk")
    assert (step.kind, step.node_id, step.content) == ("node", "look", {"input": {"a": 1}})


def test_a_model_call_of_genkit_has_its_messages_in_parts_of_its_own() -> None:
    form = form_of(
        {
            "genkit:type": "action",
            "genkit:metadata:subtype": "model",
            "genkit:name": "googleai/gemini-2.5-flash",
            "genkit:input": json.dumps(
                {
                    "messages": [
                        {"role": "user", "content": [{"text": "Where?"}]},
                        {
                            "role": "model",
                            "content": [
                                {"toolRequest": {"ref": "c1", "name": "f", "input": {"a": 1}}}
                            ],
                        },
                        {
                            "role": "tool",
                            "content": [{"toolResponse": {"ref": "c1", "name": "f", "output": 4}}],
                        },
                    ],
                    "tools": [{"name": "f", "inputSchema": {"type": "object"}}],
                }
            ),
            "genkit:output": json.dumps(
                {
                    "message": {"role": "model", "content": [{"text": "Lyon."}]},
                    "finishReason": "stop",
                    "usage": {"inputTokens": 12, "outputTokens": 3, "thoughtsTokens": 1},
                }
            ),
        }
    )

    assert (form.kind, form.request_model, form.usage) == (
        "model",
        "gemini-2.5-flash",
        Usage(12, 3, 0, 0, 1),
    )
    assert form.finish_reasons == ("stop",)
    assert form.content["input_messages"] == [
        text("user", "Where?"),
        called("f", {"a": 1}),
        responded(4, name="f"),
    ]
    assert form.content["output_messages"] == [
        {**text("assistant", "Lyon."), "finish_reason": "stop"}
    ]
    assert form.content["tool_definitions"] == [
        {"type": "function", "name": "f", "parameters": {"type": "object"}}
    ]


def test_a_retriever_of_genkit_has_query_and_documents() -> None:
    form = form_of(
        {
            "genkit:metadata:subtype": "retriever",
            "genkit:type": "action",
            "genkit:input": '{"query": {"content": [{"text": "parcels"}]}}',
            "genkit:output": '{"documents": [{"content": [{"text": "Lyon"}], "metadata": {"score": 0.9}}]}',
        }
    )

    assert form.kind == "retrieval"
    assert form.content == {
        "query": "parcels",
        "documents": [{"content": "Lyon", "score": 0.9, "metadata": {"score": 0.9}}],
    }


@pytest.mark.parametrize("marker", ["lk.pii.", "lk."])
def test_livekit_is_read_with_its_marker_of_content_and_as_it_was_before(marker: str) -> None:
    chat = {
        "items": [
            {"type": "message", "role": "user", "content": ["Where?"]},
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a": 1}'},
            {"type": "function_call_output", "call_id": "c1", "name": "f", "output": "4"},
        ]
    }
    form = form_of(
        {
            f"{marker}chat_ctx": json.dumps(chat),
            f"{marker}response.text": "Lyon.",
            "lk.llm_metrics": '{"prompt_tokens": 9, "completion_tokens": 2, "prompt_cached_tokens": 4, "ttft": 0.5}',
            "gen_ai.request.model": "gpt-4o",
        },
        name="llm_request",
    )

    assert (form.kind, form.usage) == ("model", Usage(9, 2, 4))
    assert form.content == {
        "input_messages": [
            text("user", "Where?"),
            called("f", {"a": 1}),
            responded("4", name="f"),
        ],
        "output_messages": [text("assistant", "Lyon.")],
    }
    assert is_words_name(f"{marker}chat_ctx")


def test_a_tool_of_livekit() -> None:
    form = form_of(
        {
            "lk.function_tool.name": "f",
            "lk.function_tool.id": "c1",
            "lk.pii.function_tool.arguments": '{"a": 1}',
            "lk.pii.function_tool.output": "4",
        },
        name="function_tool",
    )

    assert form.kind == "tool"
    assert form.content == {
        "tool": {"name": "f", "call_id": "c1", "arguments": {"a": 1}, "result": "4"}
    }


def test_a_step_of_mastra_is_a_node_with_its_input_and_output() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "workflow_step",
            "mastra.span.type": "workflow_step",
            "mastra.workflow_step.step_id": "left",
            "mastra.workflow_step.input": '{"a": 1}',
            "mastra.workflow_step.output": '{"b": 2}',
        }
    )

    assert (form.kind, form.node_id) == ("node", "left")
    assert form.content == {"input": {"a": 1}, "output": {"b": 2}}
    assert is_words_name("mastra.model_step.input")
    assert not is_words_name("mastra.workflow_step.status")


def test_the_executors_of_microsofts_agent_framework_are_nodes() -> None:
    form = form_of({"executor.id": "Clerk"}, name="executor.process Clerk")
    run = form_of({"workflow.name": "desk"}, name="workflow.run", scope_name="agent_framework")

    assert (form.kind, form.node_id) == ("node", "Clerk")
    assert (run.kind, run.workflow) == ("workflow", "desk")
    assert form_of({"executor.id": "1"}, name="a Spark job").kind == "other"


def test_the_raw_request_of_litellm_is_read_from_what_python_wrote() -> None:
    form = form_of(
        {
            "llm.openai.messages": "[{'role': 'user', 'content': 'Where?', 'name': None}]",
            "llm.openai.choices": "[{'message': {'role': 'assistant', 'content': 'Lyon.'}}]",
            "llm.openai.model": "gpt-4o",
        },
        name="raw_gen_ai_request",
        scope_name="litellm",
    )
    blocks = form_of(
        {"llm.anthropic.content": "[{'type': 'text', 'text': 'Lyon.'}]"},
        name="raw_gen_ai_request",
        scope_name="litellm",
    )

    assert (form.kind, form.content) == (
        "other",
        {
            "input_messages": [text("user", "Where?")],
            "output_messages": [text("assistant", "Lyon.")],
        },
    )
    assert blocks.content == {"output_messages": [text("assistant", "Lyon.")]}


def test_litellm_reports_cost_and_cached_tokens_in_places_of_its_own() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": 812,
            "gen_ai.usage.output_tokens": 24,
            "gen_ai.cost.total_cost": 0.00163,
            "metadata.usage_object": "{'prompt_tokens_details': {'cached_tokens': 512, 'text': None}}",
        },
        scope_name="litellm",
    )

    assert (form.usage, form.reported_cost_nano_usd) == (Usage(812, 24, 512), 1_630_000)


def test_spring_ai_runs_tools_and_calls_http_and_writes_none_for_nothing() -> None:
    tool = form_of(
        {
            "gen_ai.operation.name": "framework",
            "spring.ai.kind": "tool_call",
            "spring.ai.tool.definition.name": "lookup",
            "spring.ai.tool.call.arguments": '{"a": 1}',
            "spring.ai.tool.call.result": '"Lyon"',
        }
    )
    http = form_of(
        {"http.url": "http://x.test/", "method": "POST", "outcome": "SUCCESS"}, name="http post"
    )
    failed = form_of({"gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "none"})

    assert (tool.kind, tool.content) == (
        "tool",
        {"tool": {"name": "lookup", "arguments": {"a": 1}, "result": "Lyon"}},
    )
    assert http.kind == "http"
    assert (failed.response_model, failed.request_model) == (None, "gpt-4o")


@pytest.mark.parametrize("name", ["tools/call lookup", "MCP send tools/call lookup"])
def test_a_call_over_mcp_is_a_tool_on_both_sides(name: str) -> None:
    form = form_of({"mcp.method.name": "tools/call"}, name=name)

    assert (form.kind, form.content) == ("tool", {"tool": {"name": "lookup"}})
    assert form_of({"mcp.method.name": "tools/list"}).kind == "other"
    assert form_of({"mcp.method.name": "resources/read"}).kind == "retrieval"


def test_a_handoff_has_the_name_of_its_span() -> None:
    form = form_of(
        {"openinference.span.kind": "TOOL", "input.value": "Triage", "output.value": "Clerk"},
        name="handoff to Clerk",
    )

    assert form.content["tool"]["name"] == "handoff to Clerk"
