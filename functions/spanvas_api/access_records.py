"""The records of who has read what, as one process writes them: each before its answer, repeated ones merged by minute.

A repeated read is stored when it was counted once, twice, four times and so on, and once more when its minute is over:
items are added, never changed, and 1,000 calls are eleven of them. So the count of a stored record is at least half of
the truth, also where the process ends. Every read, merged or not, is a line of the log as well (ADR 36).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from aws_lambda_powertools import Logger

from spanvas.model.access import ALLOWED, Access
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.units import NANO

MINUTE_NANO: Final = 60 * NANO
TRACE: Final = "trace"
ARTIFACT: Final = "artifact"
"""Names of two calls, as records have them."""
MOST_TARGETS: Final = 16
"""Spans or files that are told apart, of the merged reads of one kind by one caller in one minute."""
MOST_KEPT: Final = 2_000
"""Merged records of a minute that a process remembers."""
STORED_LATER: Final = 4
"""Final counts of a minute that is over, that one request stores at most."""

logger = Logger()


class _Kind(NamedTuple):
    """What repeated reads have in common."""

    tenant: str
    execution_id: str
    principal: str
    action: str
    outcome: str


@dataclass(slots=True)
class _Repeated:
    """A merged record: as it is counted, and the count that is stored."""

    access: Access
    stored: int = 1

    @property
    def is_due(self) -> bool:
        """Whether the count is a power of two."""
        return not self.access.count & (self.access.count - 1)


class AccessRecords:
    """Records accesses with `store`, which stores one durably or raises."""

    def __init__(self, store: Callable[[Access], None]) -> None:
        self._store = store
        self._minute = 0
        self._merged: dict[tuple[_Kind, str], _Repeated] = {}
        self._targets: Counter[_Kind] = Counter()
        self._over: list[_Repeated] = []

    def record(self, access: Access) -> None:
        """Records an access. It is durable when this returns; raises what the store raises."""
        self._turn_to(access.time_unix_nano // MINUTE_NANO)
        if _is_merged(access):
            self._merge(access)
        else:
            self._store(access)
        log(access)

    def _merge(self, access: Access) -> None:
        kind = _Kind(
            access.tenant, access.execution_id, access.principal, access.action, access.outcome
        )
        if (kind, access.target) not in self._merged and self._targets[kind] >= MOST_TARGETS:
            access = replace(access, target="", span_id="")
        known = self._merged.get((kind, access.target))
        if known is None:
            self._store(access)
            if len(self._merged) < MOST_KEPT:
                self._merged[kind, access.target] = _Repeated(access)
                self._targets[kind] += 1
            return
        count = known.access.count + 1
        counted = _Repeated(
            replace(known.access, count=count, last_time_unix_nano=access.time_unix_nano),
            known.stored,
        )
        if counted.is_due:
            self._store(counted.access)
            counted.stored = count
        self._merged[kind, access.target] = counted

    def _turn_to(self, minute: int) -> None:
        """Begins another minute, and stores some of the final counts of those that are over."""
        if minute != self._minute:
            self._over += self._merged.values()
            self._merged, self._targets, self._minute = {}, Counter(), minute
            self._over = [one for one in self._over if one.stored < one.access.count][-MOST_KEPT:]
        for _ in range(min(STORED_LATER, len(self._over))):
            # That somebody has read is stored already: this request need not fail for want of how often.
            with suppress(StoreUnavailableError):
                self._store(self._over[-1].access)
            self._over.pop()


def _is_merged(access: Access) -> bool:
    """Content that was asked for once is recorded once; a trace that is running is asked for every second."""
    return access.outcome != ALLOWED or access.action == TRACE


def log(access: Access) -> None:
    """Writes the line of one access to the log: one JSON object, for whoever collects them."""
    line = {
        "principal": access.principal,
        "tenant": access.tenant,
        "call": access.action,
        "execution": access.execution_id,
        "span": access.span_id,
        "artifact": access.target if access.action == ARTIFACT else "",
        "outcome": access.outcome,
        "request_id": access.request_id,
    }
    logger.info("access", extra={name: value for name, value in line.items() if value})
