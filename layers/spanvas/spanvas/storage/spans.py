"""Rows and details in the table and the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from spanvas import attributes as names
from spanvas.model.execution import RUNNING, UNKNOWN_WORKFLOW, Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.semantics.summary import session_in, user_in
from spanvas.storage import items
from spanvas.storage.aws import run_concurrently, translate_errors
from spanvas.storage.chunk_items import Chunks
from spanvas.storage.chunks import INLINE_BYTES, Chunk, plan
from spanvas.storage.decoding import Report
from spanvas.storage.details import DetailItems, page_of, versions_of
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.item_reading import PREVIEWS, is_expired, moved_to
from spanvas.storage.pages import Page
from spanvas.storage.port import SpanBatch, WriteResult
from spanvas.storage.stored_trace import StoredTrace
from spanvas.storage.totals import TotalItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

UNREGISTERED_SECONDS: Final = 900
"""Deadline of an execution that is known by its spans alone: the longest that a Lambda function can run."""


class SpanItems:
    """Writes and reads chunks. `s3` makes the client when it is first needed."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        executions: ExecutionItems,
        totals: TotalItems,
        retention_days: int,
        content_days: int,
        clock: Callable[[], int],
        report: Report,
    ) -> None:
        self._report = report
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._executions = executions
        self._totals = totals
        self.retention_seconds = retention_days * DAY_SECONDS
        self._content_seconds = content_days * DAY_SECONDS
        self._clock = clock
        self._details = DetailItems(dynamodb, table, s3, bucket, clock)

    def write(self, batch: SpanBatch) -> WriteResult:
        """Details first, then the rows that point at them, then the totals: a reader never sees a row without
        its detail, and a crash in between leaves totals that the next read repairs."""
        written = []
        for chunk, is_new in self.put(batch):
            written.append(chunk.chunk_id)
            fallback = unregistered(batch, self.expires_at())
            self._totals.add(fallback, chunk, is_new=is_new)
        self._totals.settle_ended(batch.tenant, batch.execution_id)
        return WriteResult(tuple(written))

    def put(self, batch: SpanBatch) -> Iterator[tuple[Chunk, bool]]:
        """Each chunk when it is durable, and whether it is new."""
        expires_at = self.expires_at()
        content_expires_at = self._clock() // NANO + self._content_seconds
        for chunk in plan(batch.spans, batch.dropped):
            self._put_details(batch, chunk, content_expires_at)
            rows = chunk.rows
            if content_expires_at < expires_at:
                from spanvas.storage.short_content import structure_of

                self._put_rows(batch, PREVIEWS + chunk.chunk_id, rows, content_expires_at)
                rows = structure_of(rows)
            yield chunk, self._put_rows(batch, items.ROWS + chunk.chunk_id, rows, expires_at)

    def expires_at(self) -> int:
        """Returns when what is written now expires, in unix seconds."""
        return self._clock() // NANO + self.retention_seconds

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

    def _put_details(self, batch: SpanBatch, chunk: Chunk, expires_at: int) -> None:
        """All at once: nobody looks for a detail before the rows that point at it are there."""
        run_concurrently(
            [
                call
                for index, detail in enumerate(chunk.details)
                for call in self._detail_calls(
                    batch, f"{chunk.chunk_id}:{index}", detail, expires_at
                )
            ]
        )

    def _detail_calls(
        self, batch: SpanBatch, name: str, detail: bytes, expires_at: int
    ) -> list[Callable[[], None]]:
        """The calls that keep a detail, in any order: the item, and the object that a large one is in."""
        item = {
            **items.key(batch.tenant, batch.execution_id, items.DETAIL + name),
            items.TTL_ATTRIBUTE: items.n(expires_at),
        }
        if len(detail) <= INLINE_BYTES:
            return [partial(self._put_detail, {**item, "data": items.b(detail)})]
        key = f"details/{batch.tenant}/{batch.execution_id}/{name}"
        return [
            partial(self._upload, key, detail),
            partial(self._put_detail, {**item, "s3_key": items.s(key)}),
        ]

    def _put_detail(self, item: dict[str, Any]) -> None:
        with translate_errors("writing spans"):
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def _upload(self, key: str, detail: bytes) -> None:
        with translate_errors("writing a large span"):
            self._s3().put_object(
                Bucket=self._bucket, Key=key, Body=detail, ContentType="application/zstd"
            )

    def _put_rows(self, batch: SpanBatch, sort: str, rows: bytes, expires_at: int) -> bool:
        with translate_errors("writing rows"):
            try:
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item={
                        **items.key(batch.tenant, batch.execution_id, sort),
                        "data": items.b(rows),
                        items.TTL_ATTRIBUTE: items.n(expires_at),
                    },
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _next_page(query: dict[str, Any], answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the Query of the page after an answer; None where that was the last one."""
    if "LastEvaluatedKey" not in answer:
        return None
    return {**query, "ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _is_rows(item: Mapping[str, Any]) -> bool:
    """Returns whether an item holds rows: a newer version may keep other things beside them."""
    return str(item["sk"]["S"]).startswith(items.ROWS)


def unregistered(batch: SpanBatch, expires_at: int) -> Execution:
    """What is known of an execution whose spans came before its start."""
    first = min(batch.spans, key=lambda span: span.start_time_unix_nano)
    last = max(span.end_time_unix_nano or span.start_time_unix_nano for span in batch.spans)
    workflow_id = first.attributes.get(names.WORKFLOW_ID)
    return Execution(
        tenant=batch.tenant,
        execution_id=batch.execution_id,
        trace_id=first.trace_id or trace_id_for(batch.tenant, batch.execution_id),
        workflow_id=workflow_id if isinstance(workflow_id, str) else UNKNOWN_WORKFLOW,
        started_at_unix_nano=first.start_time_unix_nano,
        status=RUNNING,
        deadline_unix_nano=last + UNREGISTERED_SECONDS * NANO,
        expires_at=expires_at,
        session_id=session_in(batch.spans),
        user_id=user_in(batch.spans),
    )
