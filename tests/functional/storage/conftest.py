from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config

from spanvas.http.credentials import AwsEndpoint, aws_endpoint_of
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.direct.s3 import DirectS3
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.support.aws_from_template import AUDIT_TABLE
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.engines import (
    CREDENTIALS,
    Engines,
    client_of,
    local_engines,
    moto_engines,
    needs_engines,
)
from tests.support.memory_store import MemoryTraceStore

WITH_DYNAMODB = ("dynamodb", "direct", pytest.param("engine", marks=needs_engines))
"""The kinds of `store` that are no fake: boto3 on moto, our clients on moto, and these on the engines of `make run`."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """moto's DynamoDB, and the S3 of the local stack, which checks signatures, as servers."""
    with moto_engines() as running:
        yield running


@pytest.fixture(scope="session")
def engines_of_make_run() -> Iterator[Engines]:
    """What `make run` starts: dynalite with its bridges, and S3."""
    with local_engines() as running:
        yield running


@pytest.fixture
def aws_endpoint(engines: Engines) -> Iterator[AwsEndpoint]:
    """The engines as a function in Lambda sees them; tables and bucket are empty again afterwards."""
    with endpoint_of(engines) as found:
        yield found


@contextmanager
def endpoint_of(engines: Engines) -> Iterator[AwsEndpoint]:
    found = aws_endpoint_of(in_lambda(engines))
    assert found is not None
    yield found
    for table in (engines.table, AUDIT_TABLE):
        keys = {"ProjectionExpression": "pk, sk", "TableName": table}
        for page in engines.dynamodb.get_paginator("scan").paginate(**keys):  # type: ignore[arg-type]
            for key in page["Items"]:
                engines.dynamodb.delete_item(TableName=table, Key=key)
    objects = engines.s3.list_object_versions(Bucket=engines.bucket)
    for one in (*objects.get("Versions", []), *objects.get("DeleteMarkers", [])):
        engines.s3.delete_object(Bucket=engines.bucket, Key=one["Key"], VersionId=one["VersionId"])


def in_lambda(engines: Engines) -> dict[str, str]:
    return {
        **CREDENTIALS,
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "AWS_ENDPOINT_URL_DYNAMODB": engines.dynamodb.meta.endpoint_url,
        "AWS_ENDPOINT_URL_S3": engines.s3.meta.endpoint_url,
    }


def s3_of_botocore(engines: Engines) -> Any:
    config = Config(signature_version="s3v4")
    return client_of("s3", engines.s3.meta.endpoint_url, config)


@pytest.fixture
def objects(store: TraceStore, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Puts an object into a versioned bucket of somebody else's, and says its version."""

    def put(bucket: str, key: str, body: bytes, content_type: str) -> str:
        if isinstance(store, MemoryTraceStore):
            store.objects[bucket, key] = (body, content_type)
            return "1"
        engines = ENGINES_OF.get(request.node.callspec.params["store"])
        s3 = request.getfixturevalue(engines).s3 if engines else boto3.client("s3")
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket=bucket)
        enabled: Any = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=enabled)
        answer = s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)
        return str(answer["VersionId"])

    return put


ENGINES_OF = {"direct": "engines", "engine": "engines_of_make_run"}


@pytest.fixture(params=["memory", *WITH_DYNAMODB])
def store(request: pytest.FixtureRequest, clock: Clock) -> Iterator[TraceStore]:
    """Each test runs four times: against the fake, and on the template's own table through both kinds of clients, of
    which ours is also tried on the engines of `make run`."""
    if request.param == "memory":
        yield MemoryTraceStore(clock=clock)
        return
    if request.param in ENGINES_OF:
        engines: Engines = request.getfixturevalue(ENGINES_OF[request.param])
        with (
            endpoint_of(engines) as endpoint,
            closing(DirectDynamoDB(endpoint)) as dynamodb,
            closing(DirectS3(endpoint, lambda: s3_of_botocore(engines))) as s3,
        ):
            yield DynamoTraceStore(
                engines.table,
                engines.bucket,
                audit_table=AUDIT_TABLE,
                dynamodb=dynamodb,  # type: ignore[arg-type]
                s3=s3,  # type: ignore[arg-type]
                clock=clock,
            )
        return
    with mocked_store(clock) as made:
        yield made


@pytest.fixture
def real(store: TraceStore) -> DynamoTraceStore:
    """For tests that name the kinds of clients that they run with (`store`)."""
    assert isinstance(store, DynamoTraceStore)
    return store
