"""The decoder of the binary encoding: every field, every oddity that the format allows, and what is no message."""

from __future__ import annotations

import struct

import pytest
from opentelemetry.proto.common.v1.common_pb2 import ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from spanvas.model.span import Event, Link
from spanvas.otlp.errors import MalformedError, TooManyError
from spanvas.otlp.limits import Limits
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.wire import MAX_TAGS
from tests.support.builders import SECOND, T0, span_id
from tests.support.otlp_requests import TRACE, any_value, key_values, make_proto_span, make_request


def decoded(*spans: Span, **options):
    intake = decode_protobuf(make_request(*spans, **options).SerializeToString())
    assert intake.rejected == {}
    return intake.spans


def field(number: int, payload: bytes) -> bytes:
    return tag(number, 2) + varint(len(payload)) + payload


def tag(number: int, wire: int) -> bytes:
    return varint(number << 3 | wire)


def varint(value: int) -> bytes:
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def request_of(span: bytes) -> bytes:
    return field(1, field(2, field(2, span)))


IDS = field(1, bytes.fromhex(TRACE)) + field(2, bytes.fromhex(span_id("a")))
TIMES = tag(7, 1) + struct.pack("<Q", T0) + tag(8, 1) + struct.pack("<Q", T0 + SECOND)


def test_every_field_of_a_span_is_read() -> None:
    (span,) = decoded(
        make_proto_span(
            "b",
            parent="a",
            start=2,
            kind=Span.SPAN_KIND_CLIENT,
            trace_state="vendor=1",
            attributes={"http.request.method": "GET"},
            dropped_attributes_count=3,
            dropped_events_count=2,
            dropped_links_count=1,
            events=[
                Span.Event(
                    time_unix_nano=T0,
                    name="retry",
                    attributes=key_values({"n": 2}),
                    dropped_attributes_count=9,
                )
            ],
            links=[
                Span.Link(
                    trace_id=bytes.fromhex("ab" * 16),
                    span_id=bytes.fromhex("cd" * 8),
                    attributes=key_values({"why": "batch"}),
                )
            ],
            status=Status(code=Status.STATUS_CODE_ERROR, message="slow down"),
            flags=0x101,
        ),
        resource={"service.name": "planner", "host.id": 7},
        scope=("opentelemetry.instrumentation.requests", "0.66b0"),
    )
    assert (span.trace_id, span.span_id, span.parent_span_id) == (TRACE, span_id("b"), span_id("a"))
    assert (span.name, span.kind, span.otel_kind) == ("b", "http", "client")
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (
        T0 + 2 * SECOND,
        T0 + 3 * SECOND,
    )
    assert (span.status, span.status_message) == ("error", "slow down")
    assert span.attributes == {
        "http.request.method": "GET",
        "w3c.tracestate": "vendor=1",
        "otel.dropped_attributes_count": 3,
        "otel.dropped_events_count": 2,
        "otel.dropped_links_count": 1,
    }
    assert span.events == (Event("retry", T0, {"n": 2, "otel.dropped_attributes_count": 9}),)
    assert span.links == (Link("ab" * 16, "cd" * 8, {"why": "batch"}),)
    assert span.resource == {"service.name": "planner", "host.id": 7}
    assert (span.scope_name, span.scope_version) == (
        "opentelemetry.instrumentation.requests",
        "0.66b0",
    )


def test_nothing_depends_on_when_it_arrives() -> None:
    (span,) = decoded(make_proto_span())
    assert span.recorded_at_unix_nano == span.end_time_unix_nano
    assert span.deadline_unix_nano is None


@pytest.mark.parametrize(
    "value",
    [
        "text", "", "ä" * 200, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 0.0, 1.5, -2.25, b"", b"\x00\xff",
        [], [1, "a", None, 2.5, True], {}, {"a": {"b": [{"c": b"d"}]}}, None, "x" * 70_000,
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_value_is_read(value) -> None:
    (span,) = decoded(make_proto_span(attributes={"key": value, "after": 1}))
    assert span.attributes == {"key": value, "after": 1}
    assert type(span.attributes["key"]) is type(value)


def test_numbers_that_are_not_finite_are_read() -> None:
    (span,) = decoded(make_proto_span(attributes={"nan": float("nan"), "inf": float("-inf")}))
    assert repr(span.attributes) == "{'nan': nan, 'inf': -inf}"


def test_a_parent_of_zeros_is_none() -> None:
    (span,) = decoded(make_proto_span(parent_span_id=bytes(8)))
    assert span.parent_span_id is None


def test_a_span_without_an_end_is_open() -> None:
    (span,) = decoded(make_proto_span(end_time_unix_nano=0))
    assert span.end_time_unix_nano is None
    assert span.recorded_at_unix_nano == T0


@pytest.mark.parametrize(
    ("number", "kind"), [(0, "internal"), (2, "server"), (5, "consumer"), (99, "internal")]
)
def test_kinds_that_are_not_known_are_internal(number, kind) -> None:
    (span,) = decode_protobuf(request_of(IDS + TIMES + tag(6, 0) + varint(number))).spans
    assert span.otel_kind == kind


def test_text_that_is_not_utf_8_is_kept_with_replacement_characters() -> None:
    (span,) = decode_protobuf(request_of(IDS + TIMES + field(5, b"caf\xc3"))).spans
    assert span.name == "caf�"


def test_the_resource_and_the_scope_may_stand_behind_their_spans() -> None:
    spans = field(2, IDS + TIMES)
    scope = field(1, field(1, b"late"))
    resource = field(1, field(1, key_values({"service.name": "late"})[0].SerializeToString()))
    (span,) = decode_protobuf(field(1, field(2, spans + scope) + resource)).spans
    assert (span.scope_name, span.resource) == ("late", {"service.name": "late"})


def test_fields_that_are_not_known_are_passed_over() -> None:
    unknown = (
        tag(99, 0) + varint(2**40) + tag(98, 1) + bytes(8) + tag(97, 5) + bytes(4) + field(96, b"x" * 300)
        + tag(95, 3) + tag(1, 0) + b"\x01" + tag(94, 3) + tag(94, 4) + tag(95, 4)
    )  # fmt: skip
    odd = unknown + IDS + unknown + TIMES + field(9, field(1, b"k") + unknown + field(2, unknown))
    event = field(11, unknown + field(2, b"e"))
    link = field(13, unknown + field(1, b"\x01" * 16) + field(2, b"\x02" * 8))
    status = field(15, unknown + tag(3, 0) + b"\x02")
    span = field(2, odd + event + link + status)
    group = unknown + field(1, unknown) + field(2, unknown + field(1, unknown) + span)
    (found,) = decode_protobuf(unknown + field(1, group)).spans
    assert found.attributes == {"k": None}
    assert found.events == (Event("e", 0, {}),)
    assert found.links == (Link("01" * 16, "02" * 8, {}),)
    assert found.status == "error"


def test_a_field_of_the_wrong_type_is_passed_over() -> None:
    wrong = tag(1, 0) + b"\x05" + tag(5, 1) + bytes(8) + tag(7, 0) + b"\x01" + field(6, b"x")
    assert decode_protobuf(request_of(wrong + IDS + TIMES)).spans[0].name == ""


def test_of_a_value_that_is_written_several_times_the_last_one_counts() -> None:
    value = any_value("first").SerializeToString() + any_value(2).SerializeToString()
    pair = field(1, b"k") + field(2, value)
    twice = field(1, b"old") + field(2, any_value(1).SerializeToString()) + pair
    backwards = field(2, any_value("v").SerializeToString()) + field(1, b"b")
    body = request_of(IDS + TIMES + field(9, pair) + field(9, twice) + field(9, backwards))
    assert decode_protobuf(body).spans[0].attributes == {"k": 2, "b": "v"}


def test_lists_and_mappings_pass_over_what_they_do_not_know() -> None:
    array = field(9, b"?") + ArrayValue(values=[any_value(1)]).SerializeToString()
    mapping = field(9, b"?") + KeyValueList(values=key_values({"a": 1})).SerializeToString()
    pairs = [
        field(1, name) + field(2, value)
        for name, value in ((b"l", field(5, array)), (b"m", field(6, mapping)))
    ]
    body = request_of(IDS + TIMES + b"".join(field(9, pair) for pair in pairs))
    assert decode_protobuf(body).spans[0].attributes == {"l": [1], "m": {"a": 1}}


def test_an_attribute_without_a_value_or_a_key_is_one() -> None:
    pairs = (field(1, b"only"), KeyValue(value=any_value("v")).SerializeToString(), b"")
    body = request_of(IDS + TIMES + b"".join(field(9, pair) for pair in pairs))
    assert decode_protobuf(body).spans[0].attributes == {"only": None, "": None}


def test_a_request_of_nothing_has_no_spans() -> None:
    for body in (b"", field(1, b""), field(1, field(2, b""))):
        assert decode_protobuf(body).spans == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\x0a", "cut off"),
        (b"\x0a\x05abc", "cut off"),
        (b"\x0a\xff", "cut off"),
        (b"\x00\x01", "field number"),
        (b"\x0e\x01", "wire type"),
        (b"\x0c", "group"),
        (b"\x0b\x14", "group"),
        (b"\x0b" * 101, "nested too deep"),
        (b"\x08" + b"\xff" * 10 + b"\x01", "ten bytes"),
        (b"\x09\x01", "cut off"),
        (request_of(IDS + tag(7, 1) + b"\x01"), "cut off"),
        (request_of(IDS + b"\x4a\x7f"), "cut off"),
        (request_of(IDS + b"\x4a\xff\x7f"), "cut off"),
        (request_of(IDS + b"\x30\xff")[:-1] + b"\xff", "cut off"),
        (request_of(IDS + field(9, field(1, b"k") + field(2, b"\x21\x01"))), "cut off"),
        (request_of(IDS + field(9, field(1, b"k") + field(2, b"\x18\xff"))) + b"\x01", "cut off"),
        (request_of(IDS + field(9, b"\x0a\x7fk")), "cut off"),
        (request_of(IDS + b"\x30\x80") + b"\x01", "cut off"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(body, message) -> None:
    with pytest.raises(MalformedError, match=message):
        decode_protobuf(body)


def test_ten_bytes_are_a_number_and_signed() -> None:
    pair = field(1, b"n") + field(2, b"\x18" + b"\xff" * 9 + b"\x01")
    assert decode_protobuf(request_of(IDS + TIMES + field(9, pair))).spans[0].attributes == {
        "n": -1
    }


class TestLimits:
    def test_more_spans_than_the_limit_are_refused_whole(self) -> None:
        body = make_request(*[make_proto_span(str(n)) for n in range(4)]).SerializeToString()
        assert len(decode_protobuf(body, Limits(spans=4)).spans) == 4
        with pytest.raises(TooManyError, match="more than 3 spans"):
            decode_protobuf(body, Limits(spans=3))

    def test_every_value_event_link_and_group_counts_against_the_limit_of_values(self) -> None:
        span = make_proto_span(
            attributes={"a": [1, {"b": 2}]},
            events=[Span.Event(name="e")],
            links=[Span.Link()],
        )
        body = make_request(span).SerializeToString()
        # resource 5 + service.name 1 + scope 5 + a 1 + two items 2 + b 1 + event 3 + link 3
        assert decode_protobuf(body, Limits(values=21)).seen_values == 21
        with pytest.raises(TooManyError, match="more than 20 attribute values"):
            decode_protobuf(body, Limits(values=20))

    def test_a_body_of_tiny_fields_is_refused(self) -> None:
        with pytest.raises(TooManyError, match="fields"):
            decode_protobuf(b"\x78\x01" * (MAX_TAGS + 1))

    def test_values_nested_deeper_than_the_limit_are_cut(self) -> None:
        value: object = "deep"
        for level in range(4):
            value = [value] if level % 2 else {"k": value}
        body = make_request(make_proto_span(attributes={"v": value})).SerializeToString()
        intake = decode_protobuf(body, Limits(depth=3))
        assert intake.spans[0].attributes == {"v": [{"k": [{"$deep": "dict"}]}]}
        assert intake.explanation() == "1 cut: values nested deeper than 3"
        assert decode_protobuf(body, Limits(depth=4)).spans[0].attributes == {"v": value}
        body = make_request(make_proto_span(attributes={"v": [[1]]})).SerializeToString()
        assert decode_protobuf(body, Limits(depth=1)).spans[0].attributes == {
            "v": [{"$deep": "list"}]
        }
