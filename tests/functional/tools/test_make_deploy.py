"""`make deploy` over programs that only note how they are called: the steps, their order and their arguments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.aws_from_template import ROOT

NOTE = """#!{python}
import json, os, pathlib, sys
name = pathlib.Path(sys.argv[0]).parts[-3]
call = [name, *sys.argv[1:]]
with open({log!r}, "a") as log:
    log.write(json.dumps([call, os.environ.get("AWS_DEFAULT_REGION")]) + "\\n")
if "tools.architecture" in call:
    print("x86_64")
if "build" in call:
    pathlib.Path({log!r}).with_name("built for").write_text(os.environ["ARCHITECTURE"])
sys.exit({failing!r} in call)
"""
Call = tuple[list[str], str | None]
SOURCES = (
    "requirements-run.txt",
    "requirements-sam.txt",
    "frontend/package-lock.json",
    "layers/spanvas/spanvas/version.py",
)


class Checkout:
    """A checkout in which everything is installed and the page is built."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log"
        shutil.copy(ROOT / "Makefile", root)
        for path in SOURCES:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).touch()
        self.install(failing="")

    def install(self, failing: str) -> None:
        """The programs; those that have the argument `failing` fail."""
        for venv in (".venv", ".venv-sam"):
            program = self.root / venv / "bin" / "python"
            program.parent.mkdir(parents=True, exist_ok=True)
            python = shutil.which("python3")
            program.write_text(NOTE.format(python=python, log=str(self.log), failing=failing))
            program.chmod(0o755)
            (self.root / venv / ".running").touch()
            (self.root / venv / ".installed").touch()
        for built in ("frontend/node_modules/.running", "frontend/dist/index.html"):
            (self.root / built).parent.mkdir(parents=True, exist_ok=True)
            (self.root / built).touch()

    def make(self, *arguments: str, **environment: str) -> tuple[int, list[Call]]:
        inherited = {"PATH": os.environ["PATH"], "HOME": str(self.root), **environment}
        done = subprocess.run(
            ["make", "--silent", *arguments],
            cwd=self.root,
            env=inherited,
            capture_output=True,
            text=True,
            check=False,
        )
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return done.returncode, [(call, region) for call, region in map(json.loads, lines)]


@pytest.fixture(params=["plain", "with a blank"])
def checkout(tmp_path: Path, request: pytest.FixtureRequest) -> Checkout:
    root = tmp_path / request.param
    root.mkdir()
    return Checkout(root)


ARCHITECTURE = [".venv", "-m", "tools.architecture", "--"]
CHECK = [".venv", "-m", "tools.deploy_site", "--check", "--"]
BUILD = [".venv-sam", "-m", "samcli", "build"]
DEPLOY = [".venv-sam", "-m", "samcli", "deploy"]
UPLOAD = [".venv", "-m", "tools.deploy_site", "--"]


def test_the_arguments_reach_the_check_the_deployment_and_the_upload(checkout: Checkout) -> None:
    status, calls = checkout.make(
        "deploy",
        "DEPLOY_ARGS=--stack-name=mine --region eu-west-3 --parameter-overrides "
        """'Connections="{\\"a\\": \\"b c\\"}"' JwtIssuer=https://login.example.com/""",
    )
    arguments = [
        "--stack-name=mine", "--region", "eu-west-3", "--parameter-overrides",
        'Connections="{\\"a\\": \\"b c\\"}"', "JwtIssuer=https://login.example.com/",
    ]  # fmt: skip
    assert status == 0
    assert [call for call, _ in calls] == [
        [*CHECK, *arguments],
        [*ARCHITECTURE, *arguments],
        BUILD,
        [*DEPLOY, *arguments],
        [*UPLOAD, *arguments],
    ]


@pytest.mark.parametrize(
    ("arguments", "architecture"),
    [
        (["deploy"], "x86_64"),
        (["deploy", "ARCHITECTURE=arm64"], "x86_64"),
        (["build"], "arm64"),
        (["build", "ARCHITECTURE=x86_64"], "x86_64"),
    ],
)
def test_what_is_built_is_for_the_processor_that_is_deployed_or_the_one_that_is_named(
    checkout: Checkout, arguments: list[str], architecture: str
) -> None:
    assert checkout.make(*arguments)[0] == 0
    assert (checkout.root / "built for").read_text() == architecture


@pytest.mark.parametrize(
    ("failing", "done"),
    [
        ("--check", [CHECK]),
        ("tools.architecture", [CHECK, ARCHITECTURE]),
        ("build", [CHECK, ARCHITECTURE, BUILD]),
        ("deploy", [CHECK, ARCHITECTURE, BUILD, DEPLOY]),
    ],
)
def test_nothing_is_done_behind_a_step_that_fails(
    checkout: Checkout, failing: str, done: list[list[str]]
) -> None:
    checkout.install(failing)
    status, calls = checkout.make("deploy")
    assert status != 0
    assert [call for call, _ in calls] == done


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({}, None),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2", "AWS_REGION": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_sam_deploys_to_the_region_of_the_user_and_to_no_default_of_ours(
    checkout: Checkout, environment: dict[str, str], region: str | None
) -> None:
    _, calls = checkout.make("deploy", **environment)
    assert [seen for call, seen in calls if call == DEPLOY] == [region]
