"""The history: order, filters, pages and their cursors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spanvas.model.execution import Cause
from spanvas.storage.listing import Budget
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution


class TestHistory:
    def test_it_is_newest_first_with_what_a_list_shows(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution("exec_1"))
        store.start_execution(make_execution("exec_2", start=5))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)

        items = api.get("/v1/executions").json["items"]

        assert [item["execution_id"] for item in items] == ["exec_2", "exec_1"]
        assert items[1]["status"] == "succeeded"
        assert items[1]["duration_nano"] == "3000000000"
        assert "completeness" not in items[1]

    def test_another_tenants_executions_are_not_in_it(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution(tenant="globex"))

        nothing = {"items": [], "passed_over": 0, "next_cursor": None}
        assert api.get("/v1/executions").json == nothing

    def test_it_can_be_filtered(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution("exec_1"))
        store.start_execution(make_execution("exec_2", start=5, workflow_id="research-brief"))
        store.start_execution(make_execution("exec_3", start=9))
        store.end_execution("acme", "exec_1", "failed", T0, Cause("Boom", "it broke"))

        def ids(**query: Any) -> list[str]:
            return [
                item["execution_id"] for item in api.get("/v1/executions", **query).json["items"]
            ]

        assert ids(workflow_id="research-brief") == ["exec_2"]
        assert ids(status="failed") == ["exec_1"]
        assert ids(**{"from": str(T0 + SECOND), "to": str(T0 + 9 * SECOND)}) == ["exec_2"]

    @pytest.mark.parametrize(
        ("bounds", "expected"),
        [
            ({"to": "0"}, []),
            ({"from": "0", "to": "0"}, []),
            ({"from": str(T0 + SECOND), "to": str(T0 + SECOND)}, []),
            ({"from": str(T0 + SECOND), "to": str(T0)}, []),
            ({"from": "9" * 19}, []),
            ({"from": "0"}, ["exec_1"]),
            ({"to": "9" * 19}, ["exec_1"]),
            ({"from": "0", "to": "9" * 19}, ["exec_1"]),
            ({"from": str(T0), "to": str(T0 + 1)}, ["exec_1"]),
            ({"from": str(T0).zfill(19)}, ["exec_1"]),
        ],
    )
    def test_any_bounds_are_taken_as_they_are(
        self, api: Client, store: AuditedStore, bounds: dict[str, str], expected: list[str]
    ) -> None:
        store.start_execution(make_execution("exec_1"))

        reply = api.get("/v1/executions", **bounds)  # type: ignore[arg-type]

        assert [item["execution_id"] for item in reply.json["items"]] == expected
        assert reply.json["next_cursor"] is None

    def test_the_oldest_may_come_first(self, api: Client, store: AuditedStore) -> None:
        for number in range(3):
            store.start_execution(make_execution(f"exec_{number}", start=number))

        first = api.get("/v1/executions", order="oldest_first", limit="2").json
        rest = api.get("/v1/executions", order="oldest_first", cursor=first["next_cursor"]).json

        pages = [[item["execution_id"] for item in page["items"]] for page in (first, rest)]
        assert pages == [["exec_0", "exec_1"], ["exec_2"]]
        assert first["looked_through_unix_nano"] == str(T0 + SECOND)

    def test_a_filter_that_few_pass_is_looked_for_page_by_page(
        self, make_api: Callable[..., Client], store: AuditedStore
    ) -> None:
        store._budget = Budget(executions=2)
        for number in range(5):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        store.end_execution("acme", "exec_0", "succeeded", T0 + 9 * SECOND)
        api, query, pages = make_api(), {"status": "succeeded"}, []

        while True:
            page = api.get("/v1/executions", **query).json  # type: ignore[arg-type]
            found = [item["execution_id"] for item in page["items"]]
            pages.append((found, page["passed_over"], page.get("looked_through_unix_nano")))
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]

        assert pages == [
            ([], 2, str(T0 + 3 * SECOND)),
            ([], 2, str(T0 + SECOND)),
            (["exec_0"], 0, None),
        ]

    def test_the_start_of_a_run_is_when_it_was_queued_and_its_duration_begins_later(
        self, api: Client, store: AuditedStore
    ) -> None:
        store.start_execution(make_execution("exec_1", status="queued"))
        store.start_execution(make_execution("exec_1", start=4))
        store.end_execution("acme", "exec_1", "succeeded", T0 + 9 * SECOND)

        (item,) = api.get("/v1/executions").json["items"]

        assert item["started_at_unix_nano"] == str(T0)
        assert item["queued_until_unix_nano"] == str(T0 + 4 * SECOND)
        assert item["duration_nano"] == "5000000000"
        assert api.get("/v1/executions/exec_1").json["started_at_unix_nano"] == str(T0)
        assert api.get("/v1/executions", to=str(T0)).json["items"] == []

    def test_pages_follow_each_other_without_gap_or_repetition(
        self, api: Client, store: AuditedStore
    ) -> None:
        for number in range(5):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        seen: list[str] = []
        query: dict[str, Any] = {"limit": "2"}

        while True:
            page = api.get("/v1/executions", **query).json
            seen += [item["execution_id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]

        assert seen == ["exec_4", "exec_3", "exec_2", "exec_1", "exec_0"]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("workflow_id", " "),
            ("status", "done"),
            ("from", "yesterday"),
            ("from", "-1"),
            ("to", "1e9"),
            ("to", "1" * 20),
            ("to", ""),
            ("to", "-0"),
            ("to", "0x10"),
            ("from", "٣"),
            ("order", "oldest"),
            ("order", ""),
            ("limit", "0"),
            ("limit", "201"),
            ("limit", "ten"),
            ("limit", "٣"),
            ("limit", ""),
            ("cursor", "AAAA"),
            ("cursor", "é"),
            ("cursor", ""),
            ("cursor", "A" * 3000),
            ("workflow", "support-triage"),
        ],
    )
    def test_a_malformed_parameter_is_named(self, api: Client, name: str, value: str) -> None:
        query: dict[str, Any] = {name: value}
        reply = api.get("/v1/executions", **query)

        assert reply.status == 400
        assert reply.json["errors"][0]["field"] == name

    def test_a_cursor_is_good_for_its_own_tenant_and_query_only(
        self, api: Client, store: AuditedStore
    ) -> None:
        for number in range(3):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        cursor = api.get("/v1/executions", limit="1").json["next_cursor"]
        foreigner = api.acting_as(tenant="globex")

        assert api.get("/v1/executions", cursor=cursor).status == 200
        refused = [
            foreigner.get("/v1/executions", cursor=cursor),
            api.get("/v1/executions", cursor=cursor, status="running"),
            api.get("/v1/executions/exec_1/accesses", cursor=cursor),
            api.get("/v1/executions", cursor=cursor[:-4] + "AAAA"),
        ]
        assert [(reply.status, reply.json["errors"][0]["field"]) for reply in refused] == [
            (400, "cursor")
        ] * 4
