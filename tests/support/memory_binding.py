"""The part of the fake store that keeps executions which nobody registers; as `binding`, without its crashes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from spanvas.model.artifact import Artifact
from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import OPEN, Counters, Execution, place_of, totalled
from spanvas.model.execution_update import (
    ExecutionUpdate,
    create_from,
    merge_update,
    settled,
    takes_rows,
    update_from,
)
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.binding import End, State, smallest
from spanvas.storage.chunk_items import Chunks
from spanvas.storage.chunks import Chunk, plan
from spanvas.storage.port import Binding, SpanBatch
from spanvas.storage.trace_index import executions_of

Key = tuple[str, str]


class MemoryBinding:
    _clock: Callable[[], int]
    _executions: dict[Key, Execution]
    _chunks: dict[Key, dict[str, Chunk]]
    _artifacts: dict[Key, dict[str, Artifact]]
    _formers: dict[Key, list[str]]
    _is_late: Callable[[Key], bool]

    def __init__(self) -> None:
        self._moves: dict[Key, str] = {}

    def bind_trace(self, tenant: str, trace_id: str, names: Collection[str]) -> Binding:
        self._check()
        ends = {name: self._end(tenant, name) for name in (trace_id, *names)}
        own = ends[trace_id]
        registered = self._registered(tenant, trace_id)
        if registered and own == End(trace_id, State.ABSENT):
            return Binding(registered, apart=frozenset(names))
        home = smallest(ends.values(), own.execution_id)
        others = {end for end in ends.values() if end != home}
        movable = {end for end in others if end.state is not State.REGISTERED}
        for end in movable:
            self._move(tenant, end.execution_id, home.execution_id)
        is_new = all(end.state is State.ABSENT for end in (home, *movable))
        apart = frozenset(name for name in names if ends[name] in others - movable)
        return Binding(home.execution_id, is_new, apart)

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        self._check()
        execution_id = self._moved(batch.tenant, batch.execution_id)
        batch = batch._replace(execution_id=execution_id)
        key = (batch.tenant, execution_id)
        is_known = key in self._executions
        chunks = self._put(batch)
        if self._is_late(key):
            return execution_id
        counters = sum((chunk.counters for chunk, is_new in chunks if is_new), Counters())
        only = chunks[0][0].alone if len(chunks) == 1 and not is_known else None
        self._note(replace(update, execution_id=execution_id), only or counters)
        if only is None and self._executions[key].status not in OPEN:
            trace = self._decoded(*key).trace_of(self._executions[key])
            if trace.is_whole:
                self._executions[key] = totalled(trace.execution, trace.rows)
        return execution_id

    def _put(self, batch: SpanBatch) -> list[tuple[Chunk, bool]]:
        """Each chunk and whether it is new."""
        stored = self._chunks.setdefault((batch.tenant, batch.execution_id), {})
        written = []
        for chunk in plan(batch.spans, batch.dropped):
            written.append((chunk, chunk.chunk_id not in stored))
            stored[chunk.chunk_id] = chunk
        return written

    def _note(self, update: ExecutionUpdate, counters: Counters) -> None:
        key = (update.tenant, update.execution_id)
        known = self._executions.get(key)
        if known is None:
            execution = replace(create_from(update), expires_at=self._expiry())
        else:
            execution = merge_update(known, update)
        if takes_rows(execution):
            rows = self._decoded(*key).rows()
            execution = settled(execution, rows, update.seen_at_unix_nano)
        kept = self._expiry() - self._clock() // NANO
        place = items.listed_at(execution, kept, None if known is None else place_of(known))
        self._executions[key] = replace(
            execution,
            counters=execution.counters + counters,
            revision=execution.revision + 1,
            listed_at_unix_nano=place if place != execution.started_at_unix_nano else None,
        )

    def executions_of_trace(self, tenant: str, trace_id: str, limit: int) -> list[Execution]:
        self._check()
        known = [
            execution_id
            for (owner, execution_id), execution in self._executions.items()
            if (owner, execution.trace_id) == (tenant, trace_id)
        ]
        read = partial(self.read_execution, tenant)
        return executions_of(trace_id, known, read, self._report, limit)

    def _registered(self, tenant: str, trace_id: str) -> str | None:
        found = (
            execution.execution_id
            for execution in self._executions.values()
            if (execution.tenant, execution.trace_id) == (tenant, trace_id)
            and execution.origin is None
        )
        return next(found, None)

    def _end(self, tenant: str, execution_id: str) -> End:
        end = self._moved(tenant, execution_id)
        known = self._executions.get((tenant, end))
        if known is None:
            return End(end, State.ABSENT)
        is_fixed = known.origin is None or known.hold is not None
        return End(end, State.REGISTERED if is_fixed else State.KNOWN)

    def _move(self, tenant: str, source: str, target: str) -> None:
        old, new = (tenant, source), (tenant, target)
        self._moves[old] = target
        known = self._executions.pop(old, None)
        if known is None:
            return
        chunks, there = self._chunks.get(old, {}), self._chunks.setdefault(new, {})
        counters = Counters()
        for chunk_id, chunk in chunks.items():
            if chunk_id not in there:
                counters += chunk.counters
        there.update(chunks)
        self._artifacts.setdefault(new, {}).update(self._artifacts.get(old, {}))
        self._formers.setdefault(new, []).extend([source, *self._formers.get(old, [])])
        update = update_from(known, self._clock(), 0)
        if self._is_late(new):
            return
        self._note(replace(update, execution_id=target), counters)

    def _moved(self, tenant: str, execution_id: str) -> str:
        """Where an execution is by now."""
        while (tenant, execution_id) in self._moves:
            execution_id = self._moves[tenant, execution_id]
        return execution_id

    def _decoded(self, tenant: str, execution_id: str) -> Chunks:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _expiry(self) -> int:
        raise NotImplementedError  # pragma: no cover - the store's own

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _report(self, item: UnreadableItem) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _check(self) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own
