"""Where DynamoDB and S3 are: what a function in Lambda says of it, and what is left to botocore."""

from __future__ import annotations

import pytest

from spanvas.http.credentials import AwsEndpoint, aws_endpoint_of
from spanvas.storage import aws
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.direct.s3 import DirectS3
from tests.support.scripted_server import KEYS

LAMBDA = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}


def test_lambda_says_region_keys_and_endpoints() -> None:
    assert aws_endpoint_of(LAMBDA) == AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {})
    aws_endpoint = aws_endpoint_of(
        {**LAMBDA, "AWS_ENDPOINT_URL_S3": "http://s3.local", "AWS_ENDPOINT_URL": ""}
    )
    assert aws_endpoint is not None
    assert aws_endpoint.endpoints == {"s3": "http://s3.local"}
    aws_endpoint = aws_endpoint_of({**LAMBDA, "AWS_ENDPOINT_URL": "http://all.local"})
    assert aws_endpoint is not None
    assert aws_endpoint.endpoints == {"dynamodb": "http://all.local", "s3": "http://all.local"}


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("us-east-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
    ],
)
def test_partitions_have_their_domains(region: str, suffix: str) -> None:
    aws_endpoint = aws_endpoint_of({**LAMBDA, "AWS_REGION": region})
    assert aws_endpoint is not None
    assert aws_endpoint.suffix == suffix


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_REGION": "us-iso-east-1"},
        {"AWS_REGION": "eusc-de-east-1"},
        {"AWS_REGION": ""},
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_SECRET_ACCESS_KEY": ""},
        {"https_proxy": "http://proxy:3128"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_CA_BUNDLE": "/etc/ca.pem"},
    ],
)
def test_whatever_is_not_ordinary_is_left_to_botocore(change: dict[str, str]) -> None:
    assert aws_endpoint_of({**LAMBDA, **change}) is None


def test_outside_of_lambda_it_is_botocores() -> None:
    assert (
        aws_endpoint_of({k: v for k, v in LAMBDA.items() if k != "AWS_LAMBDA_RUNTIME_API"}) is None
    )


def test_aws_has_endpoints_of_its_own() -> None:
    aws_endpoint = AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {})
    assert DirectDynamoDB(aws_endpoint)._endpoint.host == "dynamodb.eu-central-1.amazonaws.com"
    s3 = DirectS3(aws_endpoint, lambda: None)
    here = "eu-central-1"
    hosts = {name: s3._target(name, "k", here)[0].host for name in ("traces", "my.traces")}
    assert hosts == {
        "traces": "traces.s3.eu-central-1.amazonaws.com",
        "my.traces": "s3.eu-central-1.amazonaws.com",
    }
    assert s3._target("traces", "k", here)[1] == "/k"
    assert s3._target("my.traces", "k", here)[1] == "/my.traces/k"
    assert s3._target("traces", "k", here)[0] is s3._target("traces", "l", here)[0]


def test_clients_are_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "aws_variables", lambda: LAMBDA)
    assert isinstance(aws.dynamodb_client(), DirectDynamoDB)
    assert isinstance(aws.s3_client(), DirectS3)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(aws, "aws_variables", lambda: {**LAMBDA, "SPANVAS_AWS_CLIENT": "boto3"})
    assert type(vars(aws.dynamodb_client())["_made"]).__module__ == "botocore.client"
    assert type(vars(aws.s3_client())["_made"]).__module__ == "botocore.client"
    monkeypatch.setattr(aws, "aws_variables", dict)
    assert aws.dynamodb_client().meta.service_model.service_name == "dynamodb"
    assert vars(aws.s3_client().meta.config)["signature_version"] == "s3v4"
