"""The store on DynamoDB and S3."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, BinaryIO

from spanvas.http.exchange import on_sent
from spanvas.model.execution import Counters, Execution
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import aws
from spanvas.storage.decoding import log_unreadable
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.spans import SpanItems
from spanvas.storage.totals import TotalItems, replace_counters

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

    from spanvas.model.access import Access
    from spanvas.model.artifact import Artifact
    from spanvas.model.errors import UnreadableItem
    from spanvas.model.execution_update import ExecutionUpdate
    from spanvas.model.span import Span
    from spanvas.storage.accesses import AccessItems
    from spanvas.storage.artifacts import ArtifactItems
    from spanvas.storage.beginnings import BeginningItems
    from spanvas.storage.binding import BindingItems
    from spanvas.storage.deletion import DeletionItems
    from spanvas.storage.history import History
    from spanvas.storage.listing import Budget
    from spanvas.storage.overdue import OverdueItems
    from spanvas.storage.pages import Listing, Overdue, Page
    from spanvas.storage.port import Binding, SpanBatch
    from spanvas.storage.stored_spans import StoredSpans
    from spanvas.storage.stored_trace import StoredTrace


class DynamoTraceStore:
    """`TraceStore` on one table and one bucket. What executors often or always do without (S3's client, everything but
    executions and spans) is imported and made when it is first needed."""

    def __init__(
        self,
        table: str,
        bucket: str,
        *,
        retention_days: int = 30,
        content_retention_days: int = 0,
        audit_table: str = "",
        audit_retention_days: int = 400,
        dynamodb: DynamoDBClient | None = None,
        s3: S3Client | None = None,
        clock: Callable[[], int] = time.time_ns,
        budget: Budget | None = None,
    ) -> None:
        self.on_unreadable: Callable[[UnreadableItem], None] = log_unreadable
        dynamodb = dynamodb or aws.dynamodb_client()
        self._given_s3 = s3
        self._content_days = min(content_retention_days or retention_days, retention_days)
        self._clock = clock
        self._dynamodb = dynamodb
        self._table = table
        self._bucket = bucket
        self._retention_days = retention_days
        self._audit_table = audit_table
        self._audit_retention_days = audit_retention_days
        self._budget = budget
        is_short = self._content_days < retention_days
        content_seconds = self._content_days * DAY_SECONDS if is_short else None
        self._executions = ExecutionItems(dynamodb, table, clock, content_seconds)
        totals = TotalItems(self._executions, clock)
        self._spans = SpanItems(
            dynamodb,
            table,
            lambda: self._s3,
            bucket,
            totals,
            retention_days,
            self._content_days,
            clock,
        )
        # Methods of the port that need nothing else: each is one call less on the way to the table.
        self.end_execution = totals.end
        self.close_as_lost = self._executions.close_as_lost
        self.read_execution = self._executions.read
        self.write = self._spans.write

    @cached_property
    def _stored_spans(self) -> StoredSpans:
        from spanvas.storage.stored_spans import StoredSpans

        return StoredSpans(
            self._dynamodb,
            self._table,
            lambda: self._s3,
            self._bucket,
            self._executions,
            self._content_days,
            self._clock,
            self._report,
        )

    @cached_property
    def _history(self) -> History:
        from spanvas.storage.history import History

        return History(
            self._dynamodb,
            self._table,
            self._executions,
            self._retention_days,
            self._clock,
            self._report,
            self._budget,
        )

    @cached_property
    def _overdue(self) -> OverdueItems:
        from spanvas.storage.overdue import OverdueItems

        return OverdueItems(self._dynamodb, self._table, self._executions, self._clock)

    @cached_property
    def _binding(self) -> BindingItems:
        from spanvas.storage.binding import BindingItems

        return BindingItems(
            self._dynamodb,
            self._table,
            self._executions,
            self._spans,
            self._stored_spans,
            self._clock,
            self._report,
        )

    @cached_property
    def deletions(self) -> DeletionItems:
        """What deletes executions, on the same table and bucket."""
        from spanvas.storage.deletion import DeletionItems

        return DeletionItems(
            self._dynamodb,
            self._table,
            lambda: self._s3,
            self._bucket,
            self._executions,
            self._retention_days,
            self._clock,
        )

    @cached_property
    def _artifacts(self) -> ArtifactItems:
        from spanvas.storage.artifacts import ArtifactItems

        return ArtifactItems(
            self._dynamodb,
            self._table,
            lambda: self._s3,
            self._bucket,
            self._content_days,
            self._clock,
            self._report,
        )

    @cached_property
    def _accesses(self) -> AccessItems:
        from spanvas.storage.accesses import AccessItems

        return AccessItems(
            self._dynamodb,
            self._table,
            self._audit_table,
            self._audit_retention_days,
            self._clock,
            self._report,
        )

    @cached_property
    def _beginnings(self) -> BeginningItems:
        from spanvas.storage.beginnings import BeginningItems

        return BeginningItems(self._executions)

    @cached_property
    def _s3(self) -> S3Client:
        return self._given_s3 or aws.s3_client()

    def _report(self, item: UnreadableItem) -> None:
        self.on_unreadable(item)

    def start_execution(self, execution: Execution) -> None:
        """Creates, completes or continues an execution; it expires after the retention period."""
        expires_at = self._spans.expires_at()
        self._executions.start(replace(execution, expires_at=expires_at))

    def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
        """Creates a provisional execution, or marks a queued one as begun. Returns whether it was created.

        `sent` is called when the request has been sent, and once more at the end, whatever happened.
        """
        expires_at = self._spans.expires_at()
        token = on_sent.set(sent)
        try:
            return self._beginnings.begin(replace(execution, expires_at=expires_at))
        finally:
            on_sent.reset(token)
            sent()

    def withdraw_execution(self, tenant: str, execution_id: str) -> None:
        """Lets an execution that is still provisional expire at once."""
        self._beginnings.withdraw(tenant, execution_id, self._clock() // NANO)

    def prepare(self) -> None:
        """Opens a connection to DynamoDB where the client can do that in advance; boto3's cannot."""
        connect = getattr(self._dynamodb, "connect", None)
        if connect is not None:
            connect()

    def bind_trace(self, tenant: str, trace_id: str, names: Collection[str]) -> Binding:
        """Joins a trace with the execution ids that its spans name, and returns the execution that it belongs to."""
        return self._binding.bind_trace(tenant, trace_id, names)

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        """Stores spans of an unregistered execution and returns the id of the execution that has them now."""
        return self._binding.receive(batch, update, is_new=is_new)

    @cached_property
    def read_trace(self) -> Callable[[str, str], StoredTrace | None]:
        """Returns an execution with all its rows; None as `read_execution`."""
        return self._stored_spans.read_trace

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        """Returns the stored versions of a span, the shown one first."""
        return self._stored_spans.read_versions(tenant, execution_id, span_id, known)

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        """Returns one page of whole spans."""
        return self._stored_spans.read_spans(tenant, execution_id, max_bytes=max_bytes, after=after)

    def repair_counters(self, execution: Execution, counters: Counters) -> bool:
        """Replaces the totals of an execution. Returns False where it has been written meanwhile."""
        return replace_counters(self._executions, execution, counters)

    def list_executions(
        self,
        tenant: str,
        *,
        workflow_id: str | None = None,
        status: str | None = None,
        started_from: int | None = None,
        started_to: int | None = None,
        limit: int = 50,
        after: str | None = None,
        oldest_first: bool = False,
        workflows: Sequence[str] | None = None,
    ) -> Listing:
        """Returns one page of a tenant's executions. `started_from` and `started_to` are unix nanoseconds."""
        from spanvas.storage.listing import HistoryQuery

        return self._history.page(
            HistoryQuery(
                tenant,
                workflow_id,
                status,
                started_from,
                started_to,
                limit,
                after,
                oldest_first,
                workflows,
            )
        )

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        """Uploads a file and stores its artifact item."""
        return self._artifacts.put(artifact, body)

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        """Stores the artifact item of an object that stays in its own bucket."""
        return self._artifacts.refer(artifact)

    def list_artifacts(self, tenant: str, execution_id: str) -> Page[Artifact]:
        """Returns all unexpired artifacts of an execution on one page, the oldest first."""
        return self._artifacts.list(tenant, execution_id)

    def read_artifact(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        """Returns one artifact; None where there is none or it has expired."""
        return self._artifacts.read(tenant, execution_id, artifact_id)

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        """Returns a presigned URL of the artifact's stored version, valid for `expires_seconds`."""
        return self._artifacts.sign(artifact, disposition, expires_seconds)

    def record_access(self, access: Access) -> None:
        """Stores who has read what."""
        self._accesses.record(access)

    def list_accesses(
        self,
        tenant: str,
        execution_id: str,
        *,
        limit: int = 100,
        after: str | None = None,
        span_id: str | None = None,
    ) -> Page[Access]:
        """Returns one page of accesses, the newest first."""
        return self._accesses.page(tenant, execution_id, limit, after, span_id)

    def executions_of_trace(self, tenant: str, trace_id: str, limit: int) -> list[Execution]:
        """Returns the executions that have spans of a trace, the earliest first."""
        from spanvas.storage.trace_index import execution_ids_of, executions_of

        found = execution_ids_of(self._dynamodb, self._table, tenant, trace_id)
        read = partial(self._executions.read, tenant)
        return executions_of(trace_id, found, read, self._report, limit)

    def note_status_index(self) -> None:
        """Stores since when failed and lost executions have an index of their own, unless it is stored."""
        self._history.status_index.note()

    def overdue(self) -> Iterator[Overdue]:
        """Yields executions past their deadline, then those that were set aside and whose next try is due."""
        return self._overdue.all()

    def open_beyond(self, deadline_unix_nano: int, part: int) -> Iterator[Overdue]:
        """Yields a part of the open executions whose deadline is after a time."""
        return self._overdue.open_beyond(deadline_unix_nano, part)

    def to_recount(self) -> Iterator[Overdue]:
        """Yields executions that have ended and whose totals are to be counted again."""
        return self._overdue.to_recount()

    def note_recounted(self, execution: Execution) -> bool:
        """Notes that the totals are right. Returns False where the execution has been written meanwhile."""
        return self._overdue.note_recounted(execution)

    def set_aside(self, overdue: Overdue) -> bool:
        """Postpones the closing of an overdue execution. Returns False where it has ended or gone on."""
        return self._overdue.set_aside(overdue)

    def count_set_aside(self) -> int:
        """Returns how many executions are set aside."""
        return self._overdue.count_set_aside()
