"""`docs/how-to/instrument-an-executor.md` as it is written: its template, its function, its command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from local.lambdas.invocation import Invocation
from local.project import PROJECT
from local.resources import Function
from local.stack import Stack
from local.state import STATE_FILE
from tests.support.aws_from_template import ROOT

pytestmark = pytest.mark.runtime

PAGE = (ROOT / "docs" / "how-to" / "instrument-an-executor.md").read_text("utf-8")
QUESTION = "what is light and how far does it reach?"


class Template(yaml.SafeLoader):
    """CloudFormation's short form of a reference is its name."""


Template.add_constructor("!Ref", lambda loader, node: {"Ref": node.value})


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)


def template() -> str:
    """The template of steps 1 to 3, one after the other."""
    return "".join(blocks("yaml"))


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """`app.py` with all five steps: later functions take the place of earlier ones."""
    (tmp_path / "app.py").write_text("\n\n".join(blocks("python")), "utf-8")
    return tmp_path


def properties() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(template(), Template)["Resources"]["ExecutorFunction"]
    return found["Properties"]


def test_the_template_is_one_that_can_be_deployed() -> None:
    assert lint(template(), config=ManualArgs(regions=["eu-central-1"])) == []


class Anything(yaml.SafeLoader):
    """Reads every tag, and looks at none."""


Anything.add_multi_constructor("!", lambda loader, suffix, node: None)


def test_its_parameters_are_outputs_of_the_stack() -> None:
    outputs = yaml.load((ROOT / "template.yaml").read_text("utf-8"), Anything)["Outputs"]
    assert set(yaml.load(template(), Template)["Parameters"]) <= set(outputs)


def invoke(stack: Stack, opt: Path, task: Path, name: str, execution_id: str) -> Any:
    """The answer to the page's event, under both layers, the exec wrapper and a real awslambdaric."""
    references = {
        "TableName": stack.resolver.ref("TraceTable"),
        "BucketName": stack.resolver.ref("TraceBucket"),
    }
    given = properties()
    variables = given["Environment"]["Variables"]
    function = Function(
        logical_id=name,
        name=name,
        arn=f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
        handler=given["Handler"],
        runtime=given["Runtime"],
        code_path=str(task),
        timeout_seconds=given["Timeout"],
        memory_mb=given["MemorySize"],
        environment={
            name: references[value["Ref"]] if isinstance(value, dict) else value
            for name, value in variables.items()
        },
        layers=(),
        log_format="JSON",
        log_group=f"/aws/lambda/{name}",
        has_snap_start=False,
        reserved_concurrency=None,
        retry_attempts=0,
        max_event_age_seconds=60,
        on_failure="",
    )
    stack.add_function(function, opt)
    (event,) = re.findall(r"--payload '(\{.+?\})'", PAGE)
    payload = event.replace("first-1", execution_id)
    outcome = stack.lambdas.invoke(name, Invocation(payload.encode()))
    assert not outcome.failed, outcome.payload
    return json.loads(outcome.payload)


def test_three_steps_are_enough_for_a_trace(stack: Stack, built_opt: Path, tmp_path: Path) -> None:
    """The function as it was, before it knew of Spanvas."""
    (tmp_path / "app.py").write_text(blocks("python")[0], "utf-8")
    invoke(stack, built_opt, tmp_path, "as-it-was", "first-3")
    with stack.api() as api:
        trace = api.get("/v1/executions/first-3/trace")
        span = api.get(f"/v1/executions/first-3/spans/{trace['rows'][1]['span_id']}")
    execution, rows = trace["execution"], trace["rows"]
    assert (execution["workflow_id"], execution["status"]) == ("as-it-was", "succeeded")
    assert int(execution["duration_nano"]) > 0
    assert [(row["depth"], row["kind"], row["name"]) for row in rows] == [
        (0, "workflow", "as-it-was"),
        (1, "invocation", "as-it-was"),
    ]
    attributes = span["attributes"]
    assert attributes["faas.coldstart"] is True
    assert int(attributes["spanvas.deadline"]) > int(execution["started_at_unix_nano"])


@pytest.fixture
def invoked(stack: Stack, built_opt: Path, task: Path) -> Any:
    return invoke(stack, built_opt, task, "how-to", "first-1")


def test_the_function_has_a_trace_with_its_steps_its_file_and_its_model_call(
    stack: Stack, invoked: Any
) -> None:
    assert list(invoked) == ["text"]
    with stack.api() as api:
        trace = api.get("/v1/executions/first-1/trace")
    execution, rows = trace["execution"], trace["rows"]
    assert (execution["workflow_id"], execution["status"]) == ("research-brief", "succeeded")
    assert [(row["depth"], row["kind"], row["name"]) for row in rows] == [
        (0, "workflow", "research-brief"),
        (1, "invocation", "how-to"),
        (2, "node", "Plan the search"),
        (2, "node", "Draft the brief"),
        (3, "model", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ]
    assert [artifact["name"] for artifact in rows[3]["artifacts"]] == ["brief.md"]
    assert rows[4]["usage"]["input_tokens"] > 0


def test_the_command_traces_the_same_program_into_the_stack(stack: Stack, task: Path) -> None:
    (command,) = re.findall(r"\.venv/bin/python -c '(.+?)'$", PAGE, re.MULTILINE)
    environment = json.loads((stack.state / STATE_FILE).read_text())["environment"]
    path = f"{PROJECT / 'layers' / 'spanvas'}:{task}"
    program = command.replace("first-1", "first-2")
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={
            "PATH": os.environ["PATH"],
            **environment,
            "SPANVAS_ENABLED": "true",
            "PYTHONPATH": path,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("{'text': ")
    with stack.api() as api:
        trace = api.get("/v1/executions/first-2/trace")
    assert [row["kind"] for row in trace["rows"]] == ["workflow", "node", "node", "model"]
