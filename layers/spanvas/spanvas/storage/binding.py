"""Which execution a trace belongs to, for executions that nobody registers: spans that come over OTLP.

Ids that belong together (a trace, and the execution ids that its spans name) are joined: one of them is the
execution's id, all others lead to it. META of an id says in which state the id is:

| state      | META of the id has   | joined to another id                    | spans that come to the id   |
|------------|----------------------|-----------------------------------------|-----------------------------|
| ABSENT     | no item              | gets `moved_to` and `moved`: MOVED      | make it KNOWN               |
| KNOWN      | `origin_naming`      | gets `moved_to`: MOVING                 | are kept                    |
| MOVING     | `moved_to`           | is copied, then gets `moved`: MOVED     | finish the move, then go on |
| MOVED      | `moved_to`, `moved`  | its target is joined instead            | go to its target            |
| REGISTERED | none of these        | never moves: the others are joined to it | are kept, change nothing   |

An id is joined only to a smaller one in the order of `smallest`, or to a registered one. So no two requests can make a
circle, and the result does not depend on which of them comes first. META is read consistently; the index by trace,
which is not, is asked only for executions that were registered with a trace. See docs/explanation/trace-binding.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Counters, count
from spanvas.model.execution_update import ExecutionUpdate, update_from
from spanvas.model.ids import is_trace_id
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.chunk_items import rows_of
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.ended_totals import EndedTotals
from spanvas.storage.executions import MAX_MOVES, ExecutionItems, bare
from spanvas.storage.item_reading import HOLD, execution_of, moving_to
from spanvas.storage.port import Binding, SpanBatch
from spanvas.storage.spans import SpanItems
from spanvas.storage.stored_spans import StoredSpans
from spanvas.storage.tombstones import source_item
from spanvas.storage.trace_index import execution_ids_of
from spanvas.storage.updates import ATTEMPTS, UpdateItems, contended

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS: Final = 8  # as many traces as a request looks up at once (`spanvas_api.ingest.ingest`)
OPEN_TO_CHANGE: Final = (
    f"attribute_exists(#{items.ORIGIN_NAMING}) AND attribute_not_exists(#{items.MOVED_TO})"
    f" AND attribute_not_exists(#{HOLD})"
)


class State(Enum):
    """The state of an id at the end of its moves."""

    ABSENT = "absent"
    KNOWN = "known"
    REGISTERED = "registered"


class End(NamedTuple):
    """The id that another id leads to, and the state of it."""

    execution_id: str
    state: State


def smallest(ends: Iterable[End], own: str) -> End:
    """Returns the end that the others are joined to: a registered one, else one that is no trace id, else the first in
    the order of text. Of several registered ones, which cannot be joined, it is the trace's `own`."""

    def order(end: End) -> tuple[bool, bool, bool, str]:
        is_open = end.state is not State.REGISTERED
        name = end.execution_id
        return is_open, not is_open and name != own, is_trace_id(name), name

    return min(ends, key=order)


class BindingItems:
    """Binds traces to executions, and keeps what comes over OTLP. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        executions: ExecutionItems,
        spans: SpanItems,
        stored: StoredSpans,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._spans = spans
        self._clock = clock
        self._report = report
        self._updates = UpdateItems(executions, spans, stored, report)
        self._ended = EndedTotals(executions, stored.read_trace)

    def bind_trace(self, tenant: str, trace_id: str, names: Collection[str]) -> Binding:
        """As `port.TraceStore.bind_trace`."""
        for _ in range(ATTEMPTS):
            ends, registered = self._look_up(tenant, trace_id, names)
            if registered:
                return Binding(registered, apart=frozenset(names))
            own = ends[trace_id]
            home = smallest(ends.values(), own.execution_id)
            others = {end for end in ends.values() if end != home}
            movable = [end for end in others if end.state is not State.REGISTERED]
            if all(self._join(tenant, end, home.execution_id) for end in movable):
                is_new = all(end.state is State.ABSENT for end in (home, *movable))
                apart = [name for name in names if ends[name] in others.difference(movable)]
                return Binding(home.execution_id, is_new, frozenset(apart))
        raise contended()

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        """As `port.TraceStore.receive`. Rows first, then META: cut off between them, it is whole when sent again."""
        for _ in range(ATTEMPTS):
            chunks = list(self._spans.put(batch))
            counters = sum((chunk.counters for chunk, is_new in chunks if is_new), Counters())
            only = chunks[0][0].alone if len(chunks) == 1 else None
            added = self._updates.add(update, counters, is_new=is_new, alone=only)
            if added is not None:
                place = (batch.tenant, batch.execution_id)
                counted = only if only is not None and added.is_new else counters
                self._ended.note(place, [chunk for chunk, _ in chunks], counted, added)
                return batch.execution_id
            target = self._end(batch.tenant, batch.execution_id).execution_id
            self._note_source(batch.tenant, target, batch.execution_id)
            batch = batch._replace(execution_id=target)
            update = replace(update, execution_id=target)
            is_new = False
        raise contended()

    def _look_up(
        self, tenant: str, trace_id: str, names: Collection[str]
    ) -> tuple[dict[str, End], str | None]:
        """Returns where the trace and each name lead; and, where nothing is known under the trace's own id, the
        execution that was registered with the trace. All are asked for at once, since most traces are new."""
        asked = [name for name in names if name != trace_id]
        registered = self._pool.submit(self._registered, tenant, trace_id)
        found = [self._pool.submit(self._end, tenant, name) for name in asked]
        try:
            own = self._end(tenant, trace_id)
        finally:  # nothing may run on when the function is frozen
            wait([registered])
            wait(found)
        ends = {trace_id: own} | dict(zip(asked, (each.result() for each in found), strict=True))
        is_unknown = own == End(trace_id, State.ABSENT)
        return ends, registered.result() if is_unknown else None

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, "spanvas-traces")

    def _registered(self, tenant: str, trace_id: str) -> str | None:
        """Returns an execution that has this trace and was registered by whoever runs it.

        Executions that are known by their spans may have the trace as well: spans of it that name another one.
        """
        for execution_id in execution_ids_of(self._dynamodb, self._table, tenant, trace_id):
            found = attempted(self._executions.read, tenant, execution_id)
            # One that cannot be decoded is there, too.
            if found is not None and getattr(found, "origin", None) is None:
                return execution_id
        return None

    def _end(self, tenant: str, execution_id: str) -> End:
        """Follows an id to the end of its moves; one that was cut off is finished on the way."""
        for _ in range(MAX_MOVES):
            item = self._executions.item(tenant, execution_id)
            if item is None:
                return End(execution_id, State.ABSENT)
            if items.MOVED_TO not in item:
                is_known = items.ORIGIN_NAMING in item and HOLD not in item
                return End(execution_id, State.KNOWN if is_known else State.REGISTERED)
            execution_id = self._moved(tenant, execution_id, item)
        raise contended()

    def _join(self, tenant: str, end: End, target: str) -> bool:
        """Joins an id to a target, with all that is there. Returns False where the id has changed meanwhile."""
        attributes = {items.MOVED_TO: items.s(target)}
        source = bare(tenant, end.execution_id)
        if end.state is State.ABSENT:
            attributes[items.MOVED] = items.n(1)
            attributes[items.TTL_ATTRIBUTE] = items.n(self._spans.expires_at())
            pointer = self._executions.change(source, attributes, "attribute_not_exists(pk)")
            return pointer is not None
        self._note_source(tenant, target, end.execution_id)
        marked = self._executions.change(source, attributes, OPEN_TO_CHANGE)
        if marked is None:
            return False
        self._moved(tenant, end.execution_id, marked)
        return True

    def _moved(self, tenant: str, source: str, item: Mapping[str, Any]) -> str:
        """Returns where an execution has moved to. Where its move was cut off, it is finished first.

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
        update = update_from(execution, self._clock(), patience)
        while True:
            counters = self._copy(tenant, source, target)
            if self._updates.add(replace(update, execution_id=target), counters, is_new=False):
                break
            target = self._end(tenant, target).execution_id
        self._executions.change(
            execution,
            {items.MOVED_TO: items.s(target), items.MOVED: items.n(1)},
            "attribute_exists(#moved_to)",
            remove=items.INDEX_KEYS,
        )
        return target

    def _copy(self, tenant: str, source: str, target: str) -> Counters:
        """Copies all items but META, details before the rows that point at them, and returns the totals of new rows.
        Nothing is deleted: who receives spans may not. Items are named by what is in them, so a copy that was cut off
        is made again; large details stay where they are in the bucket, since items point at them by their whole key.
        """
        counters = Counters()
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": items.s(items.partition(tenant, source))},
            "ConsistentRead": True,
        }
        while True:
            with translate_errors("reading what is to be moved"):
                answer = self._dynamodb.query(**request)
            for item in answer["Items"]:
                sort = item["sk"]["S"]
                if sort == items.META or not self._put_new(
                    {**item, **items.key(tenant, target, sort)}
                ):
                    continue
                if sort.startswith(items.ROWS):
                    rows = attempted(rows_of, item)
                    if isinstance(rows, UnreadableItem):  # it is moved as it is, and not counted
                        self._report(rows)
                    else:
                        counters += count(rows[0], is_part=True)
            if "LastEvaluatedKey" not in answer:
                return counters
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _note_source(self, tenant: str, target: str, source: str) -> None:
        """Writes down that items of an execution may also be stored under an id that leads to it."""
        self._put_new(source_item(tenant, target, source, self._spans.expires_at()))

    def _put_new(self, item: dict[str, Any]) -> bool:
        """Puts an item unless it is there. Returns whether it was not."""
        with translate_errors("moving an execution"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True
