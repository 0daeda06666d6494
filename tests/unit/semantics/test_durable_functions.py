"""Durable functions of AWS Lambda: what a span of theirs stands for, which attempt it is, and whether it waits."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.semantics.summary import row_of
from tests.support.builders import make_span
from tests.unit.semantics.forms import form_of

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:parcels:7/durable-execution/order-7/ab-12"
STEP = {
    "durable.operation.id": "7",
    "durable.operation.name": "ask",
    "durable.operation.type": "STEP",
}


def operation(subtype: str, **more: Any) -> dict[str, Any]:
    return {
        **STEP,
        "durable.operation.subtype": subtype,
        "durable.operation.status": "STARTED",
        **more,
    }


@pytest.mark.parametrize(
    ("attributes", "kind", "node_id"),
    [
        (operation("Step"), "node", "ask"),
        ({"durable.operation.id": "7"}, "node", "7"),
        (operation("OfOurOwn"), "node", "ask"),
        (operation("Wait"), "node", "ask"),
        (operation("WaitForCallback"), "node", "ask"),
        (operation("ChainedInvoke"), "node", "ask"),
        (operation("RunInChildContext"), "node", "ask"),
        (operation("Parallel"), "map", "ask"),
        (operation("Map"), "map", "ask"),
        (operation("ParallelBranch"), "item", "ask"),
        (operation("MapIteration"), "item", "ask"),
        (operation("Step", **{"durable.attempt.number": 2}), "node", "ask"),
        ({**STEP, "durable.attempt.number": 2}, "attempt", "ask"),
        (
            {**STEP, "durable.attempt.number": 2, "durable.attempt.outcome": "FAILED"},
            "attempt",
            "ask",
        ),
        ({"durable.execution.status": "SUCCEEDED"}, "workflow", None),
        ({"durable.invocation.first": True}, "invocation", None),
        ({"durable.invocation.status": "PENDING"}, "invocation", None),
        ({"durable.execution.synthetic_root": True}, "other", None),
        ({}, "other", None),
    ],
)
def test_operations_attempts_and_invocations_have_their_kinds(
    attributes: dict[str, Any], kind: str, node_id: str | None
) -> None:
    form = form_of({"durable.execution.arn": ARN, **attributes})

    assert (form.kind, form.node_id) == (kind, node_id)


@pytest.mark.parametrize(
    ("arn", "workflow"),
    [
        (ARN, "parcels"),
        (ARN.replace(":7/", ":$LATEST/"), "parcels"),
        (ARN.replace(":7/", "/"), "parcels"),
        (ARN.replace("arn:aws:", "arn:aws-us-gov:"), "parcels"),
        ("af155e61/inv-1234", None),
        ("", None),
    ],
)
def test_the_workflow_is_the_function_in_the_arn(arn: str, workflow: str | None) -> None:
    assert form_of({"durable.execution.arn": arn}).workflow == workflow


@pytest.mark.parametrize(
    ("attributes", "attempt"),
    [
        ({"durable.attempt.number": 2, "durable.attempt.outcome": "SUCCEEDED"}, 2),
        ({"durable.attempt.number": 3}, 3),
        ({"durable.attempt.number": 2, "durable.operation.status": "SUCCEEDED"}, None),
        ({"durable.attempt.number": "2", "durable.attempt.outcome": "SUCCEEDED"}, None),
        ({"durable.attempt.number": -1}, None),
        ({"durable.attempt.number": 2, "spanvas.attempt.number": 5}, 5),
    ],
)
def test_an_attempt_has_its_number_and_its_step_has_none(
    attributes: dict[str, Any], attempt: int | None
) -> None:
    span = make_span(attributes={"durable.execution.arn": ARN, **STEP, **attributes})

    assert row_of(span).attempt == attempt


@pytest.mark.parametrize(
    ("type_", "subtype", "is_wait"),
    [
        ("WAIT", "Wait", True),
        ("CALLBACK", "Callback", True),
        ("CALLBACK", "OfOurOwn", True),
        ("CHAINED_INVOKE", "ChainedInvoke", True),
        ("CONTEXT", "WaitForCallback", True),
        ("STEP", "WaitForCondition", False),
        ("STEP", "Step", False),
        ("CONTEXT", "Parallel", False),
    ],
)
def test_operations_in_which_nothing_works_are_marked(
    type_: str, subtype: str, is_wait: bool
) -> None:
    attributes = {
        "durable.execution.arn": ARN,
        "durable.operation.type": type_,
        "durable.operation.subtype": subtype,
    }

    marks = row_of(make_span(parent_span_id=None, attributes=attributes)).marks

    assert marks == (("wait",) if is_wait else ())
