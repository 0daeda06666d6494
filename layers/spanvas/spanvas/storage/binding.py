"""Executions that nobody registers: spans that come over OTLP, and what they say of their execution.

META of the execution that is named after a trace is also where the trace is bound: to that execution itself, or, with
`moved_to`, to the one that its spans turned out to belong to. It is read consistently, so that two requests a
millisecond apart agree; the index by trace, which is not, is asked for executions that were registered by others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Counters, Execution, place_of
from spanvas.model.execution_update import ExecutionUpdate, create_from, merge_update, update_from
from spanvas.model.ids import is_trace_id
from spanvas.model.unreadable import UnreadableItem
from spanvas.storage import items
from spanvas.storage.aws import translated
from spanvas.storage.copying import Copier
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.item_reading import execution_of, moving_to
from spanvas.storage.port import Binding, SpanBatch
from spanvas.storage.spans import SpanItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS: Final = 8
"""At a change that others make at the same time; each of them makes progress."""
THREADS: Final = 8
"""As many traces as one request looks up at once (`spanvas_api.ingest.ingest`)."""
INDEX_NAMES: Final = (
    "workflow_key", "tenant_day_key", "trace_key", "started_key", "running_key", "deadline_key", "status_key",
)  # fmt: skip
CANDIDATES: Final = 5
OPEN_TO_CHANGE: Final = "attribute_exists(#origin_naming) AND attribute_not_exists(#moved_to)"
OPEN_TO_COUNTING: Final = "attribute_exists(pk) AND attribute_not_exists(#moved_to)"
OPTIONAL: Final = ("ended_at", "deadline", "cause", "running_key", "deadline_key")
"""Attributes that are taken away where an execution has them no longer."""


class BindingItems:
    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        executions: ExecutionItems,
        spans: SpanItems,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._spans = spans
        self._clock = clock
        self._copier = Copier(dynamodb, table, report)
        self._report = report

    def bind_trace(self, tenant: str, trace_id: str, wanted: str, *, is_explicit: bool) -> Binding:
        """As `port.TraceStore.bind_trace`."""
        if is_trace_id(wanted) and self._end_of_moves(tenant, wanted) == trace_id:
            wanted = trace_id
        for _ in range(ATTEMPTS):
            item, registered = self._looked_up(tenant, trace_id, is_explicit=is_explicit)
            if item is None:
                if registered:
                    return Binding(registered, is_new=False)
                if not wanted or wanted == trace_id:
                    return Binding(trace_id, is_new=True)
                if self._point(tenant, trace_id, wanted):
                    return Binding(wanted, is_new=True)
            elif items.MOVED_TO in item:
                return Binding(self._moved(tenant, trace_id, item), is_new=False)
            elif not wanted or wanted == trace_id or "origin_naming" not in item:
                return Binding(trace_id, is_new=False)
            else:
                self._executions.change(
                    bare(tenant, trace_id), {items.MOVED_TO: items.s(wanted)}, OPEN_TO_CHANGE
                )
        raise contended()

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        """As `port.TraceStore.receive`. Rows first, then META: cut off between them, it is whole when sent again."""
        for _ in range(ATTEMPTS):
            counters = Counters()
            for chunk, is_new_chunk in self._spans.put(batch):
                if is_new_chunk:
                    counters += chunk.counters
            target = self._note(update, counters, is_new=is_new)
            if not target:
                return batch.execution_id
            batch = replace(batch, execution_id=target)
            update = replace(update, execution_id=target)
            is_new = False
        raise contended()

    def _note(self, update: ExecutionUpdate, counters: Counters, *, is_new: bool) -> str:
        """Add to the totals and keep what the update says; where to the execution has moved, if it has."""
        add = items.added_counters(counters)
        if is_new and self._create(update, add):
            return ""
        execution = bare(update.tenant, update.execution_id)
        item = self._executions.change(execution, {}, OPEN_TO_COUNTING, add=add)
        is_counted = item is not None
        for _ in range(ATTEMPTS):
            item = item or self._executions.item(update.tenant, update.execution_id)
            if item is None:
                if self._create(update, add):
                    return ""
                continue
            if items.MOVED_TO in item:
                return self._moved(update.tenant, update.execution_id, item)
            known = attempted(execution_of, item)
            if isinstance(known, UnreadableItem):
                return self._left_as_it_is(known, add, is_counted=is_counted)
            changed = merge_update(known, update)
            if is_counted and changed is known:
                return ""
            if self._replace(known, changed, {} if is_counted else add):
                return ""
            item = None
        raise contended()

    def _left_as_it_is(
        self, unreadable: UnreadableItem, add: Mapping[str, Any], *, is_counted: bool
    ) -> str:
        """Of an execution that cannot be decoded the totals are kept, which takes no decoding, and nothing is said."""
        self._report(unreadable)
        if not is_counted:
            execution = bare(*items.owner_of(unreadable.pk))
            self._executions.change(execution, {}, OPEN_TO_COUNTING, add=add)
        return ""

    def _create(self, update: ExecutionUpdate, add: Mapping[str, Any]) -> bool:
        execution = replace(create_from(update), expires_at=self._spans.expires_at())
        attributes = self._attributes(execution)
        created = self._executions.change(
            execution, attributes, "attribute_not_exists(pk)", add=add
        )
        return created is not None

    def _replace(self, known: Execution, changed: Execution, add: Mapping[str, Any]) -> bool:
        """Whether nobody else has changed it meanwhile. Only what is another now is written: what stays the same may
        hold more than this version knows of it."""
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

    def _point(self, tenant: str, trace_id: str, execution_id: str) -> bool:
        """Bind a trace that is not known to an execution that is not named after it."""
        target = {
            items.MOVED_TO: items.s(execution_id),
            items.MOVED: items.n(1),
            items.TTL_ATTRIBUTE: items.n(self._spans.expires_at()),
        }
        pointed = self._executions.change(
            bare(tenant, trace_id), target, "attribute_not_exists(pk)"
        )
        return pointed is not None

    def _looked_up(
        self, tenant: str, trace_id: str, *, is_explicit: bool
    ) -> tuple[Mapping[str, Any] | None, str | None]:
        """META of the execution that is named after a trace; where there is none, the one that was registered with the
        trace. Both are asked for at once, since most traces that are asked for are new."""
        if is_explicit:
            return self._executions.item(tenant, trace_id), None
        registered = self._pool.submit(self._registered, tenant, trace_id)
        try:
            item = self._executions.item(tenant, trace_id)
        finally:
            wait([registered])  # nothing may run on when the function is frozen
        return item, None if item else registered.result()

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, "spanvas-traces")

    def _registered(self, tenant: str, trace_id: str) -> str | None:
        """An execution that has this trace and was registered by whoever runs it."""
        index, partition_name, _ = items.BY_TRACE
        with translated("looking for the execution of a trace"):
            answer = self._dynamodb.query(
                TableName=self._table,
                IndexName=index,
                KeyConditionExpression=f"{partition_name} = :trace",
                ExpressionAttributeValues={":trace": items.s(items.trace_key(tenant, trace_id))},
                Limit=CANDIDATES,
            )
        for entry in answer["Items"]:
            _, execution_id = items.owner_of(entry["pk"]["S"])
            # One that cannot be decoded is there, too.
            if attempted(self._executions.read, tenant, execution_id) is not None:
                return execution_id
        return None

    def _end_of_moves(self, tenant: str, execution_id: str) -> str:
        for _ in range(ATTEMPTS):
            item = self._executions.item(tenant, execution_id)
            target = moving_to(item) if item else ""
            if not target:
                return execution_id
            execution_id = target
        raise contended()

    def _moved(self, tenant: str, source: str, item: Mapping[str, Any]) -> str:
        """Where an execution has moved to. Where its move was cut off, it is finished first.

        Its META says since the move began where it goes to, so nobody adds to it any more: what is copied is all.
        """
        target = moving_to(item)
        if items.MOVED in item:
            return target
        execution = attempted(execution_of, item)
        if isinstance(execution, UnreadableItem):  # whoever can decode it finishes the move
            self._report(execution)
            return target
        patience = max((execution.deadline_unix_nano or 0) - self._clock(), 0)
        while True:
            counters = self._copier.copy(tenant, source, target)
            update = update_from(execution, self._clock(), patience)
            further = self._note(replace(update, execution_id=target), counters, is_new=False)
            if not further:
                break
            target = further
        self._executions.change(
            execution,
            {items.MOVED_TO: items.s(target), items.MOVED: items.n(1)},
            "attribute_exists(#moved_to)",
            remove=INDEX_NAMES,
        )
        return target


def bare(tenant: str, execution_id: str) -> Execution:
    """An execution of which the key alone is used."""
    return Execution(tenant, execution_id, "", "", 0)


def contended() -> StoreUnavailableError:
    return StoreUnavailableError("the execution is changed by too many at once", 1)
