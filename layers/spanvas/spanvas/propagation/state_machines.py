"""Step Functions' context object, wherever in its input a state passes it on.

Source: AWS Step Functions developer guide, "Accessing execution data from the Context object". A state passes it with
`"StepFunctions.$": "$$"` (JSONPath) or `"StepFunctions": "{% $states.context %}"` (JSONata), or names parts of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.units import unix_nano_of

KEYS: Final = ("Execution", "StepFunctions", "_context", "Context", "context")
"""Where state machines put `$$` or `$$.Execution`: there is no fixed place."""
PLACES: Final = ("Payload", "Input", "input")
"""Where the same is found one level deeper."""


class State(NamedTuple):
    """One visit of a state. `entered` is as Step Functions writes it: it stays the same over the state's retries."""

    name: str
    entered: str = ""
    retries: int = 0
    map_index: int | None = None

    @property
    def attempt(self) -> int:
        """The number of this attempt, from 1."""
        return self.retries + 1

    @property
    def entered_at_unix_nano(self) -> int | None:
        """When the state was entered; None where its text is no time."""
        return unix_nano_of(self.entered)


class StateMachineRun(NamedTuple):
    """One execution of a state machine. `input` is what it was started with, where the state passes that on."""

    arn: str
    started_at_unix_nano: int | None = None
    input: Any = None
    state: State | None = None


def run_in(event: Any) -> StateMachineRun | None:
    """Returns the execution of the state machine that an event comes from; None where it comes from none."""
    if not isinstance(event, Mapping):
        return None
    for key in KEYS:
        found = event.get(key)
        if not isinstance(found, Mapping):
            continue
        # `{"Execution": {"Id": …}, "State": …}` in the event itself, or one level below.
        context = event if key == "Execution" else found
        run = _run_of(context) or _run_of({"Execution": found})
        if run is not None:
            return run
    for place in PLACES:
        run = run_in(event.get(place))
        if run is not None:
            return run
    return None


def machine_name(execution_arn: str) -> str:
    """Returns the state machine's name in an execution's ARN, `arn:aws:states:region:account:execution:name:id`; ""
    where there is none."""
    parts = execution_arn.split(":")
    return parts[6] if len(parts) > 6 else ""


def _run_of(context: Mapping[str, Any]) -> StateMachineRun | None:
    execution = context.get("Execution")
    arn = execution.get("Id") if isinstance(execution, Mapping) else None
    if not isinstance(arn, str) or ":states:" not in arn:
        return None
    assert isinstance(execution, Mapping)
    return StateMachineRun(
        arn, unix_nano_of(execution.get("StartTime")), execution.get("Input"), _state_of(context)
    )


def _state_of(context: Mapping[str, Any]) -> State | None:
    state = context.get("State")
    if not isinstance(state, Mapping) or not isinstance(state.get("Name"), str):
        return None
    entered = state.get("EnteredTime")
    item = context.get("Map")
    item = item.get("Item") if isinstance(item, Mapping) else None
    index = item.get("Index") if isinstance(item, Mapping) else None
    return State(
        state["Name"],
        entered if isinstance(entered, str) else "",
        _count(state.get("RetryCount")) or 0,
        _count(index),
    )


def _count(value: Any) -> int | None:
    """A number from 0; JSONPath intrinsics make texts of some."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and 0 <= value < 2**31 else None
