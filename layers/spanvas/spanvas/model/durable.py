"""Durable executions of AWS Lambda: what their ARN and the attributes of their spans say.

A durable execution is one run of a durable function over many invocations. Between them it is suspended.
Source: AWS Lambda API reference, "Execution"; the attributes are those of `aws-durable-execution-sdk-python-otel`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds

LONGEST_NANO: Final = 31_622_400 * 1_000_000_000
"""The longest time that a durable execution may take: 366 days, AWS's own limit for `ExecutionTimeout`."""
ENDED: Final = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "STOPPED"})
"""Statuses after which a durable execution does not go on. `PENDING` is suspended, `RETRY` is invoked again."""
WAITS: Final = frozenset({"WAIT", "CALLBACK", "CHAINED_INVOKE"})
"""Types of operations in which the function does nothing: a timer, an answer from outside, another function."""
WAITING_SUBTYPES: Final = frozenset({"WaitForCallback"})


def is_durable(attributes: Mapping[str, Any]) -> bool:
    """Returns whether a span is one of a durable execution."""
    return names.DURABLE_EXECUTION_ARN in attributes


def function_name(arn: Any) -> str | None:
    """Returns the name of the function in the ARN of a durable execution; None where the text is no such ARN.

    `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME:VERSION/durable-execution/NAME/ID`.
    """
    if not isinstance(arn, str) or "/durable-execution/" not in arn:
        return None
    parts = arn.split(":")
    if len(parts) < 7 or (parts[0], parts[2], parts[5]) != ("arn", "lambda", "function"):
        return None
    return parts[6].partition("/")[0] or None


def is_wait(attributes: Mapping[str, Any]) -> bool:
    """Returns whether a span is an operation in which its durable function does nothing but wait."""
    return (
        attributes.get(names.DURABLE_OPERATION_TYPE) in WAITS
        or attributes.get(names.DURABLE_OPERATION_SUBTYPE) in WAITING_SUBTYPES
    )


def is_attempt(attributes: Mapping[str, Any]) -> bool:
    """Returns whether a span is one attempt of a step. The span of the step itself has a status, and no outcome."""
    return names.DURABLE_ATTEMPT_OUTCOME in attributes or (
        names.DURABLE_ATTEMPT_NUMBER in attributes
        and names.DURABLE_OPERATION_STATUS not in attributes
    )


def goes_on(attributes: Mapping[str, Any], kind: str = "") -> bool:
    """Returns whether a span of a durable execution may be open in several invocations: the whole, or an operation."""
    is_operation = names.DURABLE_OPERATION_ID in attributes and not is_attempt(attributes)
    return kind == kinds.WORKFLOW or is_operation


def end_of(attributes: Mapping[str, Any]) -> str:
    """Returns the status with which a span says that its durable execution has ended; "" where it does not say so."""
    for name in (names.DURABLE_EXECUTION_STATUS, names.DURABLE_INVOCATION_STATUS):
        status = attributes.get(name)
        if status in ENDED:
            return str(status)
    return ""
