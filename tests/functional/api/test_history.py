"""The history: order, filters, pages and their cursors."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.execution import Cause
from tests.builders import SECOND, T0, make_execution
from tests.functional.api.client import Client
from tests.functional.api.fakes import AuditedStore


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

        assert api.get("/v1/executions").json == {"items": [], "next_cursor": None}

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
            ("workflow_id", "../etc"),
            ("status", "done"),
            ("from", "yesterday"),
            ("from", "-1"),
            ("to", "1e9"),
            ("to", "1" * 20),
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
