"""A request in protobuf says what it says in JSON, read by OpenTelemetry's own classes."""

from __future__ import annotations

import base64
import json
from typing import Any

from google.protobuf.json_format import ParseDict
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas import attributes as names
from spanvas.model.span import Event, Link, Span
from spanvas.otlp.export import dump, request_of
from spanvas.otlp.request_protobuf import encode_request
from tests.support.builders import T0, make_span

TEXTS = st.text(max_size=80)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.sampled_from([0, 1, -1, 127, 128, 2**14, 2**63, -(2**70), 0.0, -0.0, 1.0, True])
    | st.floats(allow_nan=False)
    | st.sampled_from([63, 64, 65, 127, 128, 2**14 - 3, 2**14]).map(lambda size: "é" + "x" * size)
    | st.sampled_from(["Infinity", "-Infinity"]).map(lambda text: {"$float": text})
    | TEXTS
    | st.binary(max_size=9).map(lambda data: {"$bytes": base64.b64encode(data).decode()})
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ATTRIBUTES = st.dictionaries(TEXTS, VALUES, max_size=4)
IDS = st.binary(min_size=8, max_size=8).map(bytes.hex)
TIMES = st.integers(0, 2**63 - 1)
COUNTED = st.fixed_dictionaries({}, optional={"otel.dropped_attributes_count": st.integers(1, 9)})
STATE = st.fixed_dictionaries({}, optional={"w3c.tracestate": st.just("b=2")})
FLAGS = st.sampled_from([0, 1, 257])
LABELS = st.dictionaries(
    st.sampled_from(["spanvas.execution.id", "spanvas.tenant", "spanvas.workflow.name"]), TEXTS
)
DESCRIBED_RESOURCE = {
    "service.name": "two",
    names.RESOURCE_SCHEMA_URL: "https://opentelemetry.io/schemas/1.40.0",
    names.DROPPED_ATTRIBUTES: 4,
}
DESCRIBED_SCOPE = {
    names.SCOPE_SCHEMA_URL: "https://opentelemetry.io/schemas/1.41.0",
    names.DROPPED_ATTRIBUTES: 5,
}


@st.composite
def spans(draw: st.DrawFn) -> Span:
    attributes: dict[str, Any] = draw(ATTRIBUTES) | draw(COUNTED) | draw(LABELS)
    if draw(st.booleans()):
        attributes |= {
            "w3c.tracestate": "a=1",
            "otel.dropped_events_count": 2,
            "otel.dropped_links_count": 3,
        }
    if draw(st.booleans()):
        attributes["otel.span.parent.origin"] = draw(st.sampled_from(["local", "remote"]))
    return make_span(
        span_id=draw(IDS),
        parent_span_id=draw(st.none() | IDS),
        name=draw(TEXTS),
        otel_kind=draw(st.sampled_from(["internal", "server", "client", "producer", "consumer"])),
        start_time_unix_nano=draw(TIMES),
        end_time_unix_nano=draw(st.none() | TIMES),
        status=draw(st.sampled_from(["unset", "ok", "error"])),
        status_message=draw(TEXTS),
        attributes=attributes,
        events=tuple(
            Event(draw(TEXTS), draw(TIMES), draw(ATTRIBUTES) | draw(COUNTED))
            for _ in range(draw(st.integers(0, 2)))
        ),
        links=tuple(
            Link("ab" * 16, draw(IDS), draw(ATTRIBUTES) | draw(COUNTED) | draw(STATE), draw(FLAGS))
            for _ in range(draw(st.integers(0, 2)))
        ),
        resource=draw(st.sampled_from([{}, {"service.name": "one"}, DESCRIBED_RESOURCE])),
        scope_attributes=draw(st.sampled_from([{}, {"a": 1}, DESCRIBED_SCOPE])),
        scope_name=draw(st.sampled_from(["", "one", "two"])),
        scope_version=draw(st.sampled_from(["", "2"])),
    )  # fmt: skip


@given(st.lists(spans(), max_size=4), LABELS, LABELS)
def test_both_encodings_of_a_request_say_the_same(
    given_spans: list[Span], one: dict[str, str], other: dict[str, str]
) -> None:
    labels = {span.span_id: (one, other)[place % 2] for place, span in enumerate(given_spans)}

    def labels_of(span: Span) -> dict[str, str]:
        return labels[span.span_id]

    request = request_of(given_spans, labels_of=labels_of)
    said_in_json = _with_base64_ids(json.loads(dump(request)))

    found = ExportTraceServiceRequest.FromString(encode_request(given_spans, labels_of))

    assert found == ParseDict(said_in_json, ExportTraceServiceRequest())


def test_bytes_numbers_that_are_not_finite_and_lone_surrogates_keep_their_form() -> None:
    attributes = {"y": {"$bytes": "AP8="}, "inf": {"$float": "Infinity"}, "s": "a\ud800"}

    request = encode_request([make_span(attributes=attributes)])

    (span,) = ExportTraceServiceRequest.FromString(request).resource_spans[0].scope_spans[0].spans
    values = {pair.key: pair.value for pair in span.attributes}
    assert values["y"].bytes_value == b"\x00\xff"
    assert values["inf"].double_value == float("inf")
    assert values["s"].string_value == "a���"


def test_attributes_of_a_sender_that_only_have_the_name_of_a_field_harm_nothing() -> None:
    attributes = {names.DROPPED_ATTRIBUTES: "many", names.DROPPED_LINKS: -1, names.TRACE_STATE: 7}

    request = encode_request([make_span(attributes=attributes)])

    (span,) = ExportTraceServiceRequest.FromString(request).resource_spans[0].scope_spans[0].spans
    assert (span.dropped_attributes_count, span.trace_state) == (0, "")


def test_a_span_that_has_not_ended_ends_a_nanosecond_after_its_start() -> None:
    """Others take a missing end for 1970."""
    request = encode_request([make_span(end_time_unix_nano=None)])

    (span,) = ExportTraceServiceRequest.FromString(request).resource_spans[0].scope_spans[0].spans
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (T0, T0 + 1)
    assert [pair.key for pair in span.attributes] == ["spanvas.open"]


def test_names_and_attributes_beyond_those_that_are_remembered_are_written_as_well() -> None:
    said = [(f"name {number}", f"key {number}", f"value {number}") for number in range(4_010)]

    request = encode_request([make_span(name, attributes={key: text}) for name, key, text in said])

    spans = ExportTraceServiceRequest.FromString(request).resource_spans[0].scope_spans[0].spans
    found = [(span.name, span.attributes[0].key, span.attributes[0].value) for span in spans]
    assert [(name, key, value.string_value) for name, key, value in found] == said


def _with_base64_ids(value: Any) -> Any:
    """Protobuf's own JSON has ids in base64, OTLP's in hex."""
    if isinstance(value, list):
        return [_with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId")
    return {
        name: base64.b64encode(bytes.fromhex(item)).decode()
        if name in ids
        else _with_base64_ids(item)
        for name, item in value.items()
    }
