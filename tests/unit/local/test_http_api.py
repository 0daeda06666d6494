"""The HTTP API in front of a fake Lambda: authorizer, event, answer, CORS, limits."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from local.gateway.authorizer import IssuerKeys
from local.gateway.definition import HttpApiDefinition, JwtAuthorizer, Route, Throttle
from local.gateway.http_api import HttpApi
from local.http_message import Headers, Request, Response
from local.identity.clients import Subject
from local.identity.tokens import TokenSigner
from local.lambdas.invocation import Invocation, InvocationResult, ThrottledError, failure

ISSUER = "http://127.0.0.1:9000"
PAGE = "http://127.0.0.1:8321"
NOW = 1_700_000_000.0
SIGNER = TokenSigner(ISSUER, "spanvas")
OPERATOR = Subject("ada", "Ada", "demo")
AUTHORIZER = JwtAuthorizer(ISSUER, ("spanvas",), "authorization")
ROUTE = Route("GET", "/v1/things/{id}", "things", AUTHORIZER, ("things:read", "things:admin"))
OPEN_ROUTE = Route("POST", "/open", "things", None, ())
CORS = {
    "allowOrigins": [PAGE],
    "allowMethods": ["GET"],
    "allowHeaders": ["authorization"],
    "exposeHeaders": ["etag"],
    "maxAge": 600,
}


class FakeLambda:
    """Answers every invocation with `answer` and keeps the last event."""

    def __init__(self, answer: InvocationResult | Exception) -> None:
        self.answer = answer
        self.event: dict[str, Any] = {}

    def invoke(self, name: str, invocation: Invocation) -> InvocationResult:
        assert name == "things"
        self.event = json.loads(invocation.payload)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answer(**fields: Any) -> InvocationResult:
    return InvocationResult(json.dumps({"statusCode": 200, **fields}).encode())


def fetch(signer: TokenSigner = SIGNER) -> Callable[[str], dict[str, Any]]:
    documents: dict[str, dict[str, Any]] = {
        f"{ISSUER}/.well-known/openid-configuration": {"jwks_uri": f"{ISSUER}/jwks.json"},
        f"{ISSUER}/jwks.json": dict(signer.public_keys()),
    }
    return documents.__getitem__


class Gateway:
    def __init__(self, log: Path, lambdas: FakeLambda, burst: int = 100) -> None:
        definition = HttpApiDefinition(
            "api", (ROUTE, OPEN_ROUTE), CORS, Throttle(1.0, burst), '{"s":"$context.status"}'
        )
        self.log = log
        self.lambdas = lambdas
        self.api = HttpApi(
            definition,
            lambdas,
            account_id="123456789012",
            log=log,
            keys=IssuerKeys(fetch()),
            clock=lambda: NOW,
        )

    def get(
        self, token: str = "", path: str = "/v1/things/1", query: str = "", **headers: str
    ) -> Response:
        fields = [
            ("Host", "127.0.0.1:8321"),
            *((n.replace("_", "-"), v) for n, v in headers.items()),
        ]
        if token:
            fields.append(("Authorization", f"Bearer {token}"))
        return self.api.handle(Request("GET", path, query, Headers(fields), b""))


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path / "gateway.log", FakeLambda(answer(body="hello")))


def good_token(*scopes: str) -> str:
    return SIGNER.access_token(OPERATOR, "page", scopes or ("things:read",))


def headers_of(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers}


def test_a_good_token_reaches_the_function(gateway: Gateway) -> None:
    response = gateway.get(good_token("openid", "things:read"), query="a=1&a=2&b=%C3%A9")
    assert (response.status, response.body) == (200, b"hello")
    event = gateway.lambdas.event
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /v1/things/{id}"
    assert event["rawPath"] == "/v1/things/1"
    assert event["rawQueryString"] == "a=1&a=2&b=%C3%A9"
    assert event["queryStringParameters"] == {"a": "1,2", "b": "é"}
    assert event["pathParameters"] == {"id": "1"}
    assert event["isBase64Encoded"] is False
    authorizer = event["requestContext"]["authorizer"]["jwt"]
    assert authorizer["claims"]["sub"] == "ada"
    assert authorizer["claims"]["tenant"] == "demo"
    assert authorizer["claims"]["scope"] == "openid things:read"
    assert authorizer["claims"]["exp"].isdigit()
    assert event["requestContext"]["http"]["method"] == "GET"
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"


def test_one_of_the_routes_scopes_is_enough(gateway: Gateway) -> None:
    assert gateway.get(good_token("things:admin")).status == 200


def test_a_token_without_the_routes_scopes_is_forbidden(gateway: Gateway) -> None:
    response = gateway.get(good_token("other"))
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    assert "insufficient_scope" in headers_of(response)["www-authenticate"]
    assert gateway.lambdas.event == {}


def test_no_token_is_unauthorized(gateway: Gateway) -> None:
    response = gateway.get()
    assert (response.status, response.body) == (401, b'{"message":"Unauthorized"}')
    assert headers_of(response)["www-authenticate"] == "Bearer"


def forged_tokens() -> dict[str, str]:
    other_key = TokenSigner(ISSUER, "spanvas")
    payload = jwt.decode(good_token(), options={"verify_signature": False})
    key_id = jwt.get_unverified_header(good_token())["kid"]
    head, body, signature = good_token().split(".")
    changed = base64.urlsafe_b64encode(json.dumps({**payload, "tenant": "x"}).encode())
    return {
        "not a token": "abc",
        "alg none": jwt.encode(payload, "", "none", {"kid": key_id}),
        "another algorithm": jwt.encode(payload, "s" * 64, "HS256", {"kid": key_id}),
        "another key": other_key.access_token(OPERATOR, "page", ["things:read"]),
        "a changed claim": f"{head}.{changed.rstrip(b'=').decode()}.{signature}",
        "no signature": f"{head}.{body}.",
        "another audience": SIGNER.id_token(OPERATOR, "page", ""),
        "another issuer": TokenSigner("http://other", "spanvas").access_token(
            OPERATOR, "p", ["things:read"]
        ),
        "expired": TokenSigner(ISSUER, "spanvas", lambda: 1_000.0).access_token(OPERATOR, "p", []),
    }


@pytest.mark.parametrize("kind", list(forged_tokens()))
def test_a_forged_token_is_unauthorized(gateway: Gateway, kind: str) -> None:
    response = gateway.get(forged_tokens()[kind])
    assert (response.status, response.body) == (401, b'{"message":"Unauthorized"}')
    assert gateway.lambdas.event == {}


def test_a_token_that_expired_is_unauthorized_by_the_right_key(tmp_path: Path) -> None:
    signer = TokenSigner(ISSUER, "spanvas", lambda: 1_000.0)
    keys = IssuerKeys(fetch(signer))
    definition = HttpApiDefinition("api", (ROUTE,), {}, Throttle(9.0, 9), "")
    lambdas = FakeLambda(answer())
    api = HttpApi(definition, lambdas, account_id="1", log=tmp_path / "log", keys=keys)
    token = signer.access_token(OPERATOR, "page", ["things:read"])
    headers = Headers([("authorization", f"Bearer {token}")])
    response = api.handle(Request("GET", "/v1/things/1", "", headers, b""))
    assert response.status == 401
    assert "the token has expired" in headers_of(response)["www-authenticate"]


def test_an_issuer_that_does_not_answer_lets_nobody_in(tmp_path: Path) -> None:
    def refuse(_url: str) -> dict[str, Any]:
        raise OSError("refused")

    definition = HttpApiDefinition("api", (ROUTE,), {}, Throttle(9.0, 9), "")
    api = HttpApi(
        definition,
        FakeLambda(answer()),
        account_id="1",
        log=tmp_path / "log",
        keys=IssuerKeys(refuse),
    )
    headers = Headers([("authorization", f"Bearer {good_token()}")])
    assert api.handle(Request("GET", "/v1/things/1", "", headers, b"")).status == 401


def test_an_unknown_route_is_not_found(gateway: Gateway) -> None:
    response = gateway.get(good_token(), path="/v1/nothing")
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')


def test_a_binary_body_and_answer_are_passed_on_as_they_are(gateway: Gateway) -> None:
    gateway.lambdas.answer = answer(
        body=base64.b64encode(b"\x1f\x8b").decode(),
        isBase64Encoded=True,
        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
        cookies=["a=1", "b=2"],
    )
    headers = Headers([("Content-Type", "application/octet-stream"), ("Cookie", "x=1; y=2")])
    response = gateway.api.handle(Request("POST", "/open", "", headers, b"\xff\x00"))
    assert response.body == b"\x1f\x8b"
    assert headers_of(response)["content-encoding"] == "gzip"
    assert [value for name, value in response.headers if name == "set-cookie"] == ["a=1", "b=2"]
    event = gateway.lambdas.event
    assert (event["body"], event["isBase64Encoded"]) == ("/wA=", True)
    assert event["cookies"] == ["x=1", "y=2"]


@pytest.mark.parametrize(
    ("outcome", "status", "body"),
    [
        (failure("ValueError", "boom"), 500, b'{"message":"Internal Server Error"}'),
        (InvocationResult(b"not json"), 500, b'{"message":"Internal Server Error"}'),
        (InvocationResult(b'{"statusCode":"x"}'), 500, b'{"message":"Internal Server Error"}'),
        (ThrottledError(), 503, b'{"message":"Service Unavailable"}'),
        (InvocationResult(b'{"a":1}'), 200, b'{"a":1}'),
    ],
)
def test_what_the_function_does_wrong_is_answered_in_the_gateways_words(
    gateway: Gateway, outcome: InvocationResult | Exception, status: int, body: bytes
) -> None:
    gateway.lambdas.answer = outcome
    response = gateway.get(good_token())
    assert (response.status, response.body) == (status, body)


def test_a_body_over_10_mb_is_refused(gateway: Gateway) -> None:
    request = Request("POST", "/open", "", Headers([]), bytes(10 * 1024 * 1024 + 1))
    assert gateway.api.handle(request).status == 413


def test_requests_beyond_the_burst_are_throttled(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "log", FakeLambda(answer()), burst=2)
    statuses = [gateway.get(good_token()).status for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_the_page_may_read_the_answer_and_its_etag(gateway: Gateway) -> None:
    gateway.lambdas.answer = answer(headers={"Access-Control-Allow-Origin": "*"})
    headers = headers_of(gateway.get(good_token(), origin=PAGE))
    assert headers["access-control-allow-origin"] == PAGE
    assert headers["access-control-expose-headers"] == "etag"


def test_another_origin_may_not_read_the_answer(gateway: Gateway) -> None:
    gateway.lambdas.answer = answer(headers={"Access-Control-Allow-Origin": "*"})
    headers = headers_of(gateway.get(good_token(), origin="http://evil.example"))
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(("origin", "allowed"), [(PAGE, True), ("http://evil.example", False)])
def test_a_preflight_is_answered_without_a_token(
    gateway: Gateway, origin: str, allowed: bool
) -> None:
    fields = [("origin", origin), ("access-control-request-method", "GET")]
    response = gateway.api.handle(Request("OPTIONS", "/v1/things/1", "", Headers(fields), b""))
    assert response.status == 204
    assert ("access-control-allow-origin" in headers_of(response)) is allowed
    assert gateway.lambdas.event == {}


def test_a_full_disk_costs_the_access_log_and_no_answer(tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    log.symlink_to("/dev/full")
    gateway = Gateway(log, FakeLambda(answer(body="hello")))
    assert gateway.get(good_token()).status == 200


def test_every_answer_is_in_the_access_log_in_the_templates_format(gateway: Gateway) -> None:
    gateway.get(good_token())
    gateway.get()
    assert gateway.log.read_text(encoding="utf-8") == '{"s":"200"}\n{"s":"401"}\n'


def test_a_route_with_a_throttle_of_its_own_takes_nothing_from_the_others(tmp_path: Path) -> None:
    definition = HttpApiDefinition(
        "api", (ROUTE, OPEN_ROUTE), {}, Throttle(1.0, 2), "", {OPEN_ROUTE.key: Throttle(1.0, 1)}
    )
    api = HttpApi(
        definition,
        FakeLambda(answer()),
        account_id="1",
        log=tmp_path / "log",
        clock=lambda: NOW,
    )

    def status(method: str, path: str) -> int:
        return api.handle(Request(method, path, "", Headers([]), b"")).status

    assert [status("POST", "/open") for _ in range(3)] == [200, 429, 429]
    # A call without a token counts, too.
    assert [status("GET", "/v1/things/1") for _ in range(3)] == [401, 401, 429]


def test_after_a_flood_without_tokens_the_next_refill_lets_a_caller_in(tmp_path: Path) -> None:
    now = [NOW]
    definition = HttpApiDefinition("api", (ROUTE,), {}, Throttle(5.0, 10), "")
    api = HttpApi(
        definition,
        FakeLambda(answer()),
        account_id="1",
        log=tmp_path / "log",
        keys=IssuerKeys(fetch()),
        clock=lambda: now[0],
    )

    def status(token: str) -> int:
        headers = Headers([("authorization", f"Bearer {token}")])
        return api.handle(Request("GET", "/v1/things/1", "", headers, b"")).status

    flood = [status("none") for _ in range(1_000)]
    assert (flood.count(401), flood.count(429)) == (10, 990)
    assert status(good_token()) == 429
    now[0] += 0.2  # one request's worth, however long the flood has been
    assert status(good_token()) == 200
