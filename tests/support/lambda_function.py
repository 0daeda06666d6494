"""A function in Lambda as the layer finds it: its environment, its context, a call of its handler."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from spanvas.tracing.bootstrap import TracedHandler
from tests.support.recording import Recording

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:brief"
LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "brief",
    "AWS_LAMBDA_FUNCTION_VERSION": "7",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_REGION": "eu-central-1",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/brief",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/22/[7]abc",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
}


def make_context(**overrides: Any) -> SimpleNamespace:
    values: dict[str, Any] = {
        "aws_request_id": "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d",
        "function_name": "brief",
        "invoked_function_arn": ARN,
        "log_group_name": "/aws/lambda/brief",
        "log_stream_name": "2026/11/22/[7]abc",
        "get_remaining_time_in_millis": lambda: 60_000,
    }
    return SimpleNamespace(**{**values, **overrides})


def invoke(
    recorded: Recording, handler: Callable[[Any, Any], Any], event: Any, **context: Any
) -> Any:
    return TracedHandler(recorded.engine, handler)(event, make_context(**context))


def execution_ids(recorded: Recording) -> set[str]:
    return {run.execution_id for run in recorded.runs}
