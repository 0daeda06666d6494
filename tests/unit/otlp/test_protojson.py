"""The decoder of the JSON encoding: what OTLP wants, what writers write, and what is no request."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from spanvas.otlp.errors import MalformedError, TooManyError
from spanvas.otlp.jsontext import MAX_PARSED_BYTES, parse_json, parsed_bytes
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from tests.support.builders import SECOND, T0, span_id
from tests.support.memory_use import peak_memory
from tests.support.otlp_requests import TRACE, as_json, key_values, make_proto_span, make_request


def request_of(**span: Any) -> dict[str, Any]:
    fields = {
        "traceId": TRACE,
        "spanId": span_id("a"),
        "name": "a",
        "startTimeUnixNano": str(T0),
        "endTimeUnixNano": str(T0 + SECOND),
    }
    return {"resourceSpans": [{"scopeSpans": [{"spans": [{**fields, **span}]}]}]}


def decoded(**span: Any):
    intake = decode_json(orjson.dumps(request_of(**span)))
    assert intake.rejected == {}
    return intake.spans[0]


def value_of(value: Any) -> Any:
    return decoded(attributes=[{"key": "k", "value": value}]).attributes["k"]


def test_a_request_is_the_same_in_both_encodings() -> None:
    request = make_request(
        make_proto_span(
            "b",
            parent="a",
            kind=Span.SPAN_KIND_PRODUCER,
            trace_state="vendor=1",
            attributes={
                "t": "ä",
                "b": True,
                "i": -5,
                "d": 1.5,
                "y": b"\x00",
                "l": [1, {"m": None}],
            },
            events=[Span.Event(time_unix_nano=T0, name="e", attributes=key_values({"n": 2}))],
            links=[Span.Link(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)],
            status=Status(code=Status.STATUS_CODE_OK, message="fine"),
            dropped_attributes_count=1,
            dropped_events_count=2,
            dropped_links_count=3,
        )
    )
    from_json = decode_json(orjson.dumps(as_json(request))).spans
    assert from_json == decode_protobuf(request.SerializeToString()).spans


def test_ids_are_hex_in_any_case_or_base64() -> None:
    span = decoded(
        traceId=TRACE.upper(), spanId="ABCDEF0123456789", parentSpanId="0123456789ABCDEF"
    )
    assert (span.trace_id, span.span_id) == (TRACE, "abcdef0123456789")
    assert span.parent_span_id == "0123456789abcdef"
    for trace_id in ("W47/95gDgQPSabYzgT/GDA==", "W47_95gDgQPSabYzgT_GDA"):
        span = decoded(traceId=trace_id, spanId="AAAAAAAAAAE=", parentSpanId="AAAAAAAAAAA=")
        assert span.trace_id == "5b8efff798038103d269b633813fc60c"
        assert (span.span_id, span.parent_span_id) == ("0000000000000001", None)


@pytest.mark.parametrize(
    "bad", ["A" * 22, "W47/95gDgQPSabYzgT/G!A==", "W47/95gDgQPSabYzgT/G", "5b8e"]
)
def test_what_is_no_id_in_either_form_rejects_the_span(bad) -> None:
    intake = decode_json(orjson.dumps(request_of(traceId=bad)))
    assert intake.rejected == {"the trace id is not 16 bytes, or all zero": 1}


@pytest.mark.parametrize("parent", [None, "", "0" * 16])
def test_no_parent_is_written_in_three_ways(parent) -> None:
    assert decoded(parentSpanId=parent).parent_span_id is None


@pytest.mark.parametrize("bad", [5, "xyz", "0" * 15, [], {}])
def test_a_parent_that_is_no_id_rejects_the_span(bad) -> None:
    intake = decode_json(orjson.dumps(request_of(parentSpanId=bad)))
    assert intake.rejected == {"the parent span id is not 8 bytes": 1}


@pytest.mark.parametrize("form", [T0, str(T0), float(T0)])
def test_times_are_text_or_number(form) -> None:
    assert decoded(startTimeUnixNano=form).start_time_unix_nano == T0


@pytest.mark.parametrize("kind", [3, "3", "SPAN_KIND_CLIENT", 3.0])
def test_enums_are_numbers_and_names_are_tolerated(kind) -> None:
    assert decoded(kind=kind).otel_kind == "client"
    assert decoded(status={"code": "STATUS_CODE_ERROR"}).status == "error"
    assert decoded(status={"code": 2}).status == "error"


def test_enums_that_are_not_known_are_their_default() -> None:
    span = decoded(kind="SPAN_KIND_WEIRD", status={"code": 9})
    assert (span.otel_kind, span.status) == ("internal", "unset")


def test_unknown_fields_and_nulls_are_passed_over() -> None:
    body = orjson.dumps(
        {
            "future": {"a": [1]},
            "resourceSpans": [
                {
                    "resource": {"attributes": None, "entityRefs": []},
                    "schemaUrl": "x",
                    "scopeSpans": [
                        {
                            "scope": None,
                            "spans": [
                                {
                                    "traceId": TRACE,
                                    "spanId": span_id("a"),
                                    "startTimeUnixNano": T0,
                                    "endTimeUnixNano": None,
                                    "name": None,
                                    "attributes": [{"key": "k", "value": {"stringValue": "v"}, "x": 1}],
                                    "events": None,
                                    "links": None,
                                    "status": None,
                                    "trace_id": "not this one",
                                    "future": 0,
                                    "flags": 257,
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    )  # fmt: skip
    intake = decode_json(body)
    (span,) = intake.spans
    assert (span.trace_id, span.attributes) == (TRACE, {"k": "v"})
    assert span.end_time_unix_nano is None
    assert (intake.rejected_spans, intake.explanation()) == (0, "1 not read: 'future'")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"resourceLogs": [{"scopeLogs": []}]}, "1 not read: 'resourceLogs'"),
        ({"spans": [{"name": "a"}, {"name": "b"}]}, "1 not read: 'spans'"),
        ({"ResourceSpans": [{}]}, "1 not read: 'ResourceSpans'"),
        ({"resourceSpans": [{"instrumentationLibrarySpans": [{}]}] * 2},
         "2 not read: 'instrumentationLibrarySpans'"),
        ({"resource_spans": [{"scope_spans": [{"span": [{}]}]}]}, "1 not read: 'span'"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_told(body, told) -> None:
    intake = decode_json(orjson.dumps(body))
    assert (intake.spans, intake.explanation()) == ([], told)


def test_a_value_that_is_not_known_is_told() -> None:
    intake = decode_json(
        orjson.dumps(request_of(attributes=[{"key": "k", "value": {"textValue": "v"}}]))
    )
    assert intake.spans[0].attributes == {"k": None}
    assert intake.explanation() == "1 not read: 'textValue'"


def test_of_many_unknown_fields_the_first_are_told() -> None:
    intake = decode_json(orjson.dumps({f"field{number:02}": 1 for number in range(50)}))
    assert (len(intake.unknown), "'field19'" in intake.explanation()) == (20, True)


@pytest.mark.parametrize("body", [b"{}", b'{"resourceSpans":null}', b'{"resourceSpans":[{}]}'])
def test_a_request_of_nothing_has_no_spans(body) -> None:
    assert decode_json(body).spans == []


class TestValues:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ({"stringValue": "x"}, "x"),
            ({"boolValue": False}, False),
            ({"intValue": "-9223372036854775808"}, -(2**63)),
            ({"intValue": 9007199254740993}, 9007199254740993),
            ({"intValue": 5.0}, 5),
            ({"doubleValue": 5}, 5.0),
            ({"doubleValue": "2.5"}, 2.5),
            ({"doubleValue": "Infinity"}, math.inf),
            ({"doubleValue": "-Infinity"}, -math.inf),
            ({"bytesValue": "AP8="}, b"\x00\xff"),
            ({"bytesValue": "AP8"}, b"\x00\xff"),
            ({"bytesValue": "_-8"}, b"\xff\xef"),
            (
                {"arrayValue": {"values": [{"intValue": "1"}, {}, {"stringValue": "b"}]}},
                [1, None, "b"],
            ),
            ({"arrayValue": {}}, []),
            (
                {"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}},
                {"a": True},
            ),
            ({"kvlistValue": {}}, {}),
            ({}, None),
            (None, None),
            ({"futureValue": 1}, None),
            ({"stringValue": None, "intValue": 3}, 3),
        ],
        ids=repr,
    )
    def test_every_kind_is_read(self, value, expected) -> None:
        found = value_of(value)
        assert found == expected
        assert type(found) is type(expected)

    def test_not_a_number_survives(self) -> None:
        assert math.isnan(value_of({"doubleValue": "NaN"}))
        raw = orjson.dumps(request_of(attributes=[{"key": "k", "value": {"doubleValue": 1}}]))
        (span,) = decode_json(raw.replace(b'"doubleValue":1', b'"doubleValue":NaN')).spans
        assert math.isnan(span.attributes["k"])

    def test_a_number_that_no_double_holds_is_infinite(self) -> None:
        raw = orjson.dumps(request_of(attributes=[{"key": "k", "value": {"doubleValue": 1}}]))
        for digits, expected in (("9" * 400, math.inf), ("-" + "9" * 400, -math.inf)):
            body = raw.replace(b'"doubleValue":1', f'"doubleValue":{digits}'.encode())
            assert decode_json(body).spans[0].attributes["k"] == expected

    def test_integers_that_64_bits_do_not_hold_stay_text(self) -> None:
        assert value_of({"intValue": str(2**63)}) == str(2**63)
        assert value_of({"intValue": 2.0**70}) == str(2**70)
        assert value_of({"intValue": "1" * 5000}) == "1" * 5000

    def test_five_thousand_digits_survive(self) -> None:
        raw = orjson.dumps(request_of(attributes=[{"key": "k", "value": {"intValue": 7}}]))
        body = raw.replace(b'"intValue":7', b'"intValue":' + b"1" * 5000)
        assert decode_json(body).spans[0].attributes["k"] == "1" * 5000

    def test_lone_surrogates_survive(self) -> None:
        raw = orjson.dumps(request_of(name="SURROGATE"))
        assert decode_json(raw.replace(b"SURROGATE", b"a\\ud83d")).spans[0].name == "a\ud83d"

    def test_text_that_is_not_utf_8_survives(self) -> None:
        raw = orjson.dumps(request_of(name="BYTES"))
        assert decode_json(raw.replace(b"BYTES", b"caf\xc3")).spans[0].name == "caf�"

    def test_a_byte_order_mark_is_no_text(self) -> None:
        assert decode_json(b"\xef\xbb\xbf" + orjson.dumps(request_of())).spans[0].name == "a"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"), (b"x", "body"), (b"[]", "body"), (b'"a"', "body"), (b"7", "body"), (b"null", "body"),
        (b'{"resourceSpans":{}}', "resourceSpans"), (b'{"resourceSpans":[1]}', "resourceSpans"),
        (b'{"resourceSpans":[{"scopeSpans":3}]}', "scopeSpans"),
        (b'{"resourceSpans":[{"resource":[]}]}', "resource"),
        (b'{"resourceSpans":[{"resource":{"attributes":{}}}]}', "attributes"),
        (b'{"resourceSpans":[{"scopeSpans":[{"scope":{"name":1}}]}]}', "name"),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}', "spans"),
        (b'{"resourceSpans":[{"scopeSpans":[{"spans":["a"]}]}]}', "spans"),
        (b'{"a":' + b"[" * 100_000, "body"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(body, field) -> None:
    with pytest.raises(MalformedError) as raised:
        decode_json(body)
    assert raised.value.field == field


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"startTimeUnixNano": "soon"}, "startTimeUnixNano"),
        ({"startTimeUnixNano": "1" * 41}, "startTimeUnixNano"),
        ({"startTimeUnixNano": "\u0661"}, "startTimeUnixNano"),
        ({"endTimeUnixNano": 1.5}, "endTimeUnixNano"),
        ({"endTimeUnixNano": True}, "endTimeUnixNano"),
        ({"kind": []}, "kind"),
        ({"name": 5}, "name"),
        ({"status": {"message": 5}}, "message"),
        ({"status": []}, "status"),
        ({"droppedAttributesCount": -1}, "droppedAttributesCount"),
        ({"droppedEventsCount": 2**32}, "droppedEventsCount"),
        ({"droppedLinksCount": "x"}, "droppedLinksCount"),
        ({"events": [1]}, "events"),
        ({"links": "x"}, "links"),
        ({"attributes": [1]}, "attributes"),
        ({"attributes": [{"key": 1, "value": {"stringValue": "x"}}]}, "key"),
        ({"attributes": [{"key": "k", "value": "x"}]}, "value"),
        ({"attributes": [{"key": "k", "value": {"stringValue": 1}}]}, "stringValue"),
        ({"attributes": [{"key": "k", "value": {"boolValue": "true"}}]}, "boolValue"),
        ({"attributes": [{"key": "k", "value": {"intValue": "1.5"}}]}, "intValue"),
        ({"attributes": [{"key": "k", "value": {"intValue": True}}]}, "intValue"),
        ({"attributes": [{"key": "k", "value": {"doubleValue": "x"}}]}, "doubleValue"),
        ({"attributes": [{"key": "k", "value": {"doubleValue": []}}]}, "doubleValue"),
        ({"attributes": [{"key": "k", "value": {"bytesValue": "?"}}]}, "bytesValue"),
        ({"attributes": [{"key": "k", "value": {"arrayValue": []}}]}, "arrayValue"),
        ({"attributes": [{"key": "k", "value": {"kvlistValue": {"values": 1}}}]}, "values"),
    ],
    ids=str,
)
def test_a_field_of_the_wrong_type_is_named(span, field) -> None:
    with pytest.raises(MalformedError) as raised:
        decode_json(orjson.dumps(request_of(**span)))
    assert raised.value.field == field


def test_an_event_before_time_began_is_at_its_beginning() -> None:
    assert decoded(events=[{"timeUnixNano": -5}]).events[0].time_unix_nano == 0


def test_nesting_beyond_the_limit_is_cut() -> None:
    def nested(depth: int, kind: str) -> dict[str, Any]:
        value: dict[str, Any] = {"intValue": 1}
        for _ in range(depth):
            item = value if kind == "arrayValue" else {"key": "k", "value": value}
            value = {kind: {"values": [item]}}
        return value

    found = value_of(nested(25, "arrayValue"))
    for _ in range(20):
        (found,) = found
    assert found == {"$deep": "list"}
    found = value_of(nested(25, "kvlistValue"))
    for _ in range(20):
        found = found["k"]
    assert found == {"$deep": "dict"}


class TestMemory:
    @pytest.mark.parametrize(
        "bomb",
        [b"[" + b"[]," * 4_000_000, b'{"":0},' * 2_000_000, b'"ab",' * 3_000_000, b"1," * 8_000_000, b'"' * 16_000_000],
        ids=["lists", "objects", "texts", "numbers", "quotes"],
    )  # fmt: skip
    def test_what_would_take_up_memory_is_refused_before_it_does(self, bomb) -> None:
        with peak_memory() as peak, pytest.raises(TooManyError):
            parse_json(bomb)
        assert peak.bytes < 2 * len(bomb)

    def test_long_texts_weigh_nothing(self) -> None:
        body = orjson.dumps({"a": '"\\,[{:' * 200_000, "b": ["x"] * 1000})
        assert parsed_bytes(body) < 100_000
        assert parse_json(body)["b"] == ["x"] * 1000

    def test_the_weight_is_the_same_wherever_the_windows_end(self, monkeypatch) -> None:
        body = orjson.dumps([{"k\\": 'v"\\\\"', "n": [1, 2, {"": "\\"}]}] * 50)
        whole = parsed_bytes(body)
        for size in (1, 2, 3, 7, 64):
            monkeypatch.setattr("spanvas.otlp.jsontext.WINDOW_BYTES", size)
            assert abs(parsed_bytes(body) - whole) <= 55 * len(body) // size

    def test_estimates_end_past_the_bound(self) -> None:
        assert MAX_PARSED_BYTES < parsed_bytes(b"[" * 8_000_000) < 2 * MAX_PARSED_BYTES

    def test_what_is_full_of_escapes_is_not_tried_again(self) -> None:
        with pytest.raises(MalformedError, match="not JSON"):
            parse_json(b'"' + b"\\" * 4_000_001)
