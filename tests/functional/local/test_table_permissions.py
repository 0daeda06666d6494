"""DynamoDB of the local stack asks the policies of whoever signs; dynalite alone asks nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.client import boto3_client
from local.deployment import deploy
from local.engines.aws import IAM
from local.engines.dynalite import DYNAMODB
from local.provision import provision_tables
from local.roles import session_of
from tests.support.aws_from_template import AUDIT_TABLE, deployed_stack
from tests.support.engines import CREDENTIALS, client_of, ministack, needs_engines, started

pytestmark = needs_engines
TABLE = "spanvas-TraceTable"
OWN = {"pk": {"S": "T#acme#E#run"}, "sk": {"S": "META"}}
FOREIGN = {"pk": {"S": "T#globex#E#run"}, "sk": {"S": "META"}}
OTHER = {"pk": {"S": "SPANVAS"}, "sk": {"S": "META"}}


@pytest.fixture(scope="module")
def urls() -> Iterator[tuple[str, str]]:
    """Of DynamoDB, with the template's tables, and of IAM, with its roles."""
    with ministack() as iam_url:
        deploy(deployed_stack(), client_of("cloudformation", iam_url))
        with started(replace(DYNAMODB, environment={IAM: iam_url})) as url:
            provision_tables(deployed_stack(), client_of("dynamodb", url))
            yield url, iam_url


@pytest.fixture
def as_role(urls: tuple[str, str]) -> Callable[[str], Any]:
    def make(role: str) -> Any:
        arn = deployed_stack().attribute(role, "Arn")
        return client_with(urls, arn)

    return make


def client_with(urls: tuple[str, str], role_arn: str) -> Any:
    session = session_of(client_of("sts", urls[1]), role_arn, "a-function")
    return boto3_client("dynamodb", "us-east-1", urls[0], session)


def is_refused(call: Callable[..., object], **arguments: Any) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        assert "is not authorized to perform: dynamodb:" in error.response["Error"]["Message"]
        return True
    return False


def query(key: str, index: str = "") -> dict[str, Any]:
    values = {":key": {"S": "T#acme"}}
    asked = {"KeyConditionExpression": f"{key} = :key", "ExpressionAttributeValues": values}
    return {"TableName": TABLE, **asked, **({"IndexName": index} if index else {})}


def test_the_api_reads_and_does_not_delete(as_role: Callable[[str], Any]) -> None:
    api = as_role("TraceApiRole")
    assert not is_refused(api.get_item, TableName=TABLE, Key=OWN)
    assert not is_refused(api.batch_get_item, RequestItems={TABLE: {"Keys": [OWN, FOREIGN]}})
    assert not is_refused(api.query, **query("pk"))
    assert not is_refused(api.query, **query("tenant_day_key", "by_tenant"))
    assert is_refused(api.query, **query("running_key", "running"))
    assert is_refused(api.delete_item, TableName=TABLE, Key=OWN)
    assert is_refused(api.scan, TableName=TABLE)
    batch = {TABLE: [{"DeleteRequest": {"Key": OWN}}]}
    assert is_refused(api.batch_write_item, RequestItems=batch)
    assert is_refused(api.delete_table, TableName=TABLE)
    ttl = {"AttributeName": "expires_at", "Enabled": False}
    assert is_refused(api.update_time_to_live, TableName=TABLE, TimeToLiveSpecification=ttl)


def test_records_of_accesses_are_added_by_the_api_and_changed_by_nobody(
    as_role: Callable[[str], Any],
) -> None:
    api = as_role("TraceApiRole")
    assert not is_refused(api.put_item, TableName=AUDIT_TABLE, Item=OWN)
    assert is_refused(api.delete_item, TableName=AUDIT_TABLE, Key=OWN)
    deletion = as_role("DeletionRole")
    assert is_refused(deletion.delete_item, TableName=AUDIT_TABLE, Key=OWN)


def test_an_executor_writes_items_of_executions_and_reads_none(
    as_role: Callable[[str], Any],
) -> None:
    executor = as_role("ExecutorRole")
    assert not is_refused(executor.put_item, TableName=TABLE, Item=OWN)
    assert is_refused(executor.put_item, TableName=TABLE, Item=OTHER)
    assert is_refused(executor.put_item, TableName=TABLE, Item=OWN, ReturnValues="ALL_OLD")
    assert not is_refused(executor.update_item, TableName=TABLE, Key=OWN, ReturnValues="ALL_NEW")
    assert is_refused(executor.update_item, TableName=TABLE, Key=OWN, ReturnValues="ALL_OLD")
    assert is_refused(executor.get_item, TableName=TABLE, Key=OWN)
    assert is_refused(executor.put_item, TableName=AUDIT_TABLE, Item=OWN)


def test_a_writer_of_one_tenant_writes_items_of_its_tenant_alone(urls: tuple[str, str]) -> None:
    iam = client_of("iam", urls[1])
    root = {"AWS": "arn:aws:iam::123456789012:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    policy = deployed_stack().ref("TenantTraceWriterPolicy")
    clients = {}
    for name, tags in (("tagged", [{"Key": "spanvas-tenant", "Value": "acme"}]), ("plain", [])):
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, Tags=tags)["Role"]
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        clients[name] = client_with(urls, role["Arn"])

    assert not is_refused(clients["tagged"].put_item, TableName=TABLE, Item=OWN)
    assert is_refused(clients["tagged"].put_item, TableName=TABLE, Item=FOREIGN)
    assert is_refused(clients["tagged"].put_item, TableName=TABLE, Item=OTHER)
    assert is_refused(clients["plain"].put_item, TableName=TABLE, Item=OWN)


def test_the_account_may_do_everything_and_a_stranger_nothing(urls: tuple[str, str]) -> None:
    assert not is_refused(client_of("dynamodb", urls[0]).scan, TableName=TABLE)
    unknown = {**CREDENTIALS, "AWS_ACCESS_KEY_ID": "ASIAUNKNOWN"}
    stranger = boto3_client("dynamodb", "us-east-1", urls[0], unknown)
    with pytest.raises(ClientError, match="security token included in the request is invalid"):
        stranger.scan(TableName=TABLE)
