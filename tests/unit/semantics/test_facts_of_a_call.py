"""What the panel says of a call besides its content: time to first token, evaluations, prompt, agent, modalities."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.span import Event
from spanvas.semantics.content import content_of
from spanvas.semantics.content_split import without_content
from spanvas.semantics.dialect_content import is_words_name
from spanvas.semantics.evaluations import evaluations_of, scores_of, without_explanation
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.summary import row_of
from tests.support.builders import T0, make_span

SECOND = 1_000_000_000
JUDGED = {
    "name": "Relevance",
    "score": 0.5,
    "label": "relevant",
    "explanation": "It answers.",
}


def first_token(attributes: dict[str, Any], **fields: Any) -> int | None:
    return SpanReader(make_span(attributes=attributes, **fields)).time_to_first_token()


def evaluations(attributes: dict[str, Any], *events: Event) -> list[dict[str, Any]]:
    return evaluations_of(SpanReader(make_span(attributes=attributes, events=events)))


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.response.time_to_first_chunk": 0.5},
        {"gen_ai.response.time_to_first_chunk": "0.5"},
        {"lk.response.ttft": 0.5},
        {"braintrust.metrics": '{"time_to_first_token": 0.5}'},
        {"braintrust.metrics.time_to_first_token": 0.5},
        {"ai.response.msToFirstChunk": 500},
        {"ai.stream.msToFirstChunk": 500.0},
        {"mastra.completion_start_time": "{start}"},
        {"langfuse.observation.completion_start_time": '"{start}"'},
    ],
)
def test_the_time_to_the_first_token_whoever_measured_it(attributes: dict[str, Any]) -> None:
    start = 1_790_000_000 * SECOND
    moment = "2026-09-21T14:13:20.500Z"
    given = {
        key: value.replace("{start}", moment) if isinstance(value, str) else value
        for key, value in attributes.items()
    }

    assert first_token(given, start_time_unix_nano=start) == SECOND // 2


def test_strands_measures_it_in_milliseconds() -> None:
    attributes = {"gen_ai.server.time_to_first_token": 500}

    assert first_token(attributes) == 500 * SECOND
    assert first_token(attributes, scope_name="strands.telemetry.tracer") == SECOND // 2


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"openinference.span.kind": "LLM"}, "First Token Stream Event"),
        ({"ai.operationId": "ai.streamText.doStream"}, "ai.stream.firstChunk"),
    ],
)
def test_the_first_token_may_be_an_event(attributes: dict[str, Any], name: str) -> None:
    events = (Event(name, T0 + SECOND, {}), Event(name, T0 + SECOND // 2, {}))

    assert first_token(attributes, events=events) == SECOND // 2


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"gen_ai.response.time_to_first_chunk": -1},
        {"gen_ai.response.time_to_first_chunk": "soon"},
        {"gen_ai.response.time_to_first_chunk": True},
        {"mastra.completion_start_time": "1970-01-01T00:00:00Z"},
        {"langfuse.observation.completion_start_time": "now"},
    ],
)
def test_no_time_to_the_first_token_is_made_up(attributes: dict[str, Any]) -> None:
    assert first_token(attributes, start_time_unix_nano=T0) is None


OTEL = {
    "gen_ai.evaluation.name": "Relevance",
    "gen_ai.evaluation.score.value": 0.5,
    "gen_ai.evaluation.score.label": "relevant",
    "gen_ai.evaluation.explanation": "It answers.",
}
OPENINFERENCE = {
    "name": "Relevance",
    "score": 0.5,
    "label": "relevant",
    "explanation": "It answers.",
}


def openinference(word: str, scope: str = "") -> dict[str, Any]:
    flattened = {f"{scope}{word}s.0.{word}.{key}": value for key, value in OPENINFERENCE.items()}
    return {"openinference.span.kind": "CHAIN", **flattened}


@pytest.mark.parametrize(
    ("attributes", "events"),
    [
        ({}, [Event("gen_ai.evaluation.result", T0, OTEL)]),
        (OTEL, []),
        (openinference("annotation"), []),
        (openinference("evaluation"), []),
        (openinference("annotation", "trace."), []),
        (openinference("evaluation", "session."), []),
        (
            {
                "openinference.span.kind": "CHAIN",
                "annotations": json.dumps([{"annotation": OPENINFERENCE}]),
            },
            [],
        ),
        (
            {
                "openinference.span.kind": "CHAIN",
                "evaluations": [
                    {f"evaluation.{key}": value for key, value in OPENINFERENCE.items()}
                ],
            },
            [],
        ),
    ],
)
def test_an_evaluation_has_name_score_label_and_explanation(
    attributes: dict[str, Any], events: list[Event]
) -> None:
    span = make_span(attributes=attributes, events=tuple(events))

    assert evaluations_of(SpanReader(span)) == [JUDGED]
    assert content_of(span)["evaluations"] == [JUDGED]


@pytest.mark.parametrize(
    ("attributes", "events"),
    [
        ({}, [Event("gen_ai.evaluation.result", T0, OTEL)]),
        (openinference("annotation"), []),
    ],
)
def test_the_explanation_alone_is_content(attributes: dict[str, Any], events: list[Event]) -> None:
    hidden = without_content(make_span(attributes=attributes, events=tuple(events)))

    assert evaluations_of(SpanReader(hidden)) == [without_explanation(JUDGED)]
    assert content_of(hidden) == {}


def test_every_score_of_a_span_is_there_once_and_yes_is_one() -> None:
    events = [
        Event("gen_ai.evaluation.result", T0, {"gen_ai.evaluation.name": name}) for name in "aab"
    ]

    assert evaluations({"braintrust.scores": '{"c": true, "d": "0.5", "e": "good"}'}, *events) == [
        {"name": "a"},
        {"name": "b"},
        {"name": "c", "score": 1.0},
        {"name": "d", "score": 0.5},
        {"name": "e"},
    ]
    assert evaluations({"lmnr.span.type": "EVALUATOR", "lmnr.span.output": "0.5"}) == [
        {"name": "a", "score": 0.5}
    ]
    assert evaluations({}) == []


def test_who_judged_is_said() -> None:
    judged = openinference("annotation") | {"annotations.0.annotation.annotator_kind": "HUMAN"}

    assert evaluations(judged) == [{**JUDGED, "by": "HUMAN"}]


@pytest.mark.parametrize(
    ("attributes", "prompt"),
    [
        ({"gen_ai.prompt.name": "triage", "gen_ai.prompt.version": "3"}, ("triage", "3")),
        ({"gen_ai.prompt.name": "triage"}, ("triage", None)),
        (
            {
                "langfuse.observation.prompt.name": "triage",
                "langfuse.observation.prompt.version": 3,
            },
            ("triage", "3"),
        ),
        (
            {
                "openinference.span.kind": "LLM",
                "prompt.id": "triage",
                "llm.prompt_template.version": "v3",
            },
            ("triage", "v3"),
        ),
        ({}, (None, None)),
    ],
)
def test_the_prompt_that_was_taken_from_a_library(
    attributes: dict[str, Any], prompt: tuple[str | None, str | None]
) -> None:
    assert SpanReader(make_span(attributes=attributes)).prompt() == prompt


def test_the_version_of_an_agent_and_a_compacted_conversation() -> None:
    span = make_span(
        attributes={
            "gen_ai.agent.name": "Clerk",
            "gen_ai.agent.version": "1.2",
            "gen_ai.conversation.compacted": True,
        }
    )

    assert SpanReader(span).agent_version() == "1.2"
    assert row_of(span).marks == ("compacted",)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        (
            {
                "gen_ai.usage.audio.input_tokens": 10,
                "gen_ai.usage.audio.cache_read.input_tokens": 4,
                "gen_ai.usage.text.output_tokens": 5,
                "gen_ai.usage.image.input_tokens": 0,
            },
            {
                "text": {"output_tokens": 5},
                "audio": {"input_tokens": 10, "cache_read_tokens": 4},
            },
        ),
        ({"gen_ai.usage.audio_input_tokens": 3}, {"audio": {"input_tokens": 3}}),
        ({"gen_ai.usage.input_audio_tokens": 3}, {"audio": {"input_tokens": 3}}),
        (
            {
                "openinference.span.kind": "LLM",
                "llm.token_count.prompt_details.audio": 3,
                "llm.token_count.completion_details.audio": 2,
            },
            {"audio": {"input_tokens": 3, "output_tokens": 2}},
        ),
        ({"gen_ai.usage.input_tokens": 3}, {}),
    ],
)
def test_tokens_of_a_modality_are_parts_of_the_whole(
    attributes: dict[str, Any], expected: dict[str, dict[str, int]]
) -> None:
    assert SpanReader(make_span(attributes=attributes)).modal_tokens() == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("llm.openai.messages", True),
        ("llm.None.input", True),
        ("llm.vertex_ai.contents", True),
        ("llm.anthropic.content", True),
        ("llm.openai.model", False),
        ("llm.token_count.prompt", False),
        ("llm.cost.prompt", False),
        ("llm.usage.total_tokens", False),
        ("gen_ai.prompt.name", False),
        ("gen_ai.prompt.version", False),
        ("gen_ai.prompt.variable.city", True),
        ("gen_ai.prompt.0.content", True),
        ("llm.input_messages", True),
        ("llm.output_messages", True),
        ("retrieval.documents", True),
        ("llm.tools", True),
        ("embedding.embeddings", True),
        ("reranker.output_documents", True),
        ("annotations", True),
        ("annotations.0.annotation.explanation", True),
        ("annotations.0.annotation.score", False),
        ("crew_tasks", True),
        ("mcp.response.value", True),
        ("message", True),
    ],
)
def test_names_that_hold_what_was_said(name: str, expected: bool) -> None:
    assert is_words_name(name) is expected


def test_what_was_judged_in_short() -> None:
    unlabelled = {**OTEL, "gen_ai.evaluation.name": "Tone", "gen_ai.evaluation.score.value": 2}
    unscored = {"gen_ai.evaluation.name": "Safety", "gen_ai.evaluation.score.label": "safe"}
    given = [Event("gen_ai.evaluation.result", T0, one) for one in (OTEL, unlabelled, unscored)]

    assert scores_of(SpanReader(make_span(events=tuple(given)))) == (
        "Relevance 0.5, Tone 2, Safety safe"
    )
    assert scores_of(SpanReader(make_span())) is None


def test_a_row_has_the_scores_and_a_model_call_its_time_to_first_token() -> None:
    attributes = {"gen_ai.response.time_to_first_chunk": 0.25}
    judged = (Event("gen_ai.evaluation.result", T0, OTEL),)
    rows = [
        row_of(make_span(kind=kind, attributes=attributes, events=judged))
        for kind in ("model", "agent")
    ]

    assert [(row.time_to_first_token_nano, row.scores) for row in rows] == [
        (250_000_000, "Relevance 0.5"),
        (None, "Relevance 0.5"),
    ]
