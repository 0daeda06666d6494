"""Deletion as its users see it: the API, and the sweep that goes on with what was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spanvas.model.execution import Execution


class Deletions(Protocol):
    """Every method may raise StoreUnavailableError, and may be called again then."""

    def delete(self, tenant: str, execution_id: str, by: str) -> Execution | None:
        """Marks an execution as deleted and returns what is left of it: ids, times and totals.

        Returns the earlier deletion where it is deleted already, and None where it is absent, expired or another
        tenant's. `by` is who asks for it. Readers see nothing more of it at once; `purge` deletes what it holds.
        """

    def purge(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        """Deletes everything that a deleted execution holds: items, and objects with all their versions.

        `is_time_left` is asked between two requests. Returns False where something is left, or has come meanwhile: it
        goes on when it is called again. What is not deleted stays as it is.
        """

    def due(self) -> Iterator[tuple[str, str]]:
        """Yields tenant and id of the deleted executions that are to be purged now: what was cut off, what has had late
        spans, and what is looked at again, at growing distances."""
