"""The fake store: the same behaviour in dictionaries, for tests and nothing else.

It goes through the same chunks and codec as the real one, so what cannot be encoded fails here too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import wraps
from threading import RLock
from typing import Any, TypeVar

from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.execution import (
    LOST,
    OPEN,
    QUEUED,
    RUNNING,
    UNCOUNTED,
    Cause,
    Counters,
    Execution,
    seen_at,
    totalled,
)
from spanvas.model.span import Span
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.chunk_items import Chunks
from spanvas.storage.chunks import Chunk
from spanvas.storage.decoding import log_unreadable
from spanvas.storage.details import Detail, detail_of, page_of, versions_of
from spanvas.storage.item_reading import execution_of
from spanvas.storage.listing import Budget
from spanvas.storage.pages import Page
from spanvas.storage.port import CountedEnd, SpanBatch, WriteResult
from spanvas.storage.spans import unregistered
from spanvas.storage.stored_trace import StoredTrace
from tests.support.execution_starts import begun, continued
from tests.support.memory_artifacts import MemoryArtifacts
from tests.support.memory_binding import MemoryBinding
from tests.support.memory_deletion import MemoryDeletions
from tests.support.memory_history import MemoryHistory
from tests.support.memory_overdue import MemoryOverdue

Key = tuple[str, str]
M = TypeVar("M", bound=Callable[..., Any])


def atomic(method: M) -> M:
    """A write of an execution: others come before it or after it, as with the real one."""

    @wraps(method)
    def call(self: MemoryTraceStore, *arguments: Any, **options: Any) -> Any:
        with self.lock:
            return method(self, *arguments, **options)

    return call  # type: ignore[return-value]


class MemoryTraceStore(
    MemoryBinding, MemoryOverdue, MemoryHistory, MemoryArtifacts, MemoryDeletions
):
    """`down = True` makes every call fail as an unreachable store does."""

    def __init__(
        self,
        *,
        retention_days: int = 30,
        audit_retention_days: int = 400,
        clock: Callable[[], int] = time.time_ns,
        budget: Budget | None = None,
    ) -> None:
        MemoryBinding.__init__(self)
        MemoryOverdue.__init__(self)
        MemoryHistory.__init__(self)
        MemoryArtifacts.__init__(self)
        MemoryDeletions.__init__(self)
        self.down = False
        self.lock = RLock()
        self._clock = clock
        self._budget = budget or Budget()
        self._retention_seconds = retention_days * DAY_SECONDS
        self._audit_retention_seconds = audit_retention_days * DAY_SECONDS
        self._executions: dict[Key, Execution] = {}
        self._chunks: dict[Key, dict[str, Chunk]] = {}
        self._told: dict[Key, Counters] = {}
        self.on_unreadable: Callable[[UnreadableItem], None] = log_unreadable
        self.overlays: dict[tuple[str, str], items.Item] = {}
        """Attributes that stand over those that an item was written with, by partition and sort key: what a newer or a
        broken writer has left there. None takes an attribute away."""

    @atomic
    def start_execution(self, execution: Execution) -> None:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions.get(key)
        part = execution
        execution = replace(part, expires_at=self._expiry(), began_at_unix_nano=None)
        if known is None:
            if self._moves.pop(key, None):
                for chunk in self._chunks.get(key, {}).values():
                    execution = replace(execution, counters=execution.counters + chunk.counters)
            self._executions[key] = replace(execution, revision=1)
        elif execution.status != RUNNING or known.deletion is not None:
            return
        elif known.is_provisional and known.status in (RUNNING, LOST):
            self._unlisted.discard(key)
            self._given_up.discard(key)
            self._executions[key] = replace(
                begun(known, execution),
                started_by=known.started_by or execution.started_by,
                counters=known.counters,
                session_id=known.session_id,
                user_id=known.user_id,
                revision=known.revision + 1,
            )
        elif known.origin is not None:
            self._executions[key] = replace(
                begun(known, execution), counters=known.counters, revision=known.revision + 1
            )
        elif known.status == QUEUED:
            self._executions[key] = replace(
                begun(known, execution),
                started_at_unix_nano=known.started_at_unix_nano,
                started_by=known.started_by or execution.started_by,
                counters=known.counters,
                revision=known.revision + 1,
            )
        elif (further := continued(known, part)) is not None:
            self._set_aside.pop(key, None)
            self._executions[key] = replace(further, revision=known.revision + 1)

    @atomic
    def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
        self._check()
        sent()
        key = (execution.tenant, execution.execution_id)
        known = self._executions.get(key)
        if known is None:
            self.start_execution(replace(execution, is_provisional=True))
            self._unlisted.add(key)
            return True
        if known.status == QUEUED:
            self._change(key, is_provisional=True)
        return False

    @atomic
    def withdraw_execution(self, tenant: str, execution_id: str) -> None:
        self._check()
        key = (tenant, execution_id)
        known = self._executions.get(key)
        if known is not None and known.is_provisional and known.status in (RUNNING, LOST):
            self._unlisted.discard(key)
            del self._executions[key]

    def prepare(self) -> None:
        self._check()

    @atomic
    def end_execution(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: dict[str, str] | None = None,
        counted_as: str = "",
    ) -> CountedEnd | None:
        self._check()
        known = self._executions.get((tenant, execution_id))
        if known is None or known.deletion is not None:
            return None
        ended = known.ended_at_unix_nano
        latest = ended is not None and ended <= ended_at_unix_nano
        is_taken = known.status in OPEN or known.status == LOST or latest
        name = "" if status in UNCOUNTED else counted_as
        if is_taken:
            if status != LOST:
                self._set_aside.pop((tenant, execution_id), None)
                self._given_up.discard((tenant, execution_id))
            elif known.status in OPEN:
                self._given_up.add((tenant, execution_id))
            self._change(
                (tenant, execution_id),
                status=status,
                ended_at_unix_nano=ended_at_unix_nano,
                cause=cause,
                exporter_health=exporter_health or known.exporter_health,
                counted_as=known.counted_as or name,
            )
        self._count_ended((tenant, execution_id))
        return self._counted((tenant, execution_id), name) if is_taken and name else None

    def _counted(self, key: Key, name: str) -> CountedEnd:
        """The fake knows what all writers have told, where the real one knows what its process has."""
        ended = self._executions[key]
        is_first = ended.counted_as == name
        told = Counters() if is_first else self._told.get(key, ended.counters)
        self._told[key] = ended.counters
        return CountedEnd(ended, is_first, ended.counters + -told)

    def _count_ended(self, key: Key) -> None:
        """The fake knows all that was written, so nothing is left to be counted by the sweep."""
        execution = self._executions[key]
        if execution.status in OPEN or key in self._given_up or key not in self._chunks:
            return
        trace = self._decoded(*key).trace_of(execution)
        if trace.is_whole:
            self._change(key, counters=totalled(execution, trace.rows).counters)

    def write(self, batch: SpanBatch) -> WriteResult:
        self._check()
        key = (batch.tenant, batch.execution_id)
        written = self._put(batch)
        new = [chunk for chunk, is_new in written if is_new]
        for chunk in new:
            if key not in self._executions:
                self.start_execution(unregistered(batch, self._expiry()))
            if self._is_late(key):
                continue
            known = self._executions[key]
            said = unregistered(batch, 0)
            self._change(
                key,
                counters=known.counters + chunk.counters,
                session_id=known.session_id or said.session_id,
                user_id=known.user_id or said.user_id,
            )
        if new:
            self._count_ended(key)
        return WriteResult(tuple(chunk.chunk_id for chunk, _ in written))

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        self._check()
        execution = self._executions.get((tenant, self._moved(tenant, execution_id)))
        now = self._clock()
        if execution is None or (execution.hold is None and execution.expires_at <= now // NANO):
            return None
        return seen_at(self._as_stored(execution), now)

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        execution = self.read_execution(tenant, execution_id)
        if execution is None:
            return None
        if execution.deletion is not None:
            return StoredTrace.of(execution, {})
        return self._decoded(tenant, execution.execution_id).trace_of(execution)

    def _decoded(self, tenant: str, execution_id: str) -> Chunks:
        chunks = Chunks(self._report)
        stored = list(self._chunks.get((tenant, execution_id), {}).items())
        for chunk_id, chunk in stored:  # while another thread writes
            place = items.key(tenant, execution_id, items.ROWS + chunk_id)
            chunks.add(self._overlaid({**place, "data": items.b(chunk.rows)}))
        return chunks

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        trace = known or self.read_trace(tenant, execution_id)
        if trace is None:
            return []
        rows = trace.versions(span_id)
        if not rows:
            return []
        names = [row.detail for row in rows]
        details = dict(self._details(tenant, trace.execution.execution_id, names))
        return versions_of(span_id, rows, details, self._report, self._kept_since())

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        trace = self.read_trace(tenant, execution_id)
        if trace is None:
            return Page([], None)
        execution_id = trace.execution.execution_id

        def read(names: Sequence[str]) -> Iterator[tuple[str, Detail]]:
            return self._details(tenant, execution_id, names)

        return page_of(trace.rows, after, max_bytes, read, self._report, self._kept_since())

    def _kept_since(self) -> int:
        return self._clock() - self._retention_seconds * NANO

    def _details(
        self, tenant: str, execution_id: str, names: Sequence[str]
    ) -> Iterator[tuple[str, Detail]]:
        chunks = self._chunks.get((tenant, execution_id), {})
        for name in names:
            chunk_id, _, index = name.partition(":")
            if chunk_id in chunks:
                item = {
                    **items.key(tenant, execution_id, items.DETAIL + name),
                    "data": items.b(chunks[chunk_id].details[int(index)]),
                }
                yield name, detail_of(self._overlaid(item), self._no_object)

    def _no_object(self, key: str) -> bytes:
        """No detail is in the bucket here, so what an item points at is not there."""
        raise StoreUnavailableError(f"the store failed reading {key}", code="NoSuchKey")

    def repair_counters(self, execution: Execution, counters: Counters) -> bool:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions.get(key)
        if known is None or known.revision != execution.revision:
            return False
        self._change(key, counters=counters)
        return True

    def note_status_index(self) -> None:
        self._check()

    def _as_stored(self, execution: Execution) -> Execution:
        if (items.partition(execution.tenant, execution.execution_id), items.META) in self.overlays:
            item = {
                **items.key(execution.tenant, execution.execution_id),
                **items.execution_attributes(execution),
                **items.added_counters(execution.counters),
                "revision": items.n(execution.revision),
            }
            return execution_of(self._overlaid(item))
        return execution

    @atomic
    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        is_closed = super().close_as_lost(execution, cause)
        if is_closed:
            self._unlisted.discard((execution.tenant, execution.execution_id))
        return is_closed

    def _overlaid(self, item: items.Item) -> items.Item:
        overlay = self.overlays.get((item["pk"]["S"], item["sk"]["S"]), {})
        return {name: value for name, value in {**item, **overlay}.items() if value is not None}

    def _report(self, item: UnreadableItem) -> None:
        self.on_unreadable(item)

    @atomic
    def _change(self, key: Key, **changes: object) -> None:
        known = self._executions[key]
        changed = replace(known, **changes)  # type: ignore[arg-type]
        self._executions[key] = replace(changed, revision=known.revision + 1)

    def _expiry(self) -> int:
        return self._clock() // NANO + self._retention_seconds

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailableError("the store failed: it is down", 5)
