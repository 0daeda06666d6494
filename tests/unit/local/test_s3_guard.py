"""What the guard adds to the engine behind it: CORS by the bucket's rules, and its policy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from local.engines.s3_guard import CorsRule, S3Guard
from local.engines.sigv4 import Credentials, canonical_request, read_scope, sign
from local.http_message import Headers, Request, Response

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TIME = "20260102T030405Z"
KEY = Credentials("AKIALOCAL", "secret")
PAGE = "http://127.0.0.1:8321"
HOST = "127.0.0.1:9000"


class FakeBuckets:
    def cors_rules(self, bucket: str) -> Sequence[CorsRule]:
        if bucket != "traces":
            return []
        return [CorsRule([PAGE], ["GET", "HEAD"], ["range"], ["etag"], 600)]


def engine(_request: Request) -> Response:
    return Response(200, b"bytes", [("Access-Control-Allow-Origin", "*"), ("etag", '"1"')])


def make_guard() -> S3Guard:
    return S3Guard(engine, FakeBuckets(), {KEY.access_key: KEY}, "us-east-1", lambda: NOW)


def signed_request(
    method: str = "GET",
    path: str = "/traces/a",
    query: str = "",
    body: bytes = b"",
    time: str = TIME,
    **headers: str,
) -> Request:
    fields = [("host", HOST), ("x-amz-date", time), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]
    request = Request(method, path, query, Headers(fields), body)
    names = ["host", "x-amz-content-sha256", "x-amz-date"]
    parameters = [(name, "") for name in query.split("&") if name]
    scope = read_scope(f"{KEY.access_key}/20260102/us-east-1/s3/aws4_request", "us-east-1")
    canonical = canonical_request(request, parameters, names, "UNSIGNED-PAYLOAD")
    signature = sign(KEY.secret_key, scope, time, canonical)
    value = (
        f"AWS4-HMAC-SHA256 Credential={KEY.access_key}/{scope.text}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    request.headers = Headers([*fields, ("authorization", value), *headers.items()])
    return request


def preflight(origin: str, method: str = "GET", wanted: str = "") -> Response:
    fields = [("origin", origin), ("access-control-request-method", method)]
    if wanted:
        fields.append(("access-control-request-headers", wanted))
    return make_guard().handle(Request("OPTIONS", "/traces/a", "", Headers(fields), b""))


def headers_of(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers}


def test_a_signed_request_reaches_the_engine() -> None:
    response = make_guard().handle(signed_request())
    assert (response.status, response.body) == (200, b"bytes")


def test_an_anonymous_request_does_not_reach_the_engine() -> None:
    response = make_guard().handle(Request("GET", "/traces/a", "", Headers([("host", HOST)]), b""))
    assert response.status == 403
    assert b"<Code>AccessDenied</Code>" in response.body


def test_the_engines_own_cors_headers_are_dropped() -> None:
    assert "access-control-allow-origin" not in headers_of(make_guard().handle(signed_request()))


def test_the_page_may_read_what_the_buckets_rule_exposes() -> None:
    headers = headers_of(make_guard().handle(signed_request(origin=PAGE)))
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["access-control-expose-headers"] == "etag"
    assert headers["vary"].startswith("Origin")


def test_another_origin_gets_no_cors_header() -> None:
    headers = headers_of(make_guard().handle(signed_request(origin="http://evil.example")))
    assert not [name for name in headers if name.startswith("access-control-")]


def test_a_refused_request_from_the_page_says_so_readably() -> None:
    request = Request("GET", "/traces/a", "", Headers([("host", HOST), ("origin", PAGE)]), b"")
    response = make_guard().handle(request)
    assert (response.status, headers_of(response)["access-control-allow-origin"]) == (403, PAGE)


def test_a_preflight_is_answered_by_the_buckets_rule() -> None:
    response = preflight(PAGE, wanted="range")
    assert response.status == 200
    assert headers_of(response)["access-control-allow-methods"] == "GET, HEAD"
    assert headers_of(response)["access-control-max-age"] == "600"


def test_a_preflight_for_what_no_rule_allows_is_refused() -> None:
    assert preflight("http://evil.example").status == 403
    assert preflight(PAGE, method="DELETE").status == 403
    assert preflight(PAGE, wanted="x-other").status == 403


def put_policy(guard: S3Guard) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"NumericGreaterThan": {"s3:signatureAge": "300000"}},
    }
    body = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    assert guard.handle(signed_request("PUT", "/traces", "policy", body)).status == 204


def test_a_signature_older_than_the_policy_allows_is_refused() -> None:
    guard = make_guard()
    put_policy(guard)
    assert guard.handle(signed_request(time="20260102T030000Z")).status == 200
    assert guard.handle(signed_request(time="20260102T025900Z")).status == 403


def test_a_policy_that_denies_plain_http_lets_loopback_pass() -> None:
    guard = make_guard()
    statement = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    body = json.dumps({"Statement": [statement]}).encode()
    guard.handle(signed_request("PUT", "/traces", "policy", body))
    assert guard.handle(signed_request()).status == 200


def test_a_policy_can_be_read_back() -> None:
    guard = make_guard()
    assert guard.handle(signed_request(path="/traces", query="policy")).status == 404
    put_policy(guard)
    response = guard.handle(signed_request(path="/traces", query="policy"))
    assert json.loads(response.body)["Version"] == "2012-10-17"
