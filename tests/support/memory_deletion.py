"""The part of the fake store that deletes executions; as `deletion`, without its crashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from spanvas.model.artifact import Artifact
from spanvas.model.errors import ConflictError
from spanvas.model.execution import DELETED, UNKNOWN_WORKFLOW, Deletion, Execution, Hold, seen_at
from spanvas.model.units import NANO
from spanvas.semantics.shapes import id_without_content
from spanvas.storage.artifacts import object_key
from spanvas.storage.chunks import Chunk
from spanvas.storage.pages import Overdue
from spanvas.storage.tombstones import waiting_seconds

Key = tuple[str, str]


class MemoryHolds:
    """Does at once what the real one does item by item."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def hold(self, tenant: str, execution_id: str, by: str) -> None:
        self._store._check()
        known = self._store._executions.get((tenant, execution_id))
        if known is None or known.deletion is not None:
            raise ConflictError("It cannot be held: it is deleted, or part of another execution.")
        if known.hold is None:
            self._store._change((tenant, execution_id), hold=Hold(self._store._clock(), by))

    def release(self, tenant: str, execution_id: str) -> None:
        self._store._check()
        self._store._change((tenant, execution_id), hold=None)

    def apply(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        return True

    def due(self) -> Iterator[tuple[str, str]]:
        return iter(())


class MemoryDeletions:
    _clock: Callable[[], int]
    _executions: dict[Key, Execution]
    _chunks: dict[Key, dict[str, Chunk]]
    _artifacts: dict[Key, dict[str, Artifact]]
    bodies: dict[str, bytes]
    _moves: dict[Key, str]
    _moved: Callable[[str, str], str]
    _change: Callable[..., None]
    _expiry: Callable[[], int]
    _check: Callable[[], None]

    def __init__(self) -> None:
        self._purge_at: dict[Key, int] = {}
        self._purges: dict[Key, int] = {}
        self._holds = MemoryHolds(self)

    @property
    def holds(self) -> MemoryHolds:
        return self._holds

    @property
    def deletions(self) -> MemoryDeletions:
        return self

    def delete(self, tenant: str, execution_id: str, by: str) -> Execution | None:
        self._check()
        key = (tenant, self._moved(tenant, execution_id))
        now = self._clock()
        known = self._executions.get(key)
        if known is None or known.expires_at <= now // NANO:
            return None
        if known.deletion is not None:
            return known
        if known.hold is not None:
            raise ConflictError("It is held: release the hold before it is deleted.")
        shown = seen_at(known, now)
        self._purge_at[key] = now
        self._executions[key] = Execution(
            *key,
            trace_id=known.trace_id,
            workflow_id=UNKNOWN_WORKFLOW if known.origin else id_without_content(known.workflow_id),
            started_at_unix_nano=known.started_at_unix_nano,
            queued_until_unix_nano=known.queued_until_unix_nano,
            listed_at_unix_nano=known.listed_at_unix_nano,
            ended_at_unix_nano=shown.ended_at_unix_nano,
            status=DELETED,
            counters=known.counters,
            expires_at=max(known.expires_at, self._expiry()),
            revision=known.revision + 1,
            deletion=Deletion(now, by, shown.status),
        )
        return self._executions[key]

    def purge(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        self._check()
        key = (tenant, execution_id)
        known = self._executions.get(key)
        if known is None or known.deletion is None:
            return True
        for one in (
            key,
            *(old for old in self._moves if self._leads_to(old, tenant, execution_id)),
        ):
            if not is_time_left():
                return False
            self._chunks.pop(one, None)
            for artifact in self._artifacts.pop(one, {}).values():
                self.bodies.pop(object_key(artifact), None)
        self._purges[key] = self._purges.get(key, 0) + 1
        self._purge_at[key] = self._clock() + waiting_seconds(self._purges[key]) * NANO
        self._change(key, deletion=known.deletion._replace(is_complete=True))
        return True

    def due(self) -> Iterator[Overdue]:
        self._check()
        now = self._clock()
        for key, _ in sorted(self._purge_at.items(), key=lambda entry: entry[1]):
            if self._purge_at[key] < now:
                yield Overdue(*key)

    def _is_late(self, key: Key) -> bool:
        """Whether the execution is deleted; what has come for it is then deleted, too."""
        known = self._executions.get(key)
        if known is None or known.deletion is None:
            return False
        self._purge_at[key] = 0
        self._change(key, deletion=known.deletion._replace(is_complete=False))
        return True

    def _leads_to(self, key: Key, tenant: str, execution_id: str) -> bool:
        return key[0] == tenant and self._moved(*key) == execution_id
