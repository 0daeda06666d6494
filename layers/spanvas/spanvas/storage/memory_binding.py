"""The part of the fake store that keeps executions which nobody registers; as `binding`, without its crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.execution import Counters, Execution, place_of
from spanvas.model.execution_update import ExecutionUpdate, create_from, merge_update, update_from
from spanvas.storage import items
from spanvas.storage.chunks import Chunk, plan
from spanvas.storage.port import Binding, SpanBatch

Key = tuple[str, str]


class MemoryBinding:
    _clock: Callable[[], int]
    _executions: dict[Key, Execution]
    _chunks: dict[Key, dict[str, Chunk]]
    _artifacts: dict[Key, dict[str, Artifact]]
    _accesses: dict[Key, list[Access]]

    def __init__(self) -> None:
        self._moves: dict[Key, str] = {}

    def bind_trace(self, tenant: str, trace_id: str, wanted: str, *, is_explicit: bool) -> Binding:
        self._check()
        if self._moved(tenant, wanted) == trace_id:
            wanted = trace_id
        key = (tenant, trace_id)
        if key in self._moves:
            return Binding(self._moved(tenant, trace_id), is_new=False)
        known = self._executions.get(key)
        if known is None:
            registered = None if is_explicit else self._registered(tenant, trace_id)
            if registered:
                return Binding(registered, is_new=False)
            if wanted and wanted != trace_id:
                self._moves[key] = wanted
            return Binding(wanted or trace_id, is_new=True)
        if not wanted or wanted == trace_id or known.origin is None:
            return Binding(trace_id, is_new=False)
        self._move(known, wanted)
        return Binding(wanted, is_new=False)

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        self._check()
        execution_id = self._moved(batch.tenant, batch.execution_id)
        batch = replace(batch, execution_id=execution_id)
        counters = Counters()
        for chunk, is_new_chunk in self._put(batch):
            if is_new_chunk:
                counters += chunk.counters
        self._note(replace(update, execution_id=execution_id), counters)
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
        kept = self._expiry() - self._clock() // items.NANO
        place = items.listed_at(execution, kept, None if known is None else place_of(known))
        self._executions[key] = replace(
            execution,
            counters=execution.counters + counters,
            revision=execution.revision + 1,
            listed_at_unix_nano=place if place != execution.started_at_unix_nano else None,
        )

    def _registered(self, tenant: str, trace_id: str) -> str | None:
        found = (
            execution.execution_id
            for execution in self._executions.values()
            if (execution.tenant, execution.trace_id) == (tenant, trace_id)
        )
        return next(found, None)

    def _move(self, source: Execution, target: str) -> None:
        target = self._moved(source.tenant, target)
        old, new = (source.tenant, source.execution_id), (source.tenant, target)
        self._moves[old] = target
        chunks, there = self._chunks.pop(old, {}), self._chunks.setdefault(new, {})
        counters = Counters()
        for chunk_id, chunk in chunks.items():
            if chunk_id not in there:
                counters += chunk.counters
        there.update(chunks)
        self._artifacts.setdefault(new, {}).update(self._artifacts.pop(old, {}))
        self._accesses.setdefault(new, []).extend(self._accesses.pop(old, []))
        del self._executions[old]
        update = update_from(source, self._clock(), 0)
        self._note(replace(update, execution_id=target), counters)

    def _moved(self, tenant: str, execution_id: str) -> str:
        """Where an execution is by now."""
        while (tenant, execution_id) in self._moves:
            execution_id = self._moves[tenant, execution_id]
        return execution_id

    def _expiry(self) -> int:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _check(self) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own
