"""Rows and details, as they are written to the table and the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from spanvas import attributes as names
from spanvas.model.execution import RUNNING, UNKNOWN_WORKFLOW, Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.semantics.summary import session_in, user_in
from spanvas.storage import items
from spanvas.storage.aws import run_concurrently, translate_errors
from spanvas.storage.chunks import INLINE_BYTES, Chunk, plan
from spanvas.storage.item_reading import PREVIEWS
from spanvas.storage.port import SpanBatch, WriteResult
from spanvas.storage.totals import TotalItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

UNREGISTERED_SECONDS: Final = 900
"""Deadline of an execution that is known by its spans alone: the longest that a Lambda function can run."""


class SpanItems:
    """Writes chunks. `s3` makes the client when it is first needed."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        s3: Callable[[], S3Client],
        bucket: str,
        totals: TotalItems,
        retention_days: int,
        content_days: int,
        clock: Callable[[], int],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._s3 = s3
        self._bucket = bucket
        self._totals = totals
        self.retention_seconds = retention_days * DAY_SECONDS
        self._content_seconds = content_days * DAY_SECONDS
        self._clock = clock

    def write(self, batch: SpanBatch) -> WriteResult:
        """Details first, then the rows that point at them, then the totals: a reader never sees a row without
        its detail, and a crash in between leaves totals that the next read repairs. Those of the last batch go with
        the end."""
        written = []
        for chunk, is_new in self.put(batch):
            written.append(chunk.chunk_id)
            fallback = unregistered(batch, self.expires_at())
            self._totals.add(fallback, chunk, is_new=is_new, is_last=batch.is_last)
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
