"""Spans as OTLP JSON: what goes out comes in again the same."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from spanvas.model.values import jsonable
from spanvas.otlp.export import any_value, encode_json, request_of
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from tests.support.builders import T0, make_span, span_id
from tests.support.otlp_requests import TRACE, key_values, make_proto_span, make_request


def test_what_goes_out_comes_in_again_the_same() -> None:
    request = make_request(
        make_proto_span(
            "b",
            parent="a",
            kind=Span.SPAN_KIND_SERVER,
            trace_state="vendor=1",
            attributes={
                "t": "ä", "b": False, "i": -(2**63), "d": 0.25, "y": b"\x00\xff", "l": [1, "x", {"m": [None]}],
                "e": {}, "n": None, "inf": math.inf,
            },
            events=[
                Span.Event(time_unix_nano=T0, name="e", attributes=key_values({"n": 2})),
                Span.Event(attributes=key_values({f"a{n}": n for n in range(130)})),
            ],
            links=[
                Span.Link(
                    trace_id=b"\x01" * 16,
                    span_id=b"\x02" * 8,
                    attributes=key_values({"w": "x"}),
                    dropped_attributes_count=4,
                )
            ],
            status=Status(code=Status.STATUS_CODE_ERROR, message="no"),
            dropped_attributes_count=1,
            dropped_events_count=2,
            dropped_links_count=3,
        ),
        make_proto_span("c", status=Status(code=Status.STATUS_CODE_OK), end_time_unix_nano=0),
    )  # fmt: skip
    spans = decode_protobuf(request.SerializeToString()).spans
    assert decode_json(encode_json(spans)).spans == spans


def test_spans_are_grouped_by_resource_and_scope() -> None:
    one, other = {"service.name": "one"}, {"service.name": "other"}
    spans = [
        make_span("a", resource=one, scope_name="s"),
        make_span("b", resource=dict(one), scope_name="s"),
        make_span("c", resource=one, scope_name="s", scope_version="2"),
        make_span("d", resource=other, scope_name="s"),
    ]
    groups = request_of(spans)["resourceSpans"]
    assert [
        (scope["scope"], [span["name"] for span in scope["spans"]])
        for group in groups
        for scope in group["scopeSpans"]
    ] == [
        ({"name": "s"}, ["a", "b"]),
        ({"name": "s", "version": "2"}, ["c"]),
        ({"name": "s"}, ["d"]),
    ]
    assert len(groups) == 2


def test_ids_are_hex_times_text_and_enums_numbers() -> None:
    span = make_span("b", parent="a", trace_id=TRACE, otel_kind="client", status="error")
    (encoded,) = json.loads(encode_json([span]))["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert encoded == {
        "traceId": TRACE,
        "spanId": span_id("b"),
        "parentSpanId": span_id("a"),
        "name": "b",
        "kind": 3,
        "startTimeUnixNano": str(T0),
        "endTimeUnixNano": str(T0 + 10**9),
        "attributes": [],
        "status": {"code": 2},
    }


def test_an_open_span_has_no_length_elsewhere_and_says_so() -> None:
    span = make_span("a", end_time_unix_nano=None)
    (encoded,) = json.loads(encode_json([span]))["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert (encoded["startTimeUnixNano"], encoded["endTimeUnixNano"]) == (str(T0), str(T0 + 1))
    assert encoded["attributes"] == [{"key": "spanvas.open", "value": {"boolValue": True}}]


@pytest.mark.parametrize("value", [b"\x00\xff", math.nan, -math.inf, 2**80, "a\ud800", {"$ref": 1}])
def test_what_the_store_keeps_under_a_mark_has_its_own_form_again(value) -> None:
    assert (
        any_value(jsonable(value))
        == {
            "b'\\x00\\xff'": {"bytesValue": "AP8="},
            "nan": {"doubleValue": "NaN"},
            "-inf": {"doubleValue": "-Infinity"},
            str(2**80): {"stringValue": str(2**80)},
            "'a\\ud800'": {"stringValue": "a\\ud800"},
            "{'$ref': 1}": {
                "kvlistValue": {"values": [{"key": "$ref", "value": {"intValue": "1"}}]}
            },
        }[repr(value)]
    )


def test_values_that_otlp_has_no_form_for_are_described() -> None:
    assert any_value(2**70) == {"stringValue": str(2**70)}
    assert any_value(
        {
            1,
        }
    ) == {"stringValue": "{1}"}
    assert any_value((1,)) == {"arrayValue": {"values": [{"intValue": "1"}]}}
    assert any_value({"$deep": "list"}) == {
        "kvlistValue": {"values": [{"key": "$deep", "value": {"stringValue": "list"}}]}
    }
    assert any_value(math.inf) == {"doubleValue": "Infinity"}


def test_lone_surrogates_do_not_stop_an_export() -> None:
    span = make_span("a", name="a\ud83d", attributes={"k\ud83d": ["x\ud83d", 1]})
    (encoded,) = decode_json(encode_json([span])).spans
    assert encoded.name == "a���"
    assert encoded.attributes == {"k���": ["x���", 1]}


def test_an_unknown_kind_or_status_is_the_default() -> None:
    span = replace(make_span(), otel_kind="odd", status="odd")
    (encoded,) = request_of([span])["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert (encoded["kind"], encoded["status"]) == (1, {})
