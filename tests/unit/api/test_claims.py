"""The function checks the claims of a token again, whatever stands in front of it."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas_api.auth import principal_of
from spanvas_api.claims import TokenRules, name_of
from spanvas_api.errors import ForbiddenError, UnauthenticatedError

NOW = 1_772_368_245
RULES = TokenRules("tenant", "https://issuer.example/", "spanvas")
GOOD: dict[str, Any] = {
    "iss": "https://issuer.example/",
    "aud": "spanvas",
    "sub": "ada",
    "tenant": "acme",
    "exp": str(NOW + 300),
    "iat": str(NOW - 5),
    "scope": "trace:read",
}


def principal(**changes: Any) -> Any:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}
    return principal_of({"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}, RULES, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": "[other spanvas]"},
        {"aud": ["other", "spanvas"]},
        {"aud": ..., "client_id": "spanvas", "token_use": "access"},
        {"typ": "Bearer"},
        {"exp": NOW - 59},
        {"exp": f"{NOW + 300}.5"},
        {"nbf": NOW + 59},
        {"iat": ...},
    ],
)
def test_an_access_token_for_this_api_that_is_valid_now_is_taken(changes: dict[str, Any]) -> None:
    assert principal(**changes).subject == "ada"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"iss": "https://issuer.example"}, "The token is of another issuer."),
        ({"iss": ...}, "The token is of another issuer."),
        ({"iss": ["https://issuer.example/"]}, "The token is of another issuer."),
        ({"aud": "other"}, "The token is for another audience."),
        ({"aud": ...}, "The token is for another audience."),
        ({"aud": 7}, "The token is for another audience."),
        ({"aud": {"spanvas": True}}, "The token is for another audience."),
        ({"aud": "spanvas-eu"}, "The token is for another audience."),
        ({"token_use": "id"}, "The token is no access token."),
        ({"typ": "Refresh"}, "The token is no access token."),
        ({"typ": "ID"}, "The token is no access token."),
        ({"exp": NOW - 61}, "The token has expired."),
        ({"exp": "0"}, "The token has expired."),
        ({"nbf": NOW + 61}, "The token is not valid yet."),
        ({"iat": str(NOW + 3600)}, "The token is not valid yet."),
        ({"exp": "soon"}, "The token's claim 'exp' is no time."),
        ({"exp": True}, "The token's claim 'exp' is no time."),
        ({"exp": [NOW + 9]}, "The token's claim 'exp' is no time."),
        ({"exp": "nan"}, "The token's claim 'exp' is no time."),
        ({"exp": "inf"}, "The token's claim 'exp' is no time."),
        ({"nbf": -1}, "The token's claim 'nbf' is no time."),
    ],
)
def test_another_token_is_refused_and_it_is_said_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UnauthenticatedError) as error:
        principal(**changes)
    assert str(error.value) == said


@pytest.mark.parametrize(
    "value",
    [
        ...,
        None,
        "",
        7,
        7.5,
        True,
        ["ada"],
        {"a": 1},
        "[ada bob]",
        "[]",
        "{}",
        "null",
        "true",
        "a" * 257,
        "a\nb",
    ],
)
def test_a_subject_or_tenant_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(ForbiddenError):
        principal(sub=value)
    with pytest.raises(ForbiddenError):
        principal(tenant=value)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Ada Lovelace", "email": "ada@example.org"}, "Ada Lovelace"),
        ({"email": "ada@example.org"}, "ada@example.org"),
        ({"name": "", "email": "ada@example.org"}, "ada@example.org"),
        ({"name": ["Ada"], "email": {"a": 1}}, ""),
        ({"name": "[Ada Bob]", "email": 7}, ""),
        ({"name": "null", "email": None}, ""),
        ({"name": "Ada\nLovelace", "email": "a" * 257}, ""),
        ({"nickname": "ada"}, ""),
    ],
)
def test_a_name_for_people_is_that_of_the_first_claim_that_can_be_shown(
    claims: dict[str, Any], name: str
) -> None:
    assert name_of(claims, ("name", "email")) == name
    assert name_of(claims, ()) == ""


def test_what_the_settings_do_not_name_is_not_checked() -> None:
    event = {"requestContext": {"authorizer": {"jwt": {"claims": {"sub": "a", "tenant": "t"}}}}}
    assert principal_of(event, TokenRules("tenant"), NOW).tenant == "t"
