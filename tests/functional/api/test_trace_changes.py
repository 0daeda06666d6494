"""What has changed since a version that the caller has: put together with that, it is the whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.span import Span
from spanvas.settings import Settings
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from spanvas_api.trace import page
from tests.functional.api.conftest import MakeApi
from tests.functional.api.traces import TRACE, WITHOUT_CONTENT, write
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span


def put_together(before: list[Any], answer: Any) -> list[Any]:
    """As a caller does it: what is named goes to its place, what is not fills the places between."""
    changed = {row["span_id"] for row in answer["rows"]}
    rows = [row for row in before if row["span_id"] not in changed]
    for position, row in zip(answer["positions"], answer["rows"], strict=True):
        rows.insert(position, row)
    assert len(rows) == answer["total_rows"]
    return rows


@pytest.fixture
def run(store: AuditedStore) -> AuditedStore:
    """
    run (open)
    ├── a
    │   └── b
    └── c (open)
    """
    store.start_execution(make_execution())
    write(
        store,
        make_span("run", kind="workflow", end_time_unix_nano=None),
        make_span("a", "run", 1),
        make_span("b", "a", 2, attributes={"spanvas.input": "Where is it?"}),
        make_span("c", "run", 3, end_time_unix_nano=None, deadline_unix_nano=T0 + 30 * SECOND),
    )
    return store


class TestChanges:
    def test_they_are_rows_that_are_new_or_others_now_with_their_places(
        self, api: Client, run: AuditedStore
    ) -> None:
        before = api.get(TRACE).json
        write(run, make_span("c", "run", 3), make_span("new", "a", 1.5))

        answer = api.get(TRACE, since=before["version"]).json

        assert [row["name"] for row in answer["rows"]] == ["new", "c"]
        assert (answer["positions"], answer["total_rows"]) == ([2, 4], 5)
        assert answer["next_cursor"] is None
        assert put_together(before["rows"], answer) == api.get(TRACE).json["rows"]
        assert "positions" not in before

    def test_a_parent_that_comes_late_brings_all_that_hung_loose(
        self, api: Client, run: AuditedStore
    ) -> None:
        write(run, make_span("stray", "late", 5), make_span("leaf", "stray", 6))
        before = api.get(TRACE).json
        write(run, make_span("late", "run", 4))

        answer = api.get(TRACE, since=before["version"]).json

        assert [(row["name"], row["depth"]) for row in answer["rows"]] == [
            ("late", 1),
            ("stray", 2),
            ("leaf", 3),
        ]
        assert put_together(before["rows"], answer) == api.get(TRACE).json["rows"]

    def test_a_deadline_that_passes_is_a_change_without_a_write(
        self, api: Client, run: AuditedStore, clock: Clock
    ) -> None:
        before = api.get(TRACE).json
        clock.advance(31)

        answer = api.get(TRACE, since=before["version"]).json

        assert [(row["name"], row["status"]) for row in answer["rows"]] == [("c", "lost")]

    def test_an_end_changes_what_is_said_of_the_whole_and_what_was_open(
        self, api: Client, run: AuditedStore
    ) -> None:
        before = api.get(TRACE).json
        run.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND)

        answer = api.get(TRACE, since=before["version"]).json

        assert answer["status"] == "PARTIAL"
        assert [(row["name"], row["status"]) for row in answer["rows"]] == [
            ("run", "lost"),
            ("c", "lost"),
        ]

    def test_nothing_new_is_no_row_and_the_tag_says_so_without_a_reading(
        self, api: Client, run: AuditedStore
    ) -> None:
        before = api.get(TRACE)
        version = before.json["version"]

        assert api.get(TRACE, since=version).json["rows"] == []
        tag = {"if-none-match": before.headers["ETag"]}
        assert api.get(TRACE, tag, since=version).status == 304

    def test_another_process_tells_the_same(self, make_api: MakeApi, run: AuditedStore) -> None:
        before = make_api().get(TRACE).json
        write(run, make_span("new", "a", 1.5))

        answer = make_api().get(TRACE, since=before["version"]).json

        assert (answer["positions"], len(answer["rows"])) == ([2], 1)


class TestTheWhole:
    """Answered where changes cannot be told, or would be no less."""

    def test_a_row_that_moves_with_others_below_it(self, api: Client, run: AuditedStore) -> None:
        before = api.get(TRACE).json
        write(run, make_span("a", "run", 9))
        write(run, make_span("a", "run", 0.5), make_span("d", "run", 0.7))
        moved = api.get(TRACE).json
        write(run, make_span("d", "run", 0.1))
        write(run, make_span("b2", "d", 0.8))
        again = api.get(TRACE).json
        write(run, make_span("d", "run", 0.01), make_span("a", "run", 0.001))

        answer = api.get(TRACE, since=again["version"]).json

        assert "positions" not in answer
        assert [row["name"] for row in answer["rows"]] == ["run", "a", "b", "d", "b2", "c"]
        assert len(before["rows"]) < len(moved["rows"]) < len(again["rows"])

    def test_a_chunk_that_is_not_there_any_more(self, api: Client, run: AuditedStore) -> None:
        version = api.get(TRACE).json["version"]
        run._chunks["acme", "exec_1"].clear()
        write(run, make_span("new"))

        answer = api.get(TRACE, since=version).json

        assert [row["name"] for row in answer["rows"]] == ["new"]
        assert "positions" not in answer

    def test_more_changes_than_an_answer_may_hold(
        self, api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = api.get(TRACE).json["version"]
        write(run, *(make_span(f"new {n}", "run", 4 + n) for n in range(3)))

        few = api.get(TRACE, since=version, limit="2").json
        monkeypatch.setattr(page, "MAX_TEXT_BYTES", 1_400)
        small = api.get(TRACE, {"accept-encoding": "identity"}, since=version).json

        assert [("positions" in part, part["next_cursor"] is None) for part in (few, small)] == [
            (False, False),
            (False, False),
        ]

    def test_a_version_of_another_way_to_answer(
        self, api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("spanvas_api.trace.version.WIRE_VERSION", 1)
            version = api.get(TRACE).json["version"]

        assert "positions" not in api.get(TRACE, since=version).json


class TestWhoMayRead:
    def test_one_without_the_scope_gets_no_content_by_the_version_of_one_who_has_it(
        self, api: Client, run: AuditedStore
    ) -> None:
        version = api.get(TRACE).json["version"]
        write(run, make_span("new", "a", 1.5, attributes={"spanvas.input": "A secret"}))

        reply = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE, since=version)

        assert "positions" not in reply.json
        assert "A secret" not in reply.text
        assert "Where is it?" not in reply.text

    def test_one_who_may_now_gets_the_content_of_what_was_there(
        self, api: Client, run: AuditedStore
    ) -> None:
        version = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE).json["version"]

        assert "Where is it?" in api.get(TRACE, since=version).text

    def test_content_among_the_changes_is_recorded_as_such(
        self, api: Client, run: AuditedStore
    ) -> None:
        first = api.get(TRACE).json["version"]
        write(run, make_span("plain", "run", 4))
        second = api.get(TRACE, since=first).json["version"]
        write(run, make_span("told", "run", 5, attributes={"spanvas.input": "Hello"}))
        api.get(TRACE, since=second)

        assert {(a.action, a.outcome, a.count) for a in run.accesses()} == {
            ("trace", "allowed", 2),
            ("trace", "structure", 1),
        }

    def test_a_foreign_execution_is_not_found_whatever_version_is_sent(
        self, api: Client, run: AuditedStore
    ) -> None:
        version = api.get(TRACE).json["version"]

        assert api.acting_as(tenant="globex").get(TRACE, since=version).status == 404
        assert api.acting_as(scope="executions:read").get(TRACE, since=version).status == 403

    def test_a_version_is_good_for_its_execution_only(self, api: Client, run: AuditedStore) -> None:
        version = api.get(TRACE).json["version"]
        run.start_execution(make_execution("exec_2"))

        reply = api.get(TRACE.replace("_1", "_2"), since=version)

        assert reply.status == 400
        assert reply.json["detail"] == "since: is not a version of this trace; read it without"

    @pytest.mark.parametrize(
        "since", ["", "made-up", "%00", "AAAA" * 300, "9" * 5_000, "été", '{"wire": 3}']
    )
    def test_what_is_no_version_is_refused(
        self, api: Client, run: AuditedStore, since: str
    ) -> None:
        assert api.get(TRACE, since=since).status == 400

    def test_a_cursor_is_no_version_and_goes_with_none(
        self, api: Client, run: AuditedStore
    ) -> None:
        first = api.get(TRACE, limit="2").json

        assert api.get(TRACE, since=first["next_cursor"]).status == 400
        assert api.get(TRACE, cursor=first["version"]).status == 400
        both = {"since": first["version"], "cursor": first["next_cursor"]}
        assert api.get(TRACE, **both).status == 400


LABELS = ("run", "a", "b", "c", "d", "e", "f", "g")
spans = st.builds(
    lambda label, parent, start, end, recorded, kind: make_span(
        label,
        parent,
        start,
        kind=kind,
        end_time_unix_nano=None if end is None else T0 + (start + end) * SECOND,
        recorded_at_unix_nano=T0 + recorded * SECOND,
        deadline_unix_nano=T0 + (start + 20) * SECOND,
    ),
    label=st.sampled_from(LABELS),
    parent=st.none() | st.sampled_from(LABELS),
    start=st.integers(0, 9),
    end=st.none() | st.integers(0, 9),
    recorded=st.integers(0, 30),
    kind=st.sampled_from(("node", "workflow")),
)
moments = st.lists(
    st.tuples(st.lists(spans, max_size=4), st.integers(0, 15)), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=60)
@given(moments)
def test_any_sequence_of_changes_ends_in_the_same_tree_as_reading_the_whole(
    steps: list[tuple[list[Span], int]],
) -> None:
    """Spans start, end, come twice, late and without their parents, hang on each other, and get lost meanwhile."""
    clock = Clock()
    store = AuditedStore(clock=clock)
    store.start_execution(make_execution(deadline_unix_nano=T0 + 40 * SECOND))
    services = Services(
        Settings(enabled=True, table="traces"), make_store=lambda: store, clock=clock
    )
    api = Client(make_handler(lambda: services))
    answer = api.get(TRACE).json
    rows = answer["rows"]
    for written, seconds in steps:
        if written:
            write(store, *written)
        clock.advance(seconds)
        answer = api.get(TRACE, since=answer["version"]).json
        rows = put_together(rows, answer) if "positions" in answer else answer["rows"]

        assert rows == api.get(TRACE).json["rows"]
