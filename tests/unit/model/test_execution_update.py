"""What spans from elsewhere say of their execution, in any order and any number of times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.execution import LOST, Cause, Execution, Origin, seen_at
from spanvas.model.execution_update import (
    ANY_SPAN,
    ROOT,
    ExecutionEnd,
    ExecutionUpdate,
    WorkflowIdentity,
    create_from,
    end_key,
    identity_key,
    merge_update,
    update_from,
)
from tests.support.builders import SECOND, T0, make_execution

PATIENCE = 900 * SECOND


def identity(start: float = 0, rank: str = ROOT, **overrides: Any) -> WorkflowIdentity:
    key = identity_key(rank, T0 + round(start * SECOND), "a" * 16)
    values = {
        "trace_id": "1" * 32,
        "workflow_id": f"flow-{start}",
        "workflow_name": f"Flow {start}",
    }
    return WorkflowIdentity(key, **{**values, **overrides})


def end(at: float, status: str = "succeeded", cause: Cause | None = None) -> ExecutionEnd:
    ended_at = T0 + round(at * SECOND)
    return ExecutionEnd(end_key(ended_at, "a" * 16), status, ended_at, cause)


def update(start: float = 0, seen: float = 0, **overrides: Any) -> ExecutionUpdate:
    values: dict[str, Any] = {
        "tenant": "acme",
        "execution_id": "exec_1",
        "started_at_unix_nano": T0 + round(start * SECOND),
        "seen_at_unix_nano": T0 + round(seen * SECOND),
        "patience_nano": PATIENCE,
        "identity": identity(start),
        "started_by": "collector",
    }
    return ExecutionUpdate(**{**values, **overrides})


def test_spans_without_their_root_make_an_execution_that_runs_until_its_deadline() -> None:
    seen = update(
        seen=5, identity=identity(rank=ANY_SPAN, workflow_id="planner", workflow_name="planner")
    )
    assert create_from(seen) == Execution(
        tenant="acme",
        execution_id="exec_1",
        trace_id="1" * 32,
        workflow_id="planner",
        workflow_name="planner",
        status="running",
        started_at_unix_nano=T0,
        deadline_unix_nano=T0 + 905 * SECOND,
        started_by="collector",
        origin=Origin(seen.identity.key),
    )


def test_a_root_that_ended_ends_the_execution() -> None:
    cause = Cause("Timeout", "too slow", None, "a" * 16)
    execution = create_from(update(end=end(3, "failed", cause)))
    assert (execution.status, execution.ended_at_unix_nano) == ("failed", T0 + 3 * SECOND)
    assert (execution.cause, execution.deadline_unix_nano) == (cause, None)


def test_the_root_repairs_name_start_trace_and_end_when_it_comes() -> None:
    early = create_from(update(2, identity=identity(2, ANY_SPAN, workflow_id="unknown")))
    root = update(
        0,
        identity=identity(0, workflow_version="7", expected_nodes=("a", "b"), trace_id="2" * 32),
        end=end(9),
    )
    repaired = merge_update(early, root)
    assert (repaired.workflow_id, repaired.workflow_name) == ("flow-0", "Flow 0")
    assert (repaired.workflow_version, repaired.expected_nodes) == ("7", ("a", "b"))
    assert (repaired.trace_id, repaired.started_at_unix_nano) == ("2" * 32, T0)
    assert (repaired.status, repaired.ended_at_unix_nano) == ("succeeded", T0 + 9 * SECOND)


def test_of_several_roots_the_first_names_and_the_last_ends() -> None:
    execution = create_from(update(5, end=end(6)))
    execution = merge_update(execution, update(1, end=end(2, "failed")))
    assert (execution.workflow_id, execution.status) == ("flow-1", "failed")
    assert execution.ended_at_unix_nano == T0 + 6 * SECOND


def test_a_root_that_failed_fails_the_execution_whichever_comes_first() -> None:
    failed = update(1, end=end(2, "failed", Cause("ValueError", "boom", None, "a" * 16)))
    later = update(5, end=end(6))
    for one, other in ((failed, later), (later, failed)):
        execution = merge_update(create_from(one), other)
        assert (execution.status, execution.ended_at_unix_nano) == ("failed", T0 + 6 * SECOND)
        assert execution.cause is not None
        assert execution.cause.message == "boom"


def test_the_end_of_a_root_counts_alone_beside_one_of_a_local_root() -> None:
    failed = ExecutionEnd(end_key(T0 + 9, "b" * 16, is_local=True), "failed", T0 + 9)
    for one, other in ((failed, end(0)), (end(0), failed)):
        execution = merge_update(create_from(update(end=one)), update(end=other))
        assert (execution.status, execution.ended_at_unix_nano) == ("succeeded", T0)


def test_a_wrong_clock_moves_neither_start_nor_end() -> None:
    of_1970, of_2058 = 60 * SECOND, T0 + 1_000_000_000 * SECOND
    good = update(end=end(3))
    for wrong in (
        update(started_at_unix_nano=of_1970),
        update(end=ExecutionEnd(end_key(of_2058, "b" * 16), "succeeded", of_2058)),
        update(started_at_unix_nano=of_2058),
    ):
        for one, other in ((good, wrong), (wrong, good)):
            execution = merge_update(create_from(one), other)
            assert execution.started_at_unix_nano == T0
            assert execution.ended_at_unix_nano == T0 + 3 * SECOND


def test_late_spans_change_nothing_of_an_execution_that_ended() -> None:
    ended = create_from(update(end=end(6)))
    assert merge_update(ended, update(1, seen=5000)) is ended


def test_the_deadline_moves_in_steps() -> None:
    execution = create_from(update())
    assert merge_update(execution, update(seen=200)) is execution
    later = merge_update(execution, update(seen=225))
    assert later.deadline_unix_nano == T0 + 1125 * SECOND


def test_spans_bring_a_lost_execution_back() -> None:
    execution = create_from(update())
    lost = replace(seen_at(execution, T0 + 2000 * SECOND))
    assert (lost.status, lost.cause) == (
        "lost",
        Cause("Lost", "Spans stopped coming, and no root span has ended."),
    )
    back = merge_update(lost, update(seen=3000))
    assert (back.status, back.cause, back.ended_at_unix_nano) == ("running", None, None)
    assert back.deadline_unix_nano == T0 + 3900 * SECOND
    overdue_but_not_swept = merge_update(execution, update(seen=3000))
    assert overdue_but_not_swept == back


def test_an_execution_that_was_registered_is_never_changed() -> None:
    registered = make_execution(status=LOST)
    assert merge_update(registered, update(-5, seen=99_999, end=end(3))) is registered


def test_what_an_execution_says_of_another_is_what_its_spans_said() -> None:
    for ended in (None, end(4, "failed", Cause("E", "m"))):
        named = identity(1, expected_nodes=("x",))
        said = update(1, end=ended, identity=named, external_id="run/1")
        assert update_from(create_from(said), T0, PATIENCE) == said


UPDATES = st.lists(
    st.builds(
        lambda start, rank, ended, failed, external_id: update(
            start,
            external_id=external_id,
            identity=identity(start, rank),
            end=None if ended is None else end(ended, "failed" if failed else "succeeded"),
        ),
        st.integers(0, 5),
        st.sampled_from([ROOT, ANY_SPAN]),
        st.one_of(st.none(), st.integers(6, 9)),
        st.booleans(),
        st.sampled_from(["", "run/1", "run/2"]),
    ),
    min_size=1,
    max_size=6,
)


def known_after(updates: list[ExecutionUpdate]) -> Execution:
    execution = create_from(updates[0])
    for each in updates[1:]:
        execution = merge_update(execution, each)
    return replace(execution, deadline_unix_nano=None)


@settings(max_examples=300, deadline=None)
@given(UPDATES, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_leave_the_same_execution(updates, chance) -> None:
    shuffled = updates + chance.choices(updates, k=3)
    chance.shuffle(shuffled)
    assert known_after(shuffled) == known_after(updates)
