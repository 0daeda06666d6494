"""The part of the fake store that closes what is overdue, or sets it aside; as `overdue`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spanvas.model.execution import LOST, OPEN, Cause, Execution
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.overdue import waiting_seconds
from spanvas.storage.pages import Overdue

Key = tuple[str, str]


class MemoryOverdue:
    _clock: Callable[[], int]
    _executions: dict[Key, Execution]

    def __init__(self) -> None:
        self._given_up: set[Key] = set()
        self._set_aside: dict[Key, int] = {}
        """When each is tried again."""
        self._closing_tries: dict[Key, int] = {}

    def overdue(self) -> Iterator[Overdue]:
        self._check()
        now = self._clock()
        due = [
            (key in self._set_aside, again, key)
            for key, execution in self._executions.items()
            if self._is_unclosed(key)
            and (again := self._set_aside.get(key, execution.deadline_unix_nano or now)) < now
        ]
        for _, _, (tenant, execution_id) in sorted(due):
            yield Overdue(tenant, execution_id)

    def open_beyond(self, deadline_unix_nano: int, part: int) -> Iterator[Overdue]:
        self._check()
        shard = part % items.RUNNING_SHARDS
        for key, execution in sorted(self._executions.items()):
            is_here = items.running_shard(execution.execution_id) == shard
            is_far = (execution.deadline_unix_nano or 0) > deadline_unix_nano
            if execution.status in OPEN and is_here and is_far and key not in self._set_aside:
                yield Overdue(*key)

    def to_recount(self) -> Iterator[Overdue]:
        self._check()
        yield from ()

    def note_recounted(self, execution: Execution) -> bool:
        self._check()
        return False

    def set_aside(self, overdue: Overdue) -> bool:
        self._check()
        key = (overdue.tenant, overdue.execution_id)
        now = self._clock()
        execution = self._executions.get(key)
        if execution is None or not self._is_unclosed(key):
            return False
        if key not in self._set_aside and (execution.deadline_unix_nano or now) >= now:
            return False
        self._closing_tries[key] = self._closing_tries.get(key, 0) + 1
        wait = waiting_seconds(self._closing_tries[key])
        self._set_aside[key] = now + wait * NANO
        return True

    def count_set_aside(self) -> int:
        self._check()
        return len(self._set_aside)

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions[key]
        is_later = (known.deadline_unix_nano or 0) > (execution.deadline_unix_nano or 0)
        if is_later or not self._is_unclosed(key):
            return False
        self._given_up.discard(key)
        self._set_aside.pop(key, None)
        self._closing_tries.pop(key, None)
        ended_at = execution.ended_at_unix_nano or self._clock()
        counted_as = known.counted_as or LOST
        self._change(
            key, status=LOST, ended_at_unix_nano=ended_at, cause=cause, counted_as=counted_as
        )
        return True

    def _is_unclosed(self, key: Key) -> bool:
        return self._executions[key].status in OPEN or key in self._given_up

    def _change(self, key: Key, **changes: object) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _check(self) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own
