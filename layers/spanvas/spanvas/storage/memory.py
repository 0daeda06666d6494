"""The fake store: the same behaviour in dictionaries, for tests and nothing else.

It goes through the same chunks and codec as the real one, so what cannot be encoded fails here too.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import urlencode

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import (
    LOST,
    OPEN,
    QUEUED,
    RUNNING,
    Cause,
    Counters,
    Execution,
    continued,
    seen_at,
)
from spanvas.model.sniffing import HEAD_BYTES, checked_media_type
from spanvas.model.span import Span
from spanvas.storage import codec, items
from spanvas.storage.artifacts import encoded_name, measured, object_key, seen_object
from spanvas.storage.chunks import Chunk
from spanvas.storage.details import page_of
from spanvas.storage.memory_sightings import MemorySightings
from spanvas.storage.port import Page, SpanBatch, StoredTrace, WriteResult
from spanvas.storage.spans import unregistered

Key = tuple[str, str]


class MemoryTraceStore(MemorySightings):
    """`down = True` makes every call fail as an unreachable store does."""

    def __init__(
        self, *, retention_days: int = 30, clock: Callable[[], int] = time.time_ns
    ) -> None:
        super().__init__()
        self.down = False
        self.bodies: dict[str, bytes] = {}
        self._clock = clock
        self._retention_seconds = retention_days * 86_400
        self._executions: dict[Key, Execution] = {}
        self._started_keys: dict[Key, str] = {}
        self._chunks: dict[Key, dict[str, Chunk]] = {}
        self._given_up: set[Key] = set()
        self._artifacts: dict[Key, dict[str, Artifact]] = {}
        self.objects: dict[tuple[str, str], tuple[bytes, str]] = {}
        """What there is in other buckets, by bucket and key: bytes and content type."""
        self._accesses: dict[Key, list[Access]] = {}

    def start_execution(self, execution: Execution) -> None:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions.get(key)
        part = execution
        execution = replace(part, expires_at=self._expiry(), began_at_unix_nano=None)
        if known is None:
            self._executions[key] = replace(execution, revision=1)
            self._started_keys[key] = items.started_key(
                execution.started_at_unix_nano, execution.execution_id
            )
        elif execution.status != RUNNING:
            return
        elif known.origin is not None:
            self._executions[key] = replace(
                execution, counters=known.counters, revision=known.revision + 1
            )
        elif known.status == QUEUED:
            self._executions[key] = replace(
                execution,
                workflow_id=execution.workflow_id,
                started_by=known.started_by or execution.started_by,
                counters=known.counters,
                revision=known.revision + 1,
            )
        elif (further := continued(known, part)) is not None:
            self._executions[key] = replace(further, revision=known.revision + 1)

    def end_execution(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: dict[str, str] | None = None,
    ) -> None:
        self._check()
        known = self._executions.get((tenant, execution_id))
        if known is None:
            return
        ended = known.ended_at_unix_nano
        latest = ended is not None and ended <= ended_at_unix_nano
        if known.status in OPEN or known.status == LOST or latest:
            if status != LOST:
                self._given_up.discard((tenant, execution_id))
            elif known.status in OPEN:
                self._given_up.add((tenant, execution_id))
            self._change(
                (tenant, execution_id),
                status=status,
                ended_at_unix_nano=ended_at_unix_nano,
                cause=cause,
                exporter_health=exporter_health or known.exporter_health,
            )

    def write(self, batch: SpanBatch) -> WriteResult:
        self._check()
        key = (batch.tenant, batch.execution_id)
        written = self._put(batch)
        new = [chunk for chunk, is_new in written if is_new]
        for chunk in new:
            if key not in self._executions:
                self.start_execution(unregistered(batch, self._expiry()))
            self._change(key, counters=self._executions[key].counters + chunk.counters)
        return WriteResult(tuple(chunk.chunk_id for chunk, _ in written), len(new))

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        self._check()
        execution = self._executions.get((tenant, self._moved(tenant, execution_id)))
        now = self._clock()
        if execution is None or execution.expires_at <= now // 1_000_000_000:
            return None
        return seen_at(execution, now)

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        execution = self.read_execution(tenant, execution_id)
        if execution is None:
            return None
        chunks = {
            chunk_id: codec.decode_rows(codec.decompress(chunk.rows), chunk_id)
            for chunk_id, chunk in self._chunks.get((tenant, execution.execution_id), {}).items()
        }
        return StoredTrace.of(execution, chunks)

    def read_span(self, tenant: str, execution_id: str, span_id: str) -> Span | None:
        return next(iter(self.read_versions(tenant, execution_id, span_id)), None)

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        trace = known or self.read_trace(tenant, execution_id)
        if trace is None:
            return []
        chunks = self._chunks.get((tenant, trace.execution.execution_id), {})
        found = []
        for row in trace.versions(span_id):
            chunk_id, _, index = row.detail.partition(":")
            detail = chunks[chunk_id].details[int(index)]
            found += codec.decode_spans(codec.decompress(detail), span_id)
        return found

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        trace = self.read_trace(tenant, execution_id)
        if trace is None:
            return Page([], None)
        chunks = self._chunks.get((tenant, trace.execution.execution_id), {})

        def payloads(names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
            for name in names:
                chunk_id, _, index = name.partition(":")
                yield name, codec.decompress(chunks[chunk_id].details[int(index)])

        return page_of(trace.rows, after, max_bytes, payloads)

    def repair_counters(self, execution: Execution, counters: Counters) -> None:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions.get(key)
        if known is not None and known.revision == execution.revision:
            self._change(key, counters=counters)

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
        self._check()
        lower = items.started_key(started_from or 0)
        upper = items.started_key(started_to) if started_to is not None else "~"
        positions = sorted(
            (
                (position, key)
                for key, position in self._started_keys.items()
                if key[0] == tenant and lower <= position < min(upper, after or "~")
            ),
            reverse=True,
        )
        found = [
            (position, execution)
            for position, key in positions
            if (execution := self.read_execution(*key)) is not None
            and workflow_id in (None, execution.workflow_id)
            and status in (None, execution.status)
        ]
        page = found[:limit]
        more = len(found) > limit
        return Page([execution for _, execution in page], page[-1][0] if more else None)

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        self._check()
        with measured(body) as (stream, sha256, size, head):
            stored = replace(
                artifact,
                media_type=checked_media_type(artifact.media_type, head, artifact.name),
                bytes=size,
                sha256=sha256.hex(),
                key=object_key(artifact),
                version="1",
            )
            content = stream if isinstance(stream, bytes) else stream.read()
            self.bodies[stored.key] = content
        self._keep(stored)
        return stored

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        """Of what is in `objects`, by bucket and key: bytes and type."""
        self._check()
        found = self.objects.get((artifact.bucket, artifact.key))
        if found is None:
            raise StoreUnavailableError("the store failed looking at an object: NoSuchKey")
        body, content_type = found
        answer = {
            "Body": io.BytesIO(body[:HEAD_BYTES]),
            "ContentRange": f"bytes 0-{HEAD_BYTES - 1}/{len(body)}",
            "ContentType": content_type,
            "ETag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"',
            "VersionId": "1",
        }
        stored = seen_object(artifact, answer)
        self._keep(stored)
        return stored

    def _keep(self, artifact: Artifact) -> None:
        owner = (artifact.tenant, artifact.execution_id)
        self._artifacts.setdefault(owner, {})[artifact.artifact_id] = artifact

    def list_artifacts(self, tenant: str, execution_id: str) -> list[Artifact]:
        self._check()
        found = self._artifacts.get((tenant, execution_id), {}).values()
        return sorted(found, key=lambda a: (a.created_at_unix_nano, a.artifact_id))

    def read_artifact(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        self._check()
        return self._artifacts.get((tenant, execution_id), {}).get(artifact_id)

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        query = urlencode(
            {
                "response-content-type": artifact.media_type,
                "response-content-disposition": (
                    f"{disposition}; filename*=UTF-8''{encoded_name(artifact.name)}"
                ),
                "X-Amz-Expires": expires_seconds,
            }
        )
        return f"memory://{artifact.bucket}/{artifact.key}?{query}"

    def record_access(self, access: Access) -> None:
        self._check()
        self._accesses.setdefault((access.tenant, access.execution_id), []).append(access)

    def list_accesses(
        self, tenant: str, execution_id: str, *, limit: int = 100, after: str | None = None
    ) -> Page[Access]:
        self._check()
        found = sorted(
            (
                access
                for access in self._accesses.get((tenant, execution_id), [])
                if after is None or items.access_position(access) < after
            ),
            key=items.access_position,
            reverse=True,
        )
        page = found[:limit]
        more = len(found) > limit
        return Page(page, items.access_position(page[-1]) if more else None)

    def list_overdue(self, limit: int = 100) -> list[Execution]:
        self._check()
        now = self._clock()
        found = [
            seen_at(execution, now)
            for key, execution in self._executions.items()
            if self._is_unclosed(key) and (execution.deadline_unix_nano or now) < now
        ]
        found.sort(key=lambda execution: execution.deadline_unix_nano or 0)
        return found[:limit]

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        self._check()
        key = (execution.tenant, execution.execution_id)
        known = self._executions[key]
        is_later = (known.deadline_unix_nano or 0) > (execution.deadline_unix_nano or 0)
        if is_later or not self._is_unclosed(key):
            return False
        self._given_up.discard(key)
        ended_at = execution.ended_at_unix_nano or self._clock()
        self._change(key, status=LOST, ended_at_unix_nano=ended_at, cause=cause)
        return True

    def _is_unclosed(self, key: Key) -> bool:
        return self._executions[key].status in OPEN or key in self._given_up

    def _change(self, key: Key, **changes: object) -> None:
        known = self._executions[key]
        changed = replace(known, **changes)  # type: ignore[arg-type]
        self._executions[key] = replace(changed, revision=known.revision + 1)

    def _expiry(self) -> int:
        return self._clock() // 1_000_000_000 + self._retention_seconds

    def _check(self) -> None:
        if self.down:
            raise StoreUnavailableError("the store failed: it is down", 5)
