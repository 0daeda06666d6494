"""Holds over the API: who holds, what is refused meanwhile, and that it is on record."""

from __future__ import annotations

from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock

PATH = "/v1/executions/exec_1"
HOLD = f"{PATH}/hold"


def test_a_held_execution_says_by_whom_and_is_not_deleted(
    api: Client, run: AuditedStore, clock: Clock
) -> None:
    clock.advance(60)
    reply = api.post(HOLD)
    assert reply.status == 200
    assert reply.json["hold"] == {
        "held_at_unix_nano": str(T0 + 60 * SECOND),
        "held_by": "ada",
    }
    assert api.get(f"{PATH}/trace").json["execution"]["hold"] == reply.json["hold"]

    refused = api.call("DELETE", PATH)
    assert (refused.status, refused.json["title"]) == (409, "In conflict with what is stored")
    assert refused.json["detail"] == "It is held: release the hold before it is deleted."
    assert api.get(PATH).json["status"] == "succeeded"


def test_released_it_may_be_deleted(api: Client, run: AuditedStore) -> None:
    api.post(HOLD)
    released = api.call("DELETE", HOLD)
    assert released.status == 200
    assert "hold" not in released.json
    assert api.call("DELETE", PATH).status == 200


def test_holds_and_releases_may_be_repeated(api: Client, run: AuditedStore, clock: Clock) -> None:
    first = api.post(HOLD).json["hold"]
    clock.advance(5)
    assert api.acting_as(subject="grace").post(HOLD).json["hold"] == first
    for _ in range(2):
        assert api.call("DELETE", HOLD).status == 200
    assert [(a.principal, a.action) for a in run.accesses()] == [
        ("ada", "hold"),
        ("ada", "release"),
    ]


def test_what_is_deleted_cannot_be_held(api: Client, run: AuditedStore) -> None:
    api.call("DELETE", PATH)
    assert api.post(HOLD).status == 409


def test_who_may_delete_may_not_release(api: Client, run: AuditedStore) -> None:
    api.post(HOLD)
    assert api.acting_as(scope="trace:delete").call("DELETE", HOLD).status == 403
