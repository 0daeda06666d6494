from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.usage import Usage
from spanvas.semantics.content import content_of
from spanvas.semantics.content_split import without_content
from tests.support.builders import make_span
from tests.support.normal_form import NormalForm
from tests.unit.semantics.forms import called, form_of, responded, text

MESSAGE = "llm.input_messages"


def test_a_model_call() -> None:
    assert form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.system": "openai",
            "llm.provider": "azure",
            "llm.model_name": "gpt-4o-2024-08-06",
            "llm.invocation_parameters": '{"model": "gpt-4o"}',
            f"{MESSAGE}.0.message.role": "system",
            f"{MESSAGE}.0.message.content": "Be brief.",
            f"{MESSAGE}.10.message.role": "tool",
            f"{MESSAGE}.10.message.content": "ok",
            f"{MESSAGE}.10.message.tool_call_id": "c1",
            f"{MESSAGE}.2.message.role": "user",
            f"{MESSAGE}.2.message.contents.0.message_content.type": "text",
            f"{MESSAGE}.2.message.contents.0.message_content.text": "Where?",
            f"{MESSAGE}.2.message.contents.1.message_content.type": "image",
            f"{MESSAGE}.2.message.contents.1.message_content.image.image.url": "https://x.test/a.png",
            f"{MESSAGE}.2.message.contents.2.message_content.type": "audio",
            f"{MESSAGE}.2.message.contents.2.message_content.audio.audio.url": "https://x.test/a.mp3",
            f"{MESSAGE}.x.message.role": "left out",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "f",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": '{"a": 1}',
            "llm.tools.0.tool.json_schema": '{"type": "function", "function": {"name": "f"}}',
            "llm.token_count.prompt": 100,
            "llm.token_count.prompt_details.cache_read": 40,
            "llm.token_count.prompt_details.cache_write": 10,
            "llm.token_count.completion": 20,
            "llm.token_count.completion_details.reasoning": 5,
            "llm.token_count.total": 120,
            "llm.cost.total": 0.0005,
            "llm.finish_reason": "tool_calls",
            "input.value": "repeats the messages",
            "session.id": "s1",
            "metadata": '{"langgraph_node": "ask \\"me\\"", "x": 1}',
        }
    ) == NormalForm(
        kind="model",
        request_model="gpt-4o",
        response_model="gpt-4o-2024-08-06",
        provider="azure.ai.openai",
        usage=Usage(100, 20, 40, 10, 5),
        reported_cost_nano_usd=500_000,
        finish_reasons=("tool_calls",),
        node_id='ask "me"',
        session="s1",
        content={
            "system_instructions": [{"type": "text", "content": "Be brief."}],
            "input_messages": [
                {
                    "role": "user",
                    "parts": [
                        {"type": "text", "content": "Where?"},
                        {"type": "image", "uri": "https://x.test/a.png"},
                        {"type": "file", "modality": "audio", "uri": "https://x.test/a.mp3"},
                    ],
                    "missing_before": 1,
                },
                {**responded("ok"), "missing_before": 7},
            ],
            "output_messages": [called("f", {"a": 1})],
            "tool_definitions": [{"type": "function", "name": "f"}],
        },
        dialects=("openinference",),
    )


def test_a_completion_and_a_function_call_of_old() -> None:
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.prompts.0.prompt.text": "Where?",
            "llm.choices.0.completion.text": "Lyon.",
        }
    )
    old = form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.output_messages.0.message.role": "assistant",
            "llm.output_messages.0.message.function_call_name": "f",
            "llm.output_messages.0.message.function_call_arguments_json": "{}",
        }
    )

    assert form.content == {
        "input_messages": [text("user", "Where?")],
        "output_messages": [text("assistant", "Lyon.")],
    }
    assert old.content["output_messages"] == [
        {"role": "assistant", "parts": [{"type": "tool_call", "name": "f", "arguments": {}}]}
    ]


def test_a_model_call_whose_messages_are_in_its_values_alone() -> None:
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            "input.value": '{"messages": [{"role": "user", "content": "Where?"}]}',
            "output.value": "Lyon.",
        }
    )

    assert form.content == {
        "input_messages": [text("user", "Where?")],
        "output_messages": [text("assistant", "Lyon.")],
    }


def test_an_embedding() -> None:
    form = form_of(
        {
            "openinference.span.kind": "EMBEDDING",
            "embedding.model_name": "text-embedding-3-small",
            "embedding.embeddings.0.embedding.text": "one",
            "embedding.embeddings.1.embedding.text": "two",
            "embedding.embeddings.1.embedding.vector": [0.5],
            "llm.token_count.prompt": 5,
        }
    )

    assert (form.kind, form.request_model, form.usage) == (
        "model",
        "text-embedding-3-small",
        Usage(5),
    )
    assert form.content == {"input": ["one", "two"]}


def test_a_tool() -> None:
    form = form_of(
        {
            "openinference.span.kind": "TOOL",
            "tool.name": "f",
            "tool.id": "c1",
            "input.value": '{"a": 1}',
            "output.value": '{"b": 2}',
        }
    )

    assert (form.kind, form.content) == (
        "tool",
        {"tool": {"name": "f", "call_id": "c1", "arguments": {"a": 1}, "result": {"b": 2}}},
    )


def test_a_retriever_and_a_reranker() -> None:
    retriever = form_of(
        {
            "openinference.span.kind": "RETRIEVER",
            "input.value": "parcels",
            "output.value": '{"documents": ["Lyon"]}',
            "retrieval.documents.0.document.id": "d1",
            "retrieval.documents.0.document.content": "Lyon",
            "retrieval.documents.0.document.score": 0.9,
            "retrieval.documents.0.document.metadata": '{"source": "a.pdf"}',
        }
    )
    reranker = form_of(
        {
            "openinference.span.kind": "RERANKER",
            "reranker.model_name": "rerank-3",
            "reranker.query": "parcels",
            "reranker.output_documents.0.document.id": "d1",
        }
    )

    assert retriever.kind == reranker.kind == "retrieval"
    assert retriever.content == {
        "query": "parcels",
        "documents": [
            {"id": "d1", "content": "Lyon", "score": 0.9, "metadata": {"source": "a.pdf"}}
        ],
    }
    assert reranker.request_model == "rerank-3"
    assert reranker.content == {"query": "parcels", "documents": [{"id": "d1"}]}


@pytest.mark.parametrize(
    ("attributes", "fields", "kind"),
    [
        ({"openinference.span.kind": "CHAIN"}, {}, "workflow"),
        ({"openinference.span.kind": "CHAIN"}, {"parent": "p"}, "other"),
        ({"openinference.span.kind": "AGENT"}, {}, "agent"),
        ({"openinference.span.kind": "GUARDRAIL"}, {}, "other"),
        ({"openinference.span.kind": "UNKNOWN"}, {}, "other"),
        ({"openinference.span.kind": 5}, {}, "other"),
        ({"openinference.span.kind": "llm"}, {}, "model"),
        (
            {"openinference.span.kind": "CHAIN", "metadata": '{"langgraph_node": "ask"}'},
            {"name": "ask", "parent": "p"},
            "node",
        ),
        (
            {"openinference.span.kind": "AGENT", "metadata": {"langgraph_node": "ask"}},
            {"name": "ask", "parent": "p"},
            "node",
        ),
        (
            {"openinference.span.kind": "CHAIN", "metadata": '{"langgraph_node": "ask"}'},
            {"name": "route", "parent": "p"},
            "other",
        ),
        ({"llm.model_name": "m"}, {}, "model"),
    ],
)
def test_kinds(attributes: dict[str, Any], fields: dict[str, Any], kind: str) -> None:
    assert form_of(attributes, **fields).kind == kind


def test_a_chain_has_all_that_it_was_given_not_what_it_repeats_of_the_model() -> None:
    state = {"messages": [{"type": "human", "data": {"content": "Where?"}}, ["ai", "Lyon."]]}
    form = form_of(
        {
            "openinference.span.kind": "CHAIN",
            "input.value": json.dumps(state),
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": "Where?",
            "output.value": json.dumps({**state, "city": "Lyon"}),
        }
    )

    assert form.content["input_messages"] == [text("user", "Where?"), text("assistant", "Lyon.")]
    # More than messages is shown as it is, so that nothing is lost.
    assert form.content["output"] == {**state, "city": "Lyon"}


@pytest.mark.parametrize(
    ("provider", "system", "name"),
    [
        ("aws", "anthropic", "aws.bedrock"),
        ("google", "vertexai", "gcp.vertex_ai"),
        ("google", None, "gcp.gen_ai"),
        (None, "mistralai", "mistral_ai"),
        ("OpenAI", "openai", "openai"),
        (None, None, None),
    ],
)
def test_provider_and_system_together_name_the_provider(
    provider: str | None, system: str | None, name: str | None
) -> None:
    given = {"llm.provider": provider, "llm.system": system, "openinference.span.kind": "LLM"}

    assert form_of(given).provider == name


def test_places_in_a_graph() -> None:
    form = form_of(
        {
            "openinference.span.kind": "AGENT",
            "graph.node.id": "n1",
            "agent.name": "parcels",
            "metadata": '{"langgraph_node": "other", "thread_id": "t1"}',
        }
    )
    odd = form_of({"openinference.span.kind": "AGENT", "metadata": '{"langgraph_node": 5}'})

    assert (form.node_id, form.agent, form.session) == ("n1", "parcels", "t1")
    assert odd.node_id is None


def lists_as(form: Any) -> dict[str, Any]:
    """OpenInference's lists as one attribute each, in one of the forms in which senders write them."""
    return {
        "openinference.span.kind": "LLM",
        "llm.input_messages": form(
            [
                {"message": {"role": "user", "content": "Where?"}},
                {
                    "message": {
                        "role": "assistant",
                        "tool_calls": [
                            {
                                "tool_call": {
                                    "id": "c1",
                                    "function": {"name": "f", "arguments": {"a": 1}},
                                }
                            }
                        ],
                    }
                },
            ]
        ),
        "llm.output_messages": form(
            [
                {
                    "message": {
                        "role": "assistant",
                        "contents": [
                            {"message_content": {"type": "text", "text": "Lyon."}},
                        ],
                    }
                }
            ]
        ),
        "llm.tools": form([{"tool": {"json_schema": {"name": "f", "parameters": {"a": {}}}}}]),
    }


@pytest.mark.parametrize(
    "form", [json.dumps, lambda value: value], ids=["as JSON", "as a structure"]
)
def test_lists_that_are_not_flattened_are_read_as_those_that_are(form: Any) -> None:
    attributes = lists_as(form)

    assert form_of(attributes).content == {
        "input_messages": [text("user", "Where?"), called("f", {"a": 1})],
        "output_messages": [text("assistant", "Lyon.")],
        "tool_definitions": [{"type": "function", "name": "f", "parameters": {"a": {}}}],
    }
    assert not without_content(make_span(attributes=attributes)).attributes.keys() - {
        "openinference.span.kind"
    }


@pytest.mark.parametrize("name", ["retrieval.documents", "reranker.output_documents"])
@pytest.mark.parametrize(
    "document",
    [
        {"document.id": "d1", "document.content": "Lyon", "document.metadata": '{"p": {"q": 1}}'},
        {"document": {"id": "d1", "content": "Lyon", "metadata": {"p": {"q": 1}}}},
        {"id": "d1", "content": "Lyon", "metadata": {"p": {"q": 1}}},
    ],
)
def test_documents_in_one_attribute(name: str, document: dict[str, Any]) -> None:
    form = form_of({"openinference.span.kind": "RETRIEVER", name: json.dumps([document])})

    assert form.content["documents"] == [
        {"id": "d1", "content": "Lyon", "metadata": {"p": {"q": 1}}}
    ]


def test_messages_of_another_api_in_one_attribute_and_texts_that_were_embedded() -> None:
    form = form_of(
        {
            "openinference.span.kind": "LLM",
            "llm.input_messages": '[{"role": "user", "content": [{"type": "text", "text": "Where?"}]}]',
        }
    )
    embedded = form_of(
        {
            "openinference.span.kind": "EMBEDDING",
            "embedding.embeddings": [{"embedding": {"text": "one", "vector": [0.5]}}],
        }
    )

    assert form.content == {"input_messages": [text("user", "Where?")]}
    assert embedded.content == {"input": ["one"]}


@pytest.mark.parametrize("odd", ["", "no list", "[]", 5, "[1, null]", "{}"])
def test_odd_lists_break_nothing_and_stay_guarded(odd: Any) -> None:
    span = make_span(kind="model", attributes={"llm.input_messages": odd, "llm.model_name": "m"})

    content_of(span)
    assert without_content(span).attributes == {"llm.model_name": "m"}


def test_a_node_is_known_by_its_name_before_its_id() -> None:
    named = {"graph.node.id": "5bc263c534f11ab0", "graph.node.name": "Clerk"}

    assert form_of({"openinference.span.kind": "AGENT", **named}).node_id == "Clerk"
    assert form_of({"openinference.span.kind": "AGENT", "graph.node.id": "n"}).node_id == "n"
