"""Spans as an OTLP endpoint gets them."""

from __future__ import annotations

from hashlib import sha256

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.trace import SpanKind, StatusCode

from spanvas.model.span import Event, Link
from spanvas.tracing.exporters.otlp_spans import SpanEncoder, export_safe
from tests.builders import SECOND, T0, make_span

PLACE = "/v1/executions/e1/spans/6100000000000000"


def test_short_values_stay_and_long_ones_become_previews_with_size_digest_and_place() -> None:
    long = "ä" * 2_000
    assert export_safe({"short": "x", "gen_ai.input.messages": long}, PLACE) == {
        "short": "x",
        "gen_ai.input.messages.bytes": 4_000,
        "gen_ai.input.messages.sha256": sha256(long.encode()).hexdigest(),
        "gen_ai.input.messages_ref": f"{PLACE}#gen_ai.input.messages",
        "gen_ai.input.messages": "ä" * 1_024,
    }


def test_a_cut_never_splits_a_character() -> None:
    safe = export_safe({"a": "x" + "😀" * 600}, "")
    assert safe["a"] == "x" + "😀" * 511
    assert "a_ref" not in safe


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
        "many.bytes": 3_004,
        "many.sha256": sha256(('["' + "x" * 3_000 + '"]').encode()).hexdigest(),
        "bytes": '{"$bytes":"YWJj"}',
        "huge": '{"$int":"1180591620717411303424"}',
        "number": 5,
        "flag": True,
        "ratio": 0.5,
        "\ufffd\ufffd\ufffd": "\ufffd\ufffd\ufffd",
    }


def test_a_whole_span_keeps_ids_times_status_events_and_links() -> None:
    resource = {"service.name": "brief"}
    span = make_span(
        "b",
        parent="a",
        otel_kind="client",
        status="error",
        status_message="slow down",
        attributes={"spanvas.redaction": {"email": 1}},
        events=(Event("retry", T0, {"n": 1}),),
        links=(Link("c" * 32, "d" * 16, {"why": "x"}),),
        resource=resource,
        scope_name="spanvas",
        scope_version="1",
    )
    encoder = SpanEncoder()
    readable = encoder.encode(span, "e1")
    assert f"{readable.context.trace_id:032x}" == span.trace_id
    assert f"{readable.context.span_id:016x}" == span.span_id
    assert readable.parent is not None
    assert f"{readable.parent.span_id:016x}" == span.parent_span_id
    assert (readable.start_time, readable.end_time) == (T0, T0 + SECOND)
    assert readable.kind is SpanKind.CLIENT
    assert readable.status.status_code is StatusCode.ERROR
    assert readable.status.description == "slow down"
    assert readable.attributes == {"spanvas.redaction": '{"email":1}'}
    assert readable.events[0].attributes == {"n": 1}
    assert readable.links[0].context.span_id == 0xDDDDDDDDDDDDDDDD
    assert readable.instrumentation_scope is not None
    assert readable.instrumentation_scope.name == "spanvas"
    again = encoder.encode(make_span("c", resource=resource), "e1")
    assert again.resource is readable.resource
    assert again.parent is None
    assert encode_spans([readable, again]).SerializeToString()
