"""Lists of executions from the indexes: a tenant's, a workflow's, and those that failed or were lost.

The indexes hold no counters and no status of what runs, so that those are written once, not once an index; a page
reads its items by their keys. A page is a bounded amount of work, whatever is filtered: see `listing.Budget`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from spanvas.model.errors import StoreUnavailableError, UnreadableItem
from spanvas.model.execution import Execution
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.codec import split
from spanvas.storage.decoding import Report, attempted
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.listing import Budget, Finds, HistoryQuery, following
from spanvas.storage.pages import Listing
from spanvas.storage.scans import PARTITIONS_AT_A_TIME, Scan, bounds_of, scans_of
from spanvas.storage.status_index import StatusIndex

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Answer = TypeVar("Answer")
MAX_BATCH: Final = 100
"""Items of one BatchGetItem, and index entries of one Query where most of them may be passed over."""
MAX_FILTERED: Final = 1_000
"""Index entries of one Query of which DynamoDB itself passes over some."""
ATTEMPTS: Final = 3
"""At a batch of which DynamoDB leaves keys unread, because it is too much at once."""


class Entries(NamedTuple):
    """Index entries of one partition, in order. `last` is the key that was reached, None at the partition's end."""

    found: Sequence[Mapping[str, Any]]
    passed_over: int
    last: str | None


class Walk:
    """What is left of the budget of a page, what was found, and the key up to which all was looked through."""

    def __init__(self, budget: Budget, query: HistoryQuery, reached: str) -> None:
        self.finds = Finds(query)
        self.reached = reached
        self.executions = budget.executions
        self.entries = budget.entries
        self._rounds = budget.rounds
        self._filtered = 0

    def take_round(self) -> bool:
        """Uses up one of the calls that wait for one another. Returns False where none was left."""
        self._rounds -= 1
        return self._rounds >= 0

    @property
    def is_over(self) -> bool:
        """Whether the page is full or its budget is used up."""
        return self.finds.is_full or self.executions <= 0 or self.entries <= 0

    def batch(self, scan: Scan) -> int:
        """How many executions are read at once."""
        wanted = MAX_BATCH if scan.is_read_past else self.finds.missing
        return min(wanted, self.executions)

    def query_limit(self, scan: Scan) -> int:
        """How many entries are asked for; one more than that, for the key that is left out as a bound."""
        if scan.workflow_id is None:
            return self.batch(scan) + 1
        self._filtered = min(max(4 * self._filtered, self.finds.missing), MAX_FILTERED)
        return min(self._filtered, self.entries) + 1


class History:
    """Reads pages of executions from the indexes. Raises StoreUnavailableError."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        executions: ExecutionItems,
        retention_days: int,
        clock: Callable[[], int],
        report: Report,
        budget: Budget | None = None,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._retention_days = retention_days
        self._clock = clock
        self._budget = budget or Budget()
        self.status_index = StatusIndex(dynamodb, table, clock)

    def page(self, query: HistoryQuery) -> Listing:
        """Returns one page, as `port.TraceStore.list_executions`."""
        listing = self._walk(query)
        for item in listing.unreadable:
            self._report(item)
        return listing

    def _walk(self, query: HistoryQuery) -> Listing:
        bounds = bounds_of(query, self._clock(), self._retention_days)
        walk = Walk(self._budget, query, bounds.lower if query.oldest_first else bounds.upper)
        begun: list[Future[int]] = []
        if items.is_indexed(query.status):
            # Beside the first query, which need not wait for it.
            begun = [_threads(os.getpid()).submit(self.status_index.since)]
        try:
            for scan in scans_of(query, bounds, begun[0].result if begun else None):
                if not self._scan(scan, walk):
                    return walk.finds.listing(walk.reached)
        finally:
            wait(begun)
        return walk.finds.listing(None)

    def _scan(self, scan: Scan, walk: Walk) -> bool:
        """Whether all of it was looked through, and the page still has room."""
        for group in scan.groups():
            if not walk.take_round():
                return False
            limit = walk.query_limit(scan)
            asked = [partial(self._query, scan, partition.value, limit) for partition in group]
            for partition, answer in zip(group, _each(asked), strict=True):
                if not self._look_through(scan, partition.value, answer, walk):
                    return False
                walk.reached = partition.edge
        return True

    def _look_through(self, scan: Scan, partition: str, entries: Entries, walk: Walk) -> bool:
        """Looks through the rest of a partition, whose first entries are given."""
        while self._look_at(scan, entries, walk):
            if entries.last is None:
                return True
            if not walk.take_round():
                return False
            entries = self._query(scan, partition, walk.query_limit(scan), entries.last)
        return False

    def _look_at(self, scan: Scan, entries: Entries, walk: Walk) -> bool:
        """Read what the entries stand for; whether all of them were looked at, and there may be more."""
        rest = entries.found
        while rest:
            if walk.is_over or not walk.take_round():
                return False
            batch, rest = rest[: walk.batch(scan)], rest[walk.batch(scan) :]
            walk.executions -= len(batch)
            for entry, execution in zip(batch, self._read(batch), strict=True):
                walk.finds.look_at(_key(entry), execution)
            walk.reached = _key(batch[-1])
        walk.finds.pass_over(entries.passed_over)
        walk.entries -= entries.passed_over
        walk.reached = entries.last or walk.reached
        if entries.last is None:  # the partition is at its end, whatever is left of the budget
            return not walk.finds.is_full
        return not walk.is_over

    def _query(self, scan: Scan, partition: str, limit: int, after: str | None = None) -> Entries:
        index, partition_name, sort_name = scan.in_index
        lower, upper = scan.bounds
        if after is not None:
            lower, upper = (following(after), upper) if scan.oldest_first else (lower, after)
        request: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": (
                f"{partition_name} = :partition AND {sort_name} BETWEEN :lower AND :upper"
            ),
            "ExpressionAttributeValues": {
                ":partition": items.s(partition),
                ":lower": items.s(lower),
                ":upper": items.s(upper),
            },
            "ScanIndexForward": scan.oldest_first,
            "Limit": limit,
        }
        if scan.workflow_id is not None:
            request["FilterExpression"] = "workflow_id = :workflow"
            request["ExpressionAttributeValues"][":workflow"] = items.s(scan.workflow_id)
        if upper <= lower:
            return Entries([], 0, None)
        with translate_errors("listing executions"):
            answer = self._dynamodb.query(**request)
        last = answer.get("LastEvaluatedKey")
        # What another tenant's function has put into this index is not this tenant's.
        owner = items.partition(partition.split("#")[1], "")
        found = [
            entry
            for entry in answer["Items"]
            if _key(entry) != upper and entry["pk"]["S"].startswith(owner)
        ]
        passed_over = answer["ScannedCount"] - answer["Count"]
        return _above_floor(scan, Entries(found, passed_over, _key(last) if last else None))

    def _read(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> list[Execution | UnreadableItem | None]:
        """Returns the executions of index entries, in their order; None where one is gone, expired or elsewhere.

        What takes more than one request is asked for in equal parts: the first is decoded while the others are read.
        """
        parts = split(entries, -(-len(entries) // MAX_BATCH))
        return [*chain(*_each([partial(self._read_part, part) for part in parts]))]

    def _read_part(
        self, entries: Sequence[Mapping[str, Any]]
    ) -> list[Execution | UnreadableItem | None]:
        found = self._read_batch([{"pk": entry["pk"], "sk": entry["sk"]} for entry in entries])
        return [self._shown(found.get(entry["pk"]["S"]), entry) for entry in entries]

    def _shown(
        self, item: Mapping[str, Any] | None, entry: Mapping[str, Any]
    ) -> Execution | UnreadableItem | None:
        shown = attempted(self._executions.shown, item)
        return shown._replace(position=_key(entry)) if isinstance(shown, UnreadableItem) else shown

    def _read_batch(self, keys: Sequence[Any]) -> dict[str, Mapping[str, Any]]:
        """Returns items by their partition. Raises StoreUnavailableError where some stay unread."""
        found: dict[str, Mapping[str, Any]] = {}
        pending: Any = {self._table: {"Keys": keys}}
        for _ in range(ATTEMPTS):
            with translate_errors("reading executions"):
                answer = self._dynamodb.batch_get_item(RequestItems=pending)
            for item in answer["Responses"].get(self._table, []):
                found[item["pk"]["S"]] = item
            pending = answer.get("UnprocessedKeys")
            if not pending:
                return found
        raise StoreUnavailableError("the store is asked for too much at once", 1)


def _key(entry: Mapping[str, Any]) -> str:
    return str(entry["started_key"]["S"])


def _above_floor(scan: Scan, entries: Entries) -> Entries:
    """Without what does not belong to a scan from the newest on; where that begins, the scan ends."""
    if scan.floor is None:
        return entries
    floor = scan.floor()
    kept = [entry for entry in entries.found if _key(entry) >= floor]
    is_below = len(kept) < len(entries.found) or (entries.last or floor) < floor
    return Entries(kept, entries.passed_over, None if is_below else entries.last)


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Returns the threads of a process for calls at the same time. They stay, since a page would wait for new ones to
    start; a forked child has none of its parent's."""
    return ThreadPoolExecutor(PARTITIONS_AT_A_TIME, f"spanvas-history-{process}")


def _each(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Returns the answers of calls that are made at the same time, in their order, when all calls have ended.

    This thread makes the first one itself.
    """
    others = [_threads(os.getpid()).submit(call) for call in calls[1:]]
    try:
        return [calls[0](), *(other.result() for other in others)]
    finally:
        wait(others)
