"""How a batch is cut into details."""

from __future__ import annotations

from collections.abc import Sequence

from spanvas.model.span import Span
from spanvas.storage import chunks, codec
from spanvas.storage.chunks import plan
from tests.builders import make_span


def details_of(*spans) -> list[list[str]]:
    (chunk,) = plan(spans)
    return [
        [span.name for span in codec.decode_spans(codec.decompress(detail))]
        for detail in chunk.details
    ]


def test_a_light_batch_is_one_detail() -> None:
    assert details_of(make_span("a"), make_span("b", start=1)) == [["a", "b"]]


def test_a_heavy_batch_is_cut_before_it_is_encoded(monkeypatch) -> None:
    encoded: list[int] = []
    original = codec.encode_spans

    def encode(spans: Sequence[Span]) -> bytes:
        encoded.append(len(spans))
        return original(spans)

    monkeypatch.setattr(codec, "encode_spans", encode)
    heavy = {"note": "x" * 600_000}
    spans = [make_span(name, start=i, attributes=heavy) for i, name in enumerate("abcd")]

    assert details_of(*spans) == [["a", "b"], ["c", "d"]]
    assert encoded == [2, 2]


def test_what_turns_out_heavier_than_it_seemed_is_cut_then() -> None:
    """Quotes are written with a backslash each."""
    spans = [
        make_span(name, start=i, attributes={"note": '"' * (chunks.DETAIL_BYTES // 2)})
        for i, name in enumerate("ab")
    ]

    assert details_of(*spans) == [["a"], ["b"]]


def test_rows_that_would_not_fit_into_an_item_are_halved(monkeypatch) -> None:
    monkeypatch.setattr(chunks, "MAX_CHUNK_BYTES", 300)
    spans = [make_span(f"name {i} {'x' * i}", start=i) for i in range(8)]

    made = plan(spans)

    assert len(made) > 1
    assert sum(chunk.counters.spans for chunk in made) == 8
    assert {chunk.chunk_id for chunk in made} == {chunk.chunk_id for chunk in plan(spans[::-1])}
