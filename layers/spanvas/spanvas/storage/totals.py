"""The totals of executions that are written by the functions that run them.

A function may add to META and not read rows. It adds the counters of each batch but the last, and with the end what is
missing until the totals are right for all that this process has written. Where META then says something else, others
have written of the execution as well: it is marked, and the sweep counts it again. See docs/adr/0034.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import LOST, OPEN, UNCOUNTED, Cause, Counters, Execution
from spanvas.storage import items
from spanvas.storage.chunks import Chunk
from spanvas.storage.decoding import attempted
from spanvas.storage.executions import STILL_THERE, ExecutionItems, bare
from spanvas.storage.item_reading import counters_of, execution_of
from spanvas.storage.own_totals import OwnTotals, Place
from spanvas.storage.port import CountedEnd

SAID_BY_SPANS: Final = frozenset({"session_id", "user_id"})
"""What spans alone say of an execution that was registered: the first ones to say it count."""
End = tuple[str, str, str, int, Cause | None, Mapping[str, str] | None]
"""What `ExecutionItems.end` is called with: tenant, id, status, time, cause and health of the exporters."""
MOST_WAITING: Final = 64
"""Executions whose last counters wait for their end."""


class TotalItems:
    """Adds to the totals in META. Raises StoreUnavailableError; everything may be called again then."""

    def __init__(self, executions: ExecutionItems, clock: Callable[[], int]) -> None:
        self._executions = executions
        self._clock = clock
        self._own = OwnTotals()
        self._waiting: dict[Place, dict[str, tuple[Execution, Chunk]]] = {}
        """Chunks by id whose counters are added with the end of their execution."""

    def add(
        self, fallback: Execution, chunk: Chunk, *, is_new: bool, is_last: bool = False
    ) -> None:
        """Adds the counters of a chunk that has been written, once. Where there is no execution yet, it is created as
        `fallback`; a deleted one stays deleted, with this chunk too. `is_new`: the chunk was not stored before.
        `is_last`: they are added with `end`, which is called next."""
        place = (fallback.tenant, fallback.execution_id)
        is_owed = self._own.note_written(place, chunk)
        if not (is_new or is_owed):
            return
        if is_last and len(self._waiting) < MOST_WAITING:
            self._waiting.setdefault(place, {})[chunk.chunk_id] = (fallback, chunk)
        else:
            self._add(place, fallback, chunk)

    def _add(self, place: Place, fallback: Execution, chunk: Chunk) -> None:
        said = _said(fallback)
        item = self._change(fallback, chunk.counters, said)
        if item is None:
            self._executions.start(fallback)
            item = self._change(fallback, chunk.counters, said)
        if item is None:
            from spanvas.storage.tombstones import note_late

            note_late(self._executions.change, fallback)
        self._own.note_counted(place, chunk, is_ended=item is not None and _has_ended(item))
        self._waiting.get(place, {}).pop(chunk.chunk_id, None)

    def end(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: Mapping[str, str] | None = None,
        counted_as: str = "",
    ) -> CountedEnd | None:
        """Ends an execution, as `port.TraceStore.end_execution`."""
        end = (tenant, execution_id, status, ended_at_unix_nano, cause, exporter_health)
        place = (tenant, execution_id)
        if status == LOST or not self._own.knows(place):
            self._add_waiting(place)
        if status == LOST:  # it stays among the overdue: the sweep counts it
            self._executions.end(*end)
            return None
        name = "" if status in UNCOUNTED else counted_as
        right, item = self._end(end, name)
        if item is None and place in self._waiting:
            # There was no execution, it was deleted, or a later end is stored.
            self._add_waiting(place)
            right, item = self._end(end, name)
        if item is None:
            self._settle(place)
            return None
        self._check(place, right, item)
        return self._counted(place, name, right, item) if name else None

    def _end(self, end: End, counted_as: str) -> tuple[Counters, Mapping[str, Any] | None]:
        """Ends an execution, with what is missing of its totals. Returns the right totals, and META if it was ended."""
        place = (end[0], end[1])
        right, missing = self._own.of(place)
        said: dict[str, Any] = {}
        for fallback, _ in self._waiting.get(place, {}).values():
            said = {**_said(fallback), **said}
        add = items.added_counters(missing)
        item = self._executions.end(*end, add=add, counted_as=counted_as, said=said)
        if item is not None:
            self._waiting.pop(place, None)
            self._own.note_added(place, missing)
        return right, item

    def _counted(
        self, place: tuple[str, str], name: str, right: Counters, item: Mapping[str, Any]
    ) -> CountedEnd | None:
        """Returns what the metrics are to be told of an end that is stored; None where its item cannot be read."""
        untold = self._own.take_untold(place, right)
        execution = attempted(execution_of, item)
        if isinstance(execution, UnreadableItem):
            return None
        is_first = execution.counted_as == name
        return CountedEnd(execution, is_first, execution.counters if is_first else untold)

    def _add_waiting(self, place: Place) -> None:
        """Adds what was to be added with the end, by itself."""
        for fallback, chunk in list(self._waiting.get(place, {}).values()):
            self._add(place, fallback, chunk)
        self._waiting.pop(place, None)

    def settle_ended(self, tenant: str, execution_id: str) -> None:
        """Makes the totals right of an execution that had ended when this process added to it."""
        place = (tenant, execution_id)
        if place not in self._waiting and self._own.has_ended(place):
            self._settle(place)

    def _settle(self, place: tuple[str, str]) -> None:
        right, missing = self._own.of(place)
        item = self._change(bare(*place), missing)
        if item is not None:
            self._own.note_added(place, missing)
            self._check(place, right, item)

    def _check(self, place: tuple[str, str], right: Counters, item: Mapping[str, Any]) -> None:
        """Marks an ended execution whose stored totals are not those of what this process has written."""
        stored = attempted(counters_of, item)
        if stored == right or isinstance(stored, UnreadableItem) or not _has_ended(item):
            return
        shard = items.running_shard(place[1])
        mark = {
            "running_key": items.s(items.recount_partition(shard)),
            "deadline_key": items.n(self._clock()),
        }
        condition = f"{STILL_THERE} AND attribute_not_exists(#running_key)"
        self._executions.change(bare(*place), mark, condition)

    def _change(
        self, execution: Execution, counters: Counters, said: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any] | None:
        """Adds to the totals. What spans have said of the execution before, in `said`, stays."""
        add = items.added_counters(counters)
        return self._executions.change(
            execution, said or {}, STILL_THERE, add=add, keep=SAID_BY_SPANS
        )


def replace_counters(executions: ExecutionItems, execution: Execution, counters: Counters) -> bool:
    """Replaces the totals, unless the execution has changed since the revision that was read."""
    figures = {f"c_{name}": getattr(counters, name) for name in items.COUNTERS}
    known = {name: items.n(figure) for name, figure in figures.items() if figure is not None}
    written = executions.change(
        execution,
        known,
        "#revision = :revision",
        {":revision": items.n(execution.revision)},
        remove=[name for name in figures if name not in known],
    )
    return written is not None


def _said(fallback: Execution) -> dict[str, Any]:
    """Returns attributes that the spans of an execution say."""
    return {name: items.s(text) for name in SAID_BY_SPANS if (text := getattr(fallback, name))}


def _has_ended(item: Mapping[str, Any]) -> bool:
    """Whether the status says so; an item that has none, or something else there, is left to its readers."""
    status = item.get("status", {}).get("S")
    return status is not None and status not in OPEN
