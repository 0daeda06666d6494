"""Requests straight to S3: uploads as signed streams, parts of objects, the rest left to botocore."""

from __future__ import annotations

import io
from typing import Any

import pytest

from spanvas.http.credentials import AwsEndpoint
from spanvas.http.failures import CallError
from spanvas.storage.direct.s3 import DirectS3
from tests.support.early_server import answering_early
from tests.support.scripted_server import KEYS, OK, failing, serving


def upload(s3: DirectS3, body: Any, **options: str) -> Any:
    return s3.put_object(Bucket="b", Key="a b/c", Body=body, ContentType="text/plain", **options)


def test_an_upload_is_a_signed_stream_and_says_its_version() -> None:
    stored = b"HTTP/1.1 200 OK\r\nx-amz-version-id: v7\r\ncontent-length: 0\r\n\r\n"
    stream = io.BytesIO(b"skipped" + b"x" * 600_000)
    stream.seek(7)
    with serving(failing(503, b"<Error><Code>SlowDown</Code></Error>"), stored) as (
        server,
        aws_endpoint,
    ):
        s3 = DirectS3(aws_endpoint, lambda: None)
        assert upload(s3, stream, ContentDisposition="attachment") == {"VersionId": "v7"}
        s3.close()
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /b/a%20b/c HTTP/1.1\r\n")
    assert b"content-disposition: attachment" in head
    assert body == b"x" * 600_000
    assert len(server.requests) == 2


def test_an_object_that_looks_like_an_error_is_an_object() -> None:
    body = b"<Error><Code>SlowDown</Code></Error>"
    stored = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    with serving(stored) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        assert s3.get_object(Bucket="b", Key="k")["Body"].read() == body
        s3.close()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([failing(403, b"<Error><Code>AccessDenied</Code></Error>")], "AccessDenied"),
        ([failing(404, b"gone")], "HTTP 404"),
        ([None] * 3, "ConnectionResetError"),
    ],
)
def test_an_upload_that_fails_says_why(script: list[bytes | None], code: str) -> None:
    with serving(*script) as (_, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        with pytest.raises(CallError) as caught:
            upload(s3, b"x")
        s3.close()
    assert caught.value.code == code


def test_a_large_upload_that_is_denied_says_so() -> None:
    denied = failing(403, b"<Error><Code>AccessDenied</Code></Error>")
    with answering_early(denied) as server:
        s3 = DirectS3(
            AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {"s3": server.url}), lambda: None
        )
        with pytest.raises(CallError) as caught:
            upload(s3, b"x" * 20_000_000)
        s3.close()
    assert (caught.value.code, caught.value.is_answer) == ("AccessDenied", True)
    assert len(server.heads) == 1


ELSEWHERE = {
    "header": b"HTTP/1.1 301 Moved\r\nx-amz-bucket-region: us-west-2\r\ncontent-length: 0\r\n\r\n",
    "malformed": failing(
        400,
        b"<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>",
    ),
    "new bucket": b"HTTP/1.1 307 Temporary\r\nx-amz-bucket-region: us-west-2\r\ncontent-length: 0\r\n\r\n",
}


def regions_of(requests: list[bytes]) -> list[str]:
    """The regions that requests were signed for."""
    return [
        request.partition(b"Credential=AKID/")[2].split(b"/")[1].decode() for request in requests
    ]


@pytest.mark.parametrize("moved", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_a_bucket_in_another_region_is_found_there_and_remembered(moved: bytes) -> None:
    with serving(moved, OK, OK) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        upload(s3, io.BytesIO(b"x" * 600_000))
        assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"{}"
        s3.close()
    assert regions_of(server.requests) == ["eu-central-1", "us-west-2", "us-west-2"]
    assert server.requests[1].endswith(b"x" * 600_000)


def test_a_part_of_an_object_in_another_region_is_read_there() -> None:
    with serving(ELSEWHERE["header"], OK) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        assert s3.get_object(Bucket="b", Key="k", Range="bytes=0-1")["Body"].read() == b"{}"
        s3.close()
    assert regions_of(server.requests) == ["eu-central-1", "us-west-2"]


def test_buckets_of_other_regions_have_hosts_of_their_own() -> None:
    s3 = DirectS3(AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {}), lambda: None)
    assert s3._target("b", "k", "us-west-2")[0].host == "b.s3.us-west-2.amazonaws.com"


@pytest.mark.parametrize(
    "named", ["evil.example.org", "us-west-2.evil.example", "us", "eu-central-1"]
)
def test_what_is_no_other_region_is_not_followed(named: str) -> None:
    answer = b"HTTP/1.1 301 Moved\r\nx-amz-bucket-region: %s\r\ncontent-length: 0\r\n\r\n"
    with serving(answer % named.encode()) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        with pytest.raises(CallError, match="HTTP 301"):
            upload(s3, b"x")
        s3.close()
    assert len(server.requests) == 1


def test_two_regions_that_send_to_each_other_end_as_an_error() -> None:
    back = ELSEWHERE["header"].replace(b"us-west-2", b"eu-central-1")
    with serving(ELSEWHERE["header"], back) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        with pytest.raises(CallError, match="HTTP 301"):
            upload(s3, b"x")
        s3.close()
    assert len(server.requests) == 2


def test_a_part_of_an_object_is_read_with_what_the_object_is() -> None:
    part = (
        b'HTTP/1.1 206 Partial Content\r\ncontent-type: text/csv\r\netag: "e"\r\n'
        b"content-range: bytes 0-2/900\r\nx-amz-version-id: v7\r\ncontent-length: 3\r\n\r\na,b"
    )
    with serving(part, OK) as (server, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        found = s3.get_object(Bucket="b", Key="a b", Range="bytes=0-2", VersionId="v+7")
        assert found.pop("Body").read() == b"a,b"
        assert found == {
            "ContentRange": "bytes 0-2/900",
            "ContentType": "text/csv",
            "ETag": '"e"',
            "VersionId": "v7",
        }
        assert s3.get_object(Bucket="b", Key="k")["Body"].read() == b"{}"
        s3.close()
    assert server.requests[0].startswith(b"GET /b/a%20b?versionId=v%2B7 HTTP/1.1\r\n")
    assert b"SignedHeaders=host;range;x-amz-content-sha256" in server.requests[0]
    assert server.requests[1].startswith(b"GET /b/k HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([failing(404, b"<Error><Code>NoSuchKey</Code></Error>")], "NoSuchKey"),
        ([None] * 3, "ConnectionResetError"),
    ],
)
def test_an_object_that_cannot_be_read_says_why(script: list[bytes | None], code: str) -> None:
    with serving(*script) as (_, aws_endpoint):
        s3 = DirectS3(aws_endpoint, lambda: None)
        with pytest.raises(CallError) as caught:
            s3.get_object(Bucket="b", Key="k")
        s3.close()
    assert caught.value.code == code


def test_the_rest_of_s3_is_botocores_and_made_once() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("client")
        return "client"

    s3 = DirectS3(AwsEndpoint("eu-central-1", "amazonaws.com", KEYS, {}), make)
    assert s3.upper() == "CLIENT"
    assert s3.title() == "Client"
    assert made == ["client"]
