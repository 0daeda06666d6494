"""What the start of a function does to an execution that is known, as conditions of the real store say it too."""

from __future__ import annotations

from dataclasses import replace

from spanvas.model.execution import BY_CALLER, LOST, RUNNING, Execution, place_of


def begun(known: Execution, part: Execution) -> Execution:
    """Returns `part`, with the start of the known execution if that is earlier.

    The start never moves to a later time: whoever reads the history from the newest on would miss the execution.
    """
    start = min(place_of(known), part.started_at_unix_nano)
    waited_until = part.started_at_unix_nano if part.started_at_unix_nano > start else None
    return replace(part, started_at_unix_nano=start, queued_until_unix_nano=waited_until)


def continued(known: Execution, part: Execution) -> Execution | None:
    """Returns a known execution after one more function has begun a part of it; None if that changes nothing.

    | status            | the part is ended by                 | becomes                                          |
    |-------------------|--------------------------------------|--------------------------------------------------|
    | running           | anybody                              | running, with the later of the two deadlines     |
    | lost              | anybody                              | running, if the part began after the end         |
    | succeeded, failed | its function or a state machine      | running, if the part began after the end         |
    | succeeded, failed | its caller: nobody would end it      | unchanged                                        |
    """
    if known.status == RUNNING:
        deadline = part.deadline_unix_nano or 0
        if deadline <= (known.deadline_unix_nano or 0):
            return None
        return replace(known, deadline_unix_nano=deadline, ended_by=part.ended_by)
    began = part.began_at_unix_nano or part.started_at_unix_nano
    ended = known.ended_at_unix_nano
    if ended is None or ended >= began or (known.status != LOST and part.ended_by == BY_CALLER):
        return None
    return replace(
        known,
        status=RUNNING,
        ended_at_unix_nano=None,
        cause=None,
        deadline_unix_nano=part.deadline_unix_nano,
        ended_by=part.ended_by,
    )
