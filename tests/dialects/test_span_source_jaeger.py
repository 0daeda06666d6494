"""Spans that a function sends to Jaeger and nowhere else, read from there: function → Jaeger → API.

Where there is no Jaeger, its answer as it was recorded stands in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from spanvas.model.ids import trace_id_for
from spanvas.settings import Settings
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.dialects.jaeger import JAEGER, RECORDED, eventually, run_executor, running, spans_of
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.span_backend import answer, backend

needs_jaeger = pytest.mark.skipif(not JAEGER, reason="no jaeger on the PATH, none named in JAEGER")


def reader(url: str, store: AuditedStore, clock: Callable[[], int] = time.time_ns) -> Client:
    settings = Settings(enabled=True, table="traces", span_source="jaeger", span_source_url=url)
    services = Services(settings, make_store=lambda: store, clock=clock)
    return Client(make_handler(lambda: services), tenant="default")


@needs_jaeger
def test_an_execution_that_only_jaeger_has_opens_with_tree_tokens_and_failure(
    tmp_path: Path,
) -> None:
    """The function has no table, so nothing but OTLP leaves it."""
    store = AuditedStore()
    with running(tmp_path) as jaeger:
        trace_id = run_executor(jaeger.otlp, "order-17")
        eventually(lambda: len(spans_of(jaeger.trace(trace_id))) == 5)
        api = reader(jaeger.api, store)
        trace = api.get("/v1/executions/order-17/trace").json
        chat = next(row for row in trace["rows"] if row["kind"] == "model")
        span = api.get(f"/v1/executions/order-17/spans/{chat['span_id']}").json
        hits = api.get("/v1/executions/order-17/search", q="trains").json["hits"]
        missing = api.get("/v1/executions/order-18/trace")
    assert trace_id == trace_id_for("default", "order-17") == trace["execution"]["trace_id"]
    check_shown(trace)
    assert span["content_access"] == "granted"
    assert "Which trains?" in str(span["content"])
    assert chat["span_id"] in [hit["span_id"] for hit in hits]
    assert missing.status == 404
    assert {one.action for one in store.accesses("order-17", "default")} == {
        "trace",
        "span",
        "search",
    }


def test_jaeger_s_answer_as_it_was_recorded_opens_as_the_same_trace() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    body = json.dumps({"result": recorded}).encode()
    end = max(int(span["endTimeUnixNano"]) for span in spans_of(recorded).values())
    store = AuditedStore(clock=lambda: end)
    with backend(answer(body, "text/plain; charset=utf-8")) as jaeger:
        check_shown(
            reader(jaeger.url, store, lambda: end).get("/v1/executions/order-17/trace").json
        )


def check_shown(trace: Mapping[str, Any]) -> None:
    execution = trace["execution"]
    assert sorted((row["depth"], row["name"]) for row in trace["rows"]) == [
        (0, "brief"), (1, "GET"), (1, "draft"), (1, "print"), (2, "gpt-4o"),
    ]  # fmt: skip
    assert (execution["status"], execution["cause"]["message"]) == ("failed", "no paper in tray 2")
    assert (execution["workflow_id"], execution["spans_from"]) == ("brief", "jaeger")
    assert execution["counters"]["input_tokens"] == 1200
    marks = {row["name"]: row.get("marks", []) for row in trace["rows"]}
    assert "preview" in marks["draft"]
