"""Every form of a trace in which Tempo and Jaeger answer, and what is none."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from spanvas.otlp.wire import length_delimited, number_field
from spanvas_api.errors import SpanSourceError, SpanSourceTooLargeError
from spanvas_api.span_source import answers
from spanvas_api.span_source.answers import BackendTrace, answer_of
from tests.support.captured import FOLDER
from tests.support.span_backend import otlp_json, protobuf, run_spans

SPANS = run_spans()
IDS = [span.span_id for span in SPANS]
JSON = otlp_json(SPANS)
JAEGER = json.loads((FOLDER / "jaeger-answer.json").read_text("utf-8"))


def read(body: bytes | object, media_type: str = "application/json") -> BackendTrace:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = answer_of(data, media_type, "Tempo")
    assert found is not None
    return found


def with_base64_ids(value: Any) -> Any:
    """JSON as protobuf's own writer has it, and Tempo's: bytes are base64."""
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(item)).decode()
            if key in ("traceId", "spanId", "parentSpanId") and item
            else with_base64_ids(item)
            for key, item in value.items()
        }
    return [with_base64_ids(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (protobuf(SPANS), "application/protobuf"),
        (protobuf(SPANS), "application/x-protobuf"),
        (protobuf(SPANS), ""),
        (length_delimited(1, protobuf(SPANS)), "application/protobuf"),
        (length_delimited(1, protobuf(SPANS)) + length_delimited(2, b"\x08\x01"), "application/protobuf"),
        (JSON, "application/json"),
        (JSON, "text/plain; charset=utf-8"),
        (JSON, ""),
        ({"batches": JSON["resourceSpans"]}, "application/json; charset=utf-8"),
        (with_base64_ids({"batches": JSON["resourceSpans"]}), "application/json"),
        ({"trace": JSON, "metrics": {"inspectedBytes": "3"}}, "application/json"),
        ({"result": JSON}, "text/plain"),
        (b"\xef\xbb\xbf" + json.dumps(JSON).encode(), "application/json"),
    ],
)  # fmt: skip
def test_a_trace_is_read_in_every_form(body: Any, media_type: str) -> None:
    found = read(body, media_type)
    assert [span.span_id for span in found.spans] == IDS
    assert (found.unread, found.is_part) == (0, False)


def test_an_answer_of_jaeger_as_it_was_recorded_is_read() -> None:
    found = read({"result": JAEGER}, "text/plain; charset=utf-8")
    assert sorted(span.name for span in found.spans) == [
        "GET", "brief", "chat gpt-4o", "draft", "print",
    ]  # fmt: skip
    assert {span.attributes["spanvas.execution.id"] for span in found.spans} == {"order-17"}


@pytest.mark.parametrize("between", ["\n", "", " \r\n\r\n"])
def test_a_stream_of_chunks_is_one_trace(between: str) -> None:
    (group,) = JSON["resourceSpans"]
    (scope,) = group["scopeSpans"]
    chunks = [
        {"result": {"resourceSpans": [{**group, "scopeSpans": [{**scope, "spans": [span]}]}]}}
        for span in scope["spans"]
    ]
    body = between.join(map(json.dumps, chunks)).encode()
    assert [span.span_id for span in read(body).spans] == IDS


def test_tempo_says_where_it_has_left_spans_out() -> None:
    body = length_delimited(1, protobuf(SPANS)) + number_field(3, 1)
    assert read(body, "application/protobuf").is_part
    assert read({"trace": JSON, "status": "PARTIAL"}).is_part


def test_spans_that_cannot_be_read_are_counted() -> None:
    spoilt = json.loads(json.dumps(JSON))
    spoilt["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["spanId"] = "xyz"
    found = read(spoilt)
    assert ([span.span_id for span in found.spans], found.unread) == (IDS[1:], 1)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "application/protobuf"),
        (b"", ""),
        (b" \n", "text/plain"),
        (b"{}", "application/json"),
        (b'{"trace":{},"metrics":{}}', "application/json"),
        (b'{"result":{"resourceSpans":[]}}', "application/json"),
        (b'{"error":{"httpCode":404,"message":"No traces found"}}', "text/plain"),
        (b'{"error":{"grpcCode":5,"message":"trace not found"}}', "application/json"),
        (length_delimited(2, b"\x08\x01"), "application/protobuf"),
    ],
)
def test_an_answer_without_spans_is_no_trace_and_no_error(body: bytes, media_type: str) -> None:
    assert answer_of(body, media_type, "Tempo") is None


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"httpCode":500,"message":"panic"}}',
        b'{"batches":{}}',
        b'{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[3]}]}]}}',
        b'[{"resourceSpans":[]}]',
        b'{"resourceSpans":[]}{"resource',
        b'{"resourceSpans":' + b"[" * 100_000,
        b"null",
    ],
)
def test_what_is_no_trace_is_an_error(body: bytes) -> None:
    with pytest.raises(SpanSourceError):
        answer_of(body, "application/json", "Jaeger")


def ends_of_parts(message: bytes) -> set[int]:
    """Where a message may end: protobuf has no sign for the end of the whole."""
    parts = TracesData.FromString(message).resource_spans
    return set(
        itertools.accumulate(len(length_delimited(1, part.SerializeToString())) for part in parts)
    )


@given(
    st.integers(1, len(protobuf(SPANS)) - 1).filter(
        lambda size: size not in ends_of_parts(protobuf(SPANS))
    )
)
def test_a_message_that_is_cut_within_a_part_is_an_error(size: int) -> None:
    with pytest.raises(SpanSourceError):
        answer_of(protobuf(SPANS)[:size], "application/protobuf", "Tempo")


@given(st.binary(max_size=300), st.sampled_from(["", "application/protobuf", "application/json"]))
def test_no_bytes_are_anything_but_a_trace_none_or_an_error(body: bytes, media_type: str) -> None:
    try:
        found = answer_of(body, media_type, "Tempo")
    except SpanSourceError:
        return
    assert found is None or isinstance(found, BackendTrace)


def test_a_bomb_of_json_is_refused_before_it_takes_up_memory() -> None:
    body = b'{"resourceSpans":[' + b"[]," * 2_000_000 + b"[]]}"
    with pytest.raises(SpanSourceTooLargeError):
        answer_of(body, "application/json", "Tempo")


def test_more_spans_than_the_limit_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LIMITS", answers.LIMITS.__class__(spans=2))
    with pytest.raises(SpanSourceTooLargeError, match="Tempo has more of this trace"):
        answer_of(protobuf(SPANS), "application/protobuf", "Tempo")
