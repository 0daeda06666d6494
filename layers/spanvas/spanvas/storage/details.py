"""Whole spans of an execution, a page at a time: for those who take away a trace with all that is in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from spanvas.model.errors import (
    NewerItemError,
    StoreUnavailableError,
    UnreadableItem,
    UnreadableItemError,
)
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.storage import codec, items
from spanvas.storage.aws import translate_errors
from spanvas.storage.chunk_items import spans_of
from spanvas.storage.decoding import Reading, Report, attempted
from spanvas.storage.item_reading import binary_of, key_of
from spanvas.storage.item_reading import is_expired as is_past_its_time
from spanvas.storage.pages import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

DETAILS_AT_ONCE: Final = 16
"""Each is up to 1.5 MB when it is inflated; a page rarely needs more."""
THREADS: Final = 8
BACKOFF_SECONDS: Final = 0.05
MAX_REFUSALS: Final = 5


ABSENT: Final = frozenset({"NoSuchKey", "AccessDenied"})
"""S3 says the second of what is not there to those who may not list the bucket (GetObject, "Permissions")."""


class Detail(NamedTuple):
    """A detail's item: what it holds, inflated, or why that cannot be had."""

    pk: str
    sk: str
    content: bytes | UnreadableItem

    @property
    def size(self) -> int:
        """Uncompressed bytes of the content; 0 where it cannot be read."""
        return len(self.content) if isinstance(self.content, bytes) else 0

    def spans(self, span_id: str | None = None) -> list[Span] | UnreadableItem:
        """Returns all of its spans, or those with that id; the unreadable item where it could not be decoded."""
        if isinstance(self.content, UnreadableItem):
            return self.content
        return spans_of(self.pk, self.sk, self.content, span_id)


class DetailItems:
    """Reads detail items, and the objects that large ones point at. `s3` makes the client when it is first needed."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        clock: Callable[[], int],
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._clock = clock
        self._sleep = sleep

    def read(
        self, tenant: str, execution_id: str, names: Sequence[str]
    ) -> Iterator[tuple[str, Detail]]:
        """Yields names and details, in the order of the names, without those that have expired."""
        for first in range(0, len(names), DETAILS_AT_ONCE):
            wanted = names[first : first + DETAILS_AT_ONCE]
            found = self._items(tenant, execution_id, wanted)
            with ThreadPoolExecutor(THREADS, "spanvas-details") as pool:
                contents = pool.map(self._detail, found.values())
                yield from zip(found, contents, strict=True)

    def _detail(self, item: dict[str, Any]) -> Detail:
        return detail_of(item, self._object)

    def _object(self, key: str) -> bytes:
        with translate_errors("reading a large span"):
            body: bytes = self._s3().get_object(Bucket=self._bucket, Key=key)["Body"].read()
            return body

    def _items(
        self, tenant: str, execution_id: str, names: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        keys = [items.key(tenant, execution_id, items.DETAIL + name) for name in names]
        pending: Any = {self._table: {"Keys": keys}}
        found: dict[str, Any] = {}
        refusals = 0
        while pending:
            with translate_errors("reading spans"):
                answer = self._dynamodb.batch_get_item(RequestItems=pending)
            given = answer["Responses"].get(self._table, [])
            for item in given:
                found[item["sk"]["S"].removeprefix(items.DETAIL)] = item
            pending = answer.get("UnprocessedKeys")
            refusals = 0 if given else refusals + 1
            if pending:
                self._wait(refusals)
        now = self._clock()
        return {
            name: found[name]
            for name in names
            if name in found and attempted(is_past_its_time, found[name], now) is not True
        }

    def _wait(self, refusals: int) -> None:
        """Waits before the keys that a batch left out are asked for again (BatchGetItem, "UnprocessedKeys").

        Raises StoreUnavailableError after `MAX_REFUSALS` empty responses in a row.
        """
        if refusals == MAX_REFUSALS:
            raise StoreUnavailableError("the store failed reading spans: throttled", 2)
        self._sleep(BACKOFF_SECONDS * 2**refusals)


def detail_of(item: Mapping[str, Any], read_object: Callable[[str], bytes]) -> Detail:
    """Returns a detail with the content of its item, or of the object that the item points at."""
    pk, sk = key_of(item)
    return Detail(pk, sk, attempted(_content, item, read_object))


def _content(item: Mapping[str, Any], read_object: Callable[[str], bytes]) -> bytes:
    """Returns the inflated content. Raises UnreadableItemError where its form is not known or its object is missing."""
    pk, sk = key_of(item)
    with Reading(pk, sk):
        if "s3_key" not in item:
            return codec.decompress(binary_of(item, "data"))
        key = item["s3_key"]["S"]
    try:
        data = read_object(key)
    except StoreUnavailableError as error:
        if error.code not in ABSENT:
            raise
        reason = f"its object is not there: {error.code}"
        raise UnreadableItemError(UnreadableItem(pk, sk, reason, is_absent=True)) from None
    with Reading(pk, sk):
        return codec.decompress(data)


def page_of(
    rows: Sequence[Row],
    after: str | None,
    max_bytes: int,
    read: Callable[[Sequence[str]], Iterator[tuple[str, Detail]]],
    report: Report,
    kept_since_unix_nano: int,
) -> Page[Span]:
    """Returns a page of the rows' spans, each once, read from the detail that its row points at.

    A page ends with the detail that makes it `max_bytes` or more; details are in the order of their first span. Spans
    whose detail has expired are counted.
    """
    by_detail: dict[str, dict[str, int]] = {}
    for row in rows:
        by_detail.setdefault(row.detail, {})[row.span_id] = row.start_time_unix_nano
    ordered = sorted((position(min(s.values()), name), name) for name, s in by_detail.items())
    remaining = [name for place, name in ordered if after is None or place > after]
    places = {name: place for place, name in ordered}
    entries: list[Span | UnreadableItem] = []
    found: set[str] = set()
    size = expired = 0
    last = None
    for name, detail in read(remaining):
        wanted = by_detail[name]
        found.add(name)
        spans = detail.spans()
        if not isinstance(spans, UnreadableItem):
            entries += [span for span in spans if span.span_id in wanted]
        elif is_expired(spans, min(wanted.values()), kept_since_unix_nano):
            expired += len(wanted)
        else:
            entries.append(spans)
        size += detail.size
        if size >= max_bytes and name != remaining[-1]:
            last = name
            break
    looked_at = remaining if last is None else remaining[: remaining.index(last) + 1]
    expired += sum(len(by_detail[name]) for name in looked_at if name not in found)
    page = Page.of(entries, None if last is None else places[last], report)
    return replace(page, expired=expired)


def is_expired(item: UnreadableItem, start_unix_nano: int, kept_since_unix_nano: int) -> bool:
    """Returns whether a detail cannot be read because its object's time is over.

    The lifecycle of the bucket deletes by the retention that is set today, items expire by the one that they were
    written with. What is missing although it is younger is not expired but lost.
    """
    return item.is_absent and start_unix_nano < kept_since_unix_nano


def versions_of(
    span_id: str,
    rows: Sequence[Row],
    details: Mapping[str, Detail],
    report: Report,
    kept_since_unix_nano: int,
) -> list[Span]:
    """Returns the versions of a span in the details that its rows name, the shown one first.

    Empty where the shown version has expired. Raises UnreadableItemError where it cannot be decoded; other versions
    that cannot be decoded are left out and reported.
    """
    shown = rows[0].detail if rows else ""
    if shown not in details:
        return []
    versions: list[Span] = []
    for row in rows:
        if row.detail not in details:
            continue
        found = details[row.detail].spans(span_id)
        if not isinstance(found, UnreadableItem):
            versions += found[:1]
        elif is_expired(found, row.start_time_unix_nano, kept_since_unix_nano):
            if row.detail == shown:
                return []
        elif row.detail == shown:
            raise (NewerItemError if found.is_newer else UnreadableItemError)(found)
        else:
            report(found)
    return versions


def position(first_start_unix_nano: int, name: str) -> str:
    """Returns where a page of details ends: a text that sorts by time, then by the detail's name."""
    return f"{first_start_unix_nano:020d}#{name}"
