"""Jaeger, configured as the how-to has it: what the layer sends it, and what the API exports to it.

Where there is no Jaeger, its answer about an execution of the layer, as it was recorded, is held to the same.
`JAEGER=/path/to/jaeger python -m tests.dialects.test_jaeger` records it anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from tests.dialects.jaeger import (
    EXPORT,
    JAEGER,
    QUERY,
    RECORDED,
    SPAN_METRICS,
    Jaeger,
    collecting,
    eventually,
    run_executor,
    running,
    spans_of,
)
from tests.dialects.sending import post, read, variables_of
from tests.support.api_fakes import AuditedStore
from tests.support.captured import FOLDER
from tests.support.http_endpoint import serving

PREVIEW_BYTES = 2_048

needs_jaeger = pytest.mark.skipif(not JAEGER, reason="no jaeger on the PATH, none named in JAEGER")


def check_execution(request: Mapping[str, Any]) -> None:
    """The spans of `producers/executor.py`, as somebody else has read them."""
    spans = {span["name"]: span for span in spans_of(request).values()}
    ids = {span_id: span["name"] for span_id, span in spans_of(request).items()}
    parents = {name: ids.get(span["parentSpanId"]) for name, span in spans.items()}
    assert parents == {
        "brief": None,
        "draft": "brief",
        "chat gpt-4o": "draft",
        "GET": "brief",
        "print": "brief",
    }
    assert {name: span["status"] for name, span in spans.items()} == {
        "brief": {"code": 2, "message": "no paper in tray 2"},
        "draft": {"code": 1},
        "chat gpt-4o": {"code": 1},
        "GET": {},
        "print": {"code": 2, "message": "no paper in tray 2"},
    }
    kinds = {name: span["kind"] for name, span in spans.items()}
    assert kinds == {"brief": 1, "draft": 1, "chat gpt-4o": 3, "GET": 3, "print": 1}
    values = {
        name: {item["key"]: item["value"] for item in map(json.loads, span["attributes"])}
        for name, span in spans.items()
    }
    assert not [name for found in values.values() for name in found if "warnings" in name]
    assert values["chat gpt-4o"]["gen_ai.request.model"] == {"stringValue": "gpt-4o"}
    assert values["chat gpt-4o"]["gen_ai.usage.input_tokens"] == {"intValue": "1200"}
    assert values["GET"] == {
        "numbers": {"arrayValue": {"values": [{"intValue": "1"}, {"intValue": "2"}]}},
        "real": {"doubleValue": 1.5},
        "yes": {"boolValue": True},
        **{
            f"spanvas.{name}": {"stringValue": value}
            for name, value in (
                ("execution.id", "order-17"),
                ("tenant", "default"),
                ("workflow.id", "brief"),
                ("workflow.name", "brief"),
            )
        },
    }
    assert values["draft"]["spanvas.output"] == {"stringValue": '"' + "é" * 1_023}
    assert values["draft"]["spanvas.preview.spanvas.output.bytes"] == {"intValue": "10002"}
    texts = [value.get("stringValue", "") for found in values.values() for value in found.values()]
    assert max(len(text.encode()) for text in texts) <= PREVIEW_BYTES
    ((_, event, _),) = spans["print"]["events"]
    assert event == "exception"
    assert spans["GET"]["links"] == [
        (
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "00f067aa0ba902b7",
            ['{"key": "why", "value": {"stringValue": "retry"}}'],
        )
    ]
    assert spans["GET"]["scope"] == {"name": "trains", "version": "1.2.3"}
    assert '{"key": "service.name", "value": {"stringValue": "triage"}}' in spans["GET"]["resource"]


@needs_jaeger
def test_jaeger_shows_an_execution_of_the_layer_and_finds_it(tmp_path: Path) -> None:
    with running(tmp_path) as jaeger:
        trace_id = run_executor(jaeger.otlp, "order-17")
        eventually(lambda: len(spans_of(jaeger.trace(trace_id))) == 5)
        check_execution(jaeger.trace(trace_id))
        found = jaeger.search("triage", **{"spanvas.execution.id": "order-17"})
        assert found == jaeger.search("triage", **{"gen_ai.request.model": "gpt-4o"}) == [trace_id]


@needs_jaeger
def test_jaeger_has_every_exported_span_as_it_was_exported(tmp_path: Path) -> None:
    """All captured traces, by the page's command. A service's name is put in where there is none."""
    with running(tmp_path) as jaeger:
        for path in sorted(FOLDER.glob("*.pb")):
            with serving(AuditedStore(), tmp_path / "gateway.log") as endpoint:
                post(endpoint, path.read_bytes())
                for item in read(endpoint, "/v1/executions")["items"]:
                    execution = item["execution_id"]
                    exported = read(endpoint, f"/v1/executions/{execution}/export?content=preview")
                    given = {
                        "SPANVAS_ENDPOINT": endpoint.url,
                        "SPANVAS_TOKEN": endpoint.token("demo-operator"),
                        "EXECUTION_ID": execution,
                    }
                    variables_of(EXPORT.replace("http://127.0.0.1:4318", jaeger.otlp), given)
                    assert everything_in(jaeger, exported) == spans_of(exported), path.name


@needs_jaeger
def test_a_collector_makes_metrics_of_the_spans(tmp_path: Path) -> None:
    """By the connector and the exporter that Jaeger's process has, which are the collector's own."""
    with collecting(tmp_path, SPAN_METRICS, "4318", "8889") as (otlp, metrics):
        run_executor(otlp, "order-17")
        name, _, labels = QUERY.strip().rstrip("}").partition("{")
        wanted = labels.split(", ")
        assert len(wanted) == 3

        def counted() -> list[str]:
            lines = httpx.get(f"{metrics}/metrics").text.splitlines()
            return [
                line.rpartition(" ")[2]
                for line in lines
                if line.startswith(name) and all(label in line for label in wanted)
            ]

        eventually(lambda: counted() == ["1"])


def everything_in(jaeger: Jaeger, exported: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    expected = spans_of(exported)
    trace_ids = {
        span["traceId"]
        for group in exported["resourceSpans"]
        for scope in group["scopeSpans"]
        for span in scope["spans"]
    }

    def found() -> dict[str, dict[str, Any]]:
        return {
            span_id: span
            for trace_id in trace_ids
            for span_id, span in spans_of(jaeger.trace(trace_id)).items()
        }

    eventually(lambda: len(found()) >= len(expected))
    spans = found()
    for span_id, span in spans.items():
        if not any("service.name" in item for item in expected[span_id]["resource"]):
            span["resource"] = [item for item in span["resource"] if "service.name" not in item]
    return spans


def test_jaeger_s_answer_as_it_was_recorded_is_the_execution() -> None:
    check_execution(json.loads(RECORDED.read_text("utf-8")))


def test_jaeger_s_answer_is_taken_again_as_the_same_tree(tmp_path: Path) -> None:
    """What Jaeger answers is OTLP: an execution comes back from there with its graph, tokens and failure."""
    with serving(AuditedStore(), tmp_path / "gateway.log") as endpoint:
        answer = httpx.post(
            f"{endpoint.url}/v1/traces",
            content=RECORDED.read_bytes(),
            headers={
                "authorization": f"Bearer {endpoint.token('demo-ingest')}",
                "content-type": "application/json",
            },
        )
        assert (answer.status_code, answer.json()) == (200, {})
        rows = read(endpoint, "/v1/executions/order-17/trace")["rows"]
    assert [(row["depth"], row["name"], row["kind"], row["status"]) for row in rows] == [
        (0, "brief", "workflow", "error"),
        (1, "draft", "node", "ok"),
        (2, "gpt-4o", "model", "ok"),
        (1, "GET", "other", "unset"),
        (1, "print", "node", "error"),
    ]


def record() -> None:
    with TemporaryDirectory() as folder, running(Path(folder)) as jaeger:
        trace_id = run_executor(jaeger.otlp, "order-17")
        eventually(lambda: len(spans_of(jaeger.trace(trace_id))) == 5)
        answer = jaeger.trace(trace_id)
    for group in answer["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                for event in span.get("events", ()):  # the stack names folders of the machine
                    event["attributes"] = [
                        item
                        for item in event["attributes"]
                        if item["key"] != "exception.stacktrace"
                    ]
    RECORDED.write_text(json.dumps(answer, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record()
