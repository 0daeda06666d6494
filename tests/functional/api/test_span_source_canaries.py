"""Canaries in every place of a trace that only a backend has: what each caller is answered, in every content mode."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from spanvas.settings import Settings
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock
from tests.support.canary_callers import (
    CANARIES,
    MODES,
    REQUEST,
    ROLES,
    WITH_CONTENT,
    answers_of,
    found_in,
)
from tests.support.canary_places import TRACE
from tests.support.span_backend import answer, backend


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    mode: str = request.param
    return mode


@pytest.fixture(scope="module")
def call(mode: str) -> Iterator[Callable[[str], Client]]:
    """Nobody has sent these spans to Spanvas, so nobody has redacted them before."""
    with backend(answer(json.dumps(REQUEST).encode(), "application/json")) as tempo:
        settings = Settings.from_env(
            {
                "SPANVAS_ENABLED": "true",
                "SPANVAS_TABLE": "traces",
                "SPANVAS_CONTENT": mode,
                "SPANVAS_SPAN_SOURCE": "tempo",
                "SPANVAS_SPAN_SOURCE_URL": tempo.url,
                "SPANVAS_SPAN_SOURCE_TENANT_HEADER": "X-Scope-OrgID={tenant}",
            }
        )
        clock = Clock()
        store = AuditedStore(clock=clock)
        services = Services(settings, make_store=lambda: store, clock=clock)
        api = Client(make_handler(lambda: services))
        yield lambda role: api.acting_as(scope=ROLES[role])


@pytest.mark.parametrize("role", ROLES)
def test_callers_without_the_scope_are_answered_not_one_of_a_backend_and_those_with_it_what_is_kept(
    mode: str, call: Callable[[str], Client], role: str
) -> None:
    told = answers_of(call(role), TRACE)
    assert "spans_from" in told
    found = found_in(told)
    if role in WITH_CONTENT and mode != "none":
        # what rules of redaction know by its name (cookies) is replaced
        assert len(found) >= len(CANARIES) * 0.9
    else:
        assert found == []
