"""Deletion as its users see it: the API, and the sweep that goes on with what was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from spanvas.model.execution import Execution


class Holds(Protocol):
    """Every method may raise StoreUnavailableError, and may be called again then."""

    def hold(self, tenant: str, execution_id: str, by: str) -> None:
        """Marks an execution as held: it may not be deleted, and does not expire. `apply` does so for what it holds.

        Held already, it stays held by whom it was held first. Raises ConflictError where it is deleted.
        """

    def release(self, tenant: str, execution_id: str) -> None:
        """Marks an execution as held no more; it expires when it would have. Nothing changes where it is not held."""

    def apply(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        """Lets everything that an execution holds stay, or expire again. Returns False where something is left."""

    def due(self) -> Iterator[tuple[str, str]]:
        """Yields tenant and id of the executions for which `apply` is to be called."""


class Deletions(Protocol):
    """Every method may raise StoreUnavailableError, and may be called again then."""

    @property
    def holds(self) -> Holds:
        """What keeps executions of this store."""

    def delete(self, tenant: str, execution_id: str, by: str) -> Execution | None:
        """Marks an execution as deleted and returns what is left of it: ids, times and totals.

        Returns the earlier deletion where it is deleted already, and None where it is absent, expired or another
        tenant's. Raises ConflictError where it is held. `by` is who asks for it. Readers see nothing more of it at
        once; `purge` deletes what it holds.
        """

    def purge(self, tenant: str, execution_id: str, is_time_left: Callable[[], bool]) -> bool:
        """Deletes everything that a deleted execution holds: items, and objects with all their versions.

        `is_time_left` is asked between two requests. Returns False where something is left, or has come meanwhile: it
        goes on when it is called again. What is not deleted stays as it is.
        """

    def due(self) -> Iterator[tuple[str, str]]:
        """Yields tenant and id of the deleted executions that are to be purged now: what was cut off, what has had late
        spans, and what is looked at again, at growing distances."""
