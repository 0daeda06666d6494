"""What of a span is kept at ingest, and what every request tells the metrics."""

from __future__ import annotations

import json

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.functional.otlp.client import OtlpClient
from tests.functional.otlp.conformance import BINARY
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_fakes import AuditedStore
from tests.support.builders import span_id
from tests.support.otlp_requests import TRACE, make_proto_span, make_request
from tests.support.stored_spans import stored_span


class TestContent:
    def test_secrets_are_redacted_at_ingest_too(
        self, otlp: OtlpClient, store: AuditedStore
    ) -> None:
        attributes = {
            "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"I am ada@example.com"}]}]',
            "url.full": "https://x.example/?token=AKIAIOSFODNN7EXAMPLE",
        }
        otlp.send(make_request(make_proto_span("a", attributes=attributes)))
        span = stored_span(store, "acme", TRACE, span_id("a"))
        assert span is not None
        assert "ada@example.com" not in repr(span)
        assert "AKIAIOSFODNN7EXAMPLE" not in repr(span)
        assert span.attributes["spanvas.redaction"]["email"] == 1

    def test_content_is_dropped_where_nothing_may_be_kept(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        attributes = {"gen_ai.input.messages": "[]", "gen_ai.request.model": "m"}
        make_otlp(content="none").send(make_request(make_proto_span("a", attributes=attributes)))
        span = stored_span(store, "acme", TRACE, span_id("a"))
        assert span is not None
        assert dict(span.attributes) == {"gen_ai.request.model": "m"}

    def test_every_kind_of_value_is_kept(self, otlp: OtlpClient, store: AuditedStore) -> None:
        attributes = {
            "t": "x",
            "b": True,
            "i": 2**63 - 1,
            "d": 0.5,
            "l": [1, [2]],
            "m": {"k": [None]},
            "n": None,
        }
        otlp.send(make_request(make_proto_span("a", attributes={**attributes, "y": b"\x00"})))
        span = stored_span(store, "acme", TRACE, span_id("a"))
        assert span is not None
        assert span.attributes == {**attributes, "y": {"$bytes": "AA=="}}

    def test_the_depth_of_values_is_a_setting(
        self, make_otlp: MakeOtlp, store: AuditedStore
    ) -> None:
        request = make_request(make_proto_span("a", attributes={"l": [[[1]]]}))
        reply = make_otlp(ingest_depth=2, ingest_attributes=5).send(request)
        assert reply.partial_success == (0, "1 cut: values nested deeper than 2")

    def test_events_links_and_status_are_kept(self, otlp: OtlpClient, store: AuditedStore) -> None:
        span = make_proto_span(
            "a",
            events=[Span.Event(name="exception", time_unix_nano=5)],
            links=[Span.Link(trace_id=b"\x01" * 16, span_id=b"\x02" * 8)],
            status={"code": 2, "message": "no"},
        )
        otlp.send(make_request(span))
        kept_span = stored_span(store, "acme", TRACE, span_id("a"))
        assert kept_span is not None
        assert [event.name for event in kept_span.events] == ["exception"]
        assert [link.trace_id for link in kept_span.links] == ["01" * 16]
        assert (kept_span.status, kept_span.status_message) == ("error", "no")


class TestMetrics:
    def test_every_request_writes_one_line(
        self, otlp: OtlpClient, store: AuditedStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        otlp.send(make_request(make_proto_span("a"), make_proto_span(span_id=b"")))
        store.down = True
        otlp.post(BINARY)
        otlp.post(b"\xff")
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        counted = ("IngestedSpans", "RejectedSpans", "IngestErrors", "RefusedRequests")
        assert [(line["status"], *(line[name][0] for name in counted)) for line in lines] == [
            (200, 1, 1, 0, 0),
            (503, 0, 0, 1, 0),
            (400, 0, 0, 0, 1),
        ]
        assert all(line["service"] == "otlp-ingest" for line in lines)
