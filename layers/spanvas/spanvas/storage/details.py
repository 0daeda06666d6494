"""Whole spans of an execution, a page at a time: for those who take away a trace with all that is in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.storage import codec, items
from spanvas.storage.aws import translated
from spanvas.storage.port import Page

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

DETAILS_AT_ONCE: Final = 16
"""Each is up to 1.5 MB when it is inflated; a page rarely needs more."""
THREADS: Final = 8
BACKOFF_SECONDS: Final = 0.05
MAX_REFUSALS: Final = 5


class DetailItems:
    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._sleep = sleep

    def payloads(
        self, tenant: str, execution_id: str, names: Sequence[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Names and contents, in the order of the names, without what has expired."""
        for first in range(0, len(names), DETAILS_AT_ONCE):
            wanted = names[first : first + DETAILS_AT_ONCE]
            found = self._items(tenant, execution_id, wanted)
            with ThreadPoolExecutor(THREADS, "spanvas-details") as pool:
                contents = pool.map(self.content, found.values())
                yield from zip(found, contents, strict=True)

    def content(self, item: dict[str, Any]) -> bytes:
        """What a detail holds, wherever it is."""
        if "data" in item:
            return codec.decompress(bytes(item["data"]["B"]))
        with translated("reading a large span"):
            answer = self._s3().get_object(Bucket=self._bucket, Key=item["s3_key"]["S"])
            return codec.decompress(answer["Body"].read())

    def _items(
        self, tenant: str, execution_id: str, names: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        keys = [items.key(tenant, execution_id, items.DETAIL + name) for name in names]
        pending: Any = {self._table: {"Keys": keys}}
        found: dict[str, Any] = {}
        refusals = 0
        while pending:
            with translated("reading spans"):
                answer = self._dynamodb.batch_get_item(RequestItems=pending)
            given = answer["Responses"].get(self._table, [])
            for item in given:
                found[item["sk"]["S"].removeprefix(items.DETAIL)] = item
            pending = answer.get("UnprocessedKeys")
            refusals = 0 if given else refusals + 1
            if pending:
                self._wait(refusals)
        return {name: found[name] for name in names if name in found}

    def _wait(self, refusals: int) -> None:
        """Before what was left out of a batch is asked for again (BatchGetItem, "UnprocessedKeys"). Raises
        StoreUnavailableError after too many answers in a row that had nothing in them."""
        if refusals == MAX_REFUSALS:
            raise StoreUnavailableError("the store failed reading spans: throttled", 2)
        self._sleep(BACKOFF_SECONDS * 2**refusals)


def page_of(
    rows: Sequence[Row],
    after: str | None,
    max_bytes: int,
    payloads: Callable[[Sequence[str]], Iterator[tuple[str, bytes]]],
) -> Page[Span]:
    """The spans of the rows, each once, as it is in the detail that its row points at.

    A page ends with the detail that makes it `max_bytes` or more; details are in the order of their first span.
    """
    by_detail: dict[str, dict[str, int]] = {}
    for row in rows:
        by_detail.setdefault(row.detail, {})[row.span_id] = row.start_time_unix_nano
    ordered = sorted((position(min(s.values()), name), name) for name, s in by_detail.items())
    remaining = [name for place, name in ordered if after is None or place > after]
    places = {name: place for place, name in ordered}
    spans: list[Span] = []
    size = 0
    for name, payload in payloads(remaining):
        wanted = by_detail[name]
        spans += [span for span in codec.decode_spans(payload) if span.span_id in wanted]
        size += len(payload)
        if size >= max_bytes and name != remaining[-1]:
            return Page(spans, places[name])
    return Page(spans, None)


def position(first_start_unix_nano: int, name: str) -> str:
    return f"{first_start_unix_nano:020d}#{name}"
