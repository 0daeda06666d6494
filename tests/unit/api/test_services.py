"""What stands behind the operations, and when it is made."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.errors import ExecutorUnavailableError
from spanvas_api.services import LambdaExecutor, Services


class FakeLambda:
    """boto3's Lambda client, as much of it as is used."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self.error = error

    def invoke(self, **call: Any) -> None:
        self.calls.append(call)
        if self.error:
            raise self.error


def test_an_execution_is_handed_over_asynchronously() -> None:
    client = FakeLambda()

    LambdaExecutor("executor", client).start({"execution_id": "exec_1", "input": {"a": "é"}})

    (call,) = client.calls
    assert (call["FunctionName"], call["InvocationType"]) == ("executor", "Event")
    assert json.loads(call["Payload"]) == {"execution_id": "exec_1", "input": {"a": "é"}}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke"), "ClientError"),
        (ConnectTimeoutError(endpoint_url="https://lambda"), "ConnectTimeoutError"),
    ],
)
def test_whatever_aws_says_the_executor_is_unavailable(error: Exception, name: str) -> None:
    with pytest.raises(ExecutorUnavailableError, match=name):
        LambdaExecutor("executor", FakeLambda(error)).start({})


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def test_the_lambda_client_is_made_at_the_first_start(
    region: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    client = FakeLambda()
    made: list[str] = []

    def make(service: str, **_: Any) -> FakeLambda:
        made.append(service)
        return client

    monkeypatch.setattr(boto3, "client", make)
    executor = LambdaExecutor("executor")

    executor.start({})
    executor.start({})

    assert made == ["lambda"]
    assert len(client.calls) == 2


def test_each_service_is_made_once_when_first_asked_for(region: None) -> None:
    services = Services(Settings(table="traces", bucket="payloads", executor_function="executor"))

    assert isinstance(services.store, DynamoTraceStore)
    assert services.store is services.store
    assert isinstance(services.executor, LambdaExecutor)
    assert services.executor is services.executor


def test_the_workflows_are_those_that_ship_with_the_executor() -> None:
    services = Services(Settings())

    assert services.workflows is services.workflows
    assert "executor.catalogue" in sys.modules
    for workflow_id, workflow in services.workflows.items():
        assert workflow.id == workflow_id
