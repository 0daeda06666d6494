"""Captured traces of real agents: every span comes in whole, checked by an independent reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas.storage import codec
from spanvas.storage.chunks import plan
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.otlp_requests import plain
from tests.support.stored_spans import stored_span

CAPTURED = Path(__file__).parents[2] / "fixtures" / "otlp"
FILES = sorted(CAPTURED.glob("langgraph-*.pb"))


def read_independently(path: Path) -> tuple[str, dict[str, dict[str, Any]]]:
    """Trace id, and attributes by span id, with protobuf's own classes."""
    request = ExportTraceServiceRequest.FromString(path.read_bytes())
    spans = [
        s for group in request.resource_spans for scope in group.scope_spans for s in scope.spans
    ]
    (trace_id,) = {span.trace_id.hex() for span in spans}
    return trace_id, {
        span.span_id.hex(): {item.key: plain(item.value) for item in span.attributes}
        for span in spans
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestCapturedTrace:
    def test_every_span_comes_in_with_every_attribute(
        self, otlp: OtlpClient, store: AuditedStore, path: Path
    ) -> None:
        trace_id, expected = read_independently(path)
        assert len(expected) in (44, 45)
        reply = otlp.post(path.read_bytes(), compress=True)
        assert (reply.status, reply.partial_success) == (200, None)
        for span_id, attributes in expected.items():
            kept = stored_span(store, "acme", trace_id, span_id)
            assert kept is not None
            assert kept.attributes == attributes

    def test_it_is_one_tree_that_ended(self, otlp: OtlpClient, api: Client, path: Path) -> None:
        trace_id, expected = read_independently(path)
        otlp.post(path.read_bytes())
        trace = api.get(f"/v1/executions/{trace_id}/trace").json
        assert trace["status"] == "COMPLETE"
        assert len(trace["rows"]) == len(expected)
        assert [row["depth"] for row in trace["rows"]].count(0) == 1
        assert trace["execution"]["workflow_name"] == "LangGraph"

    def test_the_export_holds_all_of_it(self, otlp: OtlpClient, api: Client, path: Path) -> None:
        trace_id, expected = read_independently(path)
        otlp.post(path.read_bytes())
        exported = json.loads(api.get(f"/v1/executions/{trace_id}/export").text)
        spans = [
            s
            for group in exported["resourceSpans"]
            for scope in group["scopeSpans"]
            for s in scope["spans"]
        ]
        texts = {
            span["spanId"]: {
                item["key"]: item["value"]["stringValue"]
                for item in span["attributes"]
                if "stringValue" in item["value"]
            }
            for span in spans
        }
        assert texts == {
            span_id: {key: value for key, value in attributes.items() if isinstance(value, str)}
            for span_id, attributes in expected.items()
        }

    def test_a_twentieth_of_its_bytes_is_kept(
        self, otlp: OtlpClient, store: AuditedStore, path: Path
    ) -> None:
        otlp.post(path.read_bytes())
        trace_id, expected = read_independently(path)
        spans = store.read_spans("acme", trace_id, max_bytes=10**8).items
        assert len(spans) == len(expected)
        chunks = plan(spans)
        kept = sum(len(chunk.rows) + sum(map(len, chunk.details)) for chunk in chunks)
        assert kept * 20 <= path.stat().st_size
        assert codec.decompress(chunks[0].rows)
