"""The local issuer refuses what a real one refuses; sockets off, the handler is called directly."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from local.http_message import Headers, Request, Response
from local.identity.clients import OPERATOR_SCOPES
from local.identity.issuer import Issuer, challenge_of

PAGE = "http://127.0.0.1:8321"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(clock: Clock) -> Issuer:
    return Issuer(
        "http://127.0.0.1:9000",
        audience="spanvas",
        redirect_uris=frozenset({f"{PAGE}/"}),
        origins=frozenset({PAGE}),
        clock=clock,
    )


def authorize(issuer: Issuer, **changes: str) -> Response:
    query = {
        "response_type": "code",
        "client_id": "spanvas-canvas",
        "redirect_uri": f"{PAGE}/",
        "scope": "openid trace:read",
        "state": "s1",
        "nonce": "n1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return issuer.handle(Request("GET", "/authorize", urlencode(query), Headers([]), b""))


def answer_of(response: Response) -> dict[str, str]:
    location = dict(response.headers)["location"]
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def redeem(issuer: Issuer, code: str, **changes: str) -> Response:
    form = {
        "grant_type": "authorization_code",
        "client_id": "spanvas-canvas",
        "code": code,
        "redirect_uri": f"{PAGE}/",
        "code_verifier": VERIFIER,
        **changes,
    }
    return issuer.handle(Request("POST", "/token", "", Headers([]), urlencode(form).encode()))


def client_credentials(issuer: Issuer, client_id: str, secret: str, scope: str = "") -> Response:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
    headers = Headers([("authorization", f"Basic {pair}")])
    return issuer.handle(Request("POST", "/token", "", headers, urlencode(form).encode()))


def claims_of(
    issuer: Issuer, response: Response, token: str = "access_token", audience: str = "spanvas"
) -> dict[str, object]:
    keys = jwt.PyJWKSet.from_dict(dict(issuer.signer.public_keys()))
    text = json.loads(response.body)[token]
    claims: dict[str, object] = jwt.decode(
        text,
        keys[jwt.get_unverified_header(text)["kid"]],
        ["RS256"],
        audience=audience,
        issuer=issuer.url,
    )
    return claims


def test_the_challenge_is_the_one_of_the_specifications_example() -> None:
    assert challenge_of(VERIFIER) == CHALLENGE


def test_the_page_gets_tokens_for_the_demo_operator(issuer: Issuer) -> None:
    answer = answer_of(authorize(issuer))
    assert (answer["state"], answer["iss"]) == ("s1", issuer.url)
    response = redeem(issuer, answer["code"])
    assert response.status == 200
    claims = claims_of(issuer, response)
    assert (claims["sub"], claims["tenant"]) == ("demo-operator", "demo")
    assert (claims["scope"], claims["client_id"]) == ("openid trace:read", "spanvas-canvas")
    assert claims["exp"] == claims["iat"] + 3_600  # type: ignore[operator]
    assert claims_of(issuer, response, "id_token", "spanvas-canvas")["nonce"] == "n1"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": f"{PAGE}/other"},
        {"redirect_uri": "http://evil.example/"},
        {"redirect_uri": PAGE},
        {"client_id": "someone"},
    ],
)
def test_an_unknown_client_or_address_is_never_redirected_to(
    issuer: Issuer, changes: dict[str, str]
) -> None:
    response = authorize(issuer, **changes)
    assert response.status == 400
    assert "location" not in dict(response.headers)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scope": "openid trace:ingest"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_a_wrong_request_of_the_page_is_told_to_the_page(
    issuer: Issuer, changes: dict[str, str], error: str
) -> None:
    answer = answer_of(authorize(issuer, **changes))
    assert (answer["error"], "code" in answer) == (error, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{PAGE}/other"},
        {"client_id": "someone"},
        {"code": "guessed"},
    ],
)
def test_a_code_is_worth_nothing_to_somebody_else(issuer: Issuer, changes: dict[str, str]) -> None:
    code = answer_of(authorize(issuer))["code"]
    response = redeem(issuer, **{"code": code, **changes})
    assert (response.status, json.loads(response.body)["error"]) == (400, "invalid_grant")


def test_a_code_works_once(issuer: Issuer) -> None:
    code = answer_of(authorize(issuer))["code"]
    assert redeem(issuer, code).status == 200
    assert redeem(issuer, code).status == 400


def test_a_code_expires_after_a_minute(issuer: Issuer, clock: Clock) -> None:
    code = answer_of(authorize(issuer))["code"]
    clock.now = 60.5
    assert redeem(issuer, code).status == 400


def test_a_demo_client_gets_its_own_tenant_and_scopes(issuer: Issuer) -> None:
    secret = issuer.clients["other-operator"].secret
    claims = claims_of(issuer, client_credentials(issuer, "other-operator", secret))
    assert (claims["tenant"], claims["scope"]) == ("other", " ".join(OPERATOR_SCOPES))
    secret = issuer.clients["demo-viewer"].secret
    claims = claims_of(issuer, client_credentials(issuer, "demo-viewer", secret, "trace:read"))
    assert (claims["tenant"], claims["scope"]) == ("demo", "trace:read")


def test_a_demo_client_cannot_have_more_than_its_scopes(issuer: Issuer) -> None:
    secret = issuer.clients["demo-viewer"].secret
    response = client_credentials(issuer, "demo-viewer", secret, "trace:content")
    assert (response.status, json.loads(response.body)["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("client_id", ["demo-viewer", "nobody", ""])
def test_a_wrong_secret_gets_nothing(issuer: Issuer, client_id: str) -> None:
    response = client_credentials(issuer, client_id, "wrong")
    assert (response.status, json.loads(response.body)["error"]) == (401, "invalid_client")


def test_only_the_page_may_read_answers_across_origins(issuer: Issuer) -> None:
    path = "/.well-known/openid-configuration"
    for origin, allowed in ((PAGE, True), ("http://evil.example", False)):
        response = issuer.handle(Request("GET", path, "", Headers([("origin", origin)]), b""))
        assert response.status == 200
        assert ("access-control-allow-origin" in dict(response.headers)) is allowed
