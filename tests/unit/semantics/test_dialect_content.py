"""The words of the dialects, against the tables that say what is read as content."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from spanvas.model.span import Event
from spanvas.semantics.content import content_of
from spanvas.semantics.content_split import without_content
from spanvas.semantics.dialect import CONTENT_FIELDS, Read, Source
from spanvas.semantics.dialect_content import (
    CONTENT_NAMES,
    CONTENT_PREFIXES,
    has_words,
    is_words_event,
    is_words_name,
    split_words,
)
from spanvas.semantics.dialects import ORDER, load
from tests.support.builders import T0, make_span
from tests.support.captured import FOLDER, captured


def read_names(source: Source) -> list[str]:
    """Names of attributes that a source reads, with an index where any may be."""
    if not isinstance(source, Read):
        return [source]
    if source.attributes:
        return list(source.attributes)
    if source.shown.startswith("event"):
        return []
    return [
        name.replace("N", "0").replace("*", "x")
        for name in re.findall(r"`([^`]+)`", source.shown)
        if "." in name
    ]


def event_names(source: Source) -> list[str]:
    if not isinstance(source, Read) or not source.shown.startswith("event"):
        return []
    [name] = re.findall(r"^events? `([^`]+)`", source.shown)
    return [name.replace("system/user/assistant/tool", "user")]


@pytest.mark.parametrize("dialect", ORDER)
def test_whatever_is_read_as_content_is_content(dialect: str) -> None:
    for field, sources in load(dialect).fields.items():
        if field in CONTENT_FIELDS:
            for source in sources:
                missing = [name for name in read_names(source) if not is_words_name(name)]
                assert not missing, f"add to the entry {dialect!r} of REGISTRY, content: {missing}"
                missing = [name for name in event_names(source) if not is_words_event(name)]
                assert not missing, f"add to {dialect!r} of REGISTRY, content_events: {missing}"


@pytest.mark.parametrize("dialect", ORDER)
def test_what_is_no_content_is_not_hidden(dialect: str) -> None:
    for field, sources in load(dialect).fields.items():
        if field not in CONTENT_FIELDS:
            plain = [source for source in sources if not isinstance(source, Read)]
            assert [name for name in plain if is_words_name(name)] == []


@pytest.mark.parametrize("name", sorted(CONTENT_NAMES))
def test_whatever_is_hidden_as_content_is_shown_as_content(name: str) -> None:
    span = make_span(attributes={name: "ZEBRA"})

    assert "ZEBRA" in json.dumps(content_of(span))


def test_each_attribute_is_content_or_structure_and_both_keep_their_order() -> None:
    span = make_span(
        attributes={"spanvas.output": 4, "b": 1, "spanvas.input": 3, "a": 2},
        events=(
            Event("gen_ai.choice", T0, {"index": 0, "message": "hi"}),
            Event("step", T0, {"n": 1, "input.value": "hi"}),
        ),
    )

    structure, content = split_words(span)

    assert list(structure.attributes.items()) == [("b", 1), ("a", 2)]
    assert list(content.attributes.items()) == [("spanvas.output", 4), ("spanvas.input", 3)]
    assert structure.events == [{}, {"n": 1}]
    assert content.events == [{"index": 0, "message": "hi"}, {"input.value": "hi"}]


@pytest.mark.parametrize(
    ("attributes", "event", "expected"),
    [
        ({"gen_ai.tool.name": "lookup"}, Event("exception", T0, {"exception.message": "x"}), False),
        ({"input.value": ""}, Event("exception", T0, {}), True),
        ({}, Event("gen_ai.choice", T0, {"index": 0}), True),
        ({}, Event("gen_ai.choice", T0, {}), False),
        ({}, Event("step", T0, {"tool.result": 1}), True),
    ],
)
def test_a_span_has_content_where_any_attribute_of_it_is(
    attributes: dict[str, Any], event: Event, expected: bool
) -> None:
    span = make_span(attributes=attributes, events=(event,))

    content = split_words(span).words

    assert (bool(content.attributes) or any(content.events)) is expected
    assert has_words(span) is expected
    assert not has_words(without_content(span))


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.pb")))
def test_nothing_that_was_said_is_read_from_the_structure_of_a_span(name: str) -> None:
    for span in captured(name):
        assert not has_words(without_content(span))
        content = content_of(without_content(span))
        # what a message event leaves of itself: that there was one, and whose
        for message in content.pop("input_messages", []) + content.pop("output_messages", []):
            assert [part for part in message["parts"] if part.get("response", "") is not None] == []
        assert set(content.pop("tool", {})) <= {"name", "call_id"}
        assert content == {}


@pytest.mark.parametrize(
    "name",
    [
        "gen_ai.prompt.12.content",
        "gen_ai.completion.0.tool_calls.3.arguments",
        "llm.input_messages.127.message.contents.2.message_content.text",
        "llm.output_messages.0.message.content",
        "llm.prompts",
        "llm.prompts.0.prompt.text",
        "llm.prompt_template.variables",
        "retrieval.documents.4.document.content",
        "reranker.input_documents.0.document.content",
        "embedding.embeddings.0.embedding.vector",
        "traceloop.prompt.template",
        "ai.prompt.toolChoice",
        "ai.response.files",
        "ai.result.text",
        "ai.embeddings",
    ],
)
def test_flattened_and_numbered_names_are_content(name: str) -> None:
    assert is_words_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "gen_ai.operation.name",
        "gen_ai.usage.input_tokens",
        "gen_ai.input.messages_ref",
        "gen_ai.prompt_tokens",
        "llm.model_name",
        "llm.token_count.prompt",
        "reranker.model_name",
        "ai.response.finishReason",
        "ai.toolCall.name",
        "input.mime_type",
        "metadata",
        "mlflow.spanType",
        "http.request.method",
        "",
    ],
)
def test_facts_are_no_content(name: str) -> None:
    assert not is_words_name(name)


def test_prefixes_end_where_a_name_does() -> None:
    loose = [prefix for prefix in CONTENT_PREFIXES if not prefix.endswith(".")]

    assert loose == [
        "document.content", "ai.prompt", "ai.response.text", "ai.response.reasoning",
        "ai.response.toolCalls", "ai.response.object", "ai.response.files", "ai.toolCall.args", "ai.toolCall.result",
        "ai.value", "ai.embedding", "ai.documents", "ai.ranking",
    ]  # fmt: skip
