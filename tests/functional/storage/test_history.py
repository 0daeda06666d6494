"""The history of executions: order, pages and filters, alike in every store."""

from __future__ import annotations

from itertools import product

import pytest

from spanvas.model.execution import Execution
from spanvas.storage.pages import Page
from spanvas.storage.port import TraceStore
from tests.functional.storage.received import TRACE, receive, root, send
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span

DAY = 86_400


def ids(page: Page[Execution]) -> list[str]:
    return [execution.execution_id[-1] for execution in page.items]


class TestHistory:
    @pytest.fixture(autouse=True)
    def executions(self, store: TraceStore, clock: Clock) -> None:
        # three days, two workflows, one failure, one of another tenant
        clock.advance(3 * DAY)
        for name, start, workflow in (
            ("exec_a", 0, "triage"),
            ("exec_b", 10, "brief"),
            ("exec_c", DAY, "triage"),
            ("exec_d", 2 * DAY, "triage"),
            ("exec_e", 2 * DAY + 5, "brief"),
        ):
            store.start_execution(
                make_execution(name, start, workflow_id=workflow, deadline_unix_nano=None)
            )
        store.end_execution("acme", "exec_c", "failed", T0 + (DAY + 1) * SECOND)
        store.start_execution(make_execution("exec_x", tenant="globex", deadline_unix_nano=None))

    def test_a_tenants_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        page = store.list_executions("acme")

        assert ids(page) == ["e", "d", "c", "b", "a"]
        assert (page.next_position, page.looked_through_unix_nano, page.passed_over) == (
            None,
            None,
            0,
        )

    def test_a_workflows_executions_are_listed_newest_first(self, store: TraceStore) -> None:
        assert ids(store.list_executions("acme", workflow_id="triage")) == ["d", "c", "a"]

    @pytest.mark.parametrize(
        ("workflows", "status", "found"),
        [
            (["tri*"], None, ["d", "c", "a"]),
            (["brief", "none"], None, ["e", "b"]),
            (["tri*"], "failed", ["c"]),
            (["brief"], "failed", []),
            ([], None, []),
        ],
    )
    def test_workflows_that_may_not_be_listed_are_in_no_list_and_no_count(
        self, store: TraceStore, workflows: list[str], status: str | None, found: list[str]
    ) -> None:
        page = store.list_executions("acme", status=status, workflows=workflows)

        assert (ids(page), page.passed_over, page.next_position) == (found, 0, None)

    @pytest.mark.parametrize("workflow_id", [None, "triage"])
    def test_the_same_is_listed_oldest_first(
        self, store: TraceStore, workflow_id: str | None
    ) -> None:
        newest = store.list_executions("acme", workflow_id=workflow_id)
        oldest = store.list_executions("acme", workflow_id=workflow_id, oldest_first=True)

        assert ids(oldest) == ids(newest)[::-1]
        assert oldest.next_position is None

    @pytest.mark.parametrize("oldest_first", [False, True])
    @pytest.mark.parametrize("workflow_id", [None, "triage"])
    def test_pages_add_up_to_the_list(
        self, store: TraceStore, workflow_id: str | None, oldest_first: bool
    ) -> None:
        whole = store.list_executions("acme", workflow_id=workflow_id, oldest_first=oldest_first)
        found: list[str] = []
        position = None
        for _ in range(10):
            page = store.list_executions(
                "acme",
                workflow_id=workflow_id,
                limit=2,
                after=position,
                oldest_first=oldest_first,
            )
            assert len(page.items) <= 2
            found += ids(page)
            position = page.next_position
            if position is None:
                break

        assert found == ids(whole)

    def test_a_full_last_page_has_no_next(self, store: TraceStore) -> None:
        assert store.list_executions("acme", limit=5).next_position is None

    def test_a_page_says_how_far_it_has_looked(self, store: TraceStore) -> None:
        page = store.list_executions("acme", limit=2)

        assert page.looked_through_unix_nano == T0 + 2 * DAY * SECOND

    def test_what_a_filter_has_read_past_is_counted(self, store: TraceStore) -> None:
        store.end_execution("acme", "exec_a", "succeeded", T0 + SECOND)

        page = store.list_executions("acme", status="succeeded")

        assert (ids(page), page.passed_over) == (["a"], 4)

    def test_failed_ones_are_found_without_looking_at_others(self, store: TraceStore) -> None:
        page = store.list_executions("acme", status="failed")

        assert (ids(page), page.passed_over) == (["c"], 0)

    def test_runs_that_wait_or_were_cancelled_are_found_and_are_no_successes(
        self, store: TraceStore
    ) -> None:
        for name, status in (("a", "waiting"), ("b", "cancelled"), ("d", "succeeded")):
            store.end_execution("acme", f"exec_{name}", status, T0 + SECOND)

        listed = {
            status: ids(store.list_executions("acme", status=status))
            for status in ("waiting", "cancelled", "succeeded")
        }

        assert listed == {"waiting": ["a"], "cancelled": ["b"], "succeeded": ["d"]}

    def test_successes_with_errors_below_are_found(self, store: TraceStore) -> None:
        receive(store, "exec_a", [make_span("below", status="error")])
        for name in ("a", "b"):
            store.end_execution("acme", f"exec_{name}", "succeeded", T0 + SECOND)

        assert ids(store.list_executions("acme", status="succeeded")) == ["b", "a"]
        assert ids(store.list_executions("acme", status="succeeded_with_errors")) == ["a"]

    def test_status_and_time_narrow_the_list(self, store: TraceStore) -> None:
        day = DAY * SECOND
        assert ids(store.list_executions("acme", status="failed")) == ["c"]
        assert ids(store.list_executions("acme", status="failed", workflow_id="triage")) == ["c"]
        assert ids(store.list_executions("acme", status="failed", workflow_id="brief")) == []
        assert ids(store.list_executions("globex", status="failed")) == []
        assert ids(store.list_executions("acme", started_from=T0 + day)) == ["e", "d", "c"]
        assert ids(store.list_executions("acme", started_to=T0 + day)) == ["b", "a"]
        assert ids(store.list_executions("acme", started_from=T0 + 1, started_to=T0 + day)) == ["b"]

    @pytest.mark.parametrize(
        ("started_from", "started_to"),
        [
            (None, 0),
            (0, 0),
            (T0 + DAY * SECOND, T0 + DAY * SECOND),
            (T0 + 2 * DAY * SECOND, T0),
            (9_999_999_999_999_999_999, None),
            (None, T0),
        ],
    )
    def test_bounds_with_nothing_between_them_find_nothing(
        self, store: TraceStore, started_from: int | None, started_to: int | None
    ) -> None:
        for workflow_id, status, oldest_first in product(
            (None, "triage"), (None, "running", "failed"), (False, True)
        ):
            page = store.list_executions(
                "acme",
                workflow_id=workflow_id,
                status=status,
                started_from=started_from,
                started_to=started_to,
                oldest_first=oldest_first,
            )
            assert (page.items, page.next_position) == ([], None)

    @pytest.mark.parametrize(
        ("started_from", "started_to"),
        [(0, None), (None, 9_999_999_999_999_999_999), (0, 9_999_999_999_999_999_999)],
    )
    def test_bounds_that_are_out_of_sight_bound_nothing(
        self, store: TraceStore, started_from: int | None, started_to: int | None
    ) -> None:
        page = store.list_executions("acme", started_from=started_from, started_to=started_to)

        assert ids(page) == ["e", "d", "c", "b", "a"]


class TestOneStart:
    """The start that is shown is the one that the list is sorted and bounded by."""

    def test_the_order_is_that_in_which_they_were_queued(
        self, store: TraceStore, clock: Clock
    ) -> None:
        clock.advance(100)
        store.start_execution(make_execution("exec_a", 0, status="queued"))
        store.start_execution(make_execution("exec_b", 1, status="queued"))
        # The first one is begun last.
        store.start_execution(make_execution("exec_b", 2, deadline_unix_nano=None))
        store.start_execution(make_execution("exec_a", 50, deadline_unix_nano=None))

        page = store.list_executions("acme")

        assert ids(page) == ["b", "a"]
        assert [found.started_at_unix_nano for found in page.items] == [T0 + SECOND, T0]

    @pytest.mark.parametrize("workflow_id", [None, "support-triage"])
    def test_before_its_own_start_a_run_is_not_listed(
        self, store: TraceStore, clock: Clock, workflow_id: str | None
    ) -> None:
        clock.advance(100)
        store.start_execution(make_execution("exec_a", 0, status="queued"))
        store.start_execution(make_execution("exec_a", 7, deadline_unix_nano=None))
        (found,) = store.list_executions("acme").items

        start = found.started_at_unix_nano
        before = store.list_executions("acme", workflow_id=workflow_id, started_to=start)
        since = store.list_executions("acme", workflow_id=workflow_id, started_from=start)

        assert (ids(before), ids(since)) == ([], ["a"])

    def test_a_run_that_spans_told_of_first_keeps_the_earlier_start(
        self, store: TraceStore
    ) -> None:
        for name, start in (("exec_a", 5), ("exec_b", -5)):
            send(store, root("a", start=0), wanted=name, is_explicit=True)
            store.start_execution(make_execution(name, start, trace_id=TRACE))

        page = store.list_executions("acme")

        assert ids(page) == ["a", "b"]
        assert [found.started_at_unix_nano for found in page.items] == [T0, T0 - 5 * SECOND]

    def test_a_start_that_moves_back_out_of_sight_moves_nothing_up(
        self, store: TraceStore, clock: Clock
    ) -> None:
        receive(store, "exec_a", [make_span("b", "a")])
        clock.advance(3_600)
        receive(store, "exec_a", [root("a", start=-600 * DAY)])

        (found,) = store.list_executions("acme").items

        assert found.started_at_unix_nano == T0 - 600 * DAY * SECOND
        assert found.listed_at_unix_nano == T0


class TestWalksWhileStartsMove:
    def test_no_run_is_returned_twice_when_an_earlier_span_comes(
        self, store: TraceStore, clock: Clock
    ) -> None:
        clock.advance(100)
        for number in range(6):
            receive(store, f"exec_{number}", [make_span(f"s{number}", start=10 * number)])

        first = store.list_executions("acme", limit=3)
        # What has been returned moves behind the position, and so does what has not.
        receive(store, "exec_5", [make_span("early", start=5)])
        receive(store, "exec_2", [make_span("earlier", start=1)])
        second = store.list_executions("acme", limit=1, after=first.next_position)
        third = store.list_executions("acme", limit=3, after=second.next_position)

        assert ids(first) == ["5", "4", "3"]
        assert (ids(second), ids(third)) == (["1"], ["2", "0"])
        assert third.next_position is None

    def test_no_run_is_missed_when_a_queued_one_begins(
        self, store: TraceStore, clock: Clock
    ) -> None:
        clock.advance(100)
        for number in range(4):
            store.start_execution(make_execution(f"exec_{number}", number, status="queued"))

        first = store.list_executions("acme", limit=2)
        store.start_execution(make_execution("exec_0", 90))
        second = store.list_executions("acme", limit=2, after=first.next_position)

        assert (ids(first), ids(second)) == (["3", "2"], ["1", "0"])
