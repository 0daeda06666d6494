"""Every field of `Row` is made, stored, compared and answered; a field that one place forgets is named here."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.row import ArtifactRef, Row, comparable
from spanvas.model.tree import build_tree
from spanvas.model.usage import Usage
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.summary import row_of
from spanvas.storage.row_codec import decode_rows, encode_rows
from spanvas_api import wire
from spanvas_api.representation import row_bodies
from tests.support.builders import SECOND, T0, make_execution, make_row, make_span, span_id

FULL = make_row(
    "a",
    "p",
    kind="model",
    status="error",
    node_id="n",
    error_type="E",
    error_message="went wrong",
    model="m",
    provider="aws.bedrock",
    usage=Usage(1, 2, 3, 4, 5),
    cost_nano_usd=6,
    input_preview="in",
    output_preview="out",
    attempt=2,
    artifacts=(ArtifactRef("art_1", "a.csv", "text/csv", 8),),
    marks=("truncated",),
    deadline_unix_nano=T0 + 9,
    recorded_at_unix_nano=T0 + 10,
    detail="0",
    response_id="r",
    scope="s",
    time_to_first_token_nano=250_000_000,
    scores="relevance 0.92",
)
ANOTHER: dict[str, Any] = {
    "span_id": span_id("b"),
    "parent_span_id": span_id("q"),
    "name": "b",
    "kind": "tool",
    "start_time_unix_nano": T0 + 1,
    "end_time_unix_nano": T0 + 2 * SECOND,
    "status": "ok",
    "node_id": "o",
    "error_type": "F",
    "error_message": "went worse",
    "model": "l",
    "provider": "openai",
    "usage": Usage(1, 2, 3, 4, 6),
    "cost_nano_usd": 7,
    "input_preview": "into",
    "output_preview": "out of",
    "attempt": 3,
    "artifacts": (ArtifactRef("art_1", "b.csv", "text/csv", 8),),
    "marks": ("truncated", "redacted"),
    "deadline_unix_nano": T0 + 8,
    "recorded_at_unix_nano": T0 + 11,
    "detail": "1",
    "response_id": "t",
    "scope": "u",
    "time_to_first_token_nano": 0,
    "scores": "relevance 0.5",
}
"""Of every field of `Row` another value than `FULL` has: a field that is added there is added here, too."""

NOT_COMPARED = {
    "start_time_unix_nano",
    "marks",
    "deadline_unix_nano",
    "recorded_at_unix_nano",
    "detail",
}
"""They say when and by which way a version of a span came."""
NOT_ANSWERED = {
    "deadline_unix_nano",
    "recorded_at_unix_nano",
    "detail",
    "response_id",
    "scope",
}
"""They are for the store, for the state of open spans, and for counting a call once."""


def test_this_test_knows_all_fields() -> None:
    assert tuple(ANOTHER) == Row._fields
    assert [name for name in Row._fields if getattr(FULL, name) == ANOTHER[name]] == []


def test_a_span_gives_its_row_every_field_but_the_place_of_its_detail() -> None:
    span = make_span(
        "a",
        "p",
        kind="model",
        status="error",
        status_message="went wrong",
        attributes={
            "spanvas.node.id": "n",
            "spanvas.attempt.number": 2,
            "error.type": "E",
            "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
            "gen_ai.provider.name": "aws.bedrock",
            "gen_ai.response.id": "r",
            "gen_ai.response.time_to_first_chunk": 0.25,
            "braintrust.scores": {"relevance": 0.92},
            "gen_ai.usage.input_tokens": 1_000,
            "gen_ai.usage.output_tokens": 100,
            "spanvas.input": "in",
            "spanvas.output": "out",
            "spanvas.truncated": True,
            "spanvas.artifacts": ['{"id": "art_1", "name": "a.csv", "bytes": 8}'],
        },
        deadline_unix_nano=T0 + 9,
        recorded_at_unix_nano=T0 + 10,
        scope_name="s",
    )
    row = row_of(span)._asdict()

    assert [name for name, value in row.items() if value in (None, (), "", 0)] == ["detail"]


@pytest.mark.parametrize("field", Row._fields)
def test_the_codec_keeps_every_field(field: str) -> None:
    row = FULL._replace(**{field: ANOTHER[field]})

    [decoded] = decode_rows(encode_rows([row]), "chunk")

    assert decoded == row._replace(detail=f"chunk:{row.detail}")


def test_the_codec_keeps_fields_that_have_no_value() -> None:
    row = Row(span_id("a"), None, "a", "node", T0, detail="0", recorded_at_unix_nano=T0)

    assert decode_rows(encode_rows([row]), "chunk") == [row._replace(detail="chunk:0")]


def test_every_field_that_a_span_says_something_with_is_compared() -> None:
    ignored = {
        name
        for name in Row._fields
        if comparable(FULL._replace(**{name: ANOTHER[name]})) == comparable(FULL)
    }

    assert ignored == NOT_COMPARED


def test_every_field_is_in_the_api_s_answer() -> None:
    unseen = {
        name
        for name in Row._fields
        if body_of(FULL._replace(**{name: ANOTHER[name]})) == body_of(FULL)
    }

    assert unseen == NOT_ANSWERED


def test_the_answer_has_the_fields_of_its_schema() -> None:
    assert set(body_of(FULL)) == set(wire.Row.model_fields)


def body_of(row: Row) -> dict[str, Any]:
    """The row as a child of either parent that it may have."""
    parents = [make_row("p", start=-1), make_row("q", start=-1)]
    placed = build_tree([*parents, row])
    rows = row_bodies(placed, make_execution(), T0, FieldClass.RESTRICTED)
    [body] = [body for body in rows.bodies if body["depth"] == 1]
    return body
