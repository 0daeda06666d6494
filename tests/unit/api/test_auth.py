from __future__ import annotations

import pytest

from spanvas.model.errors import NotFoundError
from spanvas_api.auth import SCOPES, Principal, authorize, may_read_content, principal_of
from spanvas_api.errors import ForbiddenError
from tests.builders import make_execution

ADA = Principal("ada", "acme", frozenset({"trace:read"}))


def event(**claims: str) -> dict[str, object]:
    return {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}


def test_a_principal_is_made_from_verified_claims() -> None:
    found = principal_of(event(sub="ada", tenant="acme", scope="trace:read  audit:read"), "tenant")

    assert found == Principal("ada", "acme", frozenset({"trace:read", "audit:read"}))


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
