"""What the layer writes to the log of a function that knows nothing of it, under a real awslambdaric."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from local.lambdas.sandbox import Sandbox
from tests.runtime.layer_sandbox import HANDLERS, LayeredFunctions, answer, invoke

pytestmark = pytest.mark.runtime


def told(functions: LayeredFunctions) -> list[dict[str, Any]]:
    """The lines that CloudWatch makes metrics of. Each is a line of its own, from its beginning to its end."""
    lines = functions.log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if "CloudWatchMetrics" in line]


def start(functions: LayeredFunctions, log_format: str = "JSON", **environment: str) -> Sandbox:
    function, placement = functions.placed("layered.plain", 30, environment=environment)
    return Sandbox(replace(function, log_format=log_format), placement, functions.spawner)


@pytest.mark.parametrize("log_format", ["JSON", "Text"])
def test_a_function_without_powertools_tells_of_its_executions_in_both_log_formats(
    functions: LayeredFunctions, log_format: str
) -> None:
    sandbox = start(functions, log_format)
    try:
        loaded = answer(sandbox, {"execution_id": f"{log_format}-1"})["loaded"]
        answer(sandbox, {"execution_id": f"{log_format}-2"})
    finally:
        sandbox.kill()
    assert "aws_lambda_powertools" not in loaded
    lines = told(functions)
    assert [(line.get("Executions"), line.get("ColdStarts")) for line in lines] == [
        (1, None),
        (None, 1),
        (1, None),
    ]
    assert {line["service"] for line in lines} == {"layered"}


def test_a_function_that_fails_is_told_as_failed(functions: LayeredFunctions) -> None:
    sandbox = functions.start("layered.handler", folder=HANDLERS)
    try:
        assert invoke(sandbox, {"do": "raise"}).failed
    finally:
        sandbox.kill()
    first, _ = told(functions)
    assert (first["Executions"], first["FailedExecutions"]) == (1, 1)


@pytest.mark.parametrize(
    "environment", [{"SPANVAS_METRICS": "false"}, {"SPANVAS_ENABLED": "false"}]
)
def test_nothing_is_written_where_metrics_or_tracing_are_off(
    functions: LayeredFunctions, environment: dict[str, str]
) -> None:
    sandbox = start(functions, **environment)
    try:
        answer(sandbox, {"execution_id": "e1"})
    finally:
        sandbox.kill()
    assert told(functions) == []
