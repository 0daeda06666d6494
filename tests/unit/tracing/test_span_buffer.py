"""The buffer of spans that wait for export."""

from __future__ import annotations

from spanvas.tracing.buffer import SpanBuffer
from spanvas.tracing.convert import size_of
from tests.support.builders import make_span
from tests.support.recording import make_run


def test_buffer_gives_up_the_oldest_beyond_its_number_and_its_bytes() -> None:
    run = make_run()
    lost: list[str] = []
    size = size_of(make_span("a"))
    buffer = SpanBuffer(2, 4 * size, lambda gone: lost.extend(item.span.name for item in gone))
    for label in "ab":
        buffer.append(run, make_span(label))
    assert lost == []
    buffer.append(run, make_span("c"))
    assert lost == ["a"]
    buffer.append(run, make_span("d", attributes={"long": "x" * (5 * size // 2)}))
    assert lost == ["a", "b", "c"]
    assert len(buffer) == 1


def test_buffer_hands_out_the_oldest_first_within_limits() -> None:
    run = make_run()
    buffer = SpanBuffer()
    for label in "abcde":
        buffer.append(run, make_span(label))
    size = size_of(make_span("a"))
    assert [item.span.name for item in buffer.drain(max_spans=2)] == ["a", "b"]
    assert [item.span.name for item in buffer.drain(max_bytes=size * 3 // 2)] == ["c"]
    assert [item.span.name for item in buffer.drain(max_bytes=size // 2)] == ["d"]
    assert [item.span.name for item in buffer.drain()] == ["e"]
    assert buffer.drain() == []
