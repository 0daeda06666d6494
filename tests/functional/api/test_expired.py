"""A shortened retention: objects are gone, their items are still there. What is gone is shown as expired."""

from __future__ import annotations

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.units import DAY_SECONDS
from spanvas.storage import items
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock, make_artifact, span_id

PATH = "/v1/executions/exec_1"
CHAT = f"{PATH}/spans/{span_id('chat')}"


@pytest.fixture
def shortened(run: AuditedStore, clock: Clock) -> AuditedStore:
    """Written for 30 days, read ten days later, when a week is kept: the bucket has nothing of it any more."""
    run.put_artifact(make_artifact(), b"a,b")
    partition = items.partition("acme", "exec_1")
    for chunk_id in run._chunks["acme", "exec_1"]:
        overlay = {"data": None, "s3_key": items.s("details/acme/exec_1/gone")}
        run.overlays[partition, f"{items.DETAIL}{chunk_id}:0"] = overlay
    run._retention_seconds = 7 * DAY_SECONDS
    clock.advance(10 * DAY_SECONDS)
    return run


def test_a_span_shows_what_the_tree_has_and_that_the_rest_has_expired(
    api: Client, shortened: AuditedStore
) -> None:
    reply = api.get(CHAT)
    assert reply.status == 200
    body = reply.json
    assert body["content_access"] == "expired"
    assert (body["name"], body["kind"], body["model"]) == (
        "chat",
        "model",
        "anthropic.claude-sonnet-4-20250514-v1:0",
    )
    assert body["usage"]["input_tokens"] == 1000
    assert body["cost"] == {"nano_usd": 4_500_000, "lines": []}
    assert (body["attributes"], body["events"]) == ({}, [])
    assert "content" not in body


def test_the_read_of_what_is_left_is_on_record_before_it_is_answered(
    api: Client, shortened: AuditedStore
) -> None:
    shortened.audit_failure = StoreUnavailableError("throttled")
    refused = api.get(CHAT)
    assert (refused.status, "chat" in refused.text) == (503, False)
    shortened.audit_failure = None
    assert api.get(CHAT).status == 200
    assert [(one.action, one.outcome, one.span_id) for one in shortened.accesses()] == [
        ("span", "structure", span_id("chat")),
    ]


def test_export_and_search_say_how_many_have_expired(api: Client, shortened: AuditedStore) -> None:
    export = api.get(f"{PATH}/export")
    assert (export.status, export.json) == (200, {"resourceSpans": []})
    assert export.headers["Spanvas-Expired"] == "3"
    assert "Spanvas-Unreadable" not in export.headers
    search = api.get(f"{PATH}/search", q="way")
    assert search.status == 200
    assert (search.json["hits"], search.json["expired"]) == ([], 3)
    assert "unreadable" not in search.json


def test_the_trace_and_its_totals_stay(api: Client, shortened: AuditedStore) -> None:
    trace = api.get(f"{PATH}/trace").json
    assert (trace["total_rows"], trace["status"]) == (3, "COMPLETE")
    assert trace["execution"]["counters"]["cost_nano_usd"] == 4_500_000


def test_a_link_to_a_file_that_is_gone_is_refused(
    make_api: object, shortened: AuditedStore
) -> None:
    api: Client = make_api(retention_days=7)  # type: ignore[operator]
    reply = api.post(f"{PATH}/artifacts/art_1/link", {})
    assert (reply.status, reply.json["detail"]) == (
        409,
        "The file has expired: it is past its retention.",
    )


def test_what_is_missing_although_it_is_young_is_not_said_to_have_expired(
    api: Client, shortened: AuditedStore
) -> None:
    shortened._retention_seconds = 20 * DAY_SECONDS
    assert api.get(CHAT).status == 409
    assert api.get(f"{PATH}/export").headers["Spanvas-Unreadable"] == "1"
