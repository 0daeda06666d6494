"""The example of a state machine: three real functions, called as Step Functions calls them, leave one tree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from local.client import ApiClient
from local.identity.clients import DEMO_TENANT
from local.lambdas.invocation import Invocation, InvocationResult
from local.resources import function_name_of
from local.stack import Stack
from tests.runtime.state_machine import StateMachine

pytestmark = pytest.mark.runtime

ORDER = {"order_id": "17", "tenant": DEMO_TENANT, "items": {"tea": 2, "teapot": 1}}


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[ApiClient]:
    with stack.api() as client:
        yield client


def call(stack: Stack, name: str, event: Any) -> InvocationResult:
    return stack.lambdas.invoke(name, Invocation(json.dumps(event).encode()))


@pytest.fixture
def machine(stack: Stack) -> StateMachine:
    """The state machine of the template, as it would be deployed."""
    properties = stack.resolver.properties("OrderStateMachine")
    values = properties["DefinitionSubstitutions"]
    text = re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], properties["DefinitionString"])
    return StateMachine(
        stack.resolver.ref("OrderStateMachine"),
        json.loads(text),
        lambda arn, payload: call(stack, function_name_of(arn), payload),
    )


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
    stack: Stack, api: ApiClient, machine: StateMachine
) -> None:
    execution_id = machine.execution_arn("run-1")
    seen: list[str] = []
    machine.between = lambda: seen.append(read(api, execution_id)["execution"]["status"])

    ended = machine.run("run-1", {**ORDER, "bank_fails": 1})

    assert machine.calls == ["Reserve 0", "Charge 0", "Charge 1", "Confirm 0"]
    # Not succeeded between two states, nor failed before a retry.
    assert seen == ["running"] * 4
    assert ended["detail"]["status"] == "SUCCEEDED"
    sweep = call(stack, stack.function("SweepFunction").name, ended)
    assert json.loads(sweep.payload) == {"ended": 1}

    trace = read(api, execution_id)
    assert (trace["status"], trace["execution"]["status"]) == ("COMPLETE", "succeeded")
    assert trace["execution"]["workflow_id"] == machine.arn.rpartition(":")[2]
    names = {
        name: stack.function(f"{name}Function").name for name in ("Reserve", "Charge", "Confirm")
    }
    assert tree(trace) == [
        f"workflow {machine.arn.rpartition(':')[2]} ok",
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


def test_the_collector_gets_every_span_of_a_state_under_the_same_trace(
    stack: Stack, api: ApiClient, machine: StateMachine
) -> None:
    machine.run("run-2", ORDER)
    trace = read(api, machine.execution_arn("run-2"))
    below = {row["span_id"] for row in trace["rows"] if row["kind"] != "workflow"}

    def received() -> set[str]:
        trace_id = trace["execution"]["trace_id"]
        return {str(s["span_id"]) for s in stack.otlp.read_spans() if s["trace_id"] == trace_id}

    # What a function does not get rid of within its budget goes with its next invocation.
    for again in range(5):
        if received() == below:
            break
        machine.run(f"run-2-{again}", ORDER)
    assert received() == below


def test_a_state_that_fails_for_good_is_the_cause(
    stack: Stack, api: ApiClient, machine: StateMachine
) -> None:
    ended = machine.run("run-3", {**ORDER, "bank_fails": 5})

    assert machine.calls == ["Reserve 0", "Charge 0", "Charge 1", "Charge 2"]
    assert ended["detail"]["error"] == "PaymentTimeoutError"
    call(stack, stack.function("SweepFunction").name, ended)
    trace = read(api, machine.execution_arn("run-3"))
    assert trace["execution"]["status"] == "failed"
    cause = trace["execution"]["cause"]
    assert cause["error_type"] == "steps.charge.PaymentTimeoutError"
    assert (cause["node_id"], cause["message"]) == ("Charge", "The bank did not answer.")
    node = next(row for row in trace["rows"] if row["span_id"] == cause["span_id"])
    assert (node["kind"], node["attempt"], node["status"]) == ("node", 3, "error")


def test_a_state_machine_that_nobody_traces_is_passed_over(
    stack: Stack, machine: StateMachine
) -> None:
    machine.definition = {
        "StartAt": "Reserve",
        "States": {"Reserve": {**machine.definition["States"]["Reserve"], "Next": ""}},
    }
    machine.invoke = lambda arn, payload: InvocationResult(b"{}")
    ended = machine.run("run-4", ORDER)
    answer = call(stack, stack.function("SweepFunction").name, ended)
    assert json.loads(answer.payload) == {"ended": 0}
