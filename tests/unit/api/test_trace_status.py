from __future__ import annotations

import pytest

from spanvas.model.completeness import Completeness
from spanvas.model.execution import Counters
from spanvas_api.trace.status import ALL_READ, ChunkCounts, TraceStatus, trace_status
from tests.support.builders import make_execution

WHOLE = Completeness(("classify", "reply"), ("classify", "reply"))


def status_of(
    status: str = "succeeded",
    completeness: Completeness = WHOLE,
    *,
    rows: int = 3,
    orphans: int = 0,
    lost: int = 0,
    dropped: int = 0,
    chunks: ChunkCounts = ALL_READ,
) -> TraceStatus:
    execution = make_execution(status=status, counters=Counters(dropped=dropped))
    return trace_status(
        execution, completeness, rows=rows, orphans=orphans, lost=lost, chunks=chunks
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("queued", "The execution is queued and has not started yet."),
        ("running", "Nothing of it has arrived yet."),
        ("succeeded", "The execution has ended, but nothing of it arrived."),
        ("failed", "The execution failed before anything of it arrived."),
        ("lost", "The execution was lost before anything of it arrived."),
        (
            "untraced",
            "Tracing was off when this execution was started, so nothing was recorded.",
        ),
    ],
)
def test_an_empty_trace_says_why(status: str, reason: str) -> None:
    assert status_of(status, rows=0) == ("EMPTY", reason)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_an_open_execution_has_a_running_trace(status: str) -> None:
    assert status_of(status, lost=1, orphans=1) == ("RUNNING", "")


@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_a_whole_trace_is_complete(status: str) -> None:
    assert status_of(status) == ("COMPLETE", "")


def test_a_lost_execution_has_a_partial_trace() -> None:
    assert status_of("lost") == (
        "PARTIAL",
        "The execution was lost: its deadline passed before it ended.",
    )


def test_one_and_many_are_told_apart() -> None:
    assert status_of(lost=1).reason == "1 span never ended."
    assert status_of(lost=2).reason == "2 spans never ended."


def test_missing_nodes_are_named_up_to_five() -> None:
    expected = tuple("abcdefg")

    reason = status_of(completeness=Completeness(expected, ())).reason

    assert reason == "7 of 7 nodes are missing: a, b, c, d, e, …."


@pytest.mark.parametrize(
    ("status", "chunks", "rows", "expected"),
    [
        ("succeeded", ChunkCounts(1), 3, ("PARTIAL", "1 chunk of the trace cannot be read.")),
        ("failed", ChunkCounts(2), 0, ("PARTIAL", "2 chunks of the trace cannot be read.")),
        ("running", ChunkCounts(1), 0, ("RUNNING", "1 chunk of the trace cannot be read.")),
        (
            "succeeded",
            ChunkCounts(0, 1),
            3,
            (
                "PARTIAL",
                "1 chunk was written by a newer version and may not be shown completely.",
            ),
        ),
        (
            "succeeded",
            ChunkCounts(1, 2),
            3,
            (
                "PARTIAL",
                "1 chunk of the trace cannot be read; 2 chunks were written by a newer version and may not be shown"
                " completely.",
            ),
        ),
    ],
)
def test_what_cannot_be_read_is_told_before_all_else(
    status: str, chunks: ChunkCounts, rows: int, expected: TraceStatus
) -> None:
    assert status_of(status, rows=rows, chunks=chunks) == expected


def test_what_may_be_in_a_part_that_cannot_be_read_is_not_said_to_be_missing() -> None:
    incomplete = Completeness(("classify", "reply"), ("classify",))
    found = status_of("succeeded", incomplete, orphans=1, lost=1, dropped=1, chunks=ChunkCounts(1))
    assert found.reason == "1 chunk of the trace cannot be read; 1 span could not be delivered."
