"""Everything of AWS but DynamoDB: MiniStack, with what it lacks mended (`ministack/faults.py`, ADR 43)."""

from __future__ import annotations

import sys
from typing import Final

from local.engines.engine import Engine

AWS: Final = "aws"
IAM: Final = "AWS_ENDPOINT_URL_IAM"
LAMBDA: Final = "AWS_ENDPOINT_URL_LAMBDA"
S3: Final = "AWS_ENDPOINT_URL_S3"
SERVICES: Final = ("s3", "stepfunctions", "events", "sqs", "iam", "sts", "cloudformation", "lambda")
"""As boto3 names them."""
SERVICE_IDS: Final = {"stepfunctions": "SFN", "events": "EVENTBRIDGE"}
"""Where the id of a service, which `AWS_ENDPOINT_URL_*` ends with, is not boto3's name of it."""


def endpoint_variable(service: str) -> str:
    """Returns the variable that tells clients where a service is, by boto3's name of it."""
    name = SERVICE_IDS.get(service, service.upper().replace("-", "_"))
    return f"AWS_ENDPOINT_URL_{name}"


def aws_engine(lambda_url: str) -> Engine:
    """Returns the engine; it answers for Lambda with what the sandboxes at `lambda_url` answer."""
    return Engine(
        name=AWS,
        variables=tuple(map(endpoint_variable, SERVICES)),
        command=lambda port, folder: [
            sys.executable,
            "-m",
            "local.engines.ministack",
            str(port),
            str(folder),
        ],
        loses="objects are kept, and of all else what is older than 5 seconds",
        environment={LAMBDA: lambda_url},
        health_path="/_ministack/health",
    )
