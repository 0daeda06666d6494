"""Deletion over the API: what it answers, what is left to see, and that it is on record."""

from __future__ import annotations

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.port import SpanBatch
from tests.functional.api.traces import write
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_artifact, make_span, span_id
from tests.support.deletion_runs import go_on
from tests.support.what_is_stored import places_of

PATH = "/v1/executions/exec_1"
SAID = "On its way."


def test_the_answer_is_what_is_left(api: Client, run: AuditedStore, clock: Clock) -> None:
    before = api.get(PATH).json
    clock.advance(60)

    reply = api.call("DELETE", PATH)

    assert reply.status == 200
    left = reply.json
    assert left["status"] == "deleted"
    assert left["deletion"] == {
        "deleted_at_unix_nano": str(T0 + 60 * SECOND),
        "deleted_by": "ada",
        "status": "succeeded",
        "is_complete": True,
    }
    for name in ("execution_id", "trace_id", "workflow_id", "counters", "started_at_unix_nano"):
        assert left[name] == before[name]
    assert left["workflow_name"] == ""
    assert places_of(run, SAID) == []


def test_deleted_again_it_is_answered_as_the_first_time(
    api: Client, run: AuditedStore, clock: Clock
) -> None:
    first = api.call("DELETE", PATH).json
    clock.advance(5)
    again = api.acting_as(subject="grace").call("DELETE", PATH)
    assert (again.status, again.json) == (200, first)


def test_every_call_shows_that_it_is_gone(api: Client, run: AuditedStore) -> None:
    run.put_artifact(make_artifact(), SAID.encode())
    api.call("DELETE", PATH)

    trace = api.get(f"{PATH}/trace").json
    assert (trace["rows"], trace["total_rows"], trace["status"]) == ([], 0, "EMPTY")
    assert trace["reason"] == "The execution was deleted: its ids, times and totals are left."
    assert trace["execution"]["counters"]["input_tokens"] == 1000
    assert api.get(PATH).json == trace["execution"]
    listed = api.get("/v1/executions", status="deleted").json["items"]
    assert [item["execution_id"] for item in listed] == ["exec_1"]
    assert api.get(f"{PATH}/spans/{span_id('chat')}").status == 404
    assert api.get(f"{PATH}/search", q="way").json["hits"] == []
    assert api.get(f"{PATH}/export").json == {"resourceSpans": []}
    assert api.get(f"{PATH}/artifacts").json["items"] == []
    assert api.post(f"{PATH}/artifacts/art_1/link", {}).status == 404


def test_what_comes_late_is_shown_to_nobody_before_it_is_purged(
    api: Client, run: AuditedStore, clock: Clock
) -> None:
    api.call("DELETE", PATH)
    clock.advance(1)
    write(run, make_span("late", attributes={"spanvas.input": SAID}))
    run.put_artifact(make_artifact(), SAID.encode())

    assert api.get(f"{PATH}/trace").json["rows"] == []
    assert api.get(f"{PATH}/artifacts").json["items"] == []
    assert api.post(f"{PATH}/artifacts/art_1/link", {}).status == 404
    assert api.get(PATH).json["deletion"]["is_complete"] is False

    assert go_on(run)["purged"] == 1
    assert places_of(run, SAID) == []
    assert api.get(PATH).json["deletion"]["is_complete"] is True


def test_a_deletion_is_on_record_before_it_is_done(api: Client, run: AuditedStore) -> None:
    run.audit_failure = StoreUnavailableError("down")
    assert api.call("DELETE", PATH).status == 503
    assert api.get(PATH).json["status"] == "succeeded"

    run.audit_failure = None
    api.call("DELETE", PATH)
    api.call("DELETE", PATH)
    assert [(a.principal, a.action, a.outcome) for a in run.accesses()] == [
        ("ada", "delete", "allowed")
    ]


def test_copies_that_cannot_be_deleted_now_are_deleted_later(
    api: Client, run: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise StoreUnavailableError("throttled")

    with monkeypatch.context() as patched:
        patched.setattr(run, "purge", fail)
        reply = api.call("DELETE", PATH)
    assert (reply.status, reply.json["deletion"]["is_complete"]) == (200, False)
    assert api.get(f"{PATH}/trace").json["rows"] == []

    clock.advance(1)
    assert go_on(run)["purged"] == 1
    assert places_of(run, SAID) == []


def test_one_that_cannot_be_purged_stops_no_other(
    api: Client, run: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge = run.purge

    def fail_once(tenant: str, execution_id: str, is_time_left: object) -> bool:
        if execution_id == "exec_1":
            raise ValueError(SAID)
        return purge(tenant, execution_id, lambda: True)

    run.write(SpanBatch("acme", "exec_2", [make_span("other")]))
    for execution_id in ("exec_1", "exec_2"):
        run.delete("acme", execution_id, "ada")
        clock.advance(1)
    monkeypatch.setattr(run, "purge", fail_once)
    assert go_on(run)["purged"] == 1


def test_an_open_execution_can_be_deleted(api: Client, store: AuditedStore) -> None:
    started = api.post("/v1/workflows/support-triage/executions", {"input": {"ticket": "Hi"}})
    path = f"/v1/executions/{started.json['execution_id']}"
    assert api.call("DELETE", path).json["deletion"]["status"] == "queued"
    assert api.get(path).json["status"] == "deleted"
