"""SAM's own reading of the arguments of `sam deploy`, which the upload of the page follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import deployment
from tools.deployment import SAM_PYTHON, DeploymentError, Target, sam_target

pytestmark = pytest.mark.skipif(
    not SAM_PYTHON.exists(), reason="SAM is not installed in .venv-sam: run `make template`"
)

CONFIGURATION = """version = 0.1
[default.global.parameters]
stack_name = "of-the-file"
[default.deploy.parameters]
region = "eu-west-1"
[staging.deploy.parameters]
stack_name = "spanvas-staging"
region = "eu-north-1"
profile = "team"
"""


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile team]\nregion = eu-central-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    path = tmp_path / "other.toml"
    path.write_text(CONFIGURATION)
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ([], Target("spanvas")),
        (["--stack-name", "mine", "--region", "eu-west-3"], Target("mine", "eu-west-3")),
        (["--stack-name=mine", "--region=eu-west-3"], Target("mine", "eu-west-3")),
        (["--profile=team"], Target("spanvas", profile="team")),
        (
            ["--parameter-overrides", "JwtIssuer=https://x/", "Connections='{\"a\": \"--region b\"}'"],
            Target("spanvas"),
        ),
        (
            ["--parameter-overrides", "A=b", "C=d", "--stack-name", "mine", "--no-execute-changeset"],
            Target("mine", is_dry=True),
        ),
        (["--parameter-overrides", "A=b C='d e'", "ParameterKey=F,ParameterValue=g", 'H=""'], Target("spanvas")),
        (["--stack-name", "one", "--stack-name", "two"], Target("two")),
        (["--guided"], Target("spanvas", is_guided=True)),
    ],
)  # fmt: skip
def test_the_arguments_say_which_stack(arguments: list[str], target: Target) -> None:
    assert sam_target(arguments) == target


def test_the_configuration_file_and_its_environment_say_which_stack(configuration: str) -> None:
    file = ["--config-file", configuration]
    assert sam_target(file) == Target("of-the-file", "eu-west-1")
    assert sam_target([*file, "--config-env=staging"]) == (
        Target("spanvas-staging", "eu-north-1", "team")
    )
    assert sam_target([*file, "--region", "sa-east-1"]) == Target("of-the-file", "sa-east-1")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--no-such-option"], "No such option: --no-such-option"),
        (["--profile", "nobody"], "The config profile (nobody) could not be found"),
        (["--region", "eu west"], "Provided region: eu west doesn't match a supported format"),
        (["--config-file", "/nowhere.toml"], "Config file /nowhere.toml does not exist"),
        (["--config-env", "nowhere"], "Missing option '--stack-name'"),
        (["--stack-name"], "requires an argument"),
    ],
)
def test_what_sam_refuses_is_told_in_its_words(arguments: list[str], reason: str) -> None:
    with pytest.raises(DeploymentError) as raised:
        sam_target(arguments)
    assert str(raised.value).startswith("`sam deploy` would refuse these arguments: ")
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "text", "read"),
    [
        (["--parameter-overrides", 'Connections={"a": "b"}'], 'Connections={"a": "b"}', "Connections={"),
        (["--parameter-overrides=A=b c"], "A=b c", "A=b"),
        (["--parameter-overrides", "A=b", 'C={"d":1}', "--region", "eu-west-1"], 'C={"d":1}', "C={"),
    ],
)  # fmt: skip
def test_a_value_that_sam_would_cut_is_refused(arguments: list[str], text: str, read: str) -> None:
    with pytest.raises(DeploymentError) as raised:
        sam_target(arguments)
    assert f"SAM would read {text} as {read}: put the value into quotes" in str(raised.value)


def test_a_value_of_the_file_that_sam_would_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.toml"
    head = 'version = 0.1\n[default.deploy.parameters]\nstack_name = "mine"\nparameter_overrides = '
    for overrides in ("""['Connections={"a": "b"}']""", '\'Connections={"a": "b"}\''):
        path.write_text(head + overrides)
        with pytest.raises(DeploymentError, match=re.escape("as Connections={: ")):
            sam_target(["--config-file", str(path)])
    path.write_text(head + """{Connections = '{"a": "b c"}'}""")
    assert sam_target(["--config-file", str(path)]) == Target("mine")
    path.write_text(head + """[\"\"\"Connections='{"a": "b"}'\"\"\", "A=b C=d"]""")
    assert sam_target(["--config-file", str(path)]) == Target("mine")


def test_a_file_that_is_not_toml_is_told_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text("[default")
    with pytest.raises(DeploymentError, match="file at line 1"):
        sam_target(["--config-file", str(path)])


def test_a_sam_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "SAM_PYTHON", Path("/nowhere/bin/python"))
    with pytest.raises(DeploymentError, match="run `make build` first"):
        sam_target([])
