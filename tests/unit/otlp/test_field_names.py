"""OTLP in JSON as protobuf's own JSON is: every name, enum, number and id in each of its forms."""

from __future__ import annotations

import json
from typing import Any

from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from tests.support.builders import T0
from tests.support.otlp_requests import as_json, key_values, make_proto_span, make_request

VALUES = st.recursive(
    st.text(max_size=3) | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=3)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
SPANS = st.builds(
    make_proto_span,
    label=st.sampled_from(["a", "b"]),
    parent=st.sampled_from([None, "root"]),
    kind=st.integers(0, 5),
    status=st.builds(Status, code=st.integers(0, 2), message=st.text(max_size=3)),
    flags=st.sampled_from([0, 0x101, 0x301]),
    trace_state=st.sampled_from(["", "vendor=1"]),
    attributes=st.dictionaries(st.sampled_from(["a_b", "aB", "a.b"]), VALUES, max_size=3),
    dropped_attributes_count=st.integers(0, 3),
    events=st.lists(
        st.builds(
            Span.Event,
            time_unix_nano=st.just(T0),
            name=st.text(max_size=3),
            attributes=st.builds(
                key_values, st.dictionaries(st.text(max_size=2), VALUES, max_size=2)
            ),
            dropped_attributes_count=st.integers(0, 2),
        ),
        max_size=2,
    ),
    links=st.lists(
        st.builds(Span.Link, trace_id=st.just(b"\x01" * 16), span_id=st.just(b"\x02" * 8)),
        max_size=1,
    ),
)


def mixed(value: Any, camel: Any, data: st.DataObject) -> Any:
    """The same message, each field by one of its two names: as `value` or as `camel` has it."""
    if isinstance(value, list):
        return [mixed(one, other, data) for one, other in zip(value, camel, strict=True)]
    if not isinstance(value, dict):
        return data.draw(st.sampled_from([value, camel]))
    pairs = zip(value.items(), camel.items(), strict=True)
    return {
        data.draw(st.sampled_from([snake, own])): mixed(one, other, data)
        for (snake, one), (own, other) in pairs
    }


@settings(max_examples=50, deadline=None)
@given(spans=st.lists(SPANS, max_size=2), data=st.data())
def test_every_form_of_protobuf_s_json_is_read_as_protobuf_is(
    spans: list[Span], data: st.DataObject
) -> None:
    request = make_request(*spans)
    expected = decode_protobuf(request.SerializeToString()).spans
    canonical = MessageToDict(request, preserving_proto_field_name=True)
    numbers = MessageToDict(request, use_integers_for_enums=True)
    for body in (canonical, numbers, mixed(canonical, numbers, data)):
        intake = decode_json(json.dumps(body).encode())
        assert (intake.spans, intake.explanation()) == (expected, "")


def test_a_field_by_both_names_is_the_json_name_s_unless_that_is_null() -> None:
    request = as_json(make_request(make_proto_span("a")))
    (span,) = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for both in (
        {"start_time_unix_nano": 5},
        {"parentSpanId": None, "parent_span_id": "0" * 15 + "7"},
    ):
        span.update(both)
    (read,) = decode_json(json.dumps(request).encode()).spans
    assert read.start_time_unix_nano == int(span["startTimeUnixNano"])
    assert read.parent_span_id == "0000000000000007"


def test_enums_by_name_need_no_prefix_and_no_case() -> None:
    request = as_json(make_request(make_proto_span("a")))
    (span,) = request["resourceSpans"][0]["scopeSpans"][0]["spans"]
    span.update({"kind": "Server", "status": {"code": "Error"}})
    (read,) = decode_json(json.dumps(request).encode()).spans
    assert (read.otel_kind, read.status) == ("server", "error")
