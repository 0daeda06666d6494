"""What is built fits what is deployed: the processor is the deployment's own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tools import architecture
from tools.architecture import architecture_of
from tools.deployment import SAM_PYTHON, DeploymentError, Target, sam_target

REGION = "eu-west-1"
SPANVAS = Target("spanvas", REGION)


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield


def deploy(**parameters: str) -> None:
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    }
    boto3.client("cloudformation", REGION).create_stack(
        StackName="spanvas",
        TemplateBody=json.dumps(template),
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
        ],
    )


def test_a_new_stack_without_the_parameter_gets_the_template_s_default() -> None:
    assert architecture_of(SPANVAS, {}) == "arm64"


def test_the_parameter_that_cloudformation_has_kept_is_built_for() -> None:
    deploy(Architecture="x86_64")
    assert architecture_of(SPANVAS, {}) == "x86_64"


def test_a_stack_from_before_the_parameter_stays_on_the_default() -> None:
    deploy(JwtIssuer="https://login.example.com/")
    assert architecture_of(SPANVAS, {}) == "arm64"


def test_what_is_given_goes_before_what_the_stack_has() -> None:
    deploy(Architecture="x86_64")
    assert architecture_of(Target("spanvas", REGION, architecture="arm64"), {}) == "arm64"


def test_a_deployment_that_cannot_be_asked_about_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> Target:
        raise DeploymentError("No AWS region is configured.")

    assert architecture.main(["--"], refuse) == 1
    assert capsys.readouterr() == ("", "No AWS region is configured.\n")


@pytest.mark.skipif(
    not SAM_PYTHON.exists(), reason="SAM is not installed in .venv-sam: run `make template`"
)
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--parameter-overrides", "Architecture=x86_64", "JwtAudience=a"], "x86_64"),
        (["--parameter-overrides", "JwtAudience=a"], None),
        ([], None),
    ],
)
def test_sam_reads_the_parameter_in_the_arguments(
    arguments: list[str], expected: str | None
) -> None:
    assert sam_target(arguments).architecture == expected
