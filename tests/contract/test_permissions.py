"""The roles allow what the code does on behalf of each function, and nothing that it does not do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import boto3
import pytest
from botocore.stub import Stubber

from executor import bedrock
from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome
from spanvas.model.access import Access
from spanvas.model.durable import LONGEST_NANO
from spanvas.model.execution import Counters
from spanvas.model.ids import root_span_id_for
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.pages import Overdue
from spanvas.storage.port import SpanBatch
from spanvas_api.closed_roots import ClosedRoots
from spanvas_api.durable_executions import DurableSweep
from spanvas_api.handlers import deletion
from spanvas_api.handlers.sweep import Sweep, make_handler
from spanvas_api.services import LambdaDurableService, LambdaExecutor, Services
from tests.contract.grants import AUDIT, BUCKET, TABLE, grants
from tests.contract.signed_services import signed_services
from tests.support.api_client import EVENTS, LambdaContext
from tests.support.aws_from_template import AUDIT_TABLE, STACK, create_resources, deployed_stack
from tests.support.aws_in_process import mocked_aws
from tests.support.builders import (
    SECOND,
    T0,
    Clock,
    make_execution,
    make_span,
    span_id,
    update_of_span,
)
from tests.support.otlp_server import OK, Serving, serving
from tests.support.stored_spans import stored_span
from tests.support.written_trace import LARGE, write_a_trace

Used = set[tuple[str, str]]
ENDED = json.loads((EVENTS / "state-machine-ended.json").read_text("utf-8"))


SERVICES: Final = {"bedrock-runtime", "dynamodb", "lambda", "s3", "xray"}
"""All that the code signs for; what is done with each is noted below and compared with what the roles allow."""
DONE_BY_LAMBDA: Final = ("logs", "events")
"""Lambda itself writes the logs and reports events that failed, with the function's role."""
HOST: Final = f"xray.{STACK.region}.amazonaws.com"
SENDS_SPANS: Final = {
    (f"xray:{action}", "*") for action in ("PutSpans", "PutSpansForIndexing", "PutTraceSegments")
}
"""What CloudWatch's OTLP endpoint asks for (the actions know no resources)."""
IAM_ACTIONS: Final = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "bedrock:Converse": "bedrock:InvokeModel",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
}
"""Operations that are not called as the action is."""
MODEL: Final = "amazon.nova-lite-v1:0"
FUNCTIONS: Final = "arn:aws:lambda:us-east-1:123456789012:function"
EXECUTOR: Final = "arn:aws:lambda:us-east-1:123456789012:function:spanvas-ExecutorFunction"


class Recorder:
    """A store on moto, and a note of (action, resource) of everything that is asked of AWS."""

    def __init__(self, clock: Clock) -> None:
        self.used: Used = set()
        boto3.setup_default_session()
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        table, bucket = create_resources(dynamodb, s3)
        self.store = DynamoTraceStore(
            table, bucket, audit_table=AUDIT_TABLE, dynamodb=dynamodb, s3=s3, clock=clock
        )
        for client in (dynamodb, s3):
            self.note(client)

    def note(self, client: Any) -> None:
        client.meta.events.register("before-parameter-build.*.*", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Called for what is signed too: the holder of a link may do what the signer may."""
        service = model.service_model.signing_name
        action = f"{service}:{model.name}" + ("Version" if "VersionId" in params else "")
        if model.name == "DeleteObjects":
            assert all("VersionId" in one for one in params["Delete"]["Objects"])
            keys = [one["Key"] for one in params["Delete"]["Objects"]]
            self.used |= {("s3:DeleteObjectVersion", _prefix(key)) for key in keys}
            return
        if model.name == "CopyObject":
            self.used.add(("s3:GetObject", _prefix(params["CopySource"]["Key"])))
            action = "s3:PutObject"
        self.used.add((IAM_ACTIONS.get(action, action), _resource(service, params)))


def _resource(service: str, params: dict[str, Any]) -> str:
    if service == "dynamodb":
        if params.get("TableName") == AUDIT_TABLE:
            return AUDIT
        index = params.get("IndexName")
        return f"{TABLE}/index/{index}" if index else TABLE
    if service == "s3" and "Key" not in params:
        return BUCKET
    if service == "s3":
        return _prefix(params["Key"])
    if service == "bedrock":
        return f"arn:aws:bedrock:*::foundation-model/{params['modelId']}"
    assert service == "lambda"
    if "DurableExecutionArn" in params:
        return f"{FUNCTIONS}:*"
    return str(params["FunctionName"])


def _prefix(key: str) -> str:
    """The objects that lie beside one: up to its tenant."""
    parts = key.split("/")
    return "/".join([BUCKET, *parts[: 2 if parts[0] == "held" else 1], "*"])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recorder(clock: Clock) -> Iterator[Recorder]:
    with mocked_aws():
        yield Recorder(clock)


def read_everything(store: DynamoTraceStore) -> None:
    execution = make_execution()
    tenant, execution_id = execution.tenant, execution.execution_id
    store.start_execution(execution)
    store.list_executions(tenant)
    store.list_executions(tenant, workflow_id=execution.workflow_id)
    store.list_executions(tenant, status="failed")
    assert store.read_execution(tenant, execution_id)
    assert store.executions_of_trace(tenant, execution.trace_id, 1)
    trace = store.read_trace(tenant, execution_id)
    assert trace
    store.repair_counters(trace.execution, Counters(spans=2))
    assert stored_span(store, tenant, execution_id, span_id("a"))
    assert len(store.read_spans(tenant, execution_id, max_bytes=10**7).items) == 2
    assert store.list_artifacts(tenant, execution_id).items
    artifact = store.read_artifact(tenant, execution_id, "report")
    assert artifact
    store.record_access(
        Access(tenant, execution_id, "1", T0, "someone", "artifact", "allowed", "request-1")
    )
    store.list_accesses(tenant, execution_id)
    assert store.sign_artifact_url(artifact, "attachment", 120)


def hold(store: DynamoTraceStore) -> None:
    execution = make_execution()
    store.deletions.holds.hold(execution.tenant, execution.execution_id, "ada")
    assert store.deletions.holds.apply(execution.tenant, execution.execution_id, lambda: True)


def send_over_otlp(store: DynamoTraceStore) -> None:
    """A trace without a name, then its root, which names another execution."""
    for label, parent, wanted in (("b", "a", ()), ("a", None, ("trip-1",))):
        span = make_span(label, parent, attributes=LARGE)
        binding = store.bind_trace("acme", span.trace_id, wanted)
        update = update_of_span(span, binding.execution_id)
        batch = SpanBatch("acme", binding.execution_id, [span])
        store.receive(batch, update, is_new=binding.is_new)
    assert store.receive(batch, update, is_new=False) == "trip-1"


def granted(role: str) -> Used:
    """Where spans are sent to CloudWatch too."""
    stack = deployed_stack(OtlpEndpoint=f"https://{HOST}")
    return {
        (action, resource)
        for action, resources in grants(role, stack).items()
        for resource in resources
        if action.partition(":")[0] not in DONE_BY_LAMBDA
    }


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """CloudWatch's OTLP endpoint, behind a proxy that the environment names."""
    with serving(OK) as proxy:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        yield proxy


def sent_spans(cloudwatch: Serving) -> Used:
    """What has to be allowed for the requests that CloudWatch was sent."""
    assert cloudwatch.asked
    for request in cloudwatch.asked:
        assert f"/{STACK.region}/xray/aws4_request, ".encode() in request
    return SENDS_SPANS


def test_what_every_service_is_used_for_is_compared_with_the_roles() -> None:
    assert set(signed_services()) == SERVICES


def test_a_traced_function_may_write_what_the_store_writes_and_send_its_spans(
    recorder: Recorder, cloudwatch: Serving
) -> None:
    write_a_trace(recorder.store)
    post = OtlpHttp(OtlpTarget(traces_url(f"http://{HOST}"), {}), os.environ)
    assert post(b"spans").outcome is ExportOutcome.TAKEN
    post.close()
    assert recorder.used | sent_spans(cloudwatch) == granted("TraceWriterPolicy")


def test_the_executor_may_call_models(recorder: Recorder) -> None:
    bedrock._make_client.cache_clear()
    client = bedrock._make_client(1)
    recorder.note(client)
    answer = {
        "output": {"message": {"role": "assistant", "content": [{"text": "Hello."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2},
        "metrics": {"latencyMs": 1},
    }
    with Stubber(client) as stubber:
        stubber.add_response("converse", answer)
        assert bedrock.converse({"modelId": MODEL}, 1)["stopReason"] == "end_turn"
    bedrock._make_client.cache_clear()
    assert recorder.used == granted("ExecutorRole")


def test_a_step_of_the_example_may_do_nothing_but_write_its_trace() -> None:
    assert granted("StepsRole") == set()


def test_the_api_may_do_what_its_operations_do(recorder: Recorder) -> None:
    write_a_trace(recorder.store)
    recorder.used.clear()
    read_everything(recorder.store)
    used = set(recorder.used)
    hold(recorder.store)
    recorder.used.clear()
    read_everything(recorder.store)
    recorder.used |= used
    client = boto3.client("lambda")
    recorder.note(client)
    with Stubber(client) as stubber:
        stubber.add_response("invoke", {"StatusCode": 202})
        LambdaExecutor(EXECUTOR, client).start({})
    assert recorder.used == granted("TraceApiRole")


def test_the_otlp_endpoint_may_add_to_executions_and_move_them(recorder: Recorder) -> None:
    send_over_otlp(recorder.store)
    assert recorder.used == granted("OtlpIngestRole")


def keep_durable_executions(store: DynamoTraceStore) -> None:
    """One that its function has registered, and one that is known by its spans."""
    arns = [f"{FUNCTIONS}:parcels:7/durable-execution/{name}/1" for name in ("registered", "sent")]
    deadline = T0 + LONGEST_NANO
    store.start_execution(
        make_execution("registered", external_id=arns[0], deadline_unix_nano=deadline)
    )
    span = make_span("step", trace_id="1" * 32, attributes={"durable.execution.arn": arns[1]})
    store.receive(SpanBatch("acme", "sent", [span]), update_of_span(span, "sent"), is_new=True)


def end_durable_executions(recorder: Recorder, now: int) -> None:
    """Both have been stopped, says Lambda."""
    client = boto3.client("lambda")
    recorder.note(client)
    moment = datetime.fromtimestamp(T0 / SECOND, UTC)
    answer = {
        "DurableExecutionArn": f"{FUNCTIONS}:parcels:7/durable-execution/registered/1",
        "DurableExecutionName": "registered",
        "FunctionArn": f"{FUNCTIONS}:parcels",
        "StartTimestamp": moment,
        "EndTimestamp": moment,
        "Status": "STOPPED",
    }
    account = FUNCTIONS.removesuffix(":function")
    with Stubber(client) as stubber:
        for _ in range(2):
            stubber.add_response("get_durable_execution", answer)
        service = LambdaDurableService(client)
        ended = [
            DurableSweep(
                recorder.store, service, account, now + run * 60 * SECOND, lambda: True
            ).run()
            for run in range(4)
        ]
    assert sum(ended) == 2


def test_the_sweep_may_close_what_is_overdue_and_send_the_end_of_a_state_machine(
    recorder: Recorder, clock: Clock, cloudwatch: Serving
) -> None:
    recorder.store.start_execution(make_execution(deadline_unix_nano=T0 + SECOND))
    root = make_span("root", span_id=root_span_id_for("acme", "exec_1"), end_time_unix_nano=None)
    recorder.store.write(SpanBatch("acme", "exec_1", [root]))
    arn = ENDED["detail"]["executionArn"]
    # So many that the workflow's span is a large detail.
    nodes = tuple(f"node-{number * 2654435761 % 2**32:x}" for number in range(4_000))
    recorder.store.start_execution(
        make_execution(arn, ended_by="state_machine", expected_nodes=nodes)
    )
    keep_durable_executions(recorder.store)
    recorder.used.clear()
    clock.advance(2)
    recorder.store.note_status_index()
    settings = Settings(otlp_endpoint=f"http://{HOST}")
    services = Services(settings, make_store=lambda: recorder.store)
    roots = ClosedRoots(services, {}, lambda: True)
    run = Sweep(recorder.store, lambda: True, roots.lost)
    run.run()
    assert run.closed.total() == 1
    recorder.store.set_aside(Overdue("acme", "exec_1"))
    assert recorder.store.count_set_aside() == 0
    end_durable_executions(recorder, clock() + 600 * SECOND)
    assert make_handler(lambda: services)(ENDED, LambdaContext()) == {"ended": 1}  # type: ignore[arg-type]
    assert recorder.used | sent_spans(cloudwatch) == granted("SweepRole")


def test_one_function_may_delete_and_hold_what_is_asked_for(
    recorder: Recorder, clock: Clock
) -> None:
    write_a_trace(recorder.store)
    recorder.used.clear()
    services = Services(Settings(table="traces"), make_store=lambda: recorder.store, clock=clock)
    handler = deletion.make_handler(lambda: services)
    for name in ("hold", "release", "hold", "release", "delete"):
        event = json.loads((EVENTS / f"{name}-execution.json").read_text("utf-8"))
        event["pathParameters"] = {"execution_id": "exec_1"}
        assert handler(event, LambdaContext())["statusCode"] == 200  # type: ignore[arg-type]
    event = json.loads((EVENTS / "delete-executions.json").read_text("utf-8"))
    assert handler(event, LambdaContext())["statusCode"] == 200  # type: ignore[arg-type]
    clock.advance(86_400)
    assert handler({}, LambdaContext()) == {"purged": 1, "held": 0}  # type: ignore[arg-type]
    assert recorder.used == granted("DeletionRole")
