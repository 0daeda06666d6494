"""In the mode `none` tokens and cost stay, also those that a sender writes into the JSON of a response alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from spanvas.model.span import Span
from spanvas.privacy.redact import NONE, Redactor
from spanvas.semantics.reader import SpanReader
from tests.support.builders import make_span
from tests.support.captured import FOLDER, SENDERS, spans_of

CAPTURES = sorted([*FOLDER.glob("*.pb"), *SENDERS.glob("*.pb")])


def kept(span: Span) -> Span:
    return Redactor(NONE, 10**9).redact(span)


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_no_token_and_no_reported_cost_of_a_captured_run_is_lost(path: Path) -> None:
    spans = [span for span in spans_of(path.read_bytes()) if span.attributes]

    for span in spans:
        whole, left = SpanReader(span), SpanReader(kept(span))
        assert (left.usage(), left.reported_cost()) == (whole.usage(), whole.reported_cost())


def test_of_a_response_in_json_its_tokens_are_left_and_nothing_else() -> None:
    response = '{"usage": {"inputTokens": 12, "outputTokens": 3}, "message": "Dear Ada"}'
    span = make_span(
        attributes={"genkit:metadata:subtype": "model", "genkit:output": response},
        scope_name="genkit-tracer",
    )

    assert kept(span).attributes == {
        "genkit:metadata:subtype": "model",
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 3,
    }


def test_figures_that_stand_in_attributes_of_their_own_are_not_written_again() -> None:
    attributes = {"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5}
    span = make_span(attributes={**attributes, "gen_ai.output.messages": "Dear Ada"})

    assert kept(span).attributes == attributes
