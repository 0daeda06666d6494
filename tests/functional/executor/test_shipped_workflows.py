"""The shipped workflows, whole: real botocore and real HTTP against the stand-ins, and every trace read back."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import spanvas
from executor.catalogue import find_document
from executor.handler import handler
from spanvas import settings
from spanvas.environment import LambdaEnvironment
from spanvas.model.execution import Execution
from spanvas.model.tree import build_tree
from spanvas.privacy.scan import Scanner
from spanvas.settings import Settings
from spanvas.tracing.engine import Engine
from standins import StandIns
from tests.support.lambda_function import LAMBDA
from tests.support.memory_store import MemoryTraceStore

Run = Callable[..., dict[str, Any]]


class Context:
    aws_request_id = "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


@pytest.fixture
def store() -> MemoryTraceStore:
    return MemoryTraceStore()


@pytest.fixture
def run(stand_ins: StandIns, store: MemoryTraceStore, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a shipped workflow on its sample input, traced into `store`."""
    found = Settings(enabled=True, content="full", connections=stand_ins.connections)
    monkeypatch.setattr(settings, "load", lambda: found)
    engine = Engine(
        found,
        store=store,
        scanner=Scanner(),
        environment=LambdaEnvironment(LAMBDA),
        is_global=False,
    )
    monkeypatch.setattr(spanvas, "_engine", engine)
    monkeypatch.setattr(spanvas, "_is_asked", True)

    def run(workflow_id: str, **event: Any) -> dict[str, Any]:
        event = {"execution_id": "exec-1", "tenant": "acme", "workflow_id": workflow_id, **event}
        answer = handler(event, Context())
        assert answer["execution_id"] == "exec-1"
        assert engine.health().get("problems", 0) == 0
        return answer

    return run


def execution_of(store: MemoryTraceStore) -> Execution:
    execution = store.read_execution("acme", "exec-1")
    assert execution is not None
    return execution


def rows_of(store: MemoryTraceStore) -> list[tuple[str, str, str]]:
    """(kind, name, status) of every row of the trace, in the order of the tree."""
    trace = store.read_trace("acme", "exec-1")
    assert trace is not None
    return [(found.row.kind, found.row.name, found.row.status) for found in build_tree(trace.rows)]


def artifact(store: MemoryTraceStore, name: str) -> bytes:
    (found,) = [a for a in store.list_artifacts("acme", "exec-1").items if a.name == name]
    return store.bodies[found.key]


def test_the_research_brief_reads_its_sources_and_is_written(
    run: Run, store: MemoryTraceStore
) -> None:
    answer = run("research-brief")
    assert answer["status"] == "succeeded"
    execution = execution_of(store)
    assert execution.status == "succeeded"
    assert execution.workflow_name == "Research brief"
    brief = artifact(store, "brief.md").decode()
    assert brief.startswith("# Lighthouse lamps")
    assert "Augustin Fresnel" in brief
    assert "## What limited it" in brief
    assert artifact(store, "sources.png").startswith(b"\x89PNG")
    nodes = [name for kind, name, _ in rows_of(store) if kind == "node"]
    assert sorted(nodes) == sorted(node.name for node in find_document("research-brief").nodes)


@pytest.mark.parametrize(
    "question",
    [
        "How did lighthouse lamps improve between 1750 and 1920?",
        "What limited fog signals?",
        "Why?",
        "What is 42?",
        "Did it improve?",
        "lamps",
        "Pourquoi les phares ?",
        "灯台はどう変わった?",
        "?",
        "42",
        "[sic] lamps",
    ],
)
def test_any_question_however_short_gets_its_brief(
    run: Run, store: MemoryTraceStore, question: str
) -> None:
    answer = run("research-brief", input={"question": question})
    assert answer.get("error") is None
    assert answer["status"] == "succeeded"
    brief = artifact(store, "brief.md").decode()
    assert brief.startswith("# ")
    assert "None" not in brief.splitlines()[0]


def test_support_triage_looks_the_shipment_up_before_it_replies(
    run: Run, store: MemoryTraceStore
) -> None:
    answer = run("support-triage")
    assert answer["outputs"]["category"] == "delivery"
    assert answer["outputs"]["urgency"] == "high"
    assert "Leeds sorting centre" in answer["outputs"]["reply"]
    assert ("tool", "find_shipment", "ok") in rows_of(store)
    record = json.loads(artifact(store, "ticket-T-4711.json"))
    assert record["looked_up"] == ["find_shipment"]
    rows = list(csv.DictReader(io.StringIO(artifact(store, "queue.csv").decode())))
    assert [row["Order"] for row in rows] == ["LH-20431"]


def test_document_to_table_reads_every_entry_and_bears_the_torn_ones(
    run: Run, store: MemoryTraceStore
) -> None:
    answer = run("document-table")
    assert (answer["outputs"]["rows"], answer["outputs"]["unread"]) == (56, 2)
    rows = rows_of(store)
    assert Counter(status for kind, _, status in rows if kind == "item") == {"ok": 56, "error": 2}
    table = list(csv.DictReader(io.StringIO(artifact(store, "harbour-log.csv").decode())))
    assert len(table) == 56
    assert table[0] == {
        "Date": "1887-01-03",
        "Vessel": "Alderney Lass",
        "Type": "steamer",
        "Master": "Hoskin",
        "Movement": "arrived",
        "Port": "Cardiff",
        "Tons": "410",
        "Cargo": "coal",
        "Summary": 'Arrived the steamer "Alderney Lass", Captain Hoskin, from Cardiff with '
        "410 tons of coal for the gasworks.",
    }
    page = artifact(store, "harbour-log.html").decode()
    assert "2 of 58 entries could not be read" in page
    assert artifact(store, "cargoes.png").startswith(b"\x89PNG")


def test_throttled_calls_are_attempts_of_their_own(run: Run, store: MemoryTraceStore) -> None:
    assert run("document-table")["status"] == "succeeded"
    attempts = Counter((name, status) for kind, name, status in rows_of(store) if kind == "attempt")
    assert attempts["attempt 1", "error"] > attempts["attempt 2", "ok"] - 1 > 0


def test_long_instructions_are_written_to_the_cache_once_and_read_afterwards(
    run: Run, store: MemoryTraceStore
) -> None:
    run("document-table")
    counters = execution_of(store).counters
    assert counters.cache_read_tokens > 50_000
    assert counters.input_tokens is not None
    assert counters.input_tokens > counters.cache_read_tokens
    assert counters.cost_nano_usd


def test_the_shipping_notice_fails_in_its_fourth_node_after_two_retries(
    run: Run, store: MemoryTraceStore
) -> None:
    answer = run("shipping-notice")
    message = (
        "shipping: POST /carriers/Nordpost/shipments answered 503 with 159 bytes of "
        "application/problem+json; gave up after 3 attempts"
    )
    assert answer == {
        "execution_id": "exec-1",
        "status": "failed",
        "outputs": {},
        "error": {"node_id": "book", "error_type": "HTTP 503", "message": message},
    }
    rows = rows_of(store)
    assert [(name, status) for kind, name, status in rows if kind == "node"] == [
        ("Look up the order", "ok"),
        ("Measure the parcel", "ok"),
        ("Write the notice", "ok"),
        ("Book the parcel", "error"),
    ]
    assert rows[-6:] == [
        ("attempt", "attempt 1", "error"),
        ("http", "POST /carriers/Nordpost/shipments", "error"),
        ("attempt", "attempt 2", "error"),
        ("http", "POST /carriers/Nordpost/shipments", "error"),
        ("attempt", "attempt 3", "error"),
        ("http", "POST /carriers/Nordpost/shipments", "error"),
    ]
    execution = execution_of(store)
    assert execution.status == "failed"
    assert execution.expected_nodes == ("order", "parcel", "notice", "book", "confirm", "file")
    assert execution.cause is not None
    assert execution.cause.node_id == "book"
    assert execution.cause.message.startswith("shipping: POST ")


def test_a_parcel_of_another_carrier_is_booked(run: Run, store: MemoryTraceStore) -> None:
    answer = run("shipping-notice", input={"order_id": "LH-20449"})
    assert answer["outputs"]["tracking_number"].startswith("KE")
    notice = artifact(store, "notice-LH-20449.md").decode()
    assert notice.startswith("To: amelie.roche@example.org\n")


def test_an_unknown_workflow_is_a_failed_execution_in_the_store(
    run: Run, store: MemoryTraceStore
) -> None:
    assert run("gone")["status"] == "failed"
    execution = execution_of(store)
    assert execution.status == "failed"
    assert execution.cause is not None
    assert execution.cause.message.startswith("no workflow 'gone' ships; known are ")


def test_a_document_with_a_cycle_is_refused_in_the_store_before_it_runs(
    run: Run, store: MemoryTraceStore
) -> None:
    nodes = [{"id": name, "kind": "template", "template": "x"} for name in "ab"]
    edges = [["a", "b"], ["b", "a"]]
    document = {"id": "round", "name": "Round", "version": "1", "nodes": nodes, "edges": edges}
    answer = run("round", document=document)
    assert answer["error"]["error_type"] == "InvalidWorkflow"
    assert [kind for kind, _, _ in rows_of(store)] == ["workflow"]
    execution = execution_of(store)
    assert execution.cause is not None
    assert "is part of a cycle: a -> b -> a" in execution.cause.message


def test_the_layer_tells_the_metrics_of_a_run_once_as_its_trace_has_them(
    run: Run, store: MemoryTraceStore, capsys: pytest.CaptureFixture[str]
) -> None:
    run("research-brief")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in lines if "_aws" in line]
    counters = execution_of(store).counters
    assert (told["Executions"], told["FailedExecutions"], told["workflow_id"]) == (
        1,
        0,
        "research-brief",
    )
    assert (told["InputTokens"], told["OutputTokens"]) == (
        counters.input_tokens,
        counters.output_tokens,
    )
    assert told["Cost"] == (counters.cost_nano_usd or 0) / 1e9 > 0
