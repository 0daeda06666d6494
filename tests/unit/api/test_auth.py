from __future__ import annotations

import pytest

from spanvas.model.errors import NotFoundError
from spanvas_api.auth import SCOPES, Principal, authorize, may_read_content, principal_of
from spanvas_api.claims import TokenRules
from spanvas_api.errors import ForbiddenError
from tests.support.builders import make_execution

RULES = TokenRules("tenant")
ADA = Principal("ada", "acme", frozenset({"trace:read"}))


def event(**claims: object) -> dict[str, object]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}


def test_a_principal_is_made_from_verified_claims() -> None:
    found = principal_of(event(sub="ada", tenant="acme", scope="trace:read  audit:read"), RULES, 0)

    assert found == Principal("ada", "acme", frozenset({"trace:read", "audit:read"}))


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "trace:read  audit:read"},
        {"scope": "[trace:read audit:read]"},
        {"scope": ["trace:read", "audit:read"]},
        {"scp": "trace:read audit:read"},
        {"scp": "[trace:read audit:read]"},
        {"scp": ["audit:read", "trace:read", 7, None]},
        {"scope": "trace:read", "scp": "[audit:read]"},
        {"scope": "", "scp": "audit:read trace:read"},
    ],
)
def test_scopes_are_read_from_scope_and_scp_as_text_or_list(claims: dict[str, object]) -> None:
    found = principal_of(event(sub="ada", tenant="acme", **claims), RULES, 0)
    assert found.scopes == {"trace:read", "audit:read"}


@pytest.mark.parametrize(
    "scope", [None, "", "[]", "[ ]", [], 7, True, {"trace:read": True}, [["trace:read"]]]
)
def test_what_is_no_scope_grants_nothing(scope: object) -> None:
    assert (
        principal_of(event(sub="ada", tenant="acme", scope=scope, scp=scope), RULES, 0).scopes
        == frozenset()
    )


@pytest.mark.parametrize(
    "scope", ["[trace:read", "trace:read]", "trace:read,audit:read", "[[trace:read]]"]
)
def test_a_scope_is_never_guessed(scope: str) -> None:
    assert (
        "trace:read"
        not in principal_of(event(sub="ada", tenant="acme", scope=scope), RULES, 0).scopes
    )


def test_the_scope_is_asked_before_anything_is_told_of_the_execution() -> None:
    foreign = make_execution(tenant="globex")

    with pytest.raises(ForbiddenError):
        authorize(Principal("ada", "acme", frozenset()), "read_trace", foreign)
    with pytest.raises(NotFoundError):
        authorize(ADA, "read_trace", foreign)


def test_content_takes_its_own_scope_and_the_same_tenant() -> None:
    reader = ADA._replace(scopes=frozenset({"trace:content"}))

    assert may_read_content(reader, make_execution())
    assert not may_read_content(ADA, make_execution())
    with pytest.raises(NotFoundError):
        may_read_content(reader, make_execution(tenant="globex"))


def test_an_action_that_is_not_known_is_never_allowed() -> None:
    with pytest.raises(KeyError):
        authorize(ADA._replace(scopes=frozenset(SCOPES.values())), "delete_everything")
