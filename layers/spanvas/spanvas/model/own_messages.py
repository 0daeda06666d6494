"""All that Spanvas itself says of why an execution has failed, in one place.

These sentences are structure, so that callers who may not read content see them. Every other message of an error was
written by a program or a service, and is content (ADR 35). A `{}` is where a sentence has a place, ` in node fetch`, or
nothing.
"""

from __future__ import annotations

from typing import Final

OVERDUE: Final = "The deadline of its function passed and no end was recorded."
UNSTARTED: Final = "It was queued, and no function has begun it."
UNENDED: Final = "Spans stopped coming, and no root span has ended."
SILENCE: Final = (
    "Nothing more was heard of its function{}: it was killed, ran out of memory or crashed."
)
OUT_OF_TIME: Final = "The function's time ran out{}."
LEFT: Final = "It was to go on elsewhere{}, and nobody has continued or ended it."
CUT: Final = "the function's time ran out{}"
"""What the layer writes on spans that are open when the time of their function is over."""
FORGOTTEN: Final = "Lambda does not know the durable execution any more."
DURABLE_ENDS: Final = {
    "FAILED": "The durable execution failed",
    "TIMED_OUT": "The durable execution's time ran out",
    "STOPPED": "The durable execution was stopped",
}
"""What is said of a durable execution whose end has no message, by its status."""
MACHINE_ENDS: Final = {
    "FAILED": "The state machine failed",
    "TIMED_OUT": "The state machine's time ran out",
    "ABORTED": "The state machine was stopped",
}
"""What is said of a state machine that has not succeeded, by its status."""
NOT_INVOKED: Final = "The executor function could not be invoked"

WITH_PLACE: Final = (
    OVERDUE,
    UNSTARTED,
    UNENDED,
    SILENCE,
    OUT_OF_TIME,
    LEFT,
    CUT,
    FORGOTTEN,
    *(f"{said}{{}}" for said in DURABLE_ENDS.values()),
)
"""The sentences that say where, or nothing more."""
WITH_ERROR: Final = (*MACHINE_ENDS.values(), NOT_INVOKED)
"""The sentences behind which the name of an error may stand, as `with_error` writes it."""


def with_error(said: str, error: str = "") -> str:
    """Returns a sentence with the name of an error: `The state machine failed: States.Timeout.`"""
    return f"{said}: {error}." if error else f"{said}."
