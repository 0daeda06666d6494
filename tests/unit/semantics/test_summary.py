from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from spanvas.model.row import ArtifactRef
from spanvas.model.span import Event
from spanvas.model.usage import Usage
from spanvas.semantics.summary import row_of
from spanvas.storage.row_codec import decode_rows, encode_rows
from tests.support.builders import SECOND, T0, make_span, span_id
from tests.unit.semantics.forms import text

USER = text("user", "Where?")
ANSWER = text("assistant", "Lyon.")


def test_the_row_of_a_model_call() -> None:
    span = make_span(
        "chat claude",
        "draft",
        kind="model",
        attributes={
            "spanvas.node.id": "draft",
            "gen_ai.provider.name": "aws.bedrock",
            "gen_ai.request.model": "anthropic.claude-3-haiku-20240307-v1:0",
            "gen_ai.usage.input_tokens": 1000,
            "gen_ai.usage.output_tokens": 10,
            "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
        },
    )

    row = row_of(span)

    assert (row.span_id, row.parent_span_id) == (span.span_id, span_id("draft"))
    assert (row.kind, row.node_id, row.provider) == ("model", "draft", "aws.bedrock")
    assert (row.usage, row.cost_nano_usd) == (Usage(1000, 10), 262_500)
    assert (row.input_preview, row.output_preview) == ("Hi", None)


def test_usage_of_an_agent_is_kept_and_that_of_a_tool_is_not() -> None:
    agent = make_span(kind="agent", attributes={"gen_ai.usage.input_tokens": 1000})

    assert (row_of(agent).usage, row_of(agent).cost_nano_usd) == (Usage(1000), None)
    assert row_of(replace(agent, kind="tool")).usage is None


def test_the_error_of_a_row_comes_from_its_type_and_status() -> None:
    span = make_span(
        status="error", status_message="Too many requests", attributes={"error.type": "Throttling"}
    )

    assert (row_of(span).error_type, row_of(span).error_message) == (
        "Throttling",
        "Too many requests",
    )


def test_the_error_of_a_row_comes_from_its_last_exception_otherwise() -> None:
    events = tuple(
        Event("exception", T0, {"exception.type": kind, "exception.message": kind.lower()})
        for kind in ("First", "Last")
    )

    row = row_of(make_span(status="error", events=(*events, Event("done", T0 + SECOND))))

    assert (row.error_type, row.error_message) == ("Last", "last")


def test_an_error_without_words_is_an_error_still() -> None:
    assert row_of(make_span(status="error")).error_type == "Error"


def test_a_span_that_went_well_has_no_error() -> None:
    assert row_of(make_span(attributes={"error.type": "Old"})).error_type is None


def test_artifacts_are_read_from_structures_and_from_json() -> None:
    listed = [{"id": "art_1", "name": "a.csv", "media_type": "text/csv", "bytes": 8}]
    expected = (ArtifactRef("art_1", "a.csv", "text/csv", 8),)

    for value in (listed, json.dumps(listed), [json.dumps(listed[0])]):
        assert row_of(make_span(attributes={"spanvas.artifacts": value})).artifacts == expected


def test_odd_artifacts_are_left_out() -> None:
    for value in (5, "text", [1, {"name": "no id"}]):
        assert row_of(make_span(attributes={"spanvas.artifacts": value})).artifacts == ()
    [kept] = row_of(
        make_span(attributes={"spanvas.artifacts": [{"id": "a", "bytes": "?"}]})
    ).artifacts
    assert kept == ArtifactRef("a", "a", "", 0)


def test_marks_say_what_befell_a_span() -> None:
    span = make_span(
        attributes={
            "spanvas.truncated": True,
            "spanvas.redaction": {"email": 2},
            "faas.coldstart": True,
        }
    )

    assert row_of(span).marks == ("truncated", "redacted", "cold_start")
    assert row_of(make_span(attributes={"faas.coldstart": False})).marks == ()


@pytest.mark.parametrize(
    "said",
    [
        {"otel.dropped_attributes_count": 20},
        {"otel.dropped_events_count": 1},
        {"otel.dropped_attributes_count": 2, "otel.dropped_events_count": 3},
        {"otel.dropped_attributes_count": 2, "spanvas.truncated": True},
    ],
)
def test_what_its_sender_has_dropped_marks_a_span_as_truncated(said: dict[str, Any]) -> None:
    assert row_of(make_span(attributes=said)).marks == ("truncated",)
    assert row_of(make_span(attributes=dict.fromkeys(said, 0))).marks == ()


def test_hostile_spans_cannot_grow_a_row() -> None:
    big = "x" * 100_000
    span = make_span(
        name=big,
        status="error",
        status_message=big,
        attributes={
            "spanvas.node.id": big,
            "gen_ai.request.model": big,
            "spanvas.input": big,
            "spanvas.attempt.number": 10**40,
            "spanvas.artifacts": [{"id": big, "name": big, "media_type": big}],
        },
    )

    row = row_of(span)

    assert sum(len(value) for value in row if isinstance(value, str)) < 1_500
    assert sum(len(value) for value in row.artifacts[0] if isinstance(value, str)) < 500
    assert row.attempt is None


@pytest.mark.parametrize("number", [True, False, -1, 10**40, 1.5, "7", None])
def test_what_is_no_count_is_none_so_that_the_row_can_be_read_again(number: object) -> None:
    span = make_span(
        attributes={
            "spanvas.attempt.number": number,
            "spanvas.artifacts": json.dumps([{"id": "art_1", "bytes": number}]),
        }
    )

    row = row_of(span)

    assert (row.attempt, row.artifacts[0].bytes) == (None, 0)
    (read,) = decode_rows(encode_rows([row]), "c1")
    assert (read.attempt, read.artifacts) == (None, row.artifacts)


def test_a_span_without_a_name_says_so() -> None:
    assert row_of(make_span(name="")).name == "(no name)"


@pytest.mark.parametrize(
    ("kind", "attributes", "previews"),
    [
        (
            "agent",
            {"gen_ai.input.messages": [USER, ANSWER], "gen_ai.output.messages": [ANSWER]},
            ("Where?", "Lyon."),
        ),
        ("agent", {"gen_ai.input.messages": [ANSWER]}, ("Lyon.", None)),
        ("agent", {"gen_ai.input.messages": [ANSWER, USER]}, ("Where?", None)),
        # a node gives back its whole state, which ends with what it has added
        (
            "node",
            {"openinference.span.kind": "CHAIN", "output.value": {"messages": [USER, ANSWER]}},
            (None, "Lyon."),
        ),
        ("model", {"gen_ai.output.messages": [ANSWER, USER]}, (None, "Lyon.")),
        (
            "tool",
            {"gen_ai.tool.call.arguments": '{"a": 1}', "gen_ai.tool.call.result": [{"text": "ok"}]},
            ('{"a": 1}', "ok"),
        ),
        ("tool", {"input.value": "4711", "output.value": "ok"}, ("4711", "ok")),
        (
            "retrieval",
            {"gen_ai.retrieval.query.text": "parcels", "gen_ai.retrieval.documents": '["Lyon"]'},
            ("parcels", '["Lyon"]'),
        ),
        # kinds that nobody expects to have them
        ("other", {"gen_ai.tool.call.arguments": "4711"}, ("4711", None)),
        ("model", {"gen_ai.input.messages": [{"role": "user", "parts": []}]}, (None, None)),
        ("model", {"gen_ai.input.messages": []}, (None, None)),
    ],
)
def test_previews_say_what_a_span_of_its_kind_was_about(
    kind: str, attributes: dict[str, Any], previews: tuple[str | None, str | None]
) -> None:
    row = row_of(make_span(kind=kind, attributes=attributes))

    assert (row.input_preview, row.output_preview) == previews
