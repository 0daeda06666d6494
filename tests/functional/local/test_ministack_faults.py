"""What MiniStack lacks, and what `local/engines/ministack` makes of it.

Each fault is looked for in MiniStack alone, too: a test that fails there says that a workaround is needed no more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.client import boto3_client
from local.engines.aws import aws_engine
from local.engines.ministack.__main__ import settings
from local.http_message import LOOPBACK, Request, Response
from local.http_server import HttpServer
from local.processes import answers, free_port
from local.roles import session_of
from tests.support.aws_from_template import ROOT, STACK
from tests.support.engines import CREDENTIALS, client_of

ENVIRONMENT = {**CREDENTIALS, "AWS_ACCOUNT_ID": STACK.account_id}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
OTHER = FUNCTION.replace("charge", "other")
ROLE = "arn:aws:iam::123456789012:role/machine"


class Functions:
    """Lambda's Invoke API: `charge` answers once with an error, then with what it was given."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.kinds: list[str] = []

    def handle(self, request: Request) -> Response:
        self.events.append(json.loads(request.body))
        self.kinds.append(request.headers.get("x-amz-invocation-type"))
        if "charge" not in request.raw_path:
            return Response(404, b"no such function")
        if len(self.events) == 1:
            body = json.dumps({"errorType": "BankError", "errorMessage": "closed"}).encode()
            return Response(200, body, [("X-Amz-Function-Error", "Unhandled")])
        return Response(200, request.body)


@pytest.fixture
def functions() -> Functions:
    return Functions()


@contextmanager
def running(
    folder: Path, is_mended: bool, lambda_url: str = "http://127.0.0.1:1"
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """MiniStack as the stack starts it, or alone; its URL and its process."""
    port = free_port()
    engine = aws_engine(lambda_url)
    command = [sys.executable, "-m", "ministack"]
    environment = {**os.environ, **ENVIRONMENT, **engine.environment}
    if is_mended:
        command = list(engine.command(port, folder))
    else:
        environment |= settings(port, folder, ENVIRONMENT)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not answers(port, engine.health_path):
                assert process.poll() is None
                time.sleep(0.02)
            yield f"http://{LOOPBACK}:{port}", process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("alone"), is_mended=False) as (url, _):
        yield url


@pytest.fixture
def mended(tmp_path: Path, functions: Functions) -> Iterator[str]:
    server = HttpServer(name="functions").start(functions.handle)
    with running(tmp_path, is_mended=True, lambda_url=server.url) as (url, _):
        yield url
    server.stop()


def run_machine(url: str, states: dict[str, Any]) -> dict[str, Any]:
    """Runs a new state machine that begins at `Charge`; returns how its execution has ended."""
    allow = {"Effect": "Allow", "Action": "lambda:InvokeFunction"}
    try:
        make_role(url, "machine", {**allow, "Resource": [FUNCTION, OTHER]})
    except ClientError as error:
        assert error.response["Error"]["Code"] == "EntityAlreadyExists"
    machines = client_of("stepfunctions", url)
    arn = machines.create_state_machine(
        name=f"machine-{time.time_ns()}",
        definition=json.dumps({"StartAt": "Charge", "States": states}),
        roleArn=ROLE,
    )["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=arn, input='{"cents": 4600}')
    while True:
        found = machines.describe_execution(executionArn=execution["executionArn"])
        if found["status"] != "RUNNING":
            return dict(found)
        time.sleep(0.05)


def calling(function: str = FUNCTION, **more: Any) -> dict[str, Any]:
    parameters = {"FunctionName": function, "Payload": {"order.$": "$", "context.$": "$$"}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    return {"Charge": {**task, "Parameters": parameters, "OutputPath": "$.Payload", **more}}


# ------------------------------------------------------------------ functions of the stack


def test_alone_it_knows_no_function_but_its_own(alone: str) -> None:
    ended = run_machine(alone, calling())
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.ResourceNotFoundException")


def test_a_state_calls_a_function_of_the_stack_and_tries_again_when_it_fails(
    mended: str, functions: Functions
) -> None:
    retry = [{"ErrorEquals": ["BankError"], "IntervalSeconds": 1, "MaxAttempts": 1}]
    ended = run_machine(mended, calling(Retry=retry))
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"])["order"] == {"cents": 4600}
    assert functions.kinds == ["RequestResponse"] * 2


def test_an_error_that_nothing_catches_is_the_functions_own(mended: str) -> None:
    ended = run_machine(mended, calling())
    assert (ended["status"], ended["error"]) == ("FAILED", "BankError")
    assert json.loads(ended["cause"])["errorMessage"] == "closed"


def test_a_function_that_the_stack_does_not_have_is_not_found(mended: str) -> None:
    ended = run_machine(mended, calling(OTHER))
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.ResourceNotFoundException")


def test_a_function_that_the_role_of_the_machine_may_not_call_is_not_called(
    mended: str, functions: Functions
) -> None:
    ended = run_machine(mended, calling(FUNCTION.replace("charge", "another")))
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "is not authorized to perform: lambda:InvokeFunction on resource: " in ended["cause"]
    assert functions.events == []


def test_a_rule_hands_its_event_to_a_function_and_does_not_wait(
    mended: str, functions: Functions
) -> None:
    events = client_of("events", mended)
    events.put_rule(Name="orders", EventPattern='{"source": ["shop"]}')
    events.put_targets(Rule="orders", Targets=[{"Id": "1", "Arn": FUNCTION}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "order", "Detail": '{"cents": 1}'}])
    wait_until(lambda: functions.events)
    (event,) = functions.events
    assert (event["source"], event["detail"], functions.kinds) == ("shop", {"cents": 1}, ["Event"])


def wait_until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# ------------------------------------------------------------------ the context object


def passing() -> dict[str, Any]:
    return {"Charge": {"Type": "Pass", "Parameters": {"context.$": "$$"}, "End": True}}


def test_alone_it_gives_no_state_the_whole_context(alone: str) -> None:
    assert json.loads(run_machine(alone, passing())["output"]) == {"context": None}


def test_a_state_gets_the_whole_context(mended: str) -> None:
    ended = run_machine(mended, passing())
    context = json.loads(ended["output"])["context"]
    assert context["Execution"]["Id"] == ended["executionArn"]
    assert context["Execution"]["Input"] == {"cents": 4600}
    assert (context["State"]["Name"], context["State"]["RetryCount"]) == ("Charge", 0)
    assert context["StateMachine"]["Id"] == ended["stateMachineArn"]


# ------------------------------------------------------------------ signatures of root


def test_alone_it_takes_any_secret_of_root(alone: str) -> None:
    wrong = {**CREDENTIALS, "AWS_SECRET_ACCESS_KEY": "another"}
    assert boto3_client("s3", "us-east-1", alone, wrong).list_buckets()["Buckets"] == []
    test = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": ""}
    assert boto3_client("iam", "us-east-1", alone, test).list_users()["Users"] == []


@pytest.mark.parametrize(
    "wrong", [{"AWS_SECRET_ACCESS_KEY": "another"}, {"AWS_ACCESS_KEY_ID": "test"}]
)
@pytest.mark.parametrize("service", ["s3", "iam", "sqs", "events", "stepfunctions"])
def test_root_needs_its_secret(shared: str, service: str, wrong: dict[str, str]) -> None:
    client = boto3_client(service, "us-east-1", shared, {**CREDENTIALS, **wrong})
    call = {
        "s3": "list_buckets",
        "iam": "list_roles",
        "sqs": "list_queues",
        "events": "list_rules",
        "stepfunctions": "list_state_machines",
    }[service]
    with pytest.raises(ClientError) as caught:
        getattr(client, call)()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
    getattr(client_of(service, shared), call)()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("shared"), is_mended=True) as (url, _):
        yield url


# ------------------------------------------------------------------ TLS


def only_over_tls(url: str) -> Any:
    """A link of a role that may read everything, to an object that may be read over TLS alone."""
    s3 = client_of("s3", url)
    s3.create_bucket(Bucket="things")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject"}
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {**deny, "Resource": "arn:aws:s3:::things/*", "Condition": condition}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket="things", Policy=json.dumps(policy))
    s3.put_object(Bucket="things", Key="a", Body=b"1")
    make_role(url, "reads-all", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    role = "arn:aws:iam::123456789012:role/reads-all"
    session = session_of(client_of("sts", url), role, "a-function")
    reader = boto3_client("s3", "us-east-1", url, session)
    return reader.generate_presigned_url("get_object", Params={"Bucket": "things", "Key": "a"})


def make_role(url: str, name: str, *statements: dict[str, Any]) -> None:
    """A role that the account itself may take."""
    iam = client_of("iam", url)
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_alone_it_takes_loopback_for_the_open_network(alone: str) -> None:
    assert status_of(only_over_tls(alone)) == 403


def test_loopback_stands_for_tls(shared: str) -> None:
    assert status_of(only_over_tls(shared)) == 200


# ------------------------------------------------------------------ kill -9


def keep_and_kill(folder: Path, is_mended: bool) -> bool:
    """Whether a queue is still there after six seconds and kill -9."""
    with running(folder, is_mended) as (url, process):
        client_of("sqs", url).create_queue(QueueName="kept")
        time.sleep(6)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with running(folder, is_mended) as (url, _):
        return bool(client_of("sqs", url).list_queues().get("QueueUrls"))


def test_alone_it_forgets_everything_at_kill_9(tmp_path: Path) -> None:
    assert not keep_and_kill(tmp_path, is_mended=False)


def test_what_is_older_than_five_seconds_outlives_kill_9(tmp_path: Path) -> None:
    assert keep_and_kill(tmp_path, is_mended=True)


def test_an_object_that_was_acknowledged_outlives_kill_9_with_its_versions(tmp_path: Path) -> None:
    with running(tmp_path, is_mended=True) as (url, process):
        s3 = client_of("s3", url)
        s3.create_bucket(Bucket="things")
        enabled: Any = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket="things", VersioningConfiguration=enabled)
        time.sleep(4)
        versions = [
            s3.put_object(Bucket="things", Key="a", Body=body)["VersionId"] for body in (b"1", b"2")
        ]
        process.send_signal(signal.SIGKILL)
        process.wait()
    with running(tmp_path, is_mended=True) as (url, _):
        s3 = client_of("s3", url)
        bodies = [
            s3.get_object(Bucket="things", Key="a", VersionId=version)["Body"].read()
            for version in versions
        ]
        assert bodies == [b"1", b"2"]
        assert s3.get_bucket_versioning(Bucket="things")["Status"] == "Enabled"


def session_of_a_role(url: str) -> dict[str, str]:
    make_role(url, "reader")
    time.sleep(4)
    return session_of(client_of("sts", url), "arn:aws:iam::123456789012:role/reader", "a-function")


@pytest.mark.parametrize("is_mended", [True, False])
def test_a_session_outlives_kill_9_at_once_and_alone_none_does(
    tmp_path: Path, is_mended: bool
) -> None:
    with running(tmp_path, is_mended) as (url, process):
        session = session_of_a_role(url)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with running(tmp_path, is_mended) as (url, _):
        sts = boto3_client("sts", "us-east-1", url, session)
        if not is_mended:
            with pytest.raises(ClientError):
                sts.get_caller_identity()
            return
        arn = sts.get_caller_identity()["Arn"]
        assert arn == "arn:aws:sts::123456789012:assumed-role/reader/a-function"


def keep_a_stack(folder: Path) -> None:
    template = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}}
    with running(folder, is_mended=True) as (url, process):
        client = client_of("cloudformation", url)
        client.create_stack(StackName="kept", TemplateBody=json.dumps(template))
        client.get_waiter("stack_create_complete").wait(StackName="kept")
        process.send_signal(signal.SIGTERM)
        process.wait()


def test_a_stack_is_still_there_after_a_start_that_did_not_ask_for_it(tmp_path: Path) -> None:
    keep_a_stack(tmp_path)
    with running(tmp_path, is_mended=True) as (url, process):
        assert client_of("sqs", url).list_queues()["QueueUrls"]
        process.send_signal(signal.SIGTERM)
        process.wait()
    with running(tmp_path, is_mended=True) as (url, _):
        stacks = client_of("cloudformation", url).describe_stacks()["Stacks"]
        assert [(one["StackName"], one["StackStatus"]) for one in stacks] == [
            ("kept", "CREATE_COMPLETE")
        ]
