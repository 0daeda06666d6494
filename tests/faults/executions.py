"""A scripted execution whose calls of AWS fail, one after the other, and what must be true of it afterwards."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import spanvas
from spanvas.storage import aws
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.tracing.bootstrap import TracedHandler
from spanvas.tracing.worker import Breaker
from tests.faults.proxy import Fault, Plan
from tests.support.engines import CREDENTIALS, Engines
from tests.support.recording import Recording, recording

TENANT: Final = "default"
FLUSHES: Final = 3
ATTEMPTS: Final = 3
"""Of a call, before a client gives it up."""
RESULT: Final = {"answer": 42, "words": ["as", "ever"]}
CLIENTS: Final = ("direct", "boto3")
HANGING_SECONDS: Final = 0.3
"""Of one attempt, instead of the 3 and 5 seconds of a function: a fault that hangs is one that lasts longer."""
PATIENT_SECONDS: Final = 30.0
"""Of one attempt where nothing hangs: a busy engine is no fault."""
RECOVERY_SECONDS: Final = 60.0
NUMBERS: Final = random.Random(3)
LARGE: Final = " ".join(str(NUMBERS.random()) for _ in range(2_000))
"""Too large for the table, however it is compressed."""
REPORT: Final = b"what was found\n" * 100


@dataclass(slots=True)
class Written:
    """What the execution's code was told while it ran."""

    ended: list[str] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    artifacts: list[str] = field(default_factory=list)

    def flush(self, *open_spans: str) -> None:
        before = {*self.ended, *open_spans}
        if spanvas.flush():
            self.acknowledged |= before


@dataclass(slots=True)
class Findings:
    """Over all runs; the lists name the run and what is not as it must be."""

    runs: int = 0
    acknowledged: int = 0
    acknowledged_lost: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Results of the handler that are not what they are without faults, and exceptions that came out of it."""
    not_recovered: list[str] = field(default_factory=list)
    """Executions that were not whole after one more flush with AWS at its best."""


class Faulty:
    """Executions over one kind of client, through proxies with this plan."""

    def __init__(self, engines: Engines, plan: Plan, urls: list[str], client: str) -> None:
        self._engines = engines
        self._plan = plan
        self._client = client
        self._environment = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL_DYNAMODB": urls[0],
            "AWS_ENDPOINT_URL_S3": urls[1],
            **({"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"} if client == "direct" else {}),
        }
        self._number = 0
        self.calls: list[str] = []
        """Those of the last execution, up to its handler's return."""

    def count_calls(self) -> int:
        """How many calls the execution makes when nothing fails."""
        self.run(None, 0, 0, Findings())
        return len(self.calls)

    def run(self, fault: Fault | None, first: int, count: int, found: Findings) -> None:
        """One execution of which so many calls, from this one on, meet the fault."""
        self._number += 1
        execution_id = f"{self._client}-{time.time_ns():x}-{self._number}"
        name = f"{self._client}: {fault.name if fault else 'nothing'} at {first}, {count} times"
        written = Written()
        seconds = HANGING_SECONDS if fault and fault.hangs else PATIENT_SECONDS
        with hurried(self._environment, seconds):
            store = self._store()
            with recording(
                store=store, clock=time.time_ns, environment={}, store_budget_ms=60_000
            ) as recorded:
                exporter = recorded.engine.delivery._store
                assert exporter is not None
                exporter.breaker = Breaker(open_seconds=0.0)
                self._plan.begin(fault, first, count)
                result = self._invoke(recorded, execution_id, written)
                self.calls = self._plan.begin(None)
                is_recovered = flushed()
                close(store)
        found.runs += 1
        found.acknowledged += len(written.acknowledged) + len(written.artifacts)
        if result != RESULT:
            found.changed.append(f"{name}: {result!r}")
        found.acknowledged_lost += [
            f"{name}: {lost}" for lost in self._missing(execution_id, written)
        ]
        if not (is_recovered and self._is_whole(execution_id, written)):
            found.not_recovered.append(name)

    def _store(self) -> DynamoTraceStore:
        engines = self._engines
        return DynamoTraceStore(
            engines.table, engines.bucket, dynamodb=aws.dynamodb_client(), s3=aws.s3_client()
        )

    def _invoke(self, recorded: Recording, execution_id: str, written: Written) -> Any:
        handler = TracedHandler(recorded.engine, lambda event, context: execute(written))
        context = SimpleNamespace(
            aws_request_id="8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d",
            function_name="brief",
            get_remaining_time_in_millis=lambda: 60_000,
        )
        try:
            return handler({"execution_id": execution_id}, context)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return error

    def _missing(self, execution_id: str, written: Written) -> Iterator[str]:
        if written.acknowledged:
            spans = self._spans(execution_id)
            yield from sorted(written.acknowledged - spans.keys())
        listed = {
            a.artifact_id: a for a in self._engines.store.list_artifacts(TENANT, execution_id).items
        }
        for artifact_id in written.artifacts:
            kept = listed.get(artifact_id)
            if kept is None or kept.bytes != len(REPORT):
                yield artifact_id
                continue
            answer = self._engines.s3.get_object(Bucket=self._engines.bucket, Key=kept.key)
            if answer["Body"].read() != REPORT:
                yield artifact_id

    def _is_whole(self, execution_id: str, written: Written) -> bool:
        execution = self._engines.store.read_execution(TENANT, execution_id)
        spans = self._spans(execution_id)
        return (
            execution is not None
            and execution.status == "succeeded"
            and set(written.ended) <= spans.keys()
            and all(ended is not None for ended in spans.values())
        )

    def _spans(self, execution_id: str) -> Mapping[str, int | None]:
        page = self._engines.store.read_spans(TENANT, execution_id, max_bytes=1 << 30)
        assert page.next_position is None
        return {span.span_id: span.end_time_unix_nano for span in page.items}


def execute(written: Written) -> Any:
    """Three nodes with a flush in and after each, content that goes to S3, and a file."""
    with spanvas.workflow("faulty", input={"question": "what if?"}) as run:
        for number in range(FLUSHES):
            with spanvas.node(f"node-{number}", input=LARGE if number == 1 else "small") as node:
                with spanvas.span("look up", kind="tool") as tool:
                    tool.set_output({"found": number})
                written.ended.append(tool.span_id)
                if number == 1:
                    artifact = spanvas.attach_artifact(
                        "report.txt", REPORT, media_type="text/plain"
                    )
                    written.artifacts += [artifact.artifact_id] if artifact else []
                    written.flush(node.span_id)
            written.ended.append(node.span_id)
            written.flush()
        run.set_output(RESULT)
    return dict(RESULT)


def flushed() -> bool:
    """Whether everything is durable at last: what hangs in an old call needs a moment."""
    end = time.monotonic() + RECOVERY_SECONDS
    while not spanvas.flush():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def hurried(environment: Mapping[str, str], seconds: float) -> Iterator[None]:
    """The environment of a function, with clients that give up early and do not wait between their attempts."""
    with (
        patch.dict(os.environ, {"PATH": os.defpath, **environment}, clear=True),
        patch("boto3.DEFAULT_SESSION", None),
        patch("spanvas.storage.direct.dynamodb.SECONDS", seconds),
        patch("spanvas.storage.direct.s3.SECONDS", seconds),
        patch("spanvas.http.connections.BACKOFF_SECONDS", 0.0),
        patch.object(aws, "READ_SECONDS", seconds),
        patch("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0),
    ):
        yield


def close(store: DynamoTraceStore) -> None:
    for client in (store._executions._dynamodb, store._s3):
        client.close()
