"""The guard's signature check, against the worked examples of the S3 API reference ("Authenticating Requests")."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from local.engines.sigv4 import Credentials, SignatureError, verify
from local.http_message import Headers, Request

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
CREDENTIALS = {ACCESS_KEY: Credentials(ACCESS_KEY, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")}
MADE_AT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"
PRESIGNED_QUERY = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SIGNED_HEADERS = [
    ("Host", HOST),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    ("Range", "bytes=0-9"),
    ("x-amz-content-sha256", EMPTY_SHA256),
    ("x-amz-date", "20130524T000000Z"),
]


def presigned(
    query: str = PRESIGNED_QUERY, method: str = "GET", path: str = "/test.txt"
) -> Request:
    return Request(method, path, query, Headers([("Host", HOST)]), b"")


def signed(headers: list[tuple[str, str]] = SIGNED_HEADERS, body: bytes = b"") -> Request:
    return Request("GET", "/test.txt", "", Headers(headers), body)


def code_of(request: Request, now: datetime = MADE_AT) -> str:
    with pytest.raises(SignatureError) as caught:
        verify(request, CREDENTIALS, "us-east-1", now)
    return caught.value.code


def test_the_presigned_url_of_the_reference_is_accepted() -> None:
    found = verify(presigned(), CREDENTIALS, "us-east-1", MADE_AT + timedelta(hours=1))
    assert (found.is_presigned, found.age) == (True, timedelta(hours=1))


def test_the_signed_header_of_the_reference_is_accepted() -> None:
    found = verify(signed(), CREDENTIALS, "us-east-1", MADE_AT)
    assert (found.is_presigned, found.access_key) == (False, ACCESS_KEY)


def test_a_request_without_any_signature_is_refused() -> None:
    assert code_of(presigned(query="")) == "AccessDenied"


def test_a_presigned_url_is_refused_after_its_expiry() -> None:
    assert code_of(presigned(), MADE_AT + timedelta(seconds=86_401)) == "AccessDenied"


def test_a_presigned_url_for_another_object_or_method_is_refused() -> None:
    assert code_of(presigned(path="/other.txt")) == "SignatureDoesNotMatch"
    assert code_of(presigned(method="PUT")) == "SignatureDoesNotMatch"


def test_a_parameter_added_to_a_presigned_url_is_refused() -> None:
    query = PRESIGNED_QUERY + "&response-content-type=text%2Fhtml"
    assert code_of(presigned(query)) == "SignatureDoesNotMatch"


def test_a_longer_expiry_than_was_signed_is_refused() -> None:
    query = PRESIGNED_QUERY.replace("X-Amz-Expires=86400", "X-Amz-Expires=86401")
    assert code_of(presigned(query)) == "SignatureDoesNotMatch"


def test_an_expiry_beyond_seven_days_is_refused() -> None:
    query = PRESIGNED_QUERY.replace("X-Amz-Expires=86400", "X-Amz-Expires=604801")
    assert code_of(presigned(query)) == "AuthorizationQueryParametersError"


def test_signature_version_2_is_refused() -> None:
    query = f"AWSAccessKeyId={ACCESS_KEY}&Signature=abc&Expires=1"
    assert code_of(presigned(query)) == "InvalidRequest"


def test_an_unknown_access_key_is_refused() -> None:
    query = PRESIGNED_QUERY.replace(ACCESS_KEY, "AKIAUNKNOWN")
    assert code_of(presigned(query)) == "InvalidAccessKeyId"


def test_a_missing_session_token_is_refused() -> None:
    credentials = {ACCESS_KEY: Credentials(ACCESS_KEY, "secret", "token")}
    with pytest.raises(SignatureError) as caught:
        verify(presigned(), credentials, "us-east-1", MADE_AT)
    assert caught.value.code == "InvalidToken"


def test_a_signature_for_another_region_is_refused() -> None:
    with pytest.raises(SignatureError) as caught:
        verify(presigned(), CREDENTIALS, "eu-central-1", MADE_AT)
    assert caught.value.code == "AuthorizationQueryParametersError"


def test_a_signed_request_is_refused_when_the_clocks_differ_by_more_than_a_quarter_hour() -> None:
    assert code_of(signed(), MADE_AT + timedelta(minutes=16)) == "RequestTimeTooSkewed"


def test_a_header_that_was_signed_cannot_be_changed() -> None:
    headers = [(n, "bytes=0-99" if n == "Range" else v) for n, v in SIGNED_HEADERS]
    assert code_of(signed(headers)) == "SignatureDoesNotMatch"


def test_a_body_other_than_the_signed_one_is_refused() -> None:
    assert code_of(signed(body=b"more")) == "XAmzContentSHA256Mismatch"


def test_two_signatures_in_one_request_are_refused() -> None:
    request = Request("GET", "/test.txt", PRESIGNED_QUERY, Headers(SIGNED_HEADERS), b"")
    assert code_of(request) == "InvalidArgument"
