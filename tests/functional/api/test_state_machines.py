"""The end of an execution that a state machine runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause, Execution
from spanvas.model.ids import root_span_id_for
from spanvas.model.row import Row
from spanvas.semantics.withheld import execution_without_content
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers import sweep
from spanvas_api.services import Services
from spanvas_api.state_machines import machine_end_of
from tests.support.api_client import EVENTS, LambdaContext
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id
from tests.support.collector import collector
from tests.support.stored_spans import stored_span

EVENT = json.loads((EVENTS / "state-machine-ended.json").read_text("utf-8"))
ARN = EVENT["detail"]["executionArn"]
END_MS = T0 // 1_000_000 + 30_000


def ended(status: str = "SUCCEEDED", **detail: Any) -> dict[str, Any]:
    times = {"startDate": T0 // 1_000_000 - 500, "stopDate": END_MS}
    error = {} if status == "FAILED" else {"error": None, "cause": None}
    return {
        **EVENT,
        "detail": {**EVENT["detail"], **times, **error, "status": status, **detail},
    }


def run(store: AuditedStore, event: dict[str, Any], **settings: Any) -> dict[str, int]:
    services = Services(Settings(table="traces", **settings), make_store=lambda: store)
    return sweep.make_handler(lambda: services)(event, LambdaContext())  # type: ignore[arg-type]


def start(store: AuditedStore, execution_id: str = ARN, **changes: Any) -> Execution:
    execution = make_execution(execution_id, **{"ended_by": "state_machine", **changes})
    store.start_execution(execution)
    return execution


def write(store: AuditedStore, *spans: Any, execution_id: str = ARN) -> None:
    store.write(SpanBatch("acme", execution_id, spans))


def read(store: AuditedStore, execution_id: str = ARN, tenant: str = "acme") -> Execution:
    found = store.read_execution(tenant, execution_id)
    assert found is not None
    return found


def root_of(store: AuditedStore) -> Row:
    trace = store.read_trace("acme", ARN)
    assert trace is not None
    (root,) = [row for row in trace.rows if row.kind == "workflow"]
    return root


def test_a_success_ends_the_execution_and_its_root(store: AuditedStore) -> None:
    start(store)
    write(store, make_span("reserve"))

    assert run(store, ended()) == {"ended": 1}

    execution = read(store)
    assert (execution.status, execution.cause) == ("succeeded", None)
    assert execution.ended_at_unix_nano == T0 + 30 * SECOND
    root = root_of(store)
    assert root.span_id == root_span_id_for("acme", ARN)
    assert (root.name, root.status, root.parent_span_id) == ("Support triage", "ok", None)
    assert root.start_time_unix_nano == T0 - SECOND // 2
    assert root.end_time_unix_nano == T0 + 30 * SECOND
    span = stored_span(store, "acme", ARN, root.span_id)
    assert span is not None
    assert span.attributes == {
        "spanvas.kind": "workflow",
        "spanvas.tenant": "acme",
        "spanvas.execution.id": ARN,
        "spanvas.workflow.id": "support-triage",
        "spanvas.workflow.name": "Support triage",
        "spanvas.workflow.version": "7",
        "spanvas.workflow.expected_nodes": ["classify", "reply"],
    }


def test_the_root_is_sent_to_the_endpoint_that_has_the_functions_spans(store: AuditedStore) -> None:
    start(store)
    with collector() as server:
        assert run(store, ended(), otlp_endpoint=server.url, otlp_headers={"x-key": "k"}) == {
            "ended": 1
        }
    ((path, headers, request),) = server.requests
    assert (path, headers["x-key"]) == ("/v1/traces", "k")
    (resource_spans,) = request.resource_spans
    assert resource_spans.resource.attributes[0].value.string_value == ARN.split(":")[6]
    (span,) = resource_spans.scope_spans[0].spans
    assert span.span_id.hex() == root_of(store).span_id
    assert (span.name, span.parent_span_id) == ("Support triage", b"")
    assert span.end_time_unix_nano == T0 + 30 * SECOND


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://[::1"])
def test_an_endpoint_that_does_not_take_the_root_changes_nothing(
    store: AuditedStore, endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    start(store)
    assert run(store, ended(), otlp_endpoint=endpoint) == {"ended": 1}
    assert read(store).status == "succeeded"
    assert "workflow span not sent" in caplog.messages


def test_an_event_that_comes_twice_changes_nothing_more(store: AuditedStore) -> None:
    start(store)
    run(store, ended())
    once = read(store)
    run(store, ended())
    twice = read(store)
    assert once.counters == twice.counters
    assert twice.counters.spans == 1


def test_a_failure_has_its_place_in_the_last_node_that_failed(store: AuditedStore) -> None:
    start(store)
    write(
        store,
        make_span("reserve"),
        make_span(
            "charge",
            start=2,
            status="error",
            status_message="The bank did not answer.",
            attributes={"spanvas.node.id": "charge", "error.type": "PaymentTimeoutError"},
        ),
    )
    run(store, ended("FAILED"))
    assert read(store).cause == Cause(
        "PaymentTimeoutError", "The bank did not answer.", "charge", span_id("charge")
    )
    root = root_of(store)
    assert (root.status, root.error_message) == ("error", "The bank did not answer.")


@pytest.mark.parametrize(
    ("status", "error", "cause"),
    [
        (
            "FAILED",
            "States.Runtime",
            Cause("States.Runtime", "The state machine failed: States.Runtime."),
        ),
        ("FAILED", None, Cause("Error", "The state machine failed.")),
        ("TIMED_OUT", None, Cause("Timeout", "The state machine's time ran out: Timeout.")),
        ("ABORTED", None, Cause("Aborted", "The state machine was stopped: Aborted.")),
    ],
)
def test_a_failure_outside_of_any_node(
    store: AuditedStore, status: str, error: str | None, cause: Cause
) -> None:
    start(store)
    run(store, ended(status, error=error))
    assert (read(store).status, read(store).cause) == ("failed", cause)
    assert execution_without_content(read(store)).cause == cause


def test_what_timed_out_says_so_at_the_node_that_failed(store: AuditedStore) -> None:
    start(store)
    write(store, make_span("charge", status="error", attributes={"spanvas.node.id": "charge"}))
    run(store, ended("TIMED_OUT"))
    cause = read(store).cause
    assert cause is not None
    assert (cause.error_type, cause.node_id) == ("Timeout", "charge")
    assert cause.message == "The state machine's time ran out"


def test_the_execution_may_be_named_by_the_input(store: AuditedStore) -> None:
    start(store, "e1", tenant="default")
    text = json.dumps({"execution_id": "e1"})
    assert run(store, ended(input=text)) == {"ended": 1}
    assert read(store, "e1", "default").status == "succeeded"


def test_the_tenant_may_be_passed_on(store: AuditedStore) -> None:
    start(store, workflow_version="", expected_nodes=(), workflow_name="")
    trace_id = make_execution().trace_id
    text = json.dumps(
        {
            "traceparent": f"00-{trace_id}-00f067aa0ba902b7-01",
            "baggage": "spanvas.execution.id=e0,spanvas.tenant=acme",
        }
    )
    assert run(store, ended(input=text)) == {"ended": 1}
    root = root_of(store)
    assert (root.name, root.parent_span_id) == ("support-triage", "00f067aa0ba902b7")


def test_an_execution_that_its_function_ends_is_left_to_it(store: AuditedStore) -> None:
    start(store, ended_by="function")
    assert run(store, ended()) == {"ended": 0}
    assert read(store).status == "running"


@pytest.mark.parametrize("text", [None, "{", '"x"', "[]"])
def test_a_state_machine_that_is_not_traced_is_passed_over(
    store: AuditedStore, text: str | None
) -> None:
    assert run(store, ended(input=text)) == {"ended": 0}


def test_a_path_that_is_none_is_passed_over(store: AuditedStore) -> None:
    start(store)
    assert run(store, ended(), execution_id_path="a[") == {"ended": 1}


def test_a_store_that_is_down_fails_the_run_so_that_the_event_comes_again(
    store: AuditedStore,
) -> None:
    start(store)
    store.down = True
    with pytest.raises(StoreUnavailableError):
        run(store, ended())


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {**EVENT, "source": "me"},
        {**EVENT, "detail": "x"},
        ended("RUNNING", stopDate=None),
        ended("SUCCEEDED", stopDate=None),
        ended("SUCCEEDED", executionArn=None),
    ],
)
def test_other_events_are_no_ends(event: Any) -> None:
    assert machine_end_of(event) is None


def test_the_start_is_the_end_where_it_is_not_told() -> None:
    end = machine_end_of(ended(startDate=None))
    assert end is not None
    assert end.started_at_unix_nano == end.ended_at_unix_nano


def test_an_execution_that_cannot_be_read_is_left_to_its_deadline(store: AuditedStore) -> None:
    start(store)
    store.overlays[f"T#acme#E#{ARN}", "META"] = {"status": {"S": "?"}}

    assert run(store, ended()) == {"ended": 0}
    store.overlays.clear()
    assert read(store).status == "running"


def test_an_execution_that_a_state_machine_ends_is_counted_once_however_often_that_is_told(
    store: AuditedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    start(store)
    for _ in range(2):
        run(store, ended("FAILED"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [line for line in lines if "Executions" in line]
    assert [(line["service"], line["Executions"], line["FailedExecutions"]) for line in told] == [
        ("sweep", 1, 1)
    ]
