"""S3 of the local stack: who is let in, and what a page of another origin may see."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.client import boto3_client
from local.provision import create_bucket, provision_buckets
from tests.support.aws_from_template import deployed_stack
from tests.support.engines import CREDENTIALS, client_of, ministack

PAGE = "https://d111111abcdef8.cloudfront.net"
KEY = "artifacts/acme/receipt.txt"
V4 = Config(signature_version="s3v4")


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """With the template's buckets, and one object of two versions."""
    with ministack() as url:
        client = client_of("s3", url, V4)
        provision_buckets(deployed_stack(), client)
        for body in (b"first", b"second"):
            client.put_object(Bucket=bucket(), Key=KEY, Body=body, ContentType="text/plain")
        yield client


def bucket() -> str:
    return str(deployed_stack().ref("TraceBucket"))


def link(s3: Any, seconds: int = 120, method: str = "get_object", **more: str) -> str:
    parameters = {"Bucket": bucket(), "Key": KEY, **more}
    return str(s3.generate_presigned_url(method, Params=parameters, ExpiresIn=seconds))


def send(
    url: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, answer.read(), found
    except urllib.error.HTTPError as error:
        with error:
            found = {name.lower(): value for name, value in error.headers.items()}
            return error.code, error.read(), found


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_bucket_that_is_there_is_not_made_again(s3: Any, region: str) -> None:
    elsewhere = boto3_client("s3", region, s3.meta.endpoint_url, CREDENTIALS)
    create_bucket(elsewhere, f"kept-{region}", region)
    elsewhere.put_object(Bucket=f"kept-{region}", Key="a", Body=b"kept")
    create_bucket(elsewhere, f"kept-{region}", region)
    assert elsewhere.get_object(Bucket=f"kept-{region}", Key="a")["Body"].read() == b"kept"


def test_a_link_reads_the_object_and_the_version_that_it_names(s3: Any) -> None:
    versions = s3.list_object_versions(Bucket=bucket(), Prefix=KEY)["Versions"]
    (first,) = [version["VersionId"] for version in versions if not version["IsLatest"]]
    assert send(link(s3))[:2] == (200, b"second")
    assert send(link(s3, VersionId=first))[:2] == (200, b"first")


def test_a_part_of_an_object_can_be_read(s3: Any) -> None:
    status, body, headers = send(link(s3), headers={"Range": "bytes=1-3"})
    assert (status, body, headers["content-range"]) == (206, b"eco", "bytes 1-3/6")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("receipt.txt", "other.txt"),
        ("X-Amz-Expires=120", "X-Amz-Expires=3600"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
        ("&X-Amz-Signature", "&response-content-type=text%2Fhtml&X-Amz-Signature"),
        ("us-east-1", "eu-west-1"),
    ],
)
def test_a_link_that_was_changed_is_refused(s3: Any, old: str, new: str) -> None:
    url = link(s3)
    assert old in url
    assert send(url.replace(old, new, 1))[0] in (400, 403)


def test_a_link_is_good_for_its_method_alone(s3: Any) -> None:
    assert send(link(s3), "PUT")[0] == 403
    assert send(link(s3), "DELETE")[0] == 403


def test_a_link_is_refused_after_its_time(s3: Any) -> None:
    url = link(s3, seconds=1)
    time.sleep(2.1)
    assert send(url)[0] == 403


def test_nobody_is_let_in_without_a_signature(s3: Any) -> None:
    url = f"{s3.meta.endpoint_url}/{bucket()}/{KEY}"
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert send(url, method)[0] == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"AWS_SECRET_ACCESS_KEY": "another"},
        {"AWS_SESSION_TOKEN": "another"},
        {"AWS_ACCESS_KEY_ID": "AKIAUNKNOWNUNKNOWN12"},
        {"AWS_ACCESS_KEY_ID": "test"},
        {"AWS_ACCESS_KEY_ID": "123456789012"},
    ],
)
def test_nobody_is_let_in_with_credentials_that_are_not_the_stacks(
    s3: Any, wrong: dict[str, str]
) -> None:
    stranger = boto3_client("s3", "us-east-1", s3.meta.endpoint_url, {**CREDENTIALS, **wrong})
    with pytest.raises(ClientError) as caught:
        stranger.get_object(Bucket=bucket(), Key=KEY)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)


def test_the_page_may_read_what_the_buckets_rule_exposes(s3: Any) -> None:
    status, _, headers = send(link(s3), headers={"Origin": PAGE})
    assert (status, headers["access-control-allow-origin"]) == (200, PAGE)
    assert "content-range" in headers["access-control-expose-headers"]
    assert headers["vary"].startswith("Origin")


def test_another_origin_gets_no_header_of_cors(s3: Any) -> None:
    status, _, headers = send(link(s3), headers={"Origin": "https://evil.example"})
    assert status == 200
    assert [name for name in headers if name.startswith("access-control-")] == []


def test_a_refusal_can_be_read_by_the_page(s3: Any) -> None:
    url = f"{s3.meta.endpoint_url}/{bucket()}/{KEY}"
    status, body, headers = send(url, headers={"Origin": PAGE})
    assert (status, headers["access-control-allow-origin"]) == (403, PAGE)
    assert b"<Code>AccessDenied</Code>" in body


@pytest.mark.parametrize(
    ("origin", "method", "wanted", "status"),
    [
        (PAGE, "GET", "range", 200),
        ("https://evil.example", "GET", "range", 403),
        (PAGE, "DELETE", "range", 403),
        (PAGE, "GET", "x-other", 403),
    ],
)
def test_a_preflight_is_answered_by_the_buckets_rule(
    s3: Any, origin: str, method: str, wanted: str, status: int
) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": wanted,
    }
    answered, _, found = send(link(s3), "OPTIONS", headers)
    assert answered == status
    if status == 200:
        assert found["access-control-allow-methods"] == "GET, HEAD"
        assert found["access-control-max-age"] == "600"


def test_the_buckets_policy_lets_loopback_pass_for_tls(s3: Any) -> None:
    policy = s3.get_bucket_policy(Bucket=bucket())["Policy"]
    assert "aws:SecureTransport" in policy
    assert s3.get_object(Bucket=bucket(), Key=KEY)["Body"].read() == b"second"
