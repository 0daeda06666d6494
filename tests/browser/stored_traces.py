"""Runs in the stack's own store, to be read through its API: nothing of what the page is answered is made up."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

from local.stack import Stack
from spanvas.model.artifact import Artifact
from spanvas.model.execution import Cause
from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from tests.support.builders import make_execution, make_span, span_id
from tests.support.local_stack import TENANT, store_of

MS = 1_000_000


class StoredRun:
    """An execution of a workflow of its own. Times are milliseconds after its start, a second ago."""

    def __init__(self, stack: Stack, workflow_id: str = "") -> None:
        self.id = f"run-{uuid4().hex[:8]}"
        self.workflow_id = workflow_id or f"of-{self.id}"
        self.start = time.time_ns() - 1_000 * MS
        self._store = store_of(stack)
        self._store.start_execution(
            make_execution(
                self.id,
                tenant=TENANT,
                trace_id=trace_id_for(TENANT, self.id),
                workflow_id=self.workflow_id,
                workflow_name=self.workflow_id,
                started_at_unix_nano=self.start,
                deadline_unix_nano=self.start + 900_000 * MS,
                expected_nodes=(),
                started_by="somebody",
            )
        )

    def span(
        self,
        name: str,
        parent: str | None = None,
        begin: float = 0,
        end: float | None = 100,
        **more: Any,
    ) -> Span:
        values = {
            "trace_id": trace_id_for(TENANT, self.id),
            "span_id": span_id(name[-8:]),
            "start_time_unix_nano": self.start + round(begin * MS),
            "end_time_unix_nano": None if end is None else self.start + round(end * MS),
            "recorded_at_unix_nano": self.start + round((end or begin) * MS),
        }
        return make_span(name, parent and parent[-8:], **{**values, **more})

    def write(self, *spans: Span) -> None:
        self._store.write(SpanBatch(TENANT, self.id, spans))

    def end(self, status: str, after: float, cause: Cause | None = None, **health: str) -> None:
        self._store.end_execution(
            TENANT, self.id, status, self.start + round(after * MS), cause, health
        )

    def file(self, name: str, media_type: str, body: bytes) -> dict[str, str]:
        """Attributes of the span that has the file."""
        kept = self._store.put_artifact(
            Artifact(TENANT, self.id, f"art-{name}", "", name, media_type, 0, "", self.start), body
        )
        told = {"id": kept.artifact_id, "name": name, "media_type": media_type, "bytes": kept.bytes}
        return {"spanvas.artifacts": json.dumps([told])}

    @property
    def url(self) -> str:
        return f"/?workflow={self.workflow_id}&execution={self.id}"
