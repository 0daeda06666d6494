"""The example of a state machine: Step Functions calls its real functions, which leave one tree."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from local.client import ApiClient
from local.identity.clients import DEMO_TENANT
from local.lambdas.invocation import Invocation
from local.stack import Stack

pytestmark = pytest.mark.runtime

ORDER = {"order_id": "17", "tenant": DEMO_TENANT, "items": {"tea": 2, "teapot": 1}}


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[ApiClient]:
    with stack.api() as client:
        yield client


class Machine:
    """The state machine of the template, as it is deployed."""

    def __init__(self, stack: Stack) -> None:
        self.arn = str(stack.resolver.ref("OrderStateMachine"))
        self.name = self.arn.rpartition(":")[2]
        self._client = stack.boto3_client("stepfunctions")

    def run(
        self, name: str, given: dict[str, Any], meanwhile: Callable[[str], None] = lambda _arn: None
    ) -> dict[str, Any]:
        """Runs it once; returns how the execution has ended. `meanwhile` is called again and again with its ARN."""
        started = self._client.start_execution(
            stateMachineArn=self.arn, name=name, input=json.dumps(given)
        )
        while True:
            found = self._client.describe_execution(executionArn=started["executionArn"])
            if found["status"] != "RUNNING":
                return dict(found)
            meanwhile(started["executionArn"])
            time.sleep(0.1)


@pytest.fixture
def machine(stack: Stack) -> Machine:
    return Machine(stack)


def read_when_ended(api: ApiClient, execution_id: str, seconds: float = 60.0) -> dict[str, Any]:
    """The trace, when the event of its end has come to the sweep over EventBridge."""
    deadline = time.monotonic() + seconds
    while (trace := read(api, execution_id))["execution"]["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return trace


def read(api: ApiClient, execution_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/v1/executions/{quote(execution_id, safe='')}/trace")
    return found


def tree(trace: dict[str, Any]) -> list[str]:
    return [
        f"{'  ' * row['depth']}{row['kind']} {row['name']}"
        + (f" #{row['attempt']}" if "attempt" in row else "")
        + f" {row['status']}"
        for row in trace["rows"]
    ]


def test_its_states_meet_in_one_tree_with_the_retry_as_a_second_try(
    stack: Stack, api: ApiClient, machine: Machine
) -> None:
    seen: set[str] = set()

    def look(execution_id: str) -> None:
        answer = api.call("GET", f"/v1/executions/{quote(execution_id, safe='')}")
        if answer.status == 200:
            seen.add(answer.json()["status"])

    ended = machine.run("run-1", {**ORDER, "bank_fails": 1}, look)

    # Not succeeded between two states, nor failed before a retry.
    assert seen == {"running"}
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["receipt"] == "receipt-17.txt"
    execution_id = ended["executionArn"]
    trace = read_when_ended(api, execution_id)
    assert (trace["status"], trace["execution"]["status"]) == ("COMPLETE", "succeeded")
    assert trace["execution"]["workflow_id"] == machine.name
    names = {
        name: stack.function(f"{name}Function").name for name in ("Reserve", "Charge", "Confirm")
    }
    assert tree(trace) == [
        f"workflow {machine.name} ok",
        "  node Reserve #1 ok",
        f"    invocation {names['Reserve']} #1 ok",
        "  node Charge the card #2 ok",
        f"    invocation {names['Charge']} #1 error",
        "      http POST /charges error",
        f"    invocation {names['Charge']} #2 ok",
        "      http POST /charges ok",
        "  node Confirm #1 ok",
        f"    invocation {names['Confirm']} #1 ok",
    ]
    assert [row["node_id"] for row in trace["rows"] if row["kind"] == "node"] == [
        "Reserve",
        "Charge",
        "Confirm",
    ]
    assert trace["execution"]["counters"]["spans"] >= len(trace["rows"])
    (artifact,) = api.get(f"/v1/executions/{quote(execution_id, safe='')}/artifacts")["items"]
    assert (artifact["name"], artifact["node_id"]) == ("receipt-17.txt", "Confirm")


def test_the_collector_gets_every_span_under_the_same_trace(
    stack: Stack, api: ApiClient, machine: Machine
) -> None:
    trace = read_when_ended(api, machine.run("run-2", ORDER)["executionArn"])
    # The states' functions send theirs, and the sweep the one of the whole.
    spans = {row["span_id"] for row in trace["rows"]}

    def received() -> set[str]:
        trace_id = trace["execution"]["trace_id"]
        return {str(s["span_id"]) for s in stack.otlp.read_spans() if s["trace_id"] == trace_id}

    # What a function does not get rid of within its budget goes with its next invocation.
    for again in range(5):
        if received() == spans:
            break
        machine.run(f"run-2-{again}", ORDER)
    assert received() == spans


def test_a_state_that_fails_for_good_is_the_cause(api: ApiClient, machine: Machine) -> None:
    ended = machine.run("run-3", {**ORDER, "bank_fails": 5})

    assert (ended["status"], ended["error"]) == ("FAILED", "PaymentTimeoutError")
    trace = read_when_ended(api, ended["executionArn"])
    assert trace["execution"]["status"] == "failed"
    cause = trace["execution"]["cause"]
    assert cause["error_type"] == "steps.charge.PaymentTimeoutError"
    assert (cause["node_id"], cause["message"]) == ("Charge", "The bank did not answer.")
    node = next(row for row in trace["rows"] if row["span_id"] == cause["span_id"])
    assert (node["kind"], node["attempt"], node["status"]) == ("node", 3, "error")


def test_a_state_machine_that_nobody_traces_is_passed_over(stack: Stack, machine: Machine) -> None:
    arn = f"{machine.arn.replace(':stateMachine:', ':execution:')}:untraced"
    detail = {
        "executionArn": arn,
        "stateMachineArn": machine.arn,
        "name": "untraced",
        "status": "SUCCEEDED",
        "startDate": 1_790_000_000_000,
        "stopDate": 1_790_000_001_000,
        "input": json.dumps(ORDER),
        "inputDetails": {"included": True},
        "output": "{}",
        "error": None,
        "cause": None,
    }
    event = {
        "version": "0",
        "id": "315c1398-40ff-a850-213b-158f73e60175",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "account": "123456789012",
        "time": "2026-11-30T00:00:00Z",
        "region": "us-east-1",
        "resources": [arn],
        "detail": detail,
    }
    sweep = stack.function("SweepFunction").name
    answer = stack.lambdas.invoke(sweep, Invocation(json.dumps(event).encode()))
    assert json.loads(answer.payload) == {"ended": 0}
