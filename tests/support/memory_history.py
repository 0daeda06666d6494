"""The part of the fake store that lists executions; as `history`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution, place_of
from spanvas.model.units import DAY_SECONDS
from spanvas.storage import items
from spanvas.storage.decoding import attempted
from spanvas.storage.listing import Budget, Finds, HistoryQuery
from spanvas.storage.pages import Listing
from spanvas.storage.scans import bounds_of

Key = tuple[str, str]


class MemoryHistory:
    _clock: Callable[[], int]
    _budget: Budget
    _retention_seconds: int
    _executions: dict[Key, Execution]

    def __init__(self) -> None:
        self._unlisted: set[Key] = set()
        """Those that are in no workflow's history: provisional, and not closed."""

    def list_executions(
        self,
        tenant: str,
        *,
        workflow_id: str | None = None,
        status: str | None = None,
        started_from: int | None = None,
        started_to: int | None = None,
        limit: int = 50,
        after: str | None = None,
        oldest_first: bool = False,
        workflows: Sequence[str] | None = None,
    ) -> Listing:
        self._check()
        asked = HistoryQuery(
            tenant,
            workflow_id,
            status,
            started_from,
            started_to,
            limit,
            after,
            oldest_first,
            workflows,
        )
        finds, reached = Finds(asked), None
        places = self._places(asked)
        for number, (place, key) in enumerate(places):
            if finds.is_full:
                break
            if number == self._budget.executions:
                reached = places[number - 1][0]
                break
            finds.look_at(place, self._listed(key, place))
        listing = finds.listing(reached)
        for item in listing.unreadable:
            self._report(item)
        return listing

    def _places(self, asked: HistoryQuery) -> list[tuple[str, Key]]:
        """Keys of the history within the bounds, in order. Failed and lost ones are found without looking at others."""
        bounds = bounds_of(asked, self._clock(), self._retention_seconds // DAY_SECONDS)
        status = asked.status if items.is_indexed(asked.status) else None
        places = [
            (place, key)
            for key, execution in self._executions.items()
            if key[0] == asked.tenant
            and (asked.workflow_id is None or self._is_of_workflow(key, asked.workflow_id))
            and status in (None, execution.status)
            and bounds.lower <= (place := items.started_key(place_of(execution), key[1]))
            and place < bounds.upper
        ]
        return sorted(places, reverse=not asked.oldest_first)

    def _listed(self, key: Key, position: str) -> Execution | UnreadableItem | None:
        found = attempted(self.read_execution, *key)
        return found._replace(position=position) if isinstance(found, UnreadableItem) else found

    def _is_of_workflow(self, key: Key, workflow_id: str) -> bool:
        return workflow_id == self._executions[key].workflow_id and key not in self._unlisted

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _report(self, item: UnreadableItem) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own

    def _check(self) -> None:
        raise NotImplementedError  # pragma: no cover - the store's own
