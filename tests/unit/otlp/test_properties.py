"""Both decoders against opentelemetry-proto's own classes, on requests and on noise that nobody thought of."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from spanvas.model.span import Span as ModelSpan
from spanvas.otlp.errors import MalformedError, TooManyError
from spanvas.otlp.export import encode_json
from spanvas.otlp.intake import Intake
from spanvas.otlp.limits import Limits
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from tests.support.otlp_requests import as_json, key_values, make_request, plain
from tests.support.property_size import examples

NO_LIMITS = Limits(attributes=10**6, events=10**6, links=10**6, depth=100)
INT64 = st.integers(-(2**63), 2**63 - 1)
COUNTS = st.one_of(st.just(0), st.integers(0, 2**32 - 1))
TIMES = st.integers(1, 2**63 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
KEYS = st.one_of(TEXT, st.sampled_from(["gen_ai.operation.name", "spanvas.kind", "m.0.x", "m.1.x"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), INT64, st.floats(allow_nan=False), TEXT, st.binary(max_size=9)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=3,
)
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=3)


def ids(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size).filter(any)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    return Span(
        trace_id=draw(ids(16)),
        span_id=draw(ids(8)),
        parent_span_id=draw(st.one_of(st.just(b""), ids(8))),
        trace_state=draw(TEXT),
        name=draw(TEXT),
        kind=draw(st.sampled_from(Span.SpanKind.values())),
        start_time_unix_nano=draw(TIMES),
        end_time_unix_nano=draw(st.one_of(st.just(0), TIMES)),
        attributes=key_values(draw(ATTRIBUTES)),
        dropped_attributes_count=draw(COUNTS),
        events=[
            Span.Event(
                time_unix_nano=draw(TIMES), name=draw(TEXT), attributes=key_values(draw(ATTRIBUTES))
            )
            for _ in range(draw(st.integers(0, 1)))
        ],
        links=[
            Span.Link(
                trace_id=draw(ids(16)),
                span_id=draw(ids(8)),
                trace_state=draw(TEXT),
                attributes=key_values(draw(ATTRIBUTES)),
                dropped_attributes_count=draw(COUNTS),
                flags=draw(COUNTS),
            )
            for _ in range(draw(st.integers(0, 1)))
        ],
        status=Status(code=draw(st.sampled_from(Status.StatusCode.values())), message=draw(TEXT)),
        flags=draw(st.one_of(st.sampled_from([0, 1, 0x101, 0x301]), st.integers(0, 2**32 - 1))),
    )


@st.composite
def requests(draw: st.DrawFn) -> ExportTraceServiceRequest:
    found, scope = draw(st.lists(spans(), max_size=2)), draw(st.tuples(TEXT, TEXT))
    request = make_request(*found, resource=draw(ATTRIBUTES), scope=scope)
    group = request.resource_spans[0]
    scope_spans = group.scope_spans[0]
    group.schema_url, scope_spans.schema_url = draw(st.tuples(TEXT, TEXT))
    group.resource.dropped_attributes_count = draw(COUNTS)
    scope_spans.scope.attributes.extend(key_values(draw(ATTRIBUTES)))
    scope_spans.scope.dropped_attributes_count = draw(COUNTS)
    return request


REQUESTS = requests()


WHOLE = make_request(
    Span(
        trace_id=b"\x01" * 16,
        span_id=b"\x02" * 8,
        parent_span_id=b"\x03" * 8,
        name="whole",
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=1,
        end_time_unix_nano=2,
        attributes=key_values({"t": "x", "i": 5, "d": 1.5, "b": True, "l": [1, {"m": b"y"}]}),
        events=[Span.Event(name="e", time_unix_nano=1, attributes=key_values({"a": 1}))],
        links=[Span.Link(trace_id=b"\x04" * 16, span_id=b"\x05" * 8)],
        status=Status(code=Status.STATUS_CODE_ERROR, message="no"),
    )
)


def attributes_of(items: Any) -> dict[str, Any]:
    return {item.key: plain(item.value) for item in items}


@settings(max_examples=examples(2000), deadline=None)
@given(REQUESTS)
def test_both_encodings_are_read_as_protobuf_reads_them_and_what_is_exported_is_too(
    request: ExportTraceServiceRequest,
) -> None:
    binary = decode_protobuf(request.SerializeToString(), NO_LIMITS)
    assert decode_json(orjson.dumps(as_json(request)), NO_LIMITS) == binary
    assert decode_json(encode_json(binary.spans), NO_LIMITS).spans == binary.spans
    assert_same(binary.spans, request)


OF_GROUPS = {"otel.resource.schema_url", "otel.dropped_attributes_count"}


def assert_same(found: list[ModelSpan], request: ExportTraceServiceRequest) -> None:
    group = request.resource_spans[0]
    expected = group.scope_spans[0].spans
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected, strict=True):
        assert (ours.trace_id, ours.span_id) == (theirs.trace_id.hex(), theirs.span_id.hex())
        assert (ours.parent_span_id or "") == theirs.parent_span_id.hex()
        assert (ours.name, ours.status_message) == (theirs.name, theirs.status.message)
        assert ours.start_time_unix_nano == theirs.start_time_unix_nano
        assert (ours.end_time_unix_nano or 0) == theirs.end_time_unix_nano
        assert ("unset", "ok", "error").index(ours.status) == theirs.status.code
        added = {"w3c.tracestate", "otel.dropped_attributes_count", "otel.span.parent.origin"}
        assert {
            key: value for key, value in ours.attributes.items() if key not in added
        } == attributes_of(theirs.attributes)
        is_told = theirs.flags & 0x300 == 0x300 or theirs.kind in {2, 5}
        assert ("otel.span.parent.origin" in ours.attributes) == (
            is_told and theirs.parent_span_id != b""
        )
        assert {
            key: value for key, value in ours.resource.items() if key not in OF_GROUPS
        } == attributes_of(group.resource.attributes)
        assert [(e.name, e.time_unix_nano, e.attributes) for e in ours.events] == [
            (e.name, e.time_unix_nano, attributes_of(e.attributes)) for e in theirs.events
        ]
        assert ours.flags == theirs.flags
        assert [(link.trace_id, link.span_id, link.flags) for link in ours.links] == [
            (link.trace_id.hex(), link.span_id.hex(), link.flags) for link in theirs.links
        ]


@settings(max_examples=examples(1000), deadline=None)
@given(
    st.sampled_from([decode_protobuf, decode_json]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), st.binary(max_size=3)), max_size=4),
)
def test_a_damaged_request_is_read_or_refused_and_nothing_else(
    decode: Callable[[bytes], Intake], damages: list[tuple[float, int, bytes]]
) -> None:
    whole = WHOLE.SerializeToString() if decode is decode_protobuf else orjson.dumps(as_json(WHOLE))
    damaged = bytearray(whole)
    for where, length, noise in damages:
        place = int(where * len(damaged))
        damaged[place : place + length] = noise
    with suppress(MalformedError, TooManyError):
        decode(bytes(damaged))


@settings(max_examples=examples(500), deadline=None)
@given(st.binary(max_size=200))
def test_what_protobuf_refuses_is_refused_and_what_it_reads_is_read(noise: bytes) -> None:
    """Save for what is read on purpose although protobuf refuses it: text that is not UTF-8, too deep nesting."""
    try:
        theirs = ExportTraceServiceRequest.FromString(noise)
    except Exception:  # noqa: BLE001 - upb raises a type of its own
        with suppress(MalformedError, TooManyError):
            decode_protobuf(noise)
        return
    ours = decode_protobuf(noise)
    count = sum(len(s.spans) for group in theirs.resource_spans for s in group.scope_spans)
    assert len(ours.spans) + ours.rejected_spans == count


@settings(max_examples=examples(500), deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_an_attribute_is_the_same_on_the_straight_path_and_on_the_general_one(
    attributes: dict[str, Any],
) -> None:
    request = make_request(
        Span(
            trace_id=b"\x01" * 16,
            span_id=b"\x01" * 8,
            start_time_unix_nano=1,
            attributes=key_values(attributes),
        )
    )
    padded = ExportTraceServiceRequest()
    padded.CopyFrom(request)
    span = padded.resource_spans[0].scope_spans[0].spans[0]
    for item in span.attributes:
        # A field of the future, in front of the key: the straight path does not take that.
        item.MergeFrom(KeyValue.FromString(b"\xa2\x06\x01x"))
    assert (
        decode_protobuf(padded.SerializeToString()).spans
        == decode_protobuf(request.SerializeToString()).spans
    )
