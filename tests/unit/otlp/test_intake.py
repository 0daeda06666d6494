"""Which spans are rejected, which are cut, and what is said of them. The same for both encodings."""

from __future__ import annotations

import orjson
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanvas.otlp.intake import Intake
from spanvas.otlp.limits import Limits, within
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from tests.support.otlp_requests import as_json, key_values, make_proto_span, make_request


@pytest.fixture(params=["protobuf", "json"])
def decode(request):
    def run(*spans: Span, limits: Limits | None = None) -> Intake:
        message = make_request(*spans)
        if request.param == "protobuf":
            return decode_protobuf(message.SerializeToString(), limits)
        return decode_json(orjson.dumps(as_json(message)), limits)

    return run


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"trace_id": b""}, "the trace id is not 16 bytes, or all zero"),
        ({"trace_id": bytes(16)}, "the trace id is not 16 bytes, or all zero"),
        ({"trace_id": b"\x01" * 8}, "the trace id is not 16 bytes, or all zero"),
        ({"trace_id": b"\x01" * 24}, "the trace id is not 16 bytes, or all zero"),
        ({"span_id": b""}, "the span id is not 8 bytes, or all zero"),
        ({"span_id": bytes(8)}, "the span id is not 8 bytes, or all zero"),
        ({"span_id": b"\x01" * 16}, "the span id is not 8 bytes, or all zero"),
        ({"parent_span_id": b"\x01" * 3}, "the parent span id is not 8 bytes"),
        ({"start_time_unix_nano": 0}, "its times are missing or past the year 2262"),
        ({"start_time_unix_nano": 2**63}, "its times are missing or past the year 2262"),
        ({"end_time_unix_nano": 2**64 - 1}, "its times are missing or past the year 2262"),
    ],
)
def test_a_span_that_cannot_be_kept_is_rejected_with_its_reason(decode, overrides, reason) -> None:
    intake = decode(make_proto_span("a", **overrides), make_proto_span("b"))
    assert [span.name for span in intake.spans] == ["b"]
    assert intake.rejected == {reason: 1}
    assert intake.rejected_spans == 1
    assert intake.explanation() == f"1 rejected: {reason}"


def test_reasons_are_counted_and_joined(decode) -> None:
    intake = decode(
        make_proto_span("a", span_id=b""),
        make_proto_span("b", span_id=b""),
        make_proto_span("c", trace_id=b""),
    )
    assert intake.explanation() == (
        "2 rejected: the span id is not 8 bytes, or all zero; "
        "1 rejected: the trace id is not 16 bytes, or all zero"
    )


def test_attributes_beyond_the_limit_are_cut_and_the_span_says_so(decode) -> None:
    span = make_proto_span(attributes={f"a{n}": n for n in range(130)}, dropped_attributes_count=5)
    (kept,) = (intake := decode(span)).spans
    assert list(kept.attributes)[:128] == [f"a{n}" for n in range(128)]
    assert kept.attributes["otel.dropped_attributes_count"] == 7
    assert kept.attributes["spanvas.truncated"] is True
    assert intake.explanation() == "1 cut: more than 128 attributes"
    assert intake.rejected_spans == 0


def test_a_flattened_list_counts_as_one_attribute(decode) -> None:
    messages = {
        f"llm.input_messages.{n}.message.{part}": f"{part} {n}"
        for n in range(100)
        for part in ("role", "content")
    }
    (span,) = (intake := decode(make_proto_span(attributes={"a": 1, **messages, "b": 2}))).spans
    assert len(span.attributes) == 202
    assert intake.explanation() == ""


def test_within_keeps_the_first_names_and_whole_lists() -> None:
    attributes = {"a": 1, "m.0.x": 2, "b": 3, "m.1.x": 4, "m.0": 5, "n.7": 6, "c": 7}
    assert within(attributes, 3) == {"a": 1, "m.0.x": 2, "b": 3, "m.1.x": 4, "m.0": 5}


def test_events_beyond_the_limit_are_cut_but_exceptions_stay(decode) -> None:
    events = [Span.Event(name=f"chunk {n}", time_unix_nano=n) for n in range(70)]
    events.append(Span.Event(name="exception", time_unix_nano=70))
    (span,) = (intake := decode(make_proto_span(events=events))).spans
    assert [event.name for event in span.events] == [
        *(f"chunk {n}" for n in range(63)),
        "exception",
    ]
    assert span.attributes["otel.dropped_events_count"] == 7
    assert intake.explanation() == "1 cut: more than 64 events"


def test_links_beyond_the_limit_and_links_to_nowhere_are_cut(decode) -> None:
    links = [
        Span.Link(trace_id=b"\x01" * 16, span_id=bytes([0] * 6 + [n >> 8, n & 255]))
        for n in range(1, 132)
    ]
    (span,) = (intake := decode(make_proto_span(links=[Span.Link(), *links]))).spans
    assert len(span.links) == 128
    assert span.attributes["otel.dropped_links_count"] == 4
    assert intake.explanation() == "1 cut: more than 128 links"


def test_attributes_of_events_and_links_have_the_same_limit(decode) -> None:
    many = key_values({f"a{n}": n for n in range(5)})
    span = make_proto_span(
        events=[Span.Event(name="e", attributes=many)],
        links=[Span.Link(trace_id=b"\x01" * 16, span_id=b"\x01" * 8, attributes=many)],
    )
    (kept,) = decode(span, limits=Limits(attributes=3)).spans
    cut = {"a0": 0, "a1": 1, "a2": 2, "otel.dropped_attributes_count": 2}
    assert kept.events[0].attributes == cut
    assert kept.links[0].attributes == cut
    flat = key_values({f"list.{n}": n for n in range(5)})
    (kept,) = decode(
        make_proto_span(events=[Span.Event(attributes=flat)]), limits=Limits(attributes=3)
    ).spans
    assert len(kept.events[0].attributes) == 5


def test_an_event_at_the_end_of_time_is_moved_to_where_numbers_end(decode) -> None:
    (span,) = decode(make_proto_span(events=[Span.Event(time_unix_nano=2**64 - 1)])).spans
    assert span.events[0].time_unix_nano == 2**63 - 1


def test_limits_of_spans_and_values_hold_in_both_encodings(decode) -> None:
    from spanvas.otlp.errors import TooManyError

    with pytest.raises(TooManyError):
        decode(make_proto_span("a"), make_proto_span("b"), limits=Limits(spans=1))
    for attributes in ({"a": 1, "b": 2}, {"a": [1, 2]}, {"a": {"b": 1, "c": 2}}):
        with pytest.raises(TooManyError):
            decode(make_proto_span(attributes=attributes), limits=Limits(values=12))
