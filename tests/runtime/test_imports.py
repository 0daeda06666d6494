"""What a traced executor imports is in its layers, its own package or Lambda's runtime: nothing else is on Lambda."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from importlib.metadata import distribution, files
from pathlib import Path

import pytest

from local.lambdas.invocation import Invocation
from local.lambdas.layers import prepare_opt
from local.project import PROJECT
from local.stack import Stack
from local.state import BUILD

pytestmark = pytest.mark.runtime

OF_THE_ENVIRONMENT = (
    "/_distutils_hack/"  # a .pth file of setuptools loads it into any interpreter of .venv
)
# What AWS's Python runtime brings: itself, and boto3 with what it stands on.
OF_THE_RUNTIME = {
    "awslambdaric", "boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "simplejson",
    "six", "snapshot-restore-py", "urllib3",
}  # fmt: skip
# What botocore takes where it is, and does without where it is not.
OPTIONAL = {"certifi"}
LOCKS = ("functions/requirements.txt", "layers/libraries/requirements.txt")


@pytest.fixture(scope="module")
def imported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Files that a traced execution of the research brief has imported."""
    opt = tmp_path_factory.mktemp("opt") / "opt"
    executor = stack.function("ExecutorFunction")
    shutil.copytree(prepare_opt(executor.layers, PROJECT, BUILD), opt)
    shutil.copy(Path(__file__).parent / "handlers" / "report_imports.py", opt / "python")
    function = replace(
        executor,
        logical_id="ReportImports",
        name="report-imports",
        handler="report_imports.handler",
    )
    stack.add_function(function, opt)
    with stack.api() as api:
        workflows = api.get("/v1/workflows")["items"]
    workflow = next(w for w in workflows if w["workflow_id"] == "research-brief")
    event = {
        "execution_id": "exec_imports",
        "tenant": "demo",
        "workflow_id": workflow["workflow_id"],
        "workflow_version": workflow["version"],
        "input": workflow["sample_input"],
        "started_by": "a test",
    }
    outcome = stack.lambdas.invoke("report-imports", Invocation(json.dumps(event).encode()))
    assert not outcome.failed, outcome.payload
    found: list[str] = json.loads(outcome.payload)
    return found


def locked_names() -> set[str]:
    text = "\n".join((PROJECT / lock).read_text(encoding="utf-8") for lock in LOCKS)
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE))


def owned_files(names: set[str]) -> set[str]:
    """Absolute paths of everything that the distributions have installed."""
    owned: set[str] = set()
    for name in names:
        root = distribution(name)
        owned |= {str(Path(str(root.locate_file(path))).resolve()) for path in files(name) or ()}
    return owned


def test_every_third_party_module_is_one_that_lambda_will_have(imported: list[str]) -> None:
    third_party = {
        str(Path(file).resolve())
        for file in imported
        if "site-packages" in file and OF_THE_ENVIRONMENT not in file
    }
    assert third_party
    assert third_party - owned_files(locked_names() | OF_THE_RUNTIME | OPTIONAL) == set()


def test_our_own_code_comes_from_the_layer_and_the_functions_package(imported: list[str]) -> None:
    spanvas = [file for file in imported if re.search(r"/python/spanvas/", file)]
    assert spanvas
    assert not [file for file in imported if file.startswith(str(PROJECT / "layers"))]


def test_nothing_of_the_local_stack_or_of_the_api_is_imported(imported: list[str]) -> None:
    assert not [file for file in imported if "/standins/" in file or "/spanvas_api/" in file]
