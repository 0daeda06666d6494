"""AWS Lambda's durable functions: operations of an execution that outlives its function's invocations."""

from __future__ import annotations

from typing import Final

from spanvas import attributes as names
from spanvas.model import durable, kinds
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule

CONTEXTS: Final = {
    "Map": kinds.MAP,
    "Parallel": kinds.MAP,
    "MapIteration": kinds.ITEM,
    "ParallelBranch": kinds.ITEM,
}
"""Kinds of operations that are neither steps nor waits, by `durable.operation.subtype`."""
OPERATION: Final = frozenset({names.DURABLE_OPERATION_NAME, names.DURABLE_OPERATION_ID})


def _operation(reading: Reading) -> str | None:
    attributes = reading.attributes
    if not OPERATION & attributes.keys():
        return None
    if durable.is_attempt(attributes):
        return kinds.ATTEMPT
    return CONTEXTS.get(str(attributes.get(names.DURABLE_OPERATION_SUBTYPE)), kinds.NODE)


def _execution(reading: Reading) -> str | None:
    attributes = reading.attributes
    if not durable.is_durable(attributes) or OPERATION & attributes.keys():
        return None
    return kinds.WORKFLOW if names.DURABLE_EXECUTION_STATUS in attributes else None


def _invocation(reading: Reading) -> str | None:
    said = {names.DURABLE_INVOCATION_STATUS, names.DURABLE_INVOCATION_FIRST}
    return kinds.INVOCATION if said & reading.attributes.keys() else None


def _function(reading: Reading) -> str | None:
    return durable.function_name(reading.attributes.get(names.DURABLE_EXECUTION_ARN))


DIALECT = Dialect(
    name="aws_durable",
    title="AWS durable functions",
    origin="aws-durable-execution-sdk-python 3.0 with aws-durable-execution-sdk-python-otel 2.0; "
    "the layer writes the same attributes",
    kinds=(
        Rule(
            "`durable.operation.name` or `.id` is there: attempt where `durable.attempt.outcome` is there, or "
            "`durable.attempt.number` without `durable.operation.status`; else by `durable.operation.subtype`: "
            + "; ".join(f"{subtype}: {kind}" for subtype, kind in CONTEXTS.items())
            + "; any other: node",
            _operation,
        ),
        Rule("`durable.execution.status` is there: workflow", _execution),
        Rule("`durable.invocation.status` or `.first` is there: invocation", _invocation),
    ),
    fields={
        "node_id": (names.DURABLE_OPERATION_NAME, names.DURABLE_OPERATION_ID),
        "workflow": (
            Read(
                "name of the function in `durable.execution.arn`",
                _function,
                (names.DURABLE_EXECUTION_ARN,),
            ),
        ),
    },
    notes=(
        "`durable.execution.arn` names the execution: spans of all invocations are in one.",
        "An execution has ended when a span says so: `durable.execution.status`, or `durable.invocation.status`, is "
        + ", ".join(sorted(durable.ENDED))
        + ". Until then it is running, also while it is suspended.",
        "`durable.attempt.number` is the number of the attempt.",
        "Operations that wait (`durable.operation.type` is "
        + ", ".join(sorted(durable.WAITS))
        + ", or the subtype is WaitForCallback) have the mark `wait`.",
        "AWS's invocation view writes a span for each invocation in which an operation was open; its execution view "
        "writes an operation once.",
    ),
)
