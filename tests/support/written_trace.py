"""A small trace that is written with all that a writer does: begin, spans of which one is large, a file, the end."""

from __future__ import annotations

from typing import Final

from spanvas.model.artifact import Artifact
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id

LARGE: Final = {
    "spanvas.input": "".join(f"{number * 2654435761 % 2**32:x} " for number in range(9_000))
}


def write_a_trace(store: DynamoTraceStore) -> None:
    execution = make_execution()
    store.start_execution(execution)
    span = make_span("a", attributes=LARGE)
    store.write(SpanBatch(execution.tenant, execution.execution_id, [span, make_span("b", "a")]))
    artifact = Artifact(
        tenant=execution.tenant,
        execution_id=execution.execution_id,
        artifact_id="report",
        span_id=span_id("a"),
        name="report.csv",
        media_type="text/csv",
        bytes=0,
        sha256="",
        created_at_unix_nano=T0,
    )
    store.put_artifact(artifact, b"a,b\n")
    store.end_execution(execution.tenant, execution.execution_id, "succeeded", T0 + SECOND)
