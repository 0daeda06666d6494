"""The roles allow what the store does on behalf of each function, and nothing that it does not do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.execution import Counters
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers.sweep import sweep
from spanvas_api.state_machines import MachineEnd, write_end
from tests.aws_from_template import create_resources
from tests.aws_in_process import mocked_aws
from tests.builders import (
    SECOND,
    T0,
    Clock,
    make_execution,
    make_span,
    sighting_of_span,
    span_id,
)
from tests.contract.test_template_security import BUCKET, TABLE, grants

Used = set[tuple[str, str]]
LARGE = {"spanvas.input": "".join(f"{number * 2654435761 % 2**32:x} " for number in range(9_000))}


class Recorder:
    """A store on moto that notes (action, resource) of everything it asks AWS for."""

    def __init__(self, clock: Clock) -> None:
        self.used: Used = set()
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        table, bucket = create_resources(dynamodb, s3)
        self.store = DynamoTraceStore(table, bucket, dynamodb=dynamodb, s3=s3, clock=clock)
        dynamodb.meta.events.register("before-parameter-build.dynamodb.*", self._note_dynamodb)
        s3.meta.events.register("before-parameter-build.s3.*", self._note_s3)

    def _note_dynamodb(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        index = params.get("IndexName")
        resource = f"{TABLE}/index/{index}" if index else TABLE
        self.used.add((f"dynamodb:{model.name}", resource))

    def _note_s3(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Called for what is signed too: the holder of a link may do what the signer may."""
        action = model.name + ("Version" if "VersionId" in params else "")
        prefix = params["Key"].split("/", 1)[0]
        self.used.add((f"s3:{action}", f"{BUCKET}/{prefix}/*"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(clock: Clock) -> Iterator[Recorder]:
    with mocked_aws():
        yield Recorder(clock)


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


def read_everything(store: DynamoTraceStore) -> None:
    execution = make_execution()
    tenant, execution_id = execution.tenant, execution.execution_id
    store.start_execution(execution)
    store.list_executions(tenant)
    store.list_executions(tenant, workflow_id=execution.workflow_id)
    store.list_executions(tenant, status="failed")
    assert store.read_execution(tenant, execution_id)
    trace = store.read_trace(tenant, execution_id)
    assert trace
    store.repair_counters(trace.execution, Counters(spans=2))
    assert store.read_span(tenant, execution_id, span_id("a"))
    assert len(store.read_spans(tenant, execution_id, max_bytes=10**7).items) == 2
    assert store.list_artifacts(tenant, execution_id)
    artifact = store.read_artifact(tenant, execution_id, "report")
    assert artifact
    store.record_access(
        Access(tenant, execution_id, "1", T0, "someone", "artifact", "allowed", "request-1")
    )
    store.list_accesses(tenant, execution_id)
    assert store.sign_artifact_url(artifact, "attachment", 120)


def send_over_otlp(store: DynamoTraceStore) -> None:
    """A trace without a name, then its root, which names another execution."""
    for label, parent, wanted in (("b", "a", ""), ("a", None, "trip-1")):
        span = make_span(label, parent, attributes=LARGE)
        binding = store.bind_trace("acme", span.trace_id, wanted, is_explicit=False)
        sighting = sighting_of_span(span, binding.execution_id)
        batch = SpanBatch("acme", binding.execution_id, [span])
        store.receive(batch, sighting, is_new=binding.is_new)
    assert store.receive(batch, sighting, is_new=False) == "trip-1"


def granted(role: str, services: tuple[str, ...] = ("dynamodb", "s3")) -> Used:
    return {
        (action, resource)
        for action, resources in grants(role).items()
        for resource in resources
        if action.partition(":")[0] in services
    }


def test_a_traced_function_may_write_what_the_store_writes(recorder: Recorder) -> None:
    write_a_trace(recorder.store)
    assert recorder.used == granted("TraceWriterPolicy")


def test_the_api_may_do_what_its_operations_do(recorder: Recorder) -> None:
    write_a_trace(recorder.store)
    recorder.used.clear()
    read_everything(recorder.store)
    assert recorder.used == granted("TraceApiRole")


def test_the_otlp_endpoint_may_add_to_executions_and_move_them(recorder: Recorder) -> None:
    send_over_otlp(recorder.store)
    assert recorder.used == granted("OtlpIngestRole")


def test_the_sweep_may_close_what_is_overdue(recorder: Recorder, clock: Clock) -> None:
    recorder.store.start_execution(make_execution(deadline_unix_nano=T0 + SECOND))
    execution = make_execution("exec_2", ended_by="state_machine", tenant="default")
    recorder.store.start_execution(execution)
    recorder.used.clear()
    clock.advance(2)
    recorder.store.note_status_index()
    assert sweep(recorder.store, lambda: True) == 1
    end = MachineEnd("arn", "FAILED", T0, T0 + SECOND, "Error", {"execution_id": "exec_2"})
    assert write_end(recorder.store, Settings(), end)
    assert recorder.used == granted("SweepRole")
