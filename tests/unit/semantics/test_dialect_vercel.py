from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics.summary import row_of
from tests.support.builders import make_span
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import form_of, text

TOOL = '{"type": "function", "name": "f", "description": "F.", "inputSchema": {"type": "object"}}'


def test_a_model_call() -> None:
    assert form_of(
        {
            "ai.operationId": "ai.generateText.doGenerate",
            "operation.name": "ai.generateText.doGenerate parcels",
            "ai.telemetry.functionId": "parcels",
            "ai.telemetry.metadata.sessionId": "s1",
            "ai.model.provider": "anthropic.messages",
            "ai.model.id": "claude-sonnet-4-5",
            "ai.response.model": "claude-sonnet-4-5-20250929",
            "ai.prompt.messages": '[{"role": "system", "content": "Be brief."},'
            ' {"role": "user", "content": [{"type": "text", "text": "Where?"}]}]',
            "ai.prompt.tools": [TOOL],
            "ai.response.reasoning": "Hm",
            "ai.response.text": "Lyon.",
            "ai.response.toolCalls": '[{"toolCallId": "c1", "toolName": "f", "input": {"a": 1}}]',
            "ai.response.finishReason": "tool-calls",
            "ai.usage.inputTokens": 100,
            "ai.usage.outputTokens": 20,
            "ai.usage.cachedInputTokens": 40,
            "ai.usage.reasoningTokens": 5,
            "gen_ai.system": "anthropic.messages",
            "gen_ai.request.model": "claude-sonnet-4-5",
            "gen_ai.usage.input_tokens": 100,
            "gen_ai.usage.output_tokens": 20,
        }
    ) == NormalForm(
        kind="model",
        request_model="claude-sonnet-4-5",
        response_model="claude-sonnet-4-5-20250929",
        provider="anthropic",
        usage=Usage(140, 20, 40, 0, 5),
        finish_reasons=("tool-calls",),
        agent="parcels",
        workflow="parcels",
        session="s1",
        content={
            "system_instructions": [{"type": "text", "content": "Be brief."}],
            "input_messages": [text("user", "Where?")],
            "output_messages": [
                {
                    "role": "assistant",
                    "parts": [
                        {"type": "reasoning", "content": "Hm"},
                        {"type": "text", "content": "Lyon."},
                        {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}},
                    ],
                }
            ],
            "tool_definitions": [
                {
                    "type": "function",
                    "name": "f",
                    "description": "F.",
                    "parameters": {"type": "object"},
                }
            ],
        },
        dialects=("otel", "pydantic_ai", "vercel"),
    )


def test_what_wraps_a_model_call_repeats_its_tokens() -> None:
    attributes = {
        "ai.operationId": "ai.streamText",
        "ai.prompt": '{"system": "Be brief.", "messages": [{"role": "user", "content": "Where?"}]}',
        "ai.response.text": "Lyon.",
        "ai.usage.inputTokens": 100,
    }
    form = form_of(attributes)

    assert form.kind == "agent"
    assert row_of(make_span(kind=form.kind, attributes=attributes)).usage == Usage(100)
    assert form.content == {
        "system_instructions": [{"type": "text", "content": "Be brief."}],
        "input_messages": [text("user", "Where?")],
        "output_messages": [text("assistant", "Lyon.")],
    }


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("ai.generateText", "agent"),
        ("ai.streamText.doStream", "model"),
        ("ai.generateObject", "other"),
        ("ai.streamObject.doStream", "model"),
        ("ai.embedMany", "other"),
        ("ai.embedMany.doEmbed", "model"),
        ("ai.rerank.doRerank", "retrieval"),
        ("ai.toolCall", "tool"),
        ("ai.unheardOf", "other"),
    ],
)
def test_kinds(operation: str, kind: str) -> None:
    assert form_of({"ai.operationId": operation}).kind == kind


def test_the_name_of_a_span_tells_where_its_operation_is_missing() -> None:
    attributes = {"ai.telemetry.functionId": "f"}

    assert form_of(attributes, name="ai.streamText.doStream").kind == "model"
    assert form_of(attributes, name="chat").kind == "other"


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({"ai.prompt": "Where?"}, {"input_messages": [text("user", "Where?")]}),
        ({"ai.prompt": '{"prompt": "Where?"}'}, {"input_messages": [text("user", "Where?")]}),
        ({"ai.prompt": '{"x": 1}'}, {}),
        ({"ai.response.object": '{"a": 1}'}, {"output_messages": [text("assistant", '{"a": 1}')]}),
        ({"ai.result.text": "Lyon."}, {"output_messages": [text("assistant", "Lyon.")]}),
        ({"ai.response.toolCalls": "odd"}, {}),
        ({"ai.values": ['"one"', '"two"']}, {"input": ["one", "two"]}),
        ({"ai.value": '"one"'}, {"input_messages": [text("user", "one")]}),
        (
            {
                "ai.documents": ['{"text": "Lyon"}'],
                "ai.ranking": ['{"index": 0, "relevanceScore": 1}'],
            },
            {"documents": [{"content": "Lyon"}]},
        ),
    ],
)
def test_prompts_answers_and_values_of_several_operations(
    given: dict[str, Any], content: dict[str, Any]
) -> None:
    assert form_of({"ai.operationId": "ai.x.doGenerate", **given}).content == content


def test_a_tool() -> None:
    form = form_of(
        {
            "ai.operationId": "ai.toolCall",
            "ai.toolCall.name": "f",
            "ai.toolCall.id": "c1",
            "ai.toolCall.args": '{"a": 1}',
            "ai.toolCall.result": '{"b": 2}',
        }
    )

    assert form.content == {
        "tool": {"name": "f", "call_id": "c1", "arguments": {"a": 1}, "result": {"b": 2}}
    }


@pytest.mark.parametrize(
    ("metadata", "usage"),
    [
        ('{"openai": {"cachedPromptTokens": 40, "reasoningTokens": 5}}', Usage(100, 20, 40, 0, 5)),
        # Anthropic's own counts leave cached tokens out where they are the larger part.
        (
            '{"anthropic": {"usage": {"cache_read_input_tokens": 400, "cache_creation_input_tokens": 10}}}',
            Usage(510, 20, 400, 10),
        ),
        (
            '{"bedrock": {"usage": {"cacheReadInputTokens": 40, "cacheWriteInputTokens": 10}}}',
            Usage(100, 20, 40, 10),
        ),
        ("{}", Usage(100, 20)),
    ],
)
def test_cached_tokens_in_the_providers_own_metadata(metadata: str, usage: Usage) -> None:
    form = form_of(
        {
            "ai.operationId": "ai.generateText.doGenerate",
            "ai.usage.promptTokens": 100,
            "ai.usage.completionTokens": 20,
            "ai.response.providerMetadata": metadata,
        }
    )

    assert form.usage == usage


@pytest.mark.parametrize(
    ("provider", "given", "metadata", "usage"),
    [
        # Version 5 passes on what the provider counts; of Anthropic and Bedrock that is the input without the cache.
        ("anthropic.messages", {}, "{}", Usage(140, 20, 40)),
        ("vertex.anthropic.messages", {}, "{}", Usage(140, 20, 40)),
        ("amazon-bedrock", {}, "{}", Usage(140, 20, 40)),
        ("gateway", {}, '{"anthropic": {}}', Usage(140, 20, 40)),
        ("openai.chat", {}, "{}", Usage(100, 20, 40)),
        # Version 6 adds them, and has details.
        ("anthropic.messages", {"ai.usage.inputTokenDetails.cacheReadTokens": 40}, "{}", Usage(100, 20, 40)),
        # What Anthropic reported tells, whatever the version.
        ("gateway", {}, '{"anthropic": {"usage": {"input_tokens": 100}}}', Usage(140, 20, 40)),
        ("anthropic.messages", {}, '{"anthropic": {"usage": {"input_tokens": 60}}}', Usage(100, 20, 40)),
        ("anthropic.messages", {}, '{"anthropic": {"usage": {"input_tokens": 1}}}', Usage(140, 20, 40)),
    ],
)  # fmt: skip
def test_cached_tokens_are_a_part_of_the_input_by_version_and_provider(
    provider: str, given: dict[str, int], metadata: str, usage: Usage
) -> None:
    form = form_of(
        {
            "ai.operationId": "ai.generateText.doGenerate",
            "ai.model.provider": provider,
            "ai.usage.inputTokens": 100,
            "ai.usage.outputTokens": 20,
            "ai.usage.cachedInputTokens": 40,
            "ai.response.providerMetadata": metadata,
            **given,
        }
    )

    assert form.usage == usage


def test_a_decision_is_a_model_call_with_its_questions_and_answers() -> None:
    form = form_of(
        {
            "gen_ai.operation.name": "decide",
            "gen_ai.request.model": "judge",
            "gen_ai.usage.input_tokens": 9,
            "ai.decision.state": '{"order": 17}',
            "ai.decision.questions": '["Refund?"]',
            "ai.decision.answers": '["no"]',
        },
        name="decide judge",
        scope_name="ai",
    )

    assert (form.kind, form.request_model) == ("model", "judge")
    assert form.content == {
        "input": {"state": {"order": 17}, "questions": ["Refund?"]},
        "output": {"answers": ["no"]},
    }


def test_steps_and_rerankings_of_the_seventh_version() -> None:
    step = form_of({"gen_ai.operation.name": "agent_step"}, name="step 1", scope_name="ai")
    reranked = form_of(
        {
            "gen_ai.operation.name": "rerank",
            "gen_ai.request.model": "rerank-v3.5",
            "ai.documents": ['"Lyon"', '"Nice"'],
            "ai.ranking": ['{"originalIndex": 0, "relevanceScore": 0.9}'],
        },
        scope_name="ai",
    )

    assert step.kind == "other"
    assert reranked.kind == "retrieval"
    assert reranked.content["documents"] == [{"content": "Lyon"}, {"content": "Nice"}]
