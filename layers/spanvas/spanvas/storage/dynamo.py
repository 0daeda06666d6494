"""The store on DynamoDB and S3."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.execution import Cause, Counters, Execution
from spanvas.model.sighting import Sighting
from spanvas.model.span import Span
from spanvas.storage import aws
from spanvas.storage.accesses import AccessItems
from spanvas.storage.artifacts import ArtifactItems
from spanvas.storage.executions import ExecutionItems
from spanvas.storage.history import History
from spanvas.storage.port import Binding, Page, SpanBatch, StoredTrace, WriteResult
from spanvas.storage.sightings import SightingItems
from spanvas.storage.spans import SpanItems

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class DynamoTraceStore:
    """`TraceStore` on one table and one bucket. Clients are made when they are first needed: S3's often is not."""

    def __init__(
        self,
        table: str,
        bucket: str,
        *,
        retention_days: int = 30,
        dynamodb: DynamoDBClient | None = None,
        s3: S3Client | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        dynamodb = dynamodb or aws.dynamodb_client()
        self._given_s3 = s3
        self._retention_seconds = retention_days * 86_400
        self._clock = clock
        make_s3 = lambda: self._s3  # noqa: E731
        self._executions = ExecutionItems(dynamodb, table, clock)
        self._history = History(dynamodb, table, self._executions, retention_days, clock)
        self._spans = SpanItems(
            dynamodb, table, make_s3, bucket, self._executions, retention_days, clock
        )
        self._sightings = SightingItems(dynamodb, table, self._executions, self._spans, clock)
        self._artifacts = ArtifactItems(dynamodb, table, make_s3, bucket, retention_days, clock)
        self._accesses = AccessItems(dynamodb, table, retention_days, clock)

    @cached_property
    def _s3(self) -> S3Client:
        return self._given_s3 or aws.s3_client()

    def start_execution(self, execution: Execution) -> None:
        expires_at = self._clock() // 1_000_000_000 + self._retention_seconds
        self._executions.start(replace(execution, expires_at=expires_at))

    def end_execution(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: dict[str, str] | None = None,
    ) -> None:
        self._executions.end(
            tenant, execution_id, status, ended_at_unix_nano, cause, exporter_health
        )

    def write(self, batch: SpanBatch) -> WriteResult:
        return self._spans.write(batch)

    def bind_trace(self, tenant: str, trace_id: str, wanted: str, *, is_explicit: bool) -> Binding:
        return self._sightings.bind_trace(tenant, trace_id, wanted, is_explicit=is_explicit)

    def receive(self, batch: SpanBatch, sighting: Sighting, *, is_new: bool) -> str:
        return self._sightings.receive(batch, sighting, is_new=is_new)

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        return self._executions.read(tenant, execution_id)

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        return self._spans.read_trace(tenant, execution_id)

    def read_span(self, tenant: str, execution_id: str, span_id: str) -> Span | None:
        return self._spans.read_span(tenant, execution_id, span_id)

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        return self._spans.read_spans(tenant, execution_id, max_bytes, after)

    def repair_counters(self, execution: Execution, counters: Counters) -> None:
        self._executions.replace_counters(execution, counters)

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
    ) -> Page[Execution]:
        return self._history.page(
            tenant, workflow_id, status, started_from, started_to, limit, after
        )

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        return self._artifacts.put(artifact, body)

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        return self._artifacts.refer(artifact)

    def list_artifacts(self, tenant: str, execution_id: str) -> list[Artifact]:
        return self._artifacts.list(tenant, execution_id)

    def read_artifact(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        return self._artifacts.read(tenant, execution_id, artifact_id)

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        return self._artifacts.sign(artifact, disposition, expires_seconds)

    def record_access(self, access: Access) -> None:
        self._accesses.record(access)

    def list_accesses(
        self, tenant: str, execution_id: str, *, limit: int = 100, after: str | None = None
    ) -> Page[Access]:
        return self._accesses.page(tenant, execution_id, limit, after)

    def list_overdue(self, limit: int = 100) -> list[Execution]:
        return self._history.overdue(limit)

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        return self._executions.close_as_lost(execution, cause)
