"""A backend gets the workflow span of each execution that a sweep closes, whatever its end, and is not waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan

from spanvas.model.execution import Origin
from spanvas.model.ids import root_span_id_for
from spanvas.model.span import Span
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.closed_roots import ClosedRoots
from spanvas_api.durable_executions import DurableSweep
from spanvas_api.services import UNKNOWN, DurableState, Services
from tests.functional.api.durable import ACCOUNT, Lambda, suspend
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span
from tests.support.collector import Collector, collector
from tests.support.otlp_requests import plain
from tests.support.sweep import run_sweep

ROOT = root_span_id_for("acme", "exec_1")
NODE = {"spanvas.node.id": "draft"}


def open_root(**overrides: Any) -> Span:
    """The workflow span as its function writes it when it begins."""
    values: dict[str, Any] = {
        "span_id": ROOT,
        "name": "Support triage",
        "kind": "workflow",
        "end_time_unix_nano": None,
        "status": "unset",
        "resource": {"service.name": "triage", "deployment.environment.name": "staging"},
        "attributes": {"spanvas.input": "Where is my parcel?"},
    }
    return make_span("root", None, **{**values, **overrides})


def killed() -> list[Span]:
    return [
        open_root(),
        make_span("draft", None, parent_span_id=ROOT, kind="node", attributes=NODE, end_time_unix_nano=None),
    ]  # fmt: skip


def left() -> list[Span]:
    return [
        open_root(),
        make_span("draft", None, parent_span_id=ROOT, kind="node", attributes=NODE),
    ]


def attributes(span: OtlpSpan) -> dict[str, Any]:
    return {item.key: plain(item.value) for item in span.attributes}


def begin(store: AuditedStore, spans: list[Span], **changes: Any) -> None:
    store.start_execution(make_execution(**changes))
    if spans:
        store.write(SpanBatch("acme", "exec_1", spans))


def swept(store: AuditedStore, clock: Clock, status: int = 200) -> Collector:
    clock.advance(61)
    with collector(status) as server:
        run_sweep(store, otlp_endpoint=server.url)
    execution = store.read_execution("acme", "exec_1")
    assert execution is not None
    assert execution.status == "lost"
    return server


@pytest.mark.parametrize(
    ("spans", "changes", "error_type"),
    [
        (killed(), {}, "Killed"),
        (left(), {"ended_by": "state machine"}, "Abandoned"),
        ([], {}, "Killed"),
    ],
)
def test_whatever_became_of_an_execution_its_root_is_sent_with_the_reason(
    store: AuditedStore,
    clock: Clock,
    spans: list[Span],
    changes: dict[str, Any],
    error_type: str,
) -> None:
    begin(store, spans, **changes)
    [span] = swept(store, clock).spans()
    assert (span.span_id.hex(), span.name, span.parent_span_id) == (ROOT, "Support triage", b"")
    assert span.status.code == 2
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (T0, T0 + 60 * SECOND)
    found = attributes(span)
    assert found["error.type"] == error_type
    assert found["spanvas.execution.id"] == "exec_1"
    assert found["spanvas.workflow.id"] == "support-triage"


def test_what_the_function_said_when_it_began_is_on_it(store: AuditedStore, clock: Clock) -> None:
    begin(store, killed())
    server = swept(store, clock)
    [(_, _, request)] = server.requests
    [group] = request.resource_spans
    assert {item.key: plain(item.value) for item in group.resource.attributes} == {
        "service.name": "triage",
        "deployment.environment.name": "staging",
    }
    assert attributes(server.spans()[0])["spanvas.input"] == "Where is my parcel?"


def test_a_root_that_has_ended_is_not_sent_a_second_time(store: AuditedStore, clock: Clock) -> None:
    begin(store, [open_root(end_time_unix_nano=T0 + SECOND)])
    assert swept(store, clock).requests == []


def test_what_others_have_sent_over_otlp_has_its_root_elsewhere(
    store: AuditedStore, clock: Clock
) -> None:
    begin(store, killed(), origin=Origin("trace"))
    assert swept(store, clock).requests == []


def test_many_go_in_few_requests(store: AuditedStore, clock: Clock) -> None:
    for number in range(120):
        store.start_execution(make_execution(f"exec_{number}"))
    server = swept(store, clock)
    assert [len(request.resource_spans) for _, _, request in server.requests] == [50, 50, 20]


@pytest.mark.parametrize("status", [400, 413, 503])
def test_an_endpoint_that_refuses_stops_nothing_is_asked_once_and_is_counted(
    store: AuditedStore, clock: Clock, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(120):
        store.start_execution(make_execution(f"exec_{number}"))
    assert len(swept(store, clock, status).requests) == 1
    for number in range(120):
        execution = store.read_execution("acme", f"exec_{number}")
        assert execution is not None
        assert execution.status == "lost"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    [drops] = [line for line in lines if "ExporterDrops" in line]
    assert (drops["ExporterDrops"], drops["workflow_id"]) == (120, "support-triage")


def test_an_endpoint_for_grpc_gets_nothing_and_the_reason_is_said(
    store: AuditedStore,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    begin(store, killed())

    assert swept(store, clock).requests == []
    (said,) = [one for one in caplog.records if one.message == "workflow span not sent"]
    assert vars(said)["reason"].startswith("the API's functions speak OTLP over HTTP alone")
    assert capsys.readouterr().out.count('"ExporterDrops":1') == 1


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://[::1", "no url"])
def test_an_endpoint_that_is_not_there_stops_nothing(
    store: AuditedStore, clock: Clock, endpoint: str
) -> None:
    begin(store, killed())
    clock.advance(61)
    assert run_sweep(store, otlp_endpoint=endpoint) == {"closed": 1, "set_aside": 0}


class UnreadStore(AuditedStore):
    """Cannot read the details of spans."""

    def read_versions(self, *args: Any, **options: Any) -> list[Span]:
        raise OSError("broken")


def test_one_whose_spans_cannot_be_read_is_closed_all_the_same(clock: Clock) -> None:
    store = UnreadStore(clock=clock)
    begin(store, killed())
    assert swept(store, clock).requests == []


def test_without_an_endpoint_nothing_is_read_for_it(clock: Clock) -> None:
    store = UnreadStore(clock=clock)
    begin(store, killed())
    clock.advance(61)
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}


@pytest.mark.parametrize(
    ("state", "error_type"),
    [
        (DurableState("STOPPED", T0 + SECOND), "Stopped"),
        (DurableState("TIMED_OUT", T0 + SECOND), "Timeout"),
        (DurableState(UNKNOWN, 0), "Lost"),
    ],
)
def test_durable_executions_that_end_unheard_get_theirs_too(
    store: AuditedStore, clock: Clock, state: DurableState, error_type: str
) -> None:
    suspend(store)
    with collector() as server:
        settings = Settings(table="traces", otlp_endpoint=server.url)
        services = Services(settings, make_store=lambda: store, clock=clock)
        roots = ClosedRoots(services, {}, lambda: True)
        for _ in range(4):
            DurableSweep(
                store, Lambda(**{"order-7": state}), ACCOUNT, clock(), lambda: True, roots
            ).run()
            clock.advance(60)
        roots.send()
    [span] = server.spans()
    assert attributes(span)["error.type"] == error_type
