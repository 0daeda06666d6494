"""Spans as an OTLP endpoint gets them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from spanvas.model.span import Event, Link, Span
from spanvas.otlp.export_safe import export_safe
from spanvas.otlp.protobuf_export import encode_protobuf
from tests.support.builders import SECOND, T0, make_span

PLACE = "/v1/executions/e1/spans/6100000000000000"


def test_short_values_stay_and_long_ones_become_previews_with_size_digest_and_place() -> None:
    long = "ä" * 2_000
    assert export_safe({"short": "x", "gen_ai.input.messages": long}, PLACE) == {
        "short": "x",
        "spanvas.preview.gen_ai.input.messages.bytes": 4_000,
        "spanvas.preview.gen_ai.input.messages.sha256": sha256(long.encode()).hexdigest(),
        "spanvas.preview.gen_ai.input.messages.ref": f"{PLACE}#gen_ai.input.messages",
        "gen_ai.input.messages": "ä" * 1_024,
    }


def test_a_cut_never_splits_a_character() -> None:
    safe = export_safe({"a": "x" + "😀" * 600}, "")
    assert safe["a"] == "x" + "😀" * 511
    assert "spanvas.preview.a.ref" not in safe


def test_2048_bytes_are_not_cut() -> None:
    assert export_safe({"a": "x" * 2_048}, PLACE) == {"a": "x" * 2_048}


def test_what_readers_cannot_show_becomes_json_text() -> None:
    assert export_safe(
        {
            "object": {"a": 1},
            "objects": [{"a": 1}],
            "mixed": [1, "a"],
            "names": ["a", "b"],
            "many": ["x" * 3_000],
            "none": None,
            "bytes": b"abc",
            "huge": 2**70,
            "number": 5,
            "flag": True,
            "ratio": 0.5,
            "\ud800": "\udfff",
        },
        "",
    ) == {
        "object": '{"a":1}',
        "objects": '[{"a":1}]',
        "mixed": '[1,"a"]',
        "names": ["a", "b"],
        "many": ('["' + "x" * 3_000)[:2_048],
        "spanvas.preview.many.bytes": 3_004,
        "spanvas.preview.many.sha256": sha256(('["' + "x" * 3_000 + '"]').encode()).hexdigest(),
        "bytes": '{"$bytes":"YWJj"}',
        "huge": '{"$int":"1180591620717411303424"}',
        "number": 5,
        "flag": True,
        "ratio": 0.5,
        "\ufffd\ufffd\ufffd": "\ufffd\ufffd\ufffd",
    }


def decoded(*spans: Span, place: str = "") -> ExportTraceServiceRequest:
    """What protobuf's own classes make of a request."""
    return ExportTraceServiceRequest.FromString(encode_protobuf(spans, lambda span: place))


def values_of(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    return {item.key: MessageToDict(item.value) for item in attributes}


def test_a_whole_span_keeps_ids_times_status_events_and_links() -> None:
    span = make_span(
        "b",
        parent="a",
        otel_kind="client",
        status="error",
        status_message="slow down",
        attributes={
            "spanvas.redaction": {"email": 1},
            "text": "é" * 100,
            "yes": True,
            "no": False,
            "minus": -2,
            "large": 2**62,
            "ratio": 0.5,
            "names": ["a", "b"],
        },
        events=(Event("retry", T0, {"n": 1}),),
        links=(Link("c" * 32, "d" * 16, {"why": "x"}),),
        resource={"service.name": "brief"},
        scope_name="spanvas",
        scope_version="1",
    )
    (resource_spans,) = decoded(span).resource_spans
    assert values_of(resource_spans.resource.attributes) == {
        "service.name": {"stringValue": "brief"}
    }
    (scope_spans,) = resource_spans.scope_spans
    assert (scope_spans.scope.name, scope_spans.scope.version) == ("spanvas", "1")
    (found,) = scope_spans.spans
    assert found.trace_id.hex() == span.trace_id
    assert found.span_id.hex() == span.span_id
    assert found.parent_span_id.hex() == span.parent_span_id
    assert (found.name, found.kind, found.flags) == ("b", found.SPAN_KIND_CLIENT, 1)
    assert (found.start_time_unix_nano, found.end_time_unix_nano) == (T0, T0 + SECOND)
    assert (found.status.code, found.status.message) == (2, "slow down")
    assert values_of(found.attributes) == {
        "spanvas.redaction": {"stringValue": '{"email":1}'},
        "text": {"stringValue": "é" * 100},
        "yes": {"boolValue": True},
        "no": {"boolValue": False},
        "minus": {"intValue": "-2"},
        "large": {"intValue": str(2**62)},
        "ratio": {"doubleValue": 0.5},
        "names": {"arrayValue": {"values": [{"stringValue": "a"}, {"stringValue": "b"}]}},
    }
    (event,) = found.events
    assert (event.name, event.time_unix_nano) == ("retry", T0)
    assert values_of(event.attributes) == {"n": {"intValue": "1"}}
    (link,) = found.links
    assert (link.trace_id.hex(), link.span_id.hex(), link.flags) == ("c" * 32, "d" * 16, 1)
    assert values_of(link.attributes) == {"why": {"stringValue": "x"}}


def test_an_open_span_and_times_out_of_range_have_a_form() -> None:
    resource = {"service.name": "brief"}
    (resource_spans,) = decoded(
        make_span("a", end_time_unix_nano=None, start_time_unix_nano=-5, resource=resource),
        make_span("b", start_time_unix_nano=2**70, status_message="\ud800", resource=resource),
    ).resource_spans
    first, second = resource_spans.scope_spans[0].spans
    assert (first.start_time_unix_nano, first.end_time_unix_nano) == (0, 0)
    assert first.parent_span_id == b""
    assert second.start_time_unix_nano == 2**64 - 1
    assert second.status.message == "\ufffd\ufffd\ufffd"


def test_spans_are_grouped_by_resource_and_scope() -> None:
    shared, other = {"service.name": "a"}, {"service.name": "b"}
    request = decoded(
        make_span("a", resource=shared, scope_name="s"),
        make_span("b", resource=other, scope_name="s"),
        make_span("c", resource=shared, scope_name="t"),
        make_span("d", resource=shared, scope_name="s"),
    )
    assert [
        (scope_spans.scope.name, [span.name for span in scope_spans.spans])
        for resource_spans in request.resource_spans
        for scope_spans in resource_spans.scope_spans
    ] == [("s", ["a", "d"]), ("t", ["c"]), ("s", ["b"])]


def test_long_content_names_where_the_whole_is() -> None:
    request = decoded(make_span("a", attributes={"spanvas.input": "x" * 3_000}), place=PLACE)
    attributes = values_of(request.resource_spans[0].scope_spans[0].spans[0].attributes)
    assert attributes["spanvas.preview.spanvas.input.ref"] == {
        "stringValue": f"{PLACE}#spanvas.input"
    }


def test_a_span_of_no_length_is_sent_a_nanosecond_long() -> None:
    span = make_span("a", start_time_unix_nano=T0, end_time_unix_nano=T0)
    (resource_spans,) = decoded(span).resource_spans
    assert resource_spans.scope_spans[0].spans[0].end_time_unix_nano == T0 + 1
