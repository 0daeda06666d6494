"""A token's claim `workflows` restricts what its holder sees: all else is in no answer and in no count."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import Any

import pytest

from spanvas.model.artifact import Artifact
from spanvas.model.ids import trace_id_for
from spanvas.storage import items
from spanvas.storage.port import SpanBatch
from tests.functional.api.calls import CALLS, QUERIES, absent_status, path_of
from tests.functional.api.conftest import MakeApi
from tests.support.api_client import Client, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id

RUNS = {
    "billing-eu": "run_eu",
    "billing-us": "run_us",
    "payroll": "run_pay",
    "Billing-eu": "run_case",
}
ON_AN_EXECUTION = [name for name in CALLS if "{}" in CALLS[name][1]]


@pytest.fixture
def world(store: AuditedStore) -> AuditedStore:
    for number, (workflow_id, execution_id) in enumerate(RUNS.items()):
        trace_id = trace_id_for("acme", execution_id)
        store.start_execution(
            make_execution(
                execution_id,
                trace_id=trace_id,
                workflow_id=workflow_id,
                workflow_name=workflow_id,
                started_at_unix_nano=T0 + number * SECOND,
            )
        )
        store.write(SpanBatch("acme", execution_id, [make_span("a", trace_id=trace_id)]))
        file = Artifact("acme", execution_id, "art_1", span_id("a"), "r.csv", "text/csv", 0, "", T0)
        store.put_artifact(file, b"x")
    return store


def restricted(api: Client, claim: Any, name: str = "workflows") -> Client:
    return api.acting_as(more_claims={name: claim})


def call(api: Client, name: str, execution_id: str) -> Reply:
    method, _ = CALLS[name]
    return api.call(method, path_of(name, execution_id), query=QUERIES.get(name))


def listed(api: Client, **query: str) -> list[str]:
    return [
        item["workflow_id"] for item in api.call("GET", "/v1/executions", query=query).json["items"]
    ]


@pytest.mark.parametrize(
    ("claim", "seen"),
    [
        ("billing-eu", ["billing-eu"]),
        ("billing-*", ["billing-us", "billing-eu"]),
        ("payroll billing-eu", ["payroll", "billing-eu"]),
        ("payroll,billing-eu", ["payroll", "billing-eu"]),
        ("[payroll billing-u*]", ["payroll", "billing-us"]),
        ('["payroll", "billing-u?"]', ["payroll", "billing-us"]),
        (["payroll", "billing-??"], ["payroll", "billing-us", "billing-eu"]),
        ("[bB]illing-eu", ["Billing-eu", "billing-eu"]),
        ("*", ["Billing-eu", "payroll", "billing-us", "billing-eu"]),
        ("", []),
        ("  ", []),
        ("[]", []),
        ([], []),
        ("bill", []),
        ("BILLING-EU", []),
        ("T#acme#*", []),
    ],
)
def test_the_history_has_the_workflows_that_the_claim_names(
    api: Client, world: AuditedStore, claim: Any, seen: list[str]
) -> None:
    page = restricted(api, claim).get("/v1/executions").json

    assert [item["workflow_id"] for item in page["items"]] == seen
    assert (page["passed_over"], page["next_cursor"]) == (0, None)


@pytest.mark.parametrize(
    "claim", ["null", "true", '{"a": 1}', None, 7, True, {"a": "*"}, ["*", 7], [["*"]]]
)
def test_a_claim_that_is_neither_text_nor_list_is_refused(
    api: Client, world: AuditedStore, claim: Any
) -> None:
    reply = restricted(api, claim).get("/v1/executions")

    assert reply.status == 403
    assert reply.json["detail"] == "The token's claim 'workflows' names no workflows."


@pytest.mark.parametrize("name", ON_AN_EXECUTION)
@pytest.mark.parametrize("claim", ["billing-*", ""])
def test_an_execution_of_another_workflow_is_answered_as_one_that_is_not_there(
    api: Client, world: AuditedStore, name: str, claim: str
) -> None:
    caller = restricted(api, claim)

    hidden, absent = call(caller, name, "run_pay"), call(caller, name, "absent")

    assert hidden.status == absent_status(name)
    assert hidden == absent
    assert world.accesses("run_pay") == []


@pytest.mark.parametrize("name", ON_AN_EXECUTION)
def test_an_execution_of_the_named_workflow_is_answered(
    api: Client, world: AuditedStore, name: str
) -> None:
    caller = restricted(api, "pay*")

    answer = call(caller, name, "run_pay")

    assert answer.status == 200
    assert answer != call(caller, name, "absent")


def test_a_workflow_that_is_not_seen_is_neither_listed_nor_started(
    api: Client, world: AuditedStore
) -> None:
    caller = restricted(api, "billing-*")

    started = caller.post("/v1/workflows/support-triage/executions", {"input": {"text": "x"}})

    assert caller.get("/v1/workflows").json == {"items": []}
    assert started.status == 404
    assert started == caller.post("/v1/workflows/none/executions", {"input": {"text": "x"}})


@pytest.mark.parametrize("query", [{"status": "failed"}, {"status": "succeeded"}, {}])
def test_no_count_of_a_page_tells_of_other_workflows(
    api: Client, world: AuditedStore, query: dict[str, str]
) -> None:
    """All four are running; without the claim the filter passes over all of them."""
    all_of_them = api.get("/v1/executions", status="succeeded").json
    page = restricted(api, "billing-[eu]u").call("GET", "/v1/executions", query=query).json

    assert all_of_them["passed_over"] == 4
    assert page["passed_over"] == (1 if query.get("status") == "succeeded" else 0)
    assert page["next_cursor"] is None


def test_a_filter_for_another_workflow_is_answered_as_one_for_none(
    api: Client, world: AuditedStore
) -> None:
    caller = restricted(api, "billing-*")

    assert caller.get("/v1/executions", workflow_id="payroll") == caller.get(
        "/v1/executions", workflow_id="nothing"
    )
    assert listed(caller, workflow_id="billing-us") == ["billing-us"]


def test_pages_stay_bounded_and_find_everything_among_many_others(
    api: Client, store: AuditedStore
) -> None:
    """A page looks at 300 executions, whoever asks; the last run is behind 700 others."""
    for number in range(700):
        start = T0 + number * 1000
        store.start_execution(
            make_execution(f"secret-{number}", workflow_id="payroll", started_at_unix_nano=start)
        )
    store.start_execution(make_execution("ours", workflow_id="ours-1", started_at_unix_nano=T0 - 1))
    caller = restricted(api, "ours-*")
    found, pages, cursor = [], 0, None
    while pages < 10:
        page = caller.call(
            "GET", "/v1/executions", query={"cursor": cursor} if cursor else None
        ).json
        found += [item["execution_id"] for item in page["items"]]
        pages, cursor = pages + 1, page["next_cursor"]
        assert page["passed_over"] == 0
        if cursor is None:
            break
        assert b"secret" not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    assert (found, pages) == (["ours"], 3)


def test_one_workflow_by_its_id_is_found_in_one_page(api: Client, store: AuditedStore) -> None:
    for number in range(700):
        start = T0 + number * 1000
        store.start_execution(
            make_execution(f"other-{number}", workflow_id="payroll", started_at_unix_nano=start)
        )
    store.start_execution(make_execution("ours", workflow_id="ours-1", started_at_unix_nano=T0 - 1))

    page = restricted(api, "ours-1").get("/v1/executions").json

    assert ([item["execution_id"] for item in page["items"]], page["next_cursor"]) == (
        ["ours"],
        None,
    )


def test_a_cursor_of_somebody_who_sees_more_is_none_of_ours(
    api: Client, world: AuditedStore
) -> None:
    cursor = api.get("/v1/executions", limit="1").json["next_cursor"]

    assert restricted(api, "billing-*").get("/v1/executions", cursor=cursor).status == 400


def test_what_cannot_be_read_is_there_for_those_alone_who_see_all(
    api: Client, world: AuditedStore
) -> None:
    world.overlays["T#acme#E#run_pay", "META"] = {"cause": items.s("{")}
    caller = restricted(api, "*")

    assert "unreadable" in api.get("/v1/executions").json
    assert "unreadable" not in caller.get("/v1/executions").json
    for name in ("read_execution", "read_trace", "list_accesses"):
        assert call(caller, name, "run_pay") == call(caller, name, "absent")


def test_accesses_of_what_has_expired_are_for_those_alone_who_see_all(
    api: Client, world: AuditedStore, clock: Clock
) -> None:
    call(api, "read_span", "run_pay")
    clock.advance(40 * 86_400)

    assert call(api, "list_accesses", "run_pay").status == 200
    assert call(restricted(api, "*"), "list_accesses", "run_pay").status == 404


def test_the_name_of_the_claim_is_a_setting(world: AuditedStore, make_api: MakeApi) -> None:
    other = make_api(workflows_claim="custom:flows")

    assert listed(restricted(other, "payroll", "custom:flows")) == ["payroll"]
    assert len(listed(restricted(other, "payroll"))) == 4
    assert len(listed(restricted(make_api(workflows_claim=""), "payroll"))) == 4


def test_an_attempt_at_another_workflow_is_a_line_of_the_log(
    api: Client, world: AuditedStore, caplog: pytest.LogCaptureFixture
) -> None:
    call(restricted(api, "billing-*"), "read_span", "run_pay")

    [record] = caplog.records
    assert (record.message, record.__dict__["outcome"]) == ("access", "refused")
    assert record.__dict__["execution"] == "run_pay"
