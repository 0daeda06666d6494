"""What OTLP says beside attributes comes back from the store as it came, in both encodings."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from spanvas.model.span import Span as StoredSpan
from spanvas.otlp.export import encode_json
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protobuf_export import encode_protobuf
from spanvas.otlp.protojson import decode_json
from spanvas.storage.codec import decode_spans, encode_spans
from tests.support.builders import T0, make_span
from tests.support.otlp_requests import as_json, key_values, make_proto_span, make_request

SCHEMA = "https://opentelemetry.io/schemas/1.37.0"


def whole_request() -> ExportTraceServiceRequest:
    """A request in which every field of OTLP's traces says something."""
    request = make_request(
        make_proto_span(
            "a",
            "root",
            attributes={"n": 1},
            trace_state="vendor=1,other=2",
            flags=0x303,
            dropped_attributes_count=3,
            dropped_events_count=4,
            dropped_links_count=5,
            events=[
                Span.Event(
                    time_unix_nano=T0,
                    name="tried",
                    attributes=key_values({"k": 1}),
                    dropped_attributes_count=6,
                )
            ],
            links=[
                Span.Link(
                    trace_id=b"\x04" * 16,
                    span_id=b"\x05" * 8,
                    trace_state="vendor=3",
                    attributes=key_values({"why": "retry"}),
                    dropped_attributes_count=7,
                    flags=0x101,
                )
            ],
        ),
        make_proto_span("b", "a", flags=0x101),
    )
    group = request.resource_spans[0]
    group.schema_url = SCHEMA
    group.resource.dropped_attributes_count = 8
    scope_spans = group.scope_spans[0]
    scope_spans.schema_url = f"{SCHEMA}-scope"
    scope_spans.scope.attributes.extend(key_values({"team": "search", "level": 2}))
    scope_spans.scope.dropped_attributes_count = 9
    return request


def through_the_store(spans: list[StoredSpan]) -> list[StoredSpan]:
    return decode_spans(encode_spans(spans))


READERS = {
    "protobuf": lambda request: decode_protobuf(request.SerializeToString()).spans,
    "json": lambda request: decode_json(orjson.dumps(as_json(request))).spans,
}


@pytest.mark.parametrize("encoding", READERS)
def test_an_export_says_all_that_its_sender_has_said(encoding: str) -> None:
    request = whole_request()
    exported = orjson.loads(encode_json(through_the_store(READERS[encoding](request))))
    assert in_order(exported) == in_order(as_json(request))


@pytest.mark.parametrize("encoding", READERS)
def test_what_is_sent_on_in_protobuf_says_it_too(encoding: str) -> None:
    request = whole_request()
    sent = encode_protobuf(through_the_store(READERS[encoding](request)), lambda span: "")
    assert in_order(as_json(ExportTraceServiceRequest.FromString(sent))) == in_order(
        as_json(request)
    )


def in_order(value: Any) -> Any:
    """Lists of attributes by their keys, and without what is empty: both say the same."""
    if isinstance(value, dict):
        kept = {key: in_order(item) for key, item in value.items()}
        return {key: item for key, item in sorted(kept.items()) if item not in ({}, [], "", 0)}
    if isinstance(value, list):
        return sorted(map(in_order, value), key=str)
    return value


def test_spans_of_two_scopes_that_differ_in_their_attributes_stay_apart() -> None:
    request = make_request(make_proto_span("a"))
    other = request.resource_spans[0].scope_spans.add()
    other.CopyFrom(request.resource_spans[0].scope_spans[0])
    other.scope.attributes.extend(key_values({"team": "search"}))
    spans = through_the_store(decode_protobuf(request.SerializeToString()).spans)
    for exported in (
        orjson.loads(encode_json(spans)),
        as_json(ExportTraceServiceRequest.FromString(encode_protobuf(spans, lambda span: ""))),
    ):
        [group] = exported["resourceSpans"]
        assert [len(one["spans"]) for one in group["scopeSpans"]] == [1, 1]
        assert [bool(one["scope"].get("attributes")) for one in group["scopeSpans"]] == [
            False,
            True,
        ]


def test_a_span_that_has_none_of_it_is_stored_as_before() -> None:
    stored = orjson.loads(encode_spans([make_span("a", scope_name="s", scope_version="1")]))
    assert stored["scopes"] == [["s", "1"]]
    assert "flags" not in stored["spans"][0]


def test_a_span_without_flags_is_sent_on_as_sampled() -> None:
    sent = ExportTraceServiceRequest.FromString(encode_protobuf([make_span("a")], lambda span: ""))
    assert sent.resource_spans[0].scope_spans[0].spans[0].flags == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("otel.dropped_attributes_count", "many"),
        ("otel.dropped_events_count", -1),
        ("otel.dropped_links_count", 2**32),
        ("otel.dropped_links_count", True),
        ("w3c.tracestate", ["vendor=1"]),
        ("otel.span.parent.origin", {"a": 1}),
    ],
)
def test_an_attribute_of_that_name_that_no_field_could_hold_stays_an_attribute(
    name: str, value: Any
) -> None:
    span = make_span("a", "root", attributes={name: value})
    [read] = decode_json(encode_json([span])).spans
    assert read.attributes == {name: value}
    sent = ExportTraceServiceRequest.FromString(encode_protobuf([span], lambda span: ""))
    [exported] = sent.resource_spans[0].scope_spans[0].spans
    assert [item.key for item in exported.attributes] == [name]
    assert exported.trace_state == ""
