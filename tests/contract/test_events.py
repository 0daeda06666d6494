"""The event files are what the functions take: `sam local invoke` and a deployment would send the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from executor.catalogue import load_catalogue
from executor.handler import order_of
from spanvas.model.artifact import Artifact
from spanvas.model.ids import root_span_id_for
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers import http_api, otlp_ingest, sweep
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.route_schema import EXECUTIONS
from spanvas_api.routes import ALL_ROUTES, ROUTES
from spanvas_api.services import Services
from steps import charge, confirm, reserve
from tests.support.aws_from_template import ROOT, deployed_stack
from tests.support.builders import T0, Clock, make_execution, make_span
from tests.support.memory_store import MemoryTraceStore

EVENTS = ROOT / "events"
EXECUTION_ID = "exec-20250918-0001"
SPAN_ID = root_span_id_for("acme", EXECUTION_ID)
"""The one id that every function of the execution knows."""
ORDER_STEPS = ("order-step", "order-step-charge", "order-step-confirm")
STATUS = {"start-execution": 202}


def event(name: str) -> dict[str, Any]:
    path = EVENTS / f"{name}.json"
    assert path.is_file(), f"write what the gateway sends for this call into events/{name}.json"
    loaded = json.loads(path.read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def name_of(operation: str) -> str:
    return operation.replace("_", "-")


class Context:
    """What the handlers read of Lambda's context."""

    function_name = "spanvas-function"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:spanvas-function"
    aws_request_id = "5f1c7b2e-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


class RecordingExecutor:
    def __init__(self) -> None:
        self.events: list[Mapping[str, Any]] = []

    def start(self, event: Mapping[str, Any]) -> None:
        self.events.append(event)


@pytest.fixture
def executor() -> RecordingExecutor:
    return RecordingExecutor()


@pytest.fixture
def services(executor: RecordingExecutor) -> Services:
    """Over a store that holds what the events ask for."""
    clock = Clock()
    store = MemoryTraceStore(clock=clock)
    trace_id = event("tempo-trace")["pathParameters"]["trace_id"]
    execution = make_execution(EXECUTION_ID, trace_id=trace_id)
    store.start_execution(execution)
    store.write(SpanBatch("acme", EXECUTION_ID, [make_span(span_id=SPAN_ID, trace_id=trace_id)]))
    artifact_id = event("link-artifact")["pathParameters"]["artifact_id"]
    store.put_artifact(
        Artifact("acme", EXECUTION_ID, artifact_id, SPAN_ID, "r.csv", "text/csv", 0, "", T0),
        b"a,b\n",
    )
    variables = deployed_stack().properties("TraceApiFunction")["Environment"]["Variables"]
    return Services(
        Settings.from_env({name: str(value) for name, value in variables.items()}),
        make_store=lambda: store,
        make_executor=lambda: executor,
        clock=clock,
    )


def test_there_is_one_event_for_each_call_and_one_for_each_other_function() -> None:
    expected = {name_of(route.operation) for route in ALL_ROUTES}
    expected |= {"execute-workflow", *ORDER_STEPS, "state-machine-ended", "sweep"}
    assert {path.stem for path in EVENTS.iterdir()} == expected, "one file in events/ for each"


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: route.operation)
def test_an_api_event_is_what_the_gateway_sends_for_its_route(route: Any) -> None:
    sent = event(name_of(route.operation))
    assert sent["version"] == "2.0"
    assert sent["routeKey"] == sent["requestContext"]["routeKey"] == f"{route.method} {route.path}"
    assert sent["rawPath"] == route.path.format(**sent.get("pathParameters", {}))
    jwt = sent["requestContext"]["authorizer"]["jwt"]
    # None where the gateway leaves the scope to the function.
    assert jwt["scopes"] == (None if route.is_of_one_execution else [route.scope])
    assert route.scope in jwt["claims"]["scope"].split()
    assert jwt["claims"]["iss"] == "https://login.example.com/"
    assert jwt["claims"]["aud"] == "spanvas"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_the_api_answers_its_event(route: Any, services: Services) -> None:
    answer = http_api.make_handler(lambda: services)(
        event(name_of(route.operation)),
        Context(),  # type: ignore[arg-type]
    )
    assert answer["statusCode"] == STATUS.get(name_of(route.operation), 200)


def test_the_executor_s_event_is_what_the_api_hands_over(
    services: Services, executor: RecordingExecutor
) -> None:
    http_api.make_handler(lambda: services)(
        event("start-execution"),
        Context(),  # type: ignore[arg-type]
    )
    (handed_over,) = executor.events
    sample = event("execute-workflow")
    assert handed_over["event_id"] == handed_over["execution_id"]
    assert {**handed_over, "execution_id": EXECUTION_ID, "event_id": EXECUTION_ID} == sample


def test_the_executor_takes_its_event_as_it_is() -> None:
    sample = event("execute-workflow")
    order = order_of(sample, "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d")
    assert (order.execution_id, order.event_id) == (EXECUTION_ID, EXECUTION_ID)
    assert order.tenant == "acme"
    assert order.workflow_id in load_catalogue()


def test_the_otlp_endpoint_keeps_the_spans_of_its_event(services: Services) -> None:
    answer = otlp_ingest.make_handler(lambda: Ingest(services))(
        event("ingest-traces"),
        Context(),  # type: ignore[arg-type]
    )
    assert (answer["statusCode"], answer["body"]) == (200, "")
    kept = services.store.read_trace("acme", "5b8efff798038103d269b633813fc60c")
    assert kept is not None
    assert kept.execution.workflow_name == "planner"
    assert [row.name for row in kept.rows] == ["planner", "claude-sonnet-4"]


def test_the_sweep_takes_its_schedule_s_event(services: Services) -> None:
    answer = sweep.make_handler(lambda: services)(event("sweep"), Context())  # type: ignore[arg-type]
    assert answer == {"closed": 0, "set_aside": 0}


def test_the_sweep_takes_the_end_of_a_state_machine(services: Services) -> None:
    sent = event("state-machine-ended")
    arn = sent["detail"]["executionArn"]
    services.store.start_execution(make_execution(arn, ended_by="state_machine"))
    answer = sweep.make_handler(lambda: services)(sent, Context())  # type: ignore[arg-type]
    assert answer == {"ended": 1}
    ended = services.store.read_execution("acme", arn)
    assert ended is not None
    assert ended.status == "failed"


def test_the_step_s_event_is_what_its_state_sends() -> None:
    machine = json.loads(deployed_stack().properties("OrderStateMachine")["DefinitionString"])
    sent = event("order-step")
    for state in machine["States"].values():
        assert set(sent) == {name.removesuffix(".$") for name in state["Parameters"]["Payload"]}
    for step in (reserve, charge, confirm):
        sent["order"] = step.handler(sent, Context())
    assert sent["order"] == {
        "order_id": "17",
        "tenant": "acme",
        "items": {"tea": 2, "teapot": 1},
        "reserved": ["tea", "teapot"],
        "charged_cents": 4_600,
        "receipt": "receipt-17.txt",
    }


def test_the_steps_events_are_those_of_one_order_each_with_what_the_steps_before_have_added() -> (
    None
):
    sent = event(ORDER_STEPS[0])
    for name, step in zip(ORDER_STEPS[1:], (reserve, charge), strict=True):
        following = event(name)
        assert following["order"] == step.handler(sent, Context())
        assert (
            following["StepFunctions"]["Execution"]
            == event(ORDER_STEPS[0])["StepFunctions"]["Execution"]
        )
        sent = following


def test_the_events_of_one_execution_name_the_one_that_the_executor_s_event_runs() -> None:
    for route in ALL_ROUTES:
        if route.path.startswith(f"{EXECUTIONS}/"):
            given = event(name_of(route.operation))["pathParameters"]
            assert given["execution_id"] == EXECUTION_ID
            assert given.get("span_id", SPAN_ID) == SPAN_ID


def test_the_session_that_is_deleted_is_that_of_the_spans_that_are_sent(services: Services) -> None:
    otlp_ingest.make_handler(lambda: Ingest(services))(
        event("ingest-traces"),
        Context(),  # type: ignore[arg-type]
    )
    kept = services.store.read_execution("acme", "5b8efff798038103d269b633813fc60c")
    assert kept is not None
    asked = event("delete-executions")["queryStringParameters"]
    assert asked == {"session_id": kept.session_id} == {"session_id": "conv-17"}


def test_a_step_fails_as_its_state_expects() -> None:
    sent = event("order-step")
    with pytest.raises(reserve.OutOfStockError, match="4 of teapot were ordered, 3 are there"):
        reserve.handler({**sent, "order": {**sent["order"], "items": {"teapot": 4}}}, Context())
    sent["order"]["bank_fails"] = 1
    with pytest.raises(charge.PaymentTimeoutError):
        charge.handler(sent, Context())
    sent["StepFunctions"]["State"]["RetryCount"] = 1
    assert charge.handler(sent, Context())["charged_cents"] == 4_600
