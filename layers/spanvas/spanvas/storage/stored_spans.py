"""Rows and details, as they are read from the table and the bucket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from spanvas.model.execution import Execution
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.chunk_items import Chunks
from spanvas.storage.decoding import Report
from spanvas.storage.details import DetailItems, page_of, versions_of
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.item_reading import PREVIEWS, is_expired, moved_to
from spanvas.storage.pages import Page
from spanvas.storage.stored_trace import StoredTrace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class StoredSpans:
    """Reads chunks. `s3` makes the client when it is first needed."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        executions: ExecutionItems,
        content_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._executions = executions
        self._content_seconds = content_days * DAY_SECONDS
        self._clock = clock
        self._details = DetailItems(dynamodb, table, s3, bucket, clock)

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        """Returns META and every row, read by one Query (one page up to about ten thousand spans)."""
        execution: Execution | None = None
        chunks = Chunks(self._report)
        query = self._query(tenant, execution_id, items.META)
        while query is not None:
            with translate_errors("reading a trace"):
                answer = self._dynamodb.query(**query)
            for item in answer["Items"]:
                if item["sk"]["S"] == items.META:
                    if target := moved_to(item):
                        return self.read_trace(tenant, target)
                    execution = self._executions.shown(item)
                elif _is_rows(item):
                    chunks.add(item)
                elif not item["sk"]["S"].startswith(PREVIEWS):
                    continue
                elif not is_expired(item, self._clock()):
                    chunks.add_previews(item)
            if execution is None:
                return None
            if execution.deletion is not None:
                return StoredTrace.of(execution, {})
            query = _next_page(query, answer)
        return chunks.trace_of(execution) if execution is not None else None

    def rows(self, tenant: str, execution_id: str) -> list[Row]:
        """Returns every row, each span once, of an execution that has META or has not."""
        chunks = Chunks(self._report)
        query = self._query(tenant, execution_id, items.ROWS)
        while query is not None:
            with translate_errors("reading a trace"):
                answer = self._dynamodb.query(**query)
            for item in filter(_is_rows, answer["Items"]):
                chunks.add(item)
            query = _next_page(query, answer)
        return chunks.rows()

    def _query(self, tenant: str, execution_id: str, first: str) -> dict[str, Any] | None:
        """Returns the Query of the items from META or the rows on up to the last rows."""
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :meta AND :end",
            "ExpressionAttributeValues": {
                ":pk": items.s(items.partition(tenant, execution_id)),
                ":meta": items.s(first),
                ":end": items.s(items.AFTER_ROWS),
            },
            "ConsistentRead": True,
        }

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        """Returns the stored versions of a span, as `TraceStore.read_versions`."""
        trace = known or self.read_trace(tenant, execution_id)
        rows = trace.versions(span_id) if trace else []
        if trace is None or not rows:
            return []
        place = (tenant, trace.execution.execution_id)
        names = list(dict.fromkeys(row.detail for row in rows))
        details = dict(self._details.read(*place, names))
        return versions_of(span_id, rows, details, self._report, self._kept_since(trace.execution))

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        """Returns one page of whole spans, as `TraceStore.read_spans`."""
        trace = self.read_trace(tenant, execution_id)
        if trace is None:
            return Page([], None)
        place = (tenant, trace.execution.execution_id)
        return page_of(
            trace.rows,
            after,
            max_bytes,
            lambda names: self._details.read(*place, names),
            self._report,
            self._kept_since(trace.execution),
        )

    def _kept_since(self, execution: Execution) -> int:
        """Returns the time, in unix nanoseconds, from which objects are kept by the retention that is set today."""
        if execution.hold is not None:
            return 0
        return self._clock() - self._content_seconds * NANO


def _next_page(query: dict[str, Any], answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the Query of the page after an answer; None where that was the last one."""
    if "LastEvaluatedKey" not in answer:
        return None
    return {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _is_rows(item: Mapping[str, Any]) -> bool:
    """Returns whether an item holds rows: a newer version may keep other things beside them."""
    return str(item["sk"]["S"]).startswith(items.ROWS)
