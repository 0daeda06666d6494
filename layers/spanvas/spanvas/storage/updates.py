"""META of executions that are known by their spans alone: made and changed by what each batch of spans says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.execution import OPEN, Counters, Execution, place_of
from spanvas.model.execution_update import (
    ExecutionUpdate,
    create_from,
    merge_update,
    settled,
    takes_rows,
)
from spanvas.storage import items
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.executions import STILL_THERE, ExecutionItems, bare
from spanvas.storage.item_reading import execution_of, is_deleted
from spanvas.storage.spans import SpanItems
from spanvas.storage.stored_spans import StoredSpans
from spanvas.storage.tombstones import note_late

ATTEMPTS: Final = 8
"""Of a conditional write that fails when another writer was first; one writer succeeds each time."""
OPEN_TO_COUNTING: Final = f"{STILL_THERE} AND attribute_not_exists(#{items.MOVED_TO})"
OPTIONAL: Final = (
    items.ENDED_AT_UNIX_NANO,
    items.DEADLINE_UNIX_NANO,
    "cause",
    "running_key",
    "deadline_key",
)
"""Attributes that are removed from the item when the execution no longer has them."""


class Added(NamedTuple):
    """What has become of an execution: whether this made it, whether it has ended, its totals and its revision."""

    is_new: bool
    is_ended: bool
    counters: Counters = Counters()
    revision: int = 0


class UpdateItems:
    """Writes META items. Raises StoreUnavailableError."""

    def __init__(
        self, executions: ExecutionItems, spans: SpanItems, stored: StoredSpans, report: Report
    ) -> None:
        self._executions = executions
        self._spans = spans
        self._stored = stored
        self._report = report

    def add(
        self,
        update: ExecutionUpdate,
        counters: Counters,
        *,
        is_new: bool,
        alone: Counters | None = None,
    ) -> Added | None:
        """Adds to the totals and merges the update. Returns None, with nothing written, where the execution has moved.
        Of a deleted one nothing changes, but that it is looked at again.

        `is_new` saves a request where there is no item yet. `alone`: the totals of an item that is made by this.
        """
        add = items.added_counters(counters)
        made = alone or counters
        if is_new and (created := self._create(update, made)):
            return created
        execution = bare(update.tenant, update.execution_id)
        item = self._executions.change(execution, {}, OPEN_TO_COUNTING, add=add)
        is_counted = item is not None
        for _ in range(ATTEMPTS):
            item = item or self._executions.item(update.tenant, update.execution_id)
            if item is None:
                if created := self._create(update, made):
                    return created
                continue
            if items.MOVED_TO in item:
                return None
            if is_deleted(item):
                note_late(self._executions.change, execution)
                return Added(False, False)
            known = attempted(execution_of, item)
            if isinstance(known, UnreadableItem):
                # Totals are added without decoding the item; the rest of the update is left out.
                self._report(known)
                if not is_counted:
                    self._executions.change(execution, {}, OPEN_TO_COUNTING, add=add)
                return Added(False, False)
            changed = self._settled(merge_update(known, update), update.seen_at_unix_nano)
            is_ended = changed.status not in OPEN
            if is_counted and changed is known:
                return Added(False, is_ended, known.counters, known.revision)
            if self._replace(known, changed, {} if is_counted else add):
                totals = known.counters if is_counted else known.counters + counters
                return Added(False, is_ended, totals, known.revision + 1)
            item = None
        raise contended()

    def _create(self, update: ExecutionUpdate, counters: Counters) -> Added | None:
        created = replace(create_from(update), expires_at=self._spans.expires_at())
        execution = self._settled(created, update.seen_at_unix_nano)
        attributes = self._attributes(execution)
        condition = "attribute_not_exists(pk)"
        add = items.added_counters(counters)
        if self._executions.change(execution, attributes, condition, add=add) is None:
            return None
        return Added(True, execution.status not in OPEN, counters, execution.revision + 1)

    def _settled(self, execution: Execution, seen_at_unix_nano: int) -> Execution:
        """Returns the execution with what its rows alone show; they are read only where that may be anything."""
        if not takes_rows(execution):
            return execution
        rows = self._stored.rows(execution.tenant, execution.execution_id)
        return settled(execution, rows, seen_at_unix_nano)

    def _replace(self, known: Execution, changed: Execution, add: Mapping[str, Any]) -> bool:
        """Returns whether it was written: False where somebody else has changed the item meanwhile.

        Only attributes whose value changes are written: the others may hold more than this version decodes.
        """
        place = place_of(known)
        before, after = self._attributes(known, place), self._attributes(changed, place)
        attributes = {name: value for name, value in after.items() if value != before.get(name)}
        written = self._executions.change(
            changed,
            attributes,
            "#revision = :known AND attribute_not_exists(#moved_to)",
            {":known": items.n(known.revision)},
            add=add,
            remove=[name for name in OPTIONAL if name not in after],
        )
        return written is not None

    def _attributes(self, execution: Execution, place: int | None = None) -> dict[str, Any]:
        listed = items.listed_at(execution, self._spans.retention_seconds, place)
        return {**items.execution_attributes(execution), **items.index_keys(execution, listed)}


def contended() -> StoreUnavailableError:
    """Returns the error for a change that others have overtaken too often."""
    return StoreUnavailableError("the execution is changed by too many at once", 1)
