from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.row import ArtifactRef
from spanvas.model.span import Event, Link, Span
from spanvas.model.usage import Usage
from spanvas.model.values import jsonable
from spanvas.storage import codec
from spanvas.storage.codec import decode_spans
from spanvas.storage.decoding import MalformedError
from spanvas.storage.row_codec import decode_rows, encode_rows
from tests.support.builders import SECOND, T0, make_row, make_span, span_id

FULL = make_row(
    "a",
    "p",
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
)


def test_whole_spans_come_back_as_they_were() -> None:
    span = make_span(
        attributes={"a": [1, 2.5, {"b": None}], "gen_ai.input.messages": "x" * 5000},
        events=(Event("exception", T0, {"exception.type": "E"}),),
        links=(Link("0af7651916cd43dd8448eb211c80319c", span_id("l"), {"k": "v"}),),
        resource={"service.name": "executor"},
        scope_name="spanvas",
        scope_version="1",
        deadline_unix_nano=T0 + SECOND,
    )

    assert decode_spans(codec.encode_spans([span, make_span("b")])) == [span, make_span("b")]


def test_a_span_that_was_read_cannot_be_changed() -> None:
    (span,) = decode_spans(codec.encode_spans([make_span()]))

    assert type(span) is Span
    with pytest.raises(FrozenInstanceError):
        span.name = "b"  # type: ignore[misc]  # it is frozen, and that is tested


def test_each_span_of_a_chunk_has_its_own_resource_and_scope() -> None:
    spans = [
        make_span(
            f"{service} {scope} {version}",
            resource={"service.name": service},
            scope_name=scope,
            scope_version=version,
            scope_attributes=attributes,
        )
        for service in ("one", "two")
        for scope, version, attributes in (("s", "1", {}), ("s", "2", {}), ("s", "1", {"k": "v"}))
    ] * 2

    assert decode_spans(codec.encode_spans(spans)) == spans


def test_long_content_that_repeats_is_kept_once() -> None:
    text = "conversation " * 400
    spans = [make_span(str(i), attributes={"gen_ai.input.messages": text}) for i in range(20)]

    payload = codec.encode_spans(spans)

    assert payload.count(b"conversation conversation") == len(text) // 26
    assert decode_spans(payload) == spans


def test_only_the_wanted_span_is_decoded() -> None:
    payload = codec.encode_spans([make_span("a"), make_span("b")])

    assert decode_spans(payload, span_id("b")) == [make_span("b")]


def test_a_chunk_is_named_by_its_content() -> None:
    assert codec.chunk_id_of(b"a") == codec.chunk_id_of(b"a")
    assert codec.chunk_id_of(b"a") != codec.chunk_id_of(b"b")


@pytest.mark.parametrize("data", [b"", b"not zstd", codec.compress(b"x" * 1000)[:-3]])
def test_what_is_no_chunk_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a chunk"):
        codec.decompress(data)


def test_a_chunk_that_inflates_too_far_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "MAX_INFLATED", 1000)

    with pytest.raises(ValueError, match="inflates to 1001 bytes"):
        codec.decompress(codec.compress(b"0" * 1001))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary(max_size=20)
    | st.text(st.characters(exclude_categories=()), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(values)
def test_any_value_can_be_written_as_json(value: object) -> None:
    once = jsonable(value)

    text = json.dumps(once, allow_nan=False, ensure_ascii=False).encode()
    assert jsonable(json.loads(text)) == once


def test_nesting_past_the_limit_is_cut_and_marked() -> None:
    value: object = "bottom"
    for _ in range(1000):
        value = [value]

    kept = jsonable(value)

    for _ in range(20):
        [kept] = kept
    assert kept == {"$deep": "list"}


def test_integers_too_long_to_print_are_kept_as_hex() -> None:
    marked = jsonable(10**5000)

    assert int(marked["$int"], 16) == 10**5000


def test_numbers_of_more_than_64_bits_come_back_too() -> None:
    """The fast writer takes none; rows are not bounded as attributes are."""
    row = make_row("a", cost_nano_usd=2**70, detail="0")

    assert decode_rows(encode_rows([row]), "chunk") == [row._replace(detail="chunk:0")]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ([1, 2, 3, 4, 5], Usage(1, 2, 3, 4, 5)),
        ([1, None, 3, 4, 5], Usage(1, None, 3, 4, 5)),
        ([1, 2], Usage(1, 2, 0, 0, 0)),
        ([1, 2, 3, 4, 5, 6], Usage(1, 2, 3, 4, 5)),
        ([1, 2, 3, 4, 1e20], Usage(1, 2, 3, 4, 10**20)),
        (None, None),
    ],
)
def test_one_usage_of_another_form_changes_no_other(
    stored: list[Any] | None, read: Usage | None
) -> None:
    chunk = json.loads(encode_rows([FULL, FULL, FULL]))
    chunk["usage"][1] = stored

    rows = decode_rows(json.dumps(chunk).encode(), "chunk")

    assert [row.usage for row in rows] == [FULL.usage, read, FULL.usage]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (["art_2", "b.csv", "text/csv", 9], ArtifactRef("art_2", "b.csv", "text/csv", 9)),
        (["art_2", "b.csv"], ArtifactRef("art_2", "b.csv", "", 0)),
        (["art_2", "b.csv", None, 9, "new"], ArtifactRef("art_2", "b.csv", "", 9)),
        ({"artifact_id": "art_2", "bytes": 9}, ArtifactRef("art_2", "", "", 9)),
    ],
)
def test_one_artifact_of_another_form_changes_no_other(stored: Any, read: ArtifactRef) -> None:
    [kept] = FULL.artifacts
    chunk = json.loads(encode_rows([FULL, FULL, FULL]))
    chunk["artifacts"] = [[kept, stored], None, [kept]]

    rows = decode_rows(json.dumps(chunk).encode(), "chunk")

    assert [row.artifacts for row in rows] == [(kept, read), (), (kept,)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("usage", [1, 2, "3", 4, 5]),
        ("usage", [1, 2, 3, 4, True]),
        ("artifacts", [["art_2", "b.csv", "text/csv", "9"]]),
        ("artifacts", ["text"]),
    ],
)
def test_a_value_of_another_type_is_malformed(column: str, value: Any) -> None:
    chunk = json.loads(encode_rows([FULL, FULL]))
    chunk[column][1] = value

    with pytest.raises(MalformedError):
        decode_rows(json.dumps(chunk).encode(), "chunk")


@pytest.mark.parametrize("indexes", [[0], [0, 0, 0], [0, 1], [0, -1], [0, None]])
def test_a_column_with_one_value_has_a_place_in_it_for_each_row(indexes: list[Any]) -> None:
    chunk = json.loads(encode_rows([FULL, FULL]))
    chunk["scores"] = [["relevance 0.9"], indexes]

    with pytest.raises((MalformedError, IndexError, TypeError)):
        decode_rows(json.dumps(chunk).encode(), "chunk")


def test_the_fast_writer_and_the_standard_library_s_write_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    span = make_span("é", attributes={"a": "é\u2028\ud800", "b": [1, 2.5, None, {"c": True}]})
    fast = encode_rows([FULL]), codec.encode_spans([span])
    monkeypatch.setattr(codec, "fast_dumps", None)

    assert (encode_rows([FULL]), codec.encode_spans([span])) == fast


def test_weight_counts_repeated_content_once_and_everything_else_each_time() -> None:
    long, short = "x" * 5_000, "y" * 2_000
    spans = [make_span(str(i), attributes={"gen_ai.input.messages": long}) for i in range(3)]
    others = [make_span(str(i), attributes={"a": short, "b": [1, 2]}) for i in range(3)]

    assert codec.weight_of(spans) == 3 * (codec.SPAN_CHARACTERS + 21) + 5_000
    assert codec.weight_of(others) == 3 * (codec.SPAN_CHARACTERS + 2 + 2_000 + 6)


@given(
    st.dictionaries(st.text(max_size=5), values, max_size=4),
    st.sampled_from([{}, {"library": "of a sender"}]),
    st.sampled_from([0, 257]),
    st.booleans(),
)
def test_a_span_reads_the_same_whether_its_values_are_looked_at_or_not(
    attributes: dict[str, Any], scope_attributes: dict[str, Any], flags: int, is_open: bool
) -> None:
    """Those that stand as this version writes them are not; a member that is not there has all of them looked at."""
    span = make_span(
        attributes={**attributes, "gen_ai.input.messages": "x" * 3_000},
        parent_span_id=None if is_open else span_id("parent"),
        end_time_unix_nano=None if is_open else T0 + SECOND,
        resource={"service.name": "one"},
        scope_attributes=scope_attributes,
        flags=flags,
    )
    payload = codec.encode_spans([span])
    chunk = json.loads(payload)
    del chunk["spans"][0]["links"]

    assert decode_spans(payload) == decode_spans(json.dumps(chunk).encode())
