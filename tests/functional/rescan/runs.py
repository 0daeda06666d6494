"""Runs that say a secret wherever a run can, and the rule that finds it later."""

from __future__ import annotations

from spanvas.model.execution import Cause
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from spanvas_api.rescan.store import AwsRescanStore, RescanStore
from tests.functional.storage.batches import batch, model_span
from tests.support.builders import SECOND, T0, Clock, make_artifact, make_execution, make_span
from tests.support.memory_rescan import MemoryRescanStore
from tests.support.memory_store import MemoryTraceStore

SECRET = "badge-ZX-7741-QQ"
PATTERNS = {"badge": r"badge-[A-Z]{2}-\d{4}-[A-Z]{2}"}
MARKER = "[REDACTED:badge]"
PADDING = " ".join(f"{number * 2654435761 % 2**32:x}" for number in range(4_000))
HALF = "x" * 150
"""So many characters that a preview ends in the middle of the secret behind them."""


def rescan_store(store: TraceStore, clock: Clock) -> RescanStore:
    if isinstance(store, MemoryTraceStore):
        return MemoryRescanStore(store)
    assert isinstance(store, DynamoTraceStore)
    return AwsRescanStore(
        store._dynamodb, store._table, store._s3, store._bucket, lambda: clock() / SECOND
    )


def run(store: TraceStore, execution_id: str = "exec_1", said: str = SECRET) -> None:
    """A run that says `said` in names, errors, prompts, large prompts, resources, files and its own item."""
    named = make_execution(execution_id, workflow_name=f"for {said}", workflow_version=said)
    store.start_execution(named)
    store.write(
        batch(
            model_span(
                "chat",
                attributes={
                    "gen_ai.prompt": f"{HALF} {said}",
                    "spanvas.input": f"{said} {PADDING}",
                },
                resource={"service.name": f"of {said}", "user.id": said, "session.id": said},
            ),
            make_span("b", "chat", name=f"find {said}", status="error", status_message=said),
            make_span("c", "chat", attributes={"spanvas.output": f'{{"who": "{said}"}}'}),
            execution_id=execution_id,
        )
    )
    store.put_artifact(
        make_artifact(execution_id=execution_id, name=f"{said}.csv"), f"who\n{said}\n".encode()
    )
    cause = Cause("ValueError", f"no {said}", "chat")
    store.end_execution("acme", execution_id, "failed", T0 + 3 * SECOND, cause)
