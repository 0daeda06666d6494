"""OTLP/HTTP, sentence by sentence (OTLP specification, "OTLP/HTTP"): full and partial success."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.functional.otlp.client import JSON, PROTOBUF, OtlpClient
from tests.functional.otlp.conformance import BINARY, BOTH, kept
from tests.support.api_fakes import AuditedStore
from tests.support.otlp_requests import as_json, make_proto_span, make_request


class TestFullSuccess:
    @BOTH
    def test_the_answer_has_the_request_s_content_type(
        self, otlp: OtlpClient, content_type: str, body: bytes
    ) -> None:
        reply = otlp.post(body, content_type)
        assert (reply.status, reply.headers["Content-Type"]) == (200, content_type)

    @BOTH
    def test_partial_success_is_unset(
        self, otlp: OtlpClient, content_type: str, body: bytes
    ) -> None:
        assert otlp.post(body, content_type).partial_success is None

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            (PROTOBUF, b""), (PROTOBUF, None), (JSON, b"{}"), (JSON, b'{"resourceSpans":[]}'),
            (PROTOBUF, make_request().SerializeToString()), (JSON, orjson.dumps(as_json(make_request()))),
        ],
    )  # fmt: skip
    def test_an_empty_request_is_a_success(
        self, otlp: OtlpClient, store: AuditedStore, content_type: str, body: bytes | None
    ) -> None:
        store.down = True  # nothing has to be written
        reply = otlp.post(body, content_type)
        assert (reply.status, reply.partial_success) == (200, None)

    def test_an_empty_body_in_gzip_is_a_success(self, otlp: OtlpClient) -> None:
        assert otlp.post(b"", compress=True).status == 200
        assert otlp.post(b"", headers={"content-encoding": "gzip"}).status == 200

    def test_the_spans_are_readable_when_it_is_answered(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        otlp.post(BINARY)
        assert kept(store) == ["a", "b"]

    def test_nobody_keeps_an_answer(self, otlp: OtlpClient) -> None:
        assert otlp.post(BINARY).headers["Cache-Control"] == "no-store"


class TestPartialSuccess:
    def mixed(self) -> Any:
        return make_request(
            make_proto_span("good"),
            make_proto_span("short", trace_id=b"\x01" * 3),
            make_proto_span("zero", span_id=bytes(8)),
            make_proto_span("zero too", span_id=bytes(8)),
        )

    @pytest.mark.parametrize("how", ["send", "send_json"])
    def test_it_says_how_many_were_rejected_and_why(
        self, otlp: OtlpClient, store: AuditedStore, how: str
    ) -> None:
        reply = getattr(otlp, how)(self.mixed())
        assert reply.partial_success == (
            3,
            "1 rejected: the trace id is not 16 bytes, or all zero; "
            "2 rejected: the span id is not 8 bytes, or all zero",
        )
        assert kept(store) == ["good"]

    def test_all_may_be_rejected(self, otlp: OtlpClient, store: AuditedStore) -> None:
        store.down = True
        reply = otlp.send(make_request(make_proto_span(span_id=b"\x01")))
        assert reply.partial_success == (1, "1 rejected: the span id is not 8 bytes, or all zero")

    @pytest.mark.parametrize("how", ["send", "send_json"])
    def test_a_warning_rejects_nothing_and_says_something(
        self, otlp: OtlpClient, store: AuditedStore, how: str
    ) -> None:
        span = make_proto_span("a", attributes={f"k{n}": n for n in range(140)})
        reply = getattr(otlp, how)(make_request(span))
        assert reply.partial_success == (0, "1 cut: more than 128 attributes")
        assert kept(store) == ["a"]
