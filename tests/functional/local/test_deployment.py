"""Roles, queues, rules and state machines of the template on the local stack's engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.client import boto3_client
from local.deployment import deploy
from local.failed_events import NotDeliveredError, send_failed_event
from local.provision import provision_buckets
from local.roles import session_of
from tests.support.aws_from_template import deployed_stack
from tests.support.engines import CREDENTIALS, client_of, ministack
from tests.support.failed_events import RECORD, target_of_the_executor

QUEUE = "spanvas-FailedExecutionsQueue"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ministack() as running:
        provision_buckets(deployed_stack(), client_of("s3", running))
        deploy(deployed_stack(), client_of("cloudformation", running))
        yield running


@pytest.fixture
def as_role(url: str) -> Callable[[str, str], Any]:
    """Makes a client of a service with a session of a role of the template."""

    def make(role: str, service: str) -> Any:
        arn = deployed_stack().attribute(role, "Arn")
        session = session_of(client_of("sts", url), arn, "a-function")
        return boto3_client(service, "us-east-1", url, session)

    return make


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_a_function_may_do_with_objects_what_its_role_allows_and_no_more(
    as_role: Callable[[str, str], Any],
) -> None:
    bucket = deployed_stack().ref("TraceBucket")
    executor, api = as_role("ExecutorRole", "s3"), as_role("TraceApiRole", "s3")
    version = executor.put_object(Bucket=bucket, Key="artifacts/a", Body=b"1")["VersionId"]
    executor.put_object(Bucket=bucket, Key="details/a", Body=b"1")

    assert refusal(lambda: executor.put_object(Bucket=bucket, Key="a", Body=b"")) == "AccessDenied"
    assert refusal(lambda: executor.get_object(Bucket=bucket, Key="details/a")) == "AccessDenied"
    assert api.get_object(Bucket=bucket, Key="details/a")["Body"].read() == b"1"
    # Links name a version: the role has no right to what is current.
    assert refusal(lambda: api.get_object(Bucket=bucket, Key="artifacts/a")) == "AccessDenied"
    read = api.get_object(Bucket=bucket, Key="artifacts/a", VersionId=version)
    assert read["Body"].read() == b"1"
    assert refusal(lambda: api.delete_object(Bucket=bucket, Key="details/a")) == "AccessDenied"


def test_a_function_cannot_give_itself_a_right(as_role: Callable[[str, str], Any]) -> None:
    iam = as_role("ExecutorRole", "iam")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    role = deployed_stack().ref("ExecutorRole")
    assert (
        refusal(
            lambda: iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=document)
        )
        == "AccessDenied"
    )


def received(url: str) -> dict[str, Any]:
    sqs = client_of("sqs", url)
    queue = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    found: dict[str, Any] = json.loads(message["Body"])
    return found


def destination_of_the_executor() -> str:
    stack = deployed_stack()
    (config,) = stack.logical_ids("AWS::Lambda::EventInvokeConfig")
    return str(stack.properties(config)["DestinationConfig"]["OnFailure"]["Destination"])


def test_the_queue_of_failed_events_holds_ids_and_nothing_that_the_function_was_given(
    url: str, as_role: Callable[[str, str], Any]
) -> None:
    send_failed_event(
        lambda service: as_role("ExecutorRole", service),
        destination_of_the_executor(),
        json.dumps(RECORD),
    )
    found = received(url)
    assert found == json.loads(target_of_the_executor().message(RECORD))
    assert found == {
        "tenant": "acme",
        "execution_id": "exec_1",
        "workflow_id": "support-triage",
        "condition": "RetriesExhausted",
        "request_id": "7f1c",
        "error_type": "Runtime.ExitError",
        "trace": "/v1/executions/exec_1/trace",
    }


def test_an_event_that_was_never_run_has_no_error(url: str) -> None:
    record = {**RECORD, "responsePayload": None}
    send_failed_event(
        lambda service: client_of(service, url), destination_of_the_executor(), json.dumps(record)
    )
    assert received(url)["error_type"] == ""


def test_a_queue_as_destination_holds_the_record(url: str) -> None:
    arn = deployed_stack().attribute("FailedExecutionsQueue", "Arn")
    send_failed_event(lambda service: client_of(service, url), arn, json.dumps(RECORD))
    assert received(url) == RECORD


def test_a_role_without_the_right_delivers_nothing(as_role: Callable[[str, str], Any]) -> None:
    with pytest.raises((NotDeliveredError, ClientError), match="not authorized"):
        send_failed_event(
            lambda service: as_role("TraceApiRole", service),
            destination_of_the_executor(),
            json.dumps(RECORD),
        )


def test_deploying_again_changes_nothing_and_another_template_changes_what_differs(
    url: str,
) -> None:
    cloudformation, iam = client_of("cloudformation", url), client_of("iam", url)
    deploy(deployed_stack(), cloudformation)
    deploy(deployed_stack(ModelArns="arn:aws:bedrock:*::foundation-model/other"), cloudformation)

    role = deployed_stack().ref("ExecutorRole")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policies = [iam.get_role_policy(RoleName=role, PolicyName=name) for name in names]
    assert "foundation-model/other" in json.dumps([p["PolicyDocument"] for p in policies])
    deploy(deployed_stack(), cloudformation)


def test_only_what_the_stack_trusts_may_take_a_role(as_role: Callable[[str, str], Any]) -> None:
    sts = as_role("ExecutorRole", "sts")
    arn = deployed_stack().attribute("DeletionRole", "Arn")
    assert refusal(lambda: session_of(sts, arn, "a-function")) == "AccessDenied"


def test_the_client_of_a_test_is_root(url: str) -> None:
    arn = client_of("sts", url).get_caller_identity()["Arn"]
    assert arn == "arn:aws:iam::123456789012:root"
    assert CREDENTIALS["AWS_ACCESS_KEY_ID"] == "bench"
