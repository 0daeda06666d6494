"""What is read from the source about who signs for what."""

from __future__ import annotations

import pytest

from tests.contract.signed_services import UnknownServiceError, services_in, signed_services


def test_the_deployed_code_signs_for_these_services() -> None:
    assert signed_services() == {
        "bedrock-runtime": {"executor/bedrock.py"},
        "dynamodb": {"spanvas/storage/aws.py", "spanvas/storage/direct/dynamodb.py"},
        "lambda": {"spanvas_api/services.py"},
        "s3": {"spanvas/storage/aws.py", "spanvas/storage/direct/s3.py"},
        "xray": {"spanvas/collector/signing.py"},
    }


@pytest.mark.parametrize(
    "source",
    [
        'boto3.client("sqs", config=config)',
        'boto3.client(service_name="sqs")',
        'boto3.Session(region_name=region).client("sqs")',
        'NAME: Final = "sqs"\nboto3.resource(NAME)',
        'def make(keys): return Signer(keys, "eu-west-1", "sqs")',
        'SigV4Auth(keys, "sqs", region).add_auth(request)',
        'def f():\n    def g():\n        return session.create_client("sqs")',
    ],
)
def test_a_service_is_found_however_it_is_asked_for(source: str) -> None:
    assert list(services_in(source)) == ["sqs"]


def test_a_service_that_a_function_is_given_is_found_where_it_is_given() -> None:
    source = 'def _client(service): return boto3.client(service)\nqueue = _client("sqs")'
    assert list(services_in(source)) == ["sqs"]


@pytest.mark.parametrize(
    "source", ["boto3.client(names[0])", 'Signer(keys, region, "x" + "ray")', "boto3.client(name)"]
)
def test_what_cannot_be_read_is_refused_and_not_passed_over(source: str) -> None:
    with pytest.raises(UnknownServiceError, match="py:1"):
        list(services_in(source))
