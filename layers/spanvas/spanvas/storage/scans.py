"""Which partitions of which index hold what a list of executions is asked for, and in which order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat
from typing import Final, NamedTuple

from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.listing import HistoryQuery, Position, following, time_of

DAY: Final = DAY_SECONDS * NANO
FIRST_PARTITIONS: Final = 2
"""Of a tenant's newest days: today often fills the page, and clocks that go fast write to tomorrow. The two days
before them come next, which fill it just after midnight."""
PARTITIONS_AT_A_TIME: Final = 8
"""Of the days before them, which are often empty."""


class Bounds(NamedTuple):
    """Keys of the history: `lower` inclusive, `upper` exclusive."""

    lower: str
    upper: str

    @property
    def are_empty(self) -> bool:
        """Whether no key lies between them."""
        return self.upper <= self.lower


class Partition(NamedTuple):
    """`edge` is the key that is reached when all of it has been looked through."""

    value: str
    edge: str


class Scan(NamedTuple):
    """Partitions of one index, one after the other.

    DynamoDB itself passes over what is of another workflow than `workflow_id`. `is_read_past` says that executions have
    to be read to know whether they are wanted. What is below `floor` does not belong to the scan; it is known later
    than the scan begins.
    """

    in_index: tuple[str, str, str]
    partitions: Sequence[Partition]
    bounds: Bounds
    oldest_first: bool
    workflow_id: str | None = None
    is_read_past: bool = False
    floor: Callable[[], str] | None = None

    def groups(self) -> Iterator[Sequence[Partition]]:
        """Partitions that are asked at the same time."""
        begin = 0
        for size in chain([FIRST_PARTITIONS, FIRST_PARTITIONS], repeat(PARTITIONS_AT_A_TIME)):
            if begin >= len(self.partitions):
                return
            yield self.partitions[begin : begin + size]
            begin += size


def bounds_of(query: HistoryQuery, now: int, retention_days: int) -> Bounds:
    """What has been kept up to now, within the query's own bounds and after its position.

    A day more on either side: what was written before its start was known, and clocks that go fast.
    """
    oldest = max(query.started_from or 0, now - (retention_days + 1) * DAY)
    newest = now + DAY if query.started_to is None else min(query.started_to, now + DAY)
    lower, upper = items.started_key(oldest), items.started_key(newest)
    if query.after is None:
        return Bounds(lower, upper)
    key = Position.of(query.after).key
    if query.oldest_first:
        return Bounds(max(lower, following(key)), upper)
    return Bounds(lower, min(upper, key))


def scans_of(
    query: HistoryQuery, bounds: Bounds, since: Callable[[], int] | None
) -> Iterator[Scan]:
    """Scans that find everything once, in the query's order. `since` is given where the status is one that has an index
    of its own: all executions of this status that started since then are in it."""
    if since is None:
        yield from history_scan(query, bounds)
    elif query.oldest_first:
        edge = items.started_key(since())
        yield from history_scan(query, bounds._replace(upper=min(bounds.upper, edge)))
        yield from status_scan(query, bounds._replace(lower=max(bounds.lower, edge)))
    else:
        yield from status_scan(query, bounds, lambda: items.started_key(since()))
        edge = items.started_key(since())
        yield from history_scan(query, bounds._replace(upper=min(bounds.upper, edge)))


def status_scan(
    query: HistoryQuery, bounds: Bounds, floor: Callable[[], str] | None = None
) -> Iterator[Scan]:
    """Yields the scan of the executions that have the query's status in `BY_STATUS`; none where bounds are empty."""
    if bounds.are_empty or query.status is None:
        return
    edge = bounds.upper if query.oldest_first else bounds.lower
    partition = Partition(items.status_key(query.tenant, query.status), edge)
    yield Scan(
        items.BY_STATUS,
        [partition],
        bounds,
        query.oldest_first,
        workflow_id=query.workflow_id,
        is_read_past=query.workflows is not None,
        floor=floor,
    )


def history_scan(query: HistoryQuery, bounds: Bounds) -> Iterator[Scan]:
    """Of a workflow, or of one day of a tenant after the other."""
    if bounds.are_empty:
        return
    is_read_past = query.status is not None or query.workflows is not None
    if query.workflow_id is not None:
        edge = bounds.upper if query.oldest_first else bounds.lower
        partitions = [Partition(items.workflow_key(query.tenant, query.workflow_id), edge)]
        yield Scan(
            items.BY_WORKFLOW, partitions, bounds, query.oldest_first, is_read_past=is_read_past
        )
        return
    yield Scan(
        items.BY_TENANT,
        days_of(query, bounds),
        bounds,
        query.oldest_first,
        is_read_past=is_read_past,
    )


def days_of(query: HistoryQuery, bounds: Bounds) -> list[Partition]:
    """Returns the tenant's partitions of the days between two keys, in the query's order."""
    first, last = (time_of(key) // DAY for key in bounds)
    days = range(first, last + 1) if query.oldest_first else range(last, first - 1, -1)
    return [
        Partition(
            items.tenant_day_key(query.tenant, day * DAY),
            min(items.started_key((day + 1) * DAY), bounds.upper)
            if query.oldest_first
            else max(items.started_key(day * DAY), bounds.lower),
        )
        for day in days
    ]
