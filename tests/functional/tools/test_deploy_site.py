"""The page's files in the bucket of a deployment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tools import deploy_site
from tools.deployment import Target

SPANVAS = Target("spanvas")
TEMPLATE = {
    "Resources": {"SiteBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "site"}}},
    "Outputs": {
        "SiteBucketName": {"Value": {"Ref": "SiteBucket"}},
        "SiteUrl": {"Value": "https://d111111abcdef8.cloudfront.net/"},
        "Issuer": {"Value": "https://login.example.com/"},
        "Audience": {"Value": "spanvas"},
        "PageClientId": {"Value": "canvas"},
    },
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """index.html ┬ icon.svg ┬ assets/index-3f2a.js ┬ assets/index-91bc.css"""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-3f2a.js").write_text("1")
    (tmp_path / "assets" / "index-91bc.css").write_text("a{}")
    return tmp_path


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        boto3.client("cloudformation").create_stack(
            StackName="spanvas", TemplateBody=json.dumps(TEMPLATE)
        )
        yield boto3.client("s3")


def deploy(dist: Path, *arguments: str, target: Target = SPANVAS) -> int:
    return deploy_site.main(["--dist", str(dist), *arguments], lambda _: target)


def test_what_is_hashed_is_kept_for_ever_and_the_page_is_asked_for_anew(
    s3: Any, dist: Path
) -> None:
    assert deploy(dist) == 0

    caching = {
        item["Key"]: s3.head_object(Bucket="site", Key=item["Key"])["CacheControl"]
        for item in s3.list_objects_v2(Bucket="site")["Contents"]
    }
    assert caching == {
        "assets/index-3f2a.js": "public, max-age=31536000, immutable",
        "assets/index-91bc.css": "public, max-age=31536000, immutable",
        "config.json": "no-cache",
        "icon.svg": "no-cache",
        "index.html": "no-cache",
    }
    page = s3.head_object(Bucket="site", Key="index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"


def test_the_page_goes_last_so_that_it_names_nothing_that_is_missing(dist: Path) -> None:
    outputs = {"Issuer": "https://login.example.com/", "Audience": "a", "PageClientId": "a"}
    keys = [upload.key for upload in deploy_site.uploads(dist, outputs)]
    assert keys == [
        "assets/index-3f2a.js",
        "assets/index-91bc.css",
        "config.json",
        "icon.svg",
        "index.html",
    ]


def test_the_page_learns_where_to_sign_in_from_the_stack(s3: Any, dist: Path) -> None:
    deploy(dist)
    config = json.loads(s3.get_object(Bucket="site", Key="config.json")["Body"].read())
    assert config == {
        "issuer": "https://login.example.com/",
        "client_id": "canvas",
        "audience": "spanvas",
        "scopes": deploy_site.SCOPES,
        "api_base_url": "",
    }


def test_an_audience_that_is_the_client_itself_is_not_asked_for() -> None:
    outputs = {"Issuer": "https://login.example.com/", "Audience": "a1", "PageClientId": "a1"}
    assert "audience" not in json.loads(deploy_site.page_config(outputs))


def test_the_page_asks_for_the_scopes_that_the_issuer_knows(s3: Any, dist: Path) -> None:
    deploy(dist, "--scopes", "openid")
    config = json.loads(s3.get_object(Bucket="site", Key="config.json")["Body"].read())
    assert config["scopes"] == "openid"


def test_a_page_that_was_not_built_is_said_so(
    s3: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy(tmp_path) == 1
    assert "run `make frontend` first" in capsys.readouterr().err


def test_the_bucket_is_emptied_before_the_stack_is_deleted(s3: Any, dist: Path) -> None:
    deploy(dist)
    assert deploy(dist, "--empty") == 0
    assert "Contents" not in s3.list_objects_v2(Bucket="site")


def test_the_page_goes_to_the_stack_that_the_arguments_name_and_to_no_other(
    s3: Any, dist: Path
) -> None:
    eu_template = json.loads(json.dumps(TEMPLATE).replace('"site"', '"site-of-staging"'))
    boto3.client("cloudformation", region_name="eu-west-1").create_stack(
        StackName="staging", TemplateBody=json.dumps(eu_template)
    )
    assert deploy(dist, target=Target("staging", region="eu-west-1")) == 0
    assert s3.list_objects_v2(Bucket="site-of-staging")["KeyCount"] == 5
    assert s3.list_objects_v2(Bucket="site")["KeyCount"] == 0


def test_own_options_go_before_the_arguments_of_sam(s3: Any, dist: Path) -> None:
    elsewhere = Target("staging", region="eu-west-1")
    assert deploy(dist, "--stack-name", "spanvas", "--region", "us-east-1", target=elsewhere) == 0
    assert s3.list_objects_v2(Bucket="site")["KeyCount"] == 5


def test_everything_behind_two_dashes_is_sam_s(s3: Any, dist: Path) -> None:
    given = []

    def read(arguments: Any) -> Target:
        given.append(list(arguments))
        return SPANVAS

    own = ["--dist", str(dist), "--scopes", "openid"]
    arguments = ["--parameter-overrides", "A=b c", "--scopes=x", "--", "--region"]
    assert deploy_site.main([*own, "--", *arguments], read) == 0
    assert deploy_site.main(own, read) == 0
    assert given == [arguments, []]


def test_a_change_set_that_was_not_executed_leaves_the_page_as_it_is(
    s3: Any, dist: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy(dist, target=Target("spanvas", is_dry=True)) == 0
    assert s3.list_objects_v2(Bucket="site")["KeyCount"] == 0
    assert "not uploaded" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--empty"]])
def test_a_stack_without_a_page_has_nothing_to_upload_and_says_where_its_api_is(
    s3: Any, dist: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    outputs = {
        "ApiUrl": "https://a1b2c3d4e5.execute-api.us-gov-west-1.amazonaws.com",
        "TableName": "spanvas-TraceTable",
        "Issuer": "https://login.example.com/",
        "Audience": "spanvas",
        "PageClientId": "canvas",
    }
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="without", TemplateBody=json.dumps(template)
    )
    assert deploy(dist, *arguments, target=Target("without")) == 0
    assert capsys.readouterr().out == (
        "Stack without in us-east-1 has no page, since Page is false or its region has no CloudFront. The API is at "
        "https://a1b2c3d4e5.execute-api.us-gov-west-1.amazonaws.com.\n"
    )
