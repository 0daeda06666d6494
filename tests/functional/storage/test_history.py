"""The history of executions: order, pages and filters, alike in every store."""

from __future__ import annotations

import pytest

from spanvas.model.execution import Execution
from spanvas.storage.port import Page, TraceStore
from tests.builders import SECOND, T0, Clock, make_execution


class TestHistory:
    @pytest.fixture(autouse=True)
    def executions(self, store: TraceStore, clock: Clock) -> None:
        # three days, two workflows, one failure, one of another tenant
        clock.advance(3 * 86_400)
        day = 86_400
        for name, start, workflow in (
            ("exec_a", 0, "triage"),
            ("exec_b", 10, "brief"),
            ("exec_c", day, "triage"),
            ("exec_d", 2 * day, "triage"),
            ("exec_e", 2 * day + 5, "brief"),
        ):
            store.start_execution(
                make_execution(name, start, workflow_id=workflow, deadline_unix_nano=None)
            )
        store.end_execution("acme", "exec_c", "failed", T0 + (day + 1) * SECOND)
        store.start_execution(make_execution("exec_x", tenant="globex", deadline_unix_nano=None))

    @staticmethod
    def ids(page: Page[Execution]) -> list[str]:
        return [execution.execution_id[-1] for execution in page.items]

    def test_a_tenants_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        page = store.list_executions("acme")

        assert self.ids(page) == ["e", "d", "c", "b", "a"]
        assert page.next_position is None

    def test_a_workflows_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        assert self.ids(store.list_executions("acme", workflow_id="triage")) == ["d", "c", "a"]

    @pytest.mark.parametrize("workflow_id", [None, "triage"])
    def test_pages_add_up_to_the_list(self, store: TraceStore, workflow_id: str | None) -> None:
        whole = self.ids(store.list_executions("acme", workflow_id=workflow_id))
        found: list[str] = []
        position = None
        for _ in range(10):
            page = store.list_executions("acme", workflow_id=workflow_id, limit=2, after=position)
            assert len(page.items) <= 2
            found += self.ids(page)
            position = page.next_position
            if position is None:
                break

        assert found == whole

    def test_a_full_last_page_has_no_next(self, store: TraceStore) -> None:
        assert store.list_executions("acme", limit=5).next_position is None

    def test_status_and_time_narrow_the_list(self, store: TraceStore) -> None:
        day = 86_400 * SECOND
        assert self.ids(store.list_executions("acme", status="failed")) == ["c"]
        assert self.ids(store.list_executions("acme", started_from=T0 + day)) == ["e", "d", "c"]
        assert self.ids(store.list_executions("acme", started_to=T0 + day)) == ["b", "a"]
        assert self.ids(
            store.list_executions("acme", started_from=T0 + 1, started_to=T0 + day)
        ) == ["b"]
