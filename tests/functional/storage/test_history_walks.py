"""Walking the pages of a list gives what passes its filter, each once and in order, whatever a page may cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spanvas.model.execution import Cause
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.listing import Budget
from spanvas.storage.port import TraceStore
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, Clock, make_execution
from tests.support.memory_store import MemoryTraceStore

DAY = 86_400
NOW = T0 + 20 * DAY * SECOND
CAUSE = Cause("Error", "broken")
STATUSES = ("queued", "running", "succeeded", "failed", "lost", "untraced")
WORKFLOWS = ("triage", "brief")
MAX_PAGES = 200


class Run(NamedTuple):
    start: int
    """Seconds after T0."""
    workflow_id: str
    status: str


class Asked(NamedTuple):
    workflow_id: str | None
    status: str | None
    started_from: int | None
    started_to: int | None
    oldest_first: bool
    limit: int


# Few values, so that starts are often the same, and on the edge of a day.
STARTS = st.sampled_from([0, 1, 2, 3, 4_000, 35_200, 35_201, DAY, 5 * DAY, 19 * DAY, 20 * DAY])
RUNS = st.lists(
    st.builds(Run, STARTS, st.sampled_from(WORKFLOWS), st.sampled_from(STATUSES)), max_size=14
)
BOUNDS = st.none() | STARTS.map(lambda start: T0 + start * SECOND) | st.just(0)
ASKED = st.builds(
    Asked,
    st.none() | st.sampled_from(WORKFLOWS),
    st.none() | st.sampled_from(STATUSES),
    BOUNDS,
    BOUNDS,
    st.booleans(),
    st.integers(1, 6),
)
BUDGETS = st.builds(Budget, st.integers(2, 8), st.integers(1, 6), st.integers(1, 4))


def write(store: TraceStore, tenant: str, runs: list[Run]) -> None:
    for number, run in enumerate(runs):
        name = f"exec_{number}"
        is_first = run.status in {"queued", "untraced"}
        status = run.status if is_first else "running"
        execution = make_execution(
            name,
            run.start,
            tenant=tenant,
            workflow_id=run.workflow_id,
            status=status,
            deadline_unix_nano=None,
        )
        store.start_execution(execution)
        if not is_first and run.status != "running":
            store.end_execution(tenant, name, run.status, NOW, CAUSE)


def wanted(runs: list[Run], asked: Asked) -> list[tuple[int, str]]:
    """Starts and ids of what passes, in order."""
    found = [
        (T0 + run.start * SECOND, f"exec_{number}")
        for number, run in enumerate(runs)
        if asked.workflow_id in (None, run.workflow_id)
        and asked.status in (None, run.status)
        and (asked.started_from is None or asked.started_from <= T0 + run.start * SECOND)
        and (asked.started_to is None or T0 + run.start * SECOND < asked.started_to)
    ]
    return sorted(found, reverse=not asked.oldest_first)


def walked(store: TraceStore, tenant: str, asked: Asked) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    position = None
    for _ in range(MAX_PAGES):
        page = store.list_executions(
            tenant,
            workflow_id=asked.workflow_id,
            status=asked.status,
            started_from=asked.started_from,
            started_to=asked.started_to,
            limit=asked.limit,
            after=position,
            oldest_first=asked.oldest_first,
        )
        assert len(page.items) <= asked.limit
        assert (page.next_position is None) == (page.looked_through_unix_nano is None)
        found += [(item.started_at_unix_nano, item.execution_id) for item in page.items]
        if page.next_position is None:
            return found
        assert page.next_position != position
        position = page.next_position
    raise AssertionError("the walk does not end")


class Walked:
    """The store with any budget, and a tenant for each example: one table serves all of them."""

    def __init__(self, store: MemoryTraceStore | DynamoTraceStore) -> None:
        self.store = store
        self._examples = 0

    def tenant(self, budget: Budget) -> str:
        self._examples += 1
        if isinstance(self.store, MemoryTraceStore):
            self.store._budget = budget
        else:
            self.store._history._budget = budget
        return f"tenant-{self._examples}"


@pytest.fixture(params=["memory", "dynamodb"], scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Walked]:
    clock = Clock(NOW)
    if request.param == "memory":
        yield Walked(MemoryTraceStore(clock=clock))
        return
    with mocked_store(clock) as made:
        yield Walked(made)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs=RUNS, asked=ASKED, budget=BUDGETS)
def test_a_walk_gives_each_execution_once_and_in_order(
    stores: Walked, runs: list[Run], asked: Asked, budget: Budget
) -> None:
    tenant = stores.tenant(budget)
    write(stores.store, tenant, runs)

    assert walked(stores.store, tenant, asked) == wanted(runs, asked)
