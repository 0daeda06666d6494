"""Who may do what: every principal x every resource x every call, from one table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from spanvas.model.artifact import Artifact
from spanvas.model.ids import is_execution_id, trace_id_for
from spanvas.storage.port import SpanBatch
from spanvas_api.routes import ALL_ROUTES, ROUTES
from tests.functional.api.calls import (
    CALLS,
    IN_TEXT,
    OF_EXECUTIONS,
    QUERIES,
    absent_status,
    path_of,
)
from tests.support.api_client import Client, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, Clock, make_execution, make_span, span_id

SECRET = "Ada's medical record"
PRINCIPALS: dict[str, dict[str, Any]] = {
    "operator": {
        "scope": "executions:read executions:start trace:read trace:content trace:artifact"
    },
    "operator with scp": {
        "scope": None,
        "more_claims": {
            "scp": "[executions:read executions:start trace:read trace:content trace:artifact]"
        },
    },
    "viewer": {"scope": "executions:read trace:read"},
    "viewer with a list": {"scope": "[executions:read trace:read]"},
    "auditor": {"scope": "executions:read trace:read audit:read"},
    "starter": {"scope": "executions:start"},
    "ingester": {"scope": "trace:ingest"},
    "content alone": {"scope": "trace:content"},
    "artifacts alone": {"scope": "trace:artifact"},
    "traces alone": {"scope": "trace:read"},
    "deleter": {"scope": "trace:delete"},
    "holder": {"scope": "trace:hold"},
    "prefix of a scope": {"scope": "trace executions trace:rea"},
    "scopes run together": {"scope": "executions:read,trace:read,trace:content"},
    "no scope": {"scope": ""},
    "no scope claim": {"scope": None},
    "no tenant": {"tenant": None},
    "empty tenant": {"tenant": ""},
    "two tenants": {"tenant": "[acme globex]"},
    "tenant with a key's marks": {"tenant": "acme#E#exec_1"},
    "no subject": {"subject": ""},
}
REMOVING = {"delete_execution", "delete_executions", "hold_execution", "release_execution"}
ALLOWED = {
    "operator": set(CALLS) - {"list_accesses", *REMOVING},
    "viewer": IN_TEXT
    | {
        "list_workflows",
        "list_executions",
        "read_execution",
        "read_trace",
        "read_span",
        "search_execution",
        "export_execution",
        "list_artifacts",
    },
    "auditor": IN_TEXT
    | {
        "list_workflows",
        "list_executions",
        "read_execution",
        "read_trace",
        "read_span",
        "search_execution",
        "export_execution",
        "list_artifacts",
        "list_accesses",
    },
    "operator with scp": set(CALLS) - {"list_accesses", *REMOVING},
    "deleter": {"delete_execution", "delete_executions"},
    "holder": {"hold_execution", "release_execution"},
    "starter": {"start_execution"},
    "artifacts alone": {"link_artifact"},
    "traces alone": {
        "read_trace",
        "read_span",
        "search_execution",
        "export_execution",
        "list_artifacts",
        *IN_TEXT - {"tempo_search", "tempo_tag_values", "tempo_tag_values_v2"},
    },
}
ALLOWED["viewer with a list"] = ALLOWED["viewer"]
RESOURCES = ("own", "foreign", "absent", "expired")
SUCCESS = {"start_execution": 202}


@pytest.fixture
def world(store: AuditedStore, clock: Clock) -> AuditedStore:
    """The same execution id in two tenants, one that only the other tenant has, and one that is past its expiry."""
    clock.now = T0 - 40 * 86_400 * 10**9
    _keep(store, "acme", "expired")
    clock.now = T0
    _keep(store, "acme", "own")
    _keep(store, "globex", "own")
    _keep(store, "globex", "foreign")
    return store


def _keep(store: AuditedStore, tenant: str, execution_id: str) -> None:
    trace_id = trace_id_for("acme", execution_id)
    store.start_execution(make_execution(execution_id, tenant=tenant, trace_id=trace_id))
    attributes = {"spanvas.input": f"{SECRET} of {tenant}"}
    span = make_span("a", trace_id=trace_id, attributes=attributes)
    store.write(SpanBatch(tenant, execution_id, [span]))
    store.put_artifact(
        Artifact(tenant, execution_id, "art_1", span_id("a"), "r.csv", "text/csv", 0, "", T0), b"x"
    )


def call(api: Client, name: str, resource: str) -> Reply:
    return api.call(CALLS[name][0], path_of(name, resource), query=QUERIES.get(name))


def expected_status(principal: str, name: str, resource: str) -> int:
    if name not in ALLOWED.get(principal, set()):
        return 403
    if "{}" in CALLS[name][1] and resource != "own":
        return absent_status(name)
    return SUCCESS.get(name, 200)


def test_the_table_names_every_call() -> None:
    assert set(CALLS) == {route.operation for route in ROUTES}, (
        "CALLS has the path of each call, ALLOWED says who may do it"
    )


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_every_call_on_every_resource_is_answered_as_the_table_says(
    api: Client, world: AuditedStore, principal: str
) -> None:
    caller = api.acting_as(**PRINCIPALS[principal])
    wrong = []

    for name, resource in product(CALLS, RESOURCES):
        reply = call(caller, name, resource)
        if reply.status != expected_status(principal, name, resource):
            wrong.append((name, resource, reply.status))
        assert "globex" not in reply.text
        if not principal.startswith("operator"):
            assert SECRET not in reply.text

    assert wrong == []


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_with_content_is_recorded_as_an_access(
    api: Client, world: AuditedStore, name: str
) -> None:
    reply = call(api, name, "own")

    if SECRET in reply.text:
        assert len(world.accesses("own")) == 1, "call `access.record_read` before content is read"


@pytest.mark.parametrize("name", [name for name in CALLS if "{}" in CALLS[name][1]])
def test_foreign_absent_and_expired_are_the_same_answer(
    api: Client, world: AuditedStore, name: str
) -> None:
    answers = [call(api, name, resource) for resource in ("foreign", "absent", "expired")]

    assert answers[0].status == absent_status(name)
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize("name", CALLS)
def test_without_a_verified_token_nothing_is_answered(
    api: Client, world: AuditedStore, name: str
) -> None:
    method, path = CALLS[name][0], path_of(name, "own")
    authorizers: tuple[Any, ...] = (
        {},
        {"jwt": {}},
        {"jwt": {"claims": {}}},
        {"lambda": {"tenant": "acme"}},
        None,
    )
    for authorizer in authorizers:
        event = api.event(method, path)
        event["requestContext"]["authorizer"] = authorizer
        reply = api.send(event)

        assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_missing_scope_is_named(api: Client, world: AuditedStore) -> None:
    reply = call(api.acting_as(scope="executions:read"), "read_trace", "own")

    assert reply.json["detail"] == "The token lacks the scope 'trace:read'."
    assert (
        reply.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="trace:read"'
    )


def test_the_tenant_claim_is_a_setting(world: AuditedStore, make_api: Any) -> None:
    api = make_api(tenant_claim="custom:org").acting_as(
        tenant="globex", more_claims={"custom:org": "acme"}
    )

    assert api.get("/v1/executions/foreign").status == 404
    assert api.get("/v1/executions/own").status == 200


def test_two_tenants_with_the_same_ids_in_turn_on_one_process_see_their_own(
    api: Client, world: AuditedStore
) -> None:
    globex = api.acting_as(tenant="globex")
    for _ in range(3):
        for name in ("read_trace", "read_span"):
            ours, theirs = call(api, name, "own"), call(globex, name, "own")
            assert ("of acme" in ours.text, "of globex" in ours.text) == (True, False)
            assert ("of acme" in theirs.text, "of globex" in theirs.text) == (False, True)


def test_history_and_trace_agree_on_what_a_caller_may_see(api: Client, world: AuditedStore) -> None:
    listed = {item["execution_id"] for item in api.get("/v1/executions").json["items"]}

    for resource in RESOURCES:
        is_readable = call(api, "read_trace", resource).status == 200
        assert is_readable == (resource in listed)


TRAVERSALS = [
    "..",
    "%2e%2e",
    "..%2f..",
    "%252e%252e",
    "own%23META",
    "own%00",
    "own%0d%0aSet-Cookie:%20a=b",
    "own%253fx",
    "own\\..",
    "acme%23E%23own",
    "T%23globex%23E%23own",
    "%c0%ae%c0%ae",
    "own ",
    "%20own",
    "%D0%BEwn",
    "own" * 100,
    "-own",
    "'",
    '"',
    "<script>",
    "{own}",
]


NAMES_OF_OWN = {"own ", "%20own"}
"""Spaces at the ends do not count."""


def recorded(read: Callable[[str, str], Any], asked: list[tuple[str, str]]) -> Any:
    def reading(tenant: str, execution_id: str) -> Any:
        asked.append((tenant, execution_id))
        return read(tenant, execution_id)

    return reading


@pytest.mark.parametrize("execution_id", TRAVERSALS)
@pytest.mark.parametrize("name", OF_EXECUTIONS)
def test_an_id_of_any_form_reaches_no_other_execution(
    api: Client,
    world: AuditedStore,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    execution_id: str,
) -> None:
    asked: list[tuple[str, str]] = []
    for method in ("read_execution", "read_trace"):
        monkeypatch.setattr(world, method, recorded(getattr(world, method), asked))

    reply = call(api, name, execution_id)

    assert {tenant for tenant, _ in asked} == {"acme"}
    assert all(is_execution_id(one) for _, one in asked)
    assert reply.status == (200 if execution_id in NAMES_OF_OWN else 404)
    assert "\n" not in json.dumps(reply.headers)


def test_every_kept_event_is_a_call_of_the_table(api: Client) -> None:
    """`events/*.json` are what `sam local invoke` is given."""
    from tests.support.api_client import EVENTS

    kept = {}
    for path in EVENTS.glob("*.json"):
        event = json.loads(path.read_text("utf-8"))
        if "routeKey" in event:
            kept[path.stem.replace("-", "_")] = event["routeKey"]

    assert kept == {route.operation: f"{route.method} {route.path}" for route in ALL_ROUTES}
    assert all(re.match(r"(GET|POST|DELETE) /(v1|api)/", key) for key in kept.values())
