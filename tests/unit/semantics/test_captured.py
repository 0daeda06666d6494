"""What real libraries sent: see `tests/fixtures/otlp/README.md`."""

from __future__ import annotations

import pytest

from spanvas.model.execution import count
from spanvas.semantics.content import content_of
from spanvas.semantics.dialect_content import is_words_event, is_words_name
from spanvas.semantics.prices import cost_lines
from spanvas.semantics.summary import row_of
from tests.support import story, story_expected
from tests.support.captured import FOLDER, captured

CAPTURED = sorted(
    path.stem for path in FOLDER.glob("*.pb") if not path.stem.startswith("langgraph-")
)


def test_every_capture_has_its_expectation() -> None:
    assert sorted(story_expected.EXPECTED) == CAPTURED


@pytest.mark.parametrize("name", CAPTURED)
def test_the_same_is_understood_whatever_the_dialect(name: str) -> None:
    spans = captured(name)

    sessions = story.told(spans).pop("sessions")
    expected = story_expected.expected(name)
    if name.startswith("pydantic"):
        # A conversation's id is made up by each run.
        assert [len(session) for session in sessions] == [36]
        expected["sessions"] = sessions
    assert story.told(spans) == expected


@pytest.mark.parametrize("name", sorted(story_expected.OUTLINES))
def test_the_tree_has_its_kinds_and_nodes(name: str) -> None:
    assert story.outline(captured(name)) == list(story_expected.OUTLINES[name])


@pytest.mark.parametrize("name", CAPTURED)
def test_tokens_and_cost_add_up_over_the_lowest_calls(name: str) -> None:
    rows = [row_of(span) for span in captured(name)]
    expected = story_expected.expected(name)
    calls = [*expected["calls"], *expected["embeddings"]]

    counters = count(rows)

    assert counters.input_tokens == sum(call["usage"].input_tokens or 0 for call in calls)
    assert counters.output_tokens == sum(call["usage"].output_tokens or 0 for call in calls)
    assert counters.cost_nano_usd == sum(call["cost_nano_usd"] for call in calls)
    assert counters.unpriced == 0


@pytest.mark.parametrize("name", CAPTURED)
def test_the_arithmetic_adds_up_to_the_cost_of_every_call(name: str) -> None:
    for span in captured(name):
        row = row_of(span)
        if row.cost_nano_usd is not None:
            assert sum(line.nano_usd for line in cost_lines(span)) == row.cost_nano_usd


@pytest.mark.parametrize("name", CAPTURED)
def test_nothing_that_was_said_is_outside_of_what_is_content(name: str) -> None:
    for span in captured(name):
        shown = {key: value for key, value in span.attributes.items() if not is_words_name(key)}
        shown |= {
            f"{event.name}.{key}": value
            for event in span.events
            if not is_words_event(event.name)
            for key, value in event.attributes.items()
            if not is_words_name(key)
        }
        assert not [key for key, value in shown.items() if _is_said(value)]


@pytest.mark.parametrize("name", CAPTURED)
def test_what_is_hidden_as_content_is_shown_as_content(name: str) -> None:
    for span in captured(name):
        hidden = [key for key in span.attributes if is_words_name(key)]
        if hidden and not all(_is_beside(key) for key in hidden):
            assert content_of(span), hidden


def _is_said(value: object) -> bool:
    text = str(value)
    return any(word in text for word in ("4711", "Lyon", "You answer", "in transit"))


def _is_beside(key: str) -> bool:
    """Parameters, settings and vectors are content of a kind that the normal form leaves out."""
    return key.startswith(
        ("model_request_parameters", "request_data", "ai.embedding", "gen_ai.tool.json_schema")
    )
