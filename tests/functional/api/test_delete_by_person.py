"""Deletion by session or user: whose runs go, whose stay, and that it can be gone on with."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.storage.port import SpanBatch
from spanvas_api.operations import delete_executions
from tests.functional.storage.received import send
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock, make_execution, make_span
from tests.support.what_is_stored import places_of

PATH = "/v1/executions"
SAID = "On its way."


def run(store: AuditedStore, name: str, tenant: str = "acme", **said: Any) -> None:
    attributes = {"spanvas.input": f"{SAID} {name}", **said}
    registered = {
        "started_by": attributes.pop("started_by", "ci"),
        "workflow_id": attributes.pop("workflow_id", "support-triage"),
    }
    store.start_execution(make_execution(name, tenant=tenant, **registered))
    store.write(SpanBatch(tenant, name, [make_span("a", attributes=attributes)]))
    store.end_execution(tenant, name, "succeeded", store._clock())


@pytest.fixture
def runs(store: AuditedStore) -> AuditedStore:
    run(store, "run_1", **{"session.id": "conv-1", "user.id": "mathilda"})
    run(store, "run_2", **{"gen_ai.conversation.id": "conv-2", "enduser.id": "mathilda"})
    run(store, "run_3", **{"session.id": "conv-3"})
    run(store, "run_4", started_by="mathilda")
    run(store, "run_5", tenant="globex", **{"session.id": "conv-1", "user.id": "mathilda"})
    return store


def delete(api: Client, **query: str) -> dict[str, Any]:
    reply = api.call("DELETE", PATH, query=query)
    assert reply.status == 200
    body: dict[str, Any] = reply.json
    return body


def statuses(store: AuditedStore) -> dict[str, str]:
    found = {}
    for number in range(1, 6):
        name, tenant = f"run_{number}", "globex" if number == 5 else "acme"
        execution = store.read_execution(tenant, name)
        assert execution is not None
        found[name] = execution.status
    return found


def test_a_session_is_deleted_and_no_other(api: Client, runs: AuditedStore) -> None:
    assert delete(api, session_id="conv-1") == {
        "deleted": ["run_1"],
        "held": [],
        "next_cursor": None,
    }
    assert [name for name, status in statuses(runs).items() if status == "deleted"] == ["run_1"]
    assert places_of(runs, f"{SAID} run_1") == ["('globex', 'run_5')"] or not places_of(
        runs, f"{SAID} run_1"
    )


def test_of_a_user_all_goes_that_spans_or_the_start_name(api: Client, runs: AuditedStore) -> None:
    body = delete(api, user_id="mathilda")
    assert sorted(body["deleted"]) == ["run_1", "run_2", "run_4"]
    assert statuses(runs) == {
        "run_1": "deleted",
        "run_2": "deleted",
        "run_3": "succeeded",
        "run_4": "deleted",
        "run_5": "succeeded",
    }
    assert api.get(f"{PATH}/run_1").json["deletion"]["is_complete"] is True


def test_again_it_finds_nothing(api: Client, runs: AuditedStore) -> None:
    delete(api, user_id="mathilda")
    assert delete(api, user_id="mathilda")["deleted"] == []


def test_a_trace_over_otlp_is_found_by_its_user(api: Client, store: AuditedStore) -> None:
    send(store, make_span("a", attributes={"user.id": "mathilda", "spanvas.input": SAID}))
    assert len(delete(api, user_id="mathilda")["deleted"]) == 1
    assert places_of(store, SAID) == []


def test_what_is_held_is_left_and_named(api: Client, runs: AuditedStore) -> None:
    runs.holds.hold("acme", "run_2", "grace")
    body = delete(api, user_id="mathilda")
    assert sorted(body["deleted"]) == ["run_1", "run_4"]
    assert body["held"] == ["run_2"]
    assert statuses(runs)["run_2"] == "succeeded"


def test_what_the_caller_may_not_see_stays(api: Client, store: AuditedStore) -> None:
    run(store, "run_1", workflow_id="billing", **{"user.id": "mathilda"})
    run(store, "run_2", workflow_id="payroll", **{"user.id": "mathilda"})
    restricted = api.acting_as(more_claims={"workflows": "billing"})
    assert delete(restricted, user_id="mathilda")["deleted"] == ["run_1"]


def test_a_page_that_has_no_time_left_is_gone_on_with(
    api: Client, runs: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delete_executions, "PAGE", 1)
    monkeypatch.setattr(delete_executions, "is_time_left", lambda *_: lambda: False)
    deleted, cursor, calls = [], "", 0
    while cursor is not None:
        body = delete(api, user_id="mathilda", **({"cursor": cursor} if cursor else {}))
        deleted += body["deleted"]
        cursor, calls = body["next_cursor"], calls + 1
    assert sorted(deleted) == ["run_1", "run_2", "run_4"]
    assert calls > 3


def test_each_deletion_is_on_record_before_it_is_done(api: Client, runs: AuditedStore) -> None:
    delete(api, session_id="conv-1")
    [record] = runs.list_accesses("acme", "run_1").items
    assert (record.principal, record.action, record.outcome) == ("ada", "delete", "allowed")


@pytest.mark.parametrize(
    "query",
    [{}, {"session_id": " "}, {"session_id": "a", "user_id": "b"}, {"user": "mathilda"}],
)
def test_without_a_session_or_a_user_nothing_is_deleted(
    api: Client, runs: AuditedStore, query: dict[str, str], clock: Clock
) -> None:
    assert api.call("DELETE", PATH, query=query).status == 400
    assert "deleted" not in statuses(runs).values()
