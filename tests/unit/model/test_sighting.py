"""What spans from elsewhere say of their execution, in any order and any number of times."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.execution import LOST, Cause, Execution, Origin, seen_at
from spanvas.model.sighting import (
    ANY_SPAN,
    ROOT,
    Ending,
    Naming,
    Sighting,
    ending_key,
    first_seen,
    naming_key,
    seen_again,
    sighting_of,
)
from tests.builders import SECOND, T0, make_execution

PATIENCE = 900 * SECOND


def naming(start: float = 0, rank: str = ROOT, **overrides: Any) -> Naming:
    key = naming_key(rank, T0 + round(start * SECOND), "a" * 16)
    values = {
        "trace_id": "1" * 32,
        "workflow_id": f"flow-{start}",
        "workflow_name": f"Flow {start}",
    }
    return Naming(key, **{**values, **overrides})


def ending(end: float, status: str = "succeeded", cause: Cause | None = None) -> Ending:
    ended_at = T0 + round(end * SECOND)
    return Ending(ending_key(ended_at, "a" * 16), status, ended_at, cause)


def sighting(start: float = 0, seen: float = 0, **overrides: Any) -> Sighting:
    values: dict[str, Any] = {
        "tenant": "acme",
        "execution_id": "exec_1",
        "started_at_unix_nano": T0 + round(start * SECOND),
        "seen_at_unix_nano": T0 + round(seen * SECOND),
        "patience_nano": PATIENCE,
        "naming": naming(start),
        "started_by": "collector",
    }
    return Sighting(**{**values, **overrides})


def test_spans_without_their_root_make_an_execution_that_runs_until_its_deadline() -> None:
    seen = sighting(
        seen=5, naming=naming(rank=ANY_SPAN, workflow_id="planner", workflow_name="planner")
    )
    assert first_seen(seen) == Execution(
        tenant="acme",
        execution_id="exec_1",
        trace_id="1" * 32,
        workflow_id="planner",
        workflow_name="planner",
        status="running",
        started_at_unix_nano=T0,
        deadline_unix_nano=T0 + 905 * SECOND,
        started_by="collector",
        origin=Origin(seen.naming.key),
    )


def test_a_root_that_ended_ends_the_execution() -> None:
    cause = Cause("Timeout", "too slow", None, "a" * 16)
    execution = first_seen(sighting(ending=ending(3, "failed", cause)))
    assert (execution.status, execution.ended_at_unix_nano) == ("failed", T0 + 3 * SECOND)
    assert (execution.cause, execution.deadline_unix_nano) == (cause, None)


def test_the_root_repairs_name_start_trace_and_end_when_it_comes() -> None:
    early = first_seen(sighting(2, naming=naming(2, ANY_SPAN, workflow_id="unknown")))
    root = sighting(
        0,
        naming=naming(0, workflow_version="7", expected_nodes=("a", "b"), trace_id="2" * 32),
        ending=ending(9),
    )
    repaired = seen_again(early, root)
    assert (repaired.workflow_id, repaired.workflow_name) == ("flow-0", "Flow 0")
    assert (repaired.workflow_version, repaired.expected_nodes) == ("7", ("a", "b"))
    assert (repaired.trace_id, repaired.started_at_unix_nano) == ("2" * 32, T0)
    assert (repaired.status, repaired.ended_at_unix_nano) == ("succeeded", T0 + 9 * SECOND)


def test_of_several_roots_the_first_names_and_the_last_ends() -> None:
    execution = first_seen(sighting(5, ending=ending(6)))
    execution = seen_again(execution, sighting(1, ending=ending(2, "failed")))
    assert (execution.workflow_id, execution.status) == ("flow-1", "succeeded")
    assert execution.ended_at_unix_nano == T0 + 6 * SECOND


def test_late_spans_change_nothing_of_an_execution_that_ended() -> None:
    ended = first_seen(sighting(ending=ending(6)))
    assert seen_again(ended, sighting(1, seen=5000)) is ended


def test_the_deadline_moves_in_steps() -> None:
    execution = first_seen(sighting())
    assert seen_again(execution, sighting(seen=200)) is execution
    later = seen_again(execution, sighting(seen=225))
    assert later.deadline_unix_nano == T0 + 1125 * SECOND


def test_spans_bring_a_lost_execution_back() -> None:
    execution = first_seen(sighting())
    lost = replace(seen_at(execution, T0 + 2000 * SECOND))
    assert (lost.status, lost.cause) == (
        "lost",
        Cause("Lost", "Spans stopped coming, and no root span has ended."),
    )
    back = seen_again(lost, sighting(seen=3000))
    assert (back.status, back.cause, back.ended_at_unix_nano) == ("running", None, None)
    assert back.deadline_unix_nano == T0 + 3900 * SECOND
    overdue_but_not_swept = seen_again(execution, sighting(seen=3000))
    assert overdue_but_not_swept == back


def test_an_execution_that_was_registered_is_never_changed() -> None:
    registered = make_execution(status=LOST)
    assert seen_again(registered, sighting(-5, seen=99_999, ending=ending(3))) is registered


def test_what_an_execution_says_of_another_is_what_its_spans_said() -> None:
    for ended in (None, ending(4, "failed", Cause("E", "m"))):
        named = naming(1, expected_nodes=("x",))
        said = sighting(1, ending=ended, naming=named, external_id="run/1")
        assert sighting_of(first_seen(said), T0, PATIENCE) == said


SIGHTINGS = st.lists(
    st.builds(
        lambda start, rank, end, failed, external_id: sighting(
            start,
            external_id=external_id,
            naming=naming(start, rank),
            ending=None if end is None else ending(end, "failed" if failed else "succeeded"),
        ),
        st.integers(0, 5),
        st.sampled_from([ROOT, ANY_SPAN]),
        st.one_of(st.none(), st.integers(6, 9)),
        st.just(False),
        st.sampled_from(["", "run/1"]),
    ),
    min_size=1,
    max_size=6,
)


def known_after(sightings: list[Sighting]) -> Execution:
    execution = first_seen(sightings[0])
    for each in sightings[1:]:
        execution = seen_again(execution, each)
    return replace(execution, deadline_unix_nano=None)


@settings(max_examples=300, deadline=None)
@given(SIGHTINGS, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_leave_the_same_execution(sightings, chance) -> None:
    shuffled = sightings + chance.choices(sightings, k=3)
    chance.shuffle(shuffled)
    assert known_after(shuffled) == known_after(sightings)
