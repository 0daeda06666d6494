"""How a batch is cut into details."""

from __future__ import annotations

from collections.abc import Sequence

from spanvas.model.span import Span
from spanvas.storage import chunks, codec
from spanvas.storage.chunks import plan
from spanvas.storage.codec import decode_spans
from tests.support.builders import SECOND, T0, make_span


def details_of(*spans) -> list[list[str]]:
    (chunk,) = plan(spans)
    return [
        [span.name for span in decode_spans(codec.decompress(detail))] for detail in chunk.details
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


def outputs_of(made: Sequence[chunks.Chunk]) -> list[list[str]]:
    """What the spans of each chunk say that came out."""
    return [
        [str(span.attributes.get("spanvas.output")) for span in decode_spans(payload)]
        for payload in (codec.decompress(detail) for chunk in made for detail in chunk.details)
    ]


def version(output: str, seconds: float, label: str = "a") -> Span:
    return make_span(
        label,
        end_time_unix_nano=T0 + round(seconds * SECOND),
        attributes={"spanvas.output": output},
    )


def test_every_version_of_a_span_in_one_batch_is_kept_apart() -> None:
    started = make_span("a", end_time_unix_nano=None, status="unset")
    spans = [
        version("first", 1),
        started,
        version("last", 3),
        version("b once", 1, "b"),
        version("second", 2),
        version("first", 1),
    ]

    made = plan(spans)

    assert outputs_of(made) == [["last", "b once"], ["second"], ["first"]]
    assert [chunk.chunk_id for chunk in plan(spans[::-1])] == [chunk.chunk_id for chunk in made]


def test_versions_that_end_together_are_kept_in_any_order() -> None:
    spans = [version(output, 1) for output in ("yes", "no", "maybe")]

    made = plan(spans)

    assert sorted(outputs_of(made)) == [["maybe"], ["no"], ["yes"]]
    assert [chunk.chunk_id for chunk in plan(spans[::-1])] == [chunk.chunk_id for chunk in made]


def test_of_a_flood_of_versions_the_latest_are_kept() -> None:
    made = plan([version(str(number), number) for number in range(1, 51)])

    assert outputs_of(made) == [[str(number)] for number in range(50, 40, -1)]
