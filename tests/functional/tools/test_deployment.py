"""What stands in the way of a deployment is said in a sentence, with what to do, and never as a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import exceptions
from botocore.exceptions import ClientError
from moto import mock_aws

from tools import deploy_site, deployment
from tools.deployment import DeploymentError, Target, translate_errors

SPANVAS = Target("spanvas")
VARIABLES = (
    "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "REGION", "DEFAULT_REGION", "DEFAULT_PROFILE",
)  # fmt: skip


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """`~/.aws/config` of somebody who has configured nothing; there is no machine that gives credentials either."""
    for name in VARIABLES:
        monkeypatch.delenv(f"AWS_{name}", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return tmp_path / "config"


@pytest.fixture
def keys(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def aws(keys: None) -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a call says that fails: one line, without a traceback."""

    def call(*arguments: str, target: Target = SPANVAS) -> str:
        assert deploy_site.main(list(arguments), lambda _: target) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert "Traceback" not in output.err
        assert output.err.count("\n") == 1
        return output.err.rstrip("\n")

    return call


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_no_region_is_said_so(said: Callable[..., str], keys: None, arguments: list[str]) -> None:
    assert said(*arguments) == (
        "No AWS region is configured: set AWS_REGION, run `aws configure set region REGION`, or give "
        'DEPLOY_ARGS="--region REGION".'
    )


def test_no_credentials_are_said_so(said: Callable[..., str], config: Path) -> None:
    config.write_text("[default]\nregion = eu-west-1\n")
    assert said("--check") == (
        "No AWS credentials were found: run `aws configure`, sign in with `aws sso login`, or name a profile that "
        "has some in AWS_PROFILE."
    )


@pytest.mark.parametrize(
    ("environment", "target", "region"),
    [
        ({}, SPANVAS, "eu-central-1"),
        ({"AWS_PROFILE": "team"}, SPANVAS, "eu-north-1"),
        ({}, Target("spanvas", profile="team"), "eu-north-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, SPANVAS, "eu-west-2"),
        ({"AWS_DEFAULT_REGION": "eu-west-2", "AWS_REGION": "eu-west-1"}, SPANVAS, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1"}, Target("spanvas", profile="team"), "eu-west-1"),
        ({"AWS_REGION": "eu-west-1"}, Target("spanvas", region="sa-east-1"), "sa-east-1"),
        ({"AWS_REGION": ""}, SPANVAS, "eu-central-1"),
    ],
)
def test_the_region_is_the_user_s_own(
    config: Path,
    aws: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    environment: dict[str, str],
    target: Target,
    region: str,
) -> None:
    config.write_text("[default]\nregion = eu-central-1\n[profile team]\nregion = eu-north-1\n")
    config.with_name("credentials").write_text(
        "[team]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert deploy_site.main(["--check"], lambda _: target) == 0
    assert capsys.readouterr().out.startswith(f"Stack spanvas in {region} is deployed as arn:aws:")


def test_a_profile_that_does_not_exist_is_said_so(
    said: Callable[..., str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert said("--check") == (
        "Reading the AWS configuration has failed: The config profile (nobody) could not be found."
    )


def test_a_configuration_that_cannot_be_read_is_said_so(
    said: Callable[..., str], config: Path
) -> None:
    config.write_text("[default\nregion")
    assert said("--check").startswith("Reading the AWS configuration has failed: ")


def test_a_region_that_does_not_exist_is_said_so(said: Callable[..., str], keys: None) -> None:
    assert "eu west" in said("--check", target=Target("spanvas", region="eu west"))


def test_a_network_that_is_down_is_said_so(
    said: Callable[..., str], keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    assert said("--check", target=Target("spanvas", region="eu-west-1")) == (
        "Asking AWS whose credentials these are was not possible, since AWS cannot be reached: Could not connect to "
        'the endpoint URL: "http://127.0.0.1:9/". Check the network and the region\'s name.'
    )


def test_a_guided_deployment_is_refused_since_its_answers_stay_unknown(
    said: Callable[..., str],
) -> None:
    assert "samcli deploy --guided`" in said("--check", target=Target("spanvas", is_guided=True))


def test_arguments_that_sam_refuses_are_told_in_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(_: Any) -> Target:
        raise DeploymentError("`sam deploy` would refuse these arguments: No such option: --bad")

    assert deploy_site.main(["--check"], refuse) == 1
    assert capsys.readouterr().err == (
        "`sam deploy` would refuse these arguments: No such option: --bad\n"
    )


def test_a_stack_that_does_not_exist_is_said_so(said: Callable[..., str], aws: None) -> None:
    assert said(target=Target("other", region="eu-west-1")) == (
        "Stack other in eu-west-1 does not exist: deploy it first with `make deploy`, or name another one with "
        "--stack-name and --region."
    )


@pytest.mark.parametrize("arguments", [[], ["--empty"]])
def test_a_stack_of_another_template_is_left_alone(
    said: Callable[..., str], aws: None, arguments: list[str]
) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    boto3.client("cloudformation", "eu-west-1").create_stack(
        StackName="spanvas", TemplateBody=json.dumps(template)
    )
    assert said(*arguments, target=Target("spanvas", region="eu-west-1")) == (
        "Stack spanvas in eu-west-1 has no output SiteBucketName (its status is CREATE_COMPLETE): it is not a stack "
        "of this template, or its deployment has failed."
    )


def test_a_bucket_that_is_gone_is_said_so(
    said: Callable[..., str], aws: None, tmp_path: Path
) -> None:
    outputs = {key: {"Value": "gone"} for key in deploy_site.OUTPUTS}
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": outputs}
    boto3.client("cloudformation", "eu-west-1").create_stack(
        StackName="spanvas", TemplateBody=json.dumps(template)
    )
    (tmp_path / "index.html").write_text("<!doctype html>")
    target = Target("spanvas", region="eu-west-1")
    reason = "has failed: NoSuchBucket: The specified bucket does not exist."
    assert said("--dist", str(tmp_path), target=target) == f"Uploading the page to gone {reason}"
    assert said("--empty", target=target) == f"Emptying gone {reason}"


def failing(error: Exception) -> str:
    with pytest.raises(DeploymentError) as raised, translate_errors("Uploading the page to site"):
        raise error
    return str(raised.value)


def client_error(code: str, message: str = "Said by AWS") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


SIGN_IN = "sign in again, for example with `aws sso login`."
LIST = "see which ones are used with `aws configure list`."


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (client_error("ExpiredToken"), f"The AWS credentials are not valid any more (ExpiredToken): {SIGN_IN}"),
        (client_error("InvalidClientTokenId"), f"AWS does not accept the credentials (InvalidClientTokenId): {LIST}"),
        (
            client_error("AccessDenied", "User: arn is not\nauthorized"),
            "Uploading the page to site is not allowed: AccessDenied: User: arn is not authorized.",
        ),
        (client_error("403", ""), "Uploading the page to site is not allowed: 403."),
        (client_error("SlowDown"), "Uploading the page to site has failed: SlowDown: Said by AWS."),
        (ClientError({}, "Operation"), "Uploading the page to site has failed: no code."),
        (exceptions.NoCredentialsError(), deployment.NO_CREDENTIALS),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), deployment.NO_CREDENTIALS),
        (exceptions.NoRegionError(), deployment.NO_REGION),
        (
            exceptions.UnauthorizedSSOTokenError(),
            "The AWS credentials are not valid any more (The SSO session associated with this profile has "
            "expired or is otherwise invalid. To refresh this SSO session run aws sso login with the "
            f"corresponding profile): {SIGN_IN}",
        ),
        (
            exceptions.SSLError(endpoint_url="https://s3", error=OSError("self-signed")),
            "Uploading the page to site was not possible, since AWS cannot be reached: SSL validation failed for "
            "https://s3 self-signed. Check the network and the region's name.",
        ),
        (
            PermissionError(13, "Permission denied", "x.js"),
            "Uploading the page to site has failed: [Errno 13] Permission denied: 'x.js'.",
        ),
    ],
)  # fmt: skip
def test_every_refusal_becomes_a_sentence(error: Exception, message: str) -> None:
    assert failing(error) == message


def test_objects_that_cannot_be_deleted_are_said_so() -> None:
    class Pages:
        def paginate(self, **_: Any) -> list[Any]:
            return [{"Versions": [{"Key": "index.html", "VersionId": "1"}]}]

    class Bucket:
        def get_paginator(self, _: str) -> Pages:
            return Pages()

        def delete_objects(self, **_: Any) -> Any:
            return {"Errors": [{"Key": "index.html", "Code": "AccessDenied", "Message": "Denied"}]}

    with pytest.raises(DeploymentError, match=r"^index.html in site cannot be deleted: Denied\.$"):
        deploy_site.empty(Bucket(), "site")  # type: ignore[arg-type]


def test_ctrl_c_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: Any) -> Target:
        raise KeyboardInterrupt

    assert deploy_site.main(["--check"], interrupted) == 130
    assert capsys.readouterr() == ("", "")
