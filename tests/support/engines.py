"""Engines for tests and benches that need no whole stack, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from local.engines.aws import aws_engine
from local.engines.dynalite import DYNAMODB, INSTALLED
from local.engines.engine import Engine
from local.http_message import LOOPBACK
from local.processes import free_port, wait_until_it_answers
from local.resources import read_functions
from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.aws_from_template import (
    AUDIT_TABLE,
    ROOT,
    STACK,
    create_resources,
    deployed_stack,
    translated_template,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_SESSION_TOKEN": "bench",
    "AWS_REGION": STACK.region,
    "AWS_DEFAULT_REGION": STACK.region,
    "AWS_EC2_METADATA_DISABLED": "true",
}


needs_engines = pytest.mark.skipif(
    not INSTALLED.exists(), reason="the packages of DynamoDB's engine are missing: make install"
)


class EngineError(Exception):
    """A server that a test or a bench needs has not started."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Clients of running engines, with the table and the bucket of the template."""

    dynamodb: DynamoDBClient
    s3: S3Client
    table: str
    bucket: str

    @property
    def store(self) -> DynamoTraceStore:
        return DynamoTraceStore(
            self.table,
            self.bucket,
            audit_table=AUDIT_TABLE,
            dynamodb=self.dynamodb,
            s3=self.s3,
        )

    def environment(self, logical_id: str) -> dict[str, str]:
        """A function's environment as the template and Lambda have it, pointed at the engines."""
        functions = read_functions(deployed_stack(), translated_template())
        function = next(known for known in functions if known.logical_id == logical_id)
        return {
            **function.environment,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb.meta.endpoint_url,
            "AWS_ENDPOINT_URL_S3": self.s3.meta.endpoint_url,
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "PYTHONPATH": os.pathsep.join(
                (str(ROOT / "layers" / "spanvas"), str(ROOT / "functions"))
            ),
        }


@contextmanager
def moto_engines() -> Iterator[Engines]:
    """moto's DynamoDB and MiniStack's S3 with the template's table and bucket."""
    with moto_dynamodb() as dynamodb_url, ministack() as s3_url:
        dynamodb, s3 = client_of("dynamodb", dynamodb_url), client_of("s3", s3_url)
        yield Engines(dynamodb, s3, *create_resources(dynamodb, s3))


@contextmanager
def local_engines() -> Iterator[Engines]:
    """The engines of `make run` with the template's tables and bucket."""
    with started(DYNAMODB) as dynamodb_url, ministack() as s3_url:
        dynamodb, s3 = client_of("dynamodb", dynamodb_url), client_of("s3", s3_url)
        yield Engines(dynamodb, s3, *create_resources(dynamodb, s3))


@contextmanager
def started(engine: Engine) -> Iterator[str]:
    """An engine of the local stack in a process of its own, which keeps nothing; its URL."""
    port = free_port()
    with TemporaryDirectory() as folder:
        environment = {**os.environ, **CREDENTIALS, **engine.environment}
        environment["AWS_ACCOUNT_ID"] = STACK.account_id
        with subprocess.Popen(
            engine.command(port, Path(folder)), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        ) as process:
            try:
                log = Path(os.devnull)
                wait_until_it_answers(port, engine.health_path, process, what=engine.name, log=log)
                yield f"http://{LOOPBACK}:{port}"
            finally:
                process.kill()


def ministack() -> AbstractContextManager[str]:
    """The engine of everything but DynamoDB, with permissions enforced; its URL."""
    return started(aws_engine("http://127.0.0.1:1"))


@contextmanager
def moto_dynamodb() -> Iterator[str]:
    """moto's DynamoDB; its URL."""
    command = [sys.executable, "-m", "tests.support.moto_server"]
    environment = {**os.environ, **CREDENTIALS, "MOTO_ACCOUNT_ID": STACK.account_id}
    with announcing(command, "URL=", environment) as url:
        yield url


@contextmanager
def announcing(
    command: Sequence[str], announcement: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """A server of its own that ends with the context; what its first line says after the announcement."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if announcement not in line:
                raise EngineError(f"{' '.join(command)} did not start: {line.strip()}")
            yield line.partition(announcement)[2].strip()
        finally:
            process.terminate()


def client_of(service: Any, url: str, config: Any = None) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=url,
        config=config,
        region_name=STACK.region,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=CREDENTIALS["AWS_SESSION_TOKEN"],
    )
