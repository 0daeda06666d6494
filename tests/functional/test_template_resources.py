"""What the template asks for is what an engine then has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.aws_from_template import create_resources


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield (
            boto3.client("dynamodb", region_name="us-east-1"),
            boto3.client("s3", region_name="us-east-1"),
        )


def test_the_table_has_its_keys_indexes_and_time_to_live(engine: tuple[Any, Any]) -> None:
    dynamodb, s3 = engine
    table_name, _ = create_resources(dynamodb, s3)

    table = dynamodb.describe_table(TableName=table_name)["Table"]
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table["GlobalSecondaryIndexes"]
    }
    assert indexes == {
        "by_workflow": ["workflow_key", "started_key"],
        "by_tenant": ["tenant_day_key", "started_key"],
        "by_trace": ["trace_key", "started_key"],
        "by_status": ["status_key", "started_key"],
        "running": ["running_key", "deadline_key"],
    }
    ttl = dynamodb.describe_time_to_live(TableName=table_name)["TimeToLiveDescription"]
    assert ttl == {"AttributeName": "expires_at", "TimeToLiveStatus": "ENABLED"}


def test_the_bucket_is_versioned_expires_and_answers_the_page_alone(
    engine: tuple[Any, Any],
) -> None:
    dynamodb, s3 = engine
    _, bucket = create_resources(dynamodb, s3)

    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    *rules, noncurrent = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert [rule["Expiration"]["Days"] for rule in rules] == [30, 30]
    assert noncurrent["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    (cors,) = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    assert cors["AllowedOrigins"] == ["https://d111111abcdef8.cloudfront.net"]
    assert cors["AllowedMethods"] == ["GET", "HEAD"]
