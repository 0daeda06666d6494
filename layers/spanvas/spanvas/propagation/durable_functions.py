"""The event of a durable function: which durable execution an invocation is part of.

Source: AWS Lambda developer guide, "Durable functions"; `aws-durable-execution-sdk-python` 3.0 reads the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.durable import function_name
from spanvas.model.units import MS

ARN: Final = "DurableExecutionArn"
STATE: Final = "InitialExecutionState"
EXECUTION: Final = "EXECUTION"
"""Type of the operation that is the execution itself; it comes first, with the input."""


class DurableRun(NamedTuple):
    """One durable execution. `is_first`: no operation has begun before this invocation."""

    arn: str
    function_name: str | None = None
    started_at_unix_nano: int | None = None
    is_first: bool = True
    input: Any = None


def durable_run_in(event: Any) -> DurableRun | None:
    """Returns the durable execution that an event belongs to; None where it belongs to none."""
    if not isinstance(event, Mapping) or "CheckpointToken" not in event:
        return None
    arn = event.get(ARN)
    if not isinstance(arn, str) or not arn:
        return None
    state = event.get(STATE)
    state = state if isinstance(state, Mapping) else {}
    given = state.get("Operations")
    operations = (
        [item for item in given if isinstance(item, Mapping)] if isinstance(given, list) else []
    )
    own = next((item for item in operations if item.get("Type") == EXECUTION), {})
    others = len(operations) > (1 if own else 0)
    return DurableRun(
        arn,
        function_name(arn),
        _unix_nano(own.get("StartTimestamp")),
        not (others or state.get("NextMarker")),
        _input(own.get("ExecutionDetails")),
    )


def _unix_nano(milliseconds: Any) -> int | None:
    is_number = isinstance(milliseconds, (int, float)) and not isinstance(milliseconds, bool)
    return int(milliseconds * MS) if is_number and 0 < milliseconds < 1e15 else None


def _input(details: Any) -> Any:
    payload = details.get("InputPayload") if isinstance(details, Mapping) else None
    try:
        return json.loads(payload) if isinstance(payload, str) else None
    except ValueError:
        return None
