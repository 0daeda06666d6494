"""A large trace comes in pages, whose rows one after the other are the whole."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas_api.trace import page
from tests.functional.api.conftest import MakeApi
from tests.functional.api.traces import TRACE, write
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span, span_id


class TestParts:
    """
    run
    ├── a
    │   └── b
    ├── c
    └── d
    """

    @pytest.fixture
    def branched(self, store: AuditedStore) -> AuditedStore:
        store.start_execution(make_execution())
        write(
            store,
            make_span("run", kind="workflow", end_time_unix_nano=T0 + 9 * SECOND),
            make_span("a", "run", 1),
            make_span("b", "a", 2),
            make_span("c", "run", 3),
            make_span("d", "run", 4, end_time_unix_nano=None),
            make_span("stray", "gone", 5),
        )
        return store

    def test_what_they_hold_one_after_the_other_is_the_whole(
        self, api: Client, branched: AuditedStore
    ) -> None:
        whole = api.get(TRACE).json
        pages = pages_of(api, limit="4")

        assert [names(page) for page in pages] == [["run", "a", "b", "c"], ["d", "stray"]]
        assert [row for page in pages for row in page["rows"]] == whole["rows"]
        assert [page["total_rows"] for page in pages] == [6, 6]
        assert whole["next_cursor"] is None

    def test_each_says_of_the_whole_what_it_says_beside_the_rows(
        self, api: Client, branched: AuditedStore
    ) -> None:
        branched.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND)

        first, *_, last = pages_of(api, limit="1")

        reason = "1 span never ended; 1 span came without the parent."
        assert (first["status"], first["reason"]) == ("PARTIAL", reason)
        assert (last["status"], last["reason"]) == ("PARTIAL", reason)

    def test_the_next_one_is_answered_from_the_same_reading(
        self, api: Client, branched: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = api.get(TRACE, limit="3").json
        with monkeypatch.context() as patched:
            patched.setattr(branched, "read_trace", None)
            second = api.get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(second) == ["c", "d", "stray"]

    def test_a_span_is_read_without_its_rows_while_nothing_is_written(
        self, api: Client, branched: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        span = f"/v1/executions/exec_1/spans/{span_id('d')}"
        pages_of(api, limit="3")
        with monkeypatch.context() as patched:
            patched.setattr(branched, "read_trace", None)
            assert api.get(span).json["status"] == "running"
            assert api.acting_as(tenant="globex").get(span).status == 404
        assert api.get(span.replace("64", "65")).status == 404

        write(branched, make_span("d", "run", 4))

        assert api.get(span).json["status"] == "ok"

    def test_a_span_is_looked_for_where_the_pages_were_of_a_state_before(
        self, api: Client, make_api: MakeApi, branched: AuditedStore
    ) -> None:
        cursor = api.get(TRACE, limit="3").json["next_cursor"]
        write(branched, make_span("d", "run", 4))
        other = make_api()
        assert other.get(TRACE, cursor=cursor).json["rows"][1]["status"] == "running"

        assert other.get(f"/v1/executions/exec_1/spans/{span_id('d')}").json["status"] == "ok"

    def test_another_process_reads_the_trace_anew(
        self, make_api: MakeApi, branched: AuditedStore
    ) -> None:
        first = make_api().get(TRACE, limit="3").json
        second = make_api().get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(second) == ["c", "d", "stray"]

    @pytest.mark.parametrize("is_other_process", [False, True])
    def test_they_are_of_one_version_whatever_is_written_between_two_of_them(
        self, make_api: MakeApi, branched: AuditedStore, is_other_process: bool
    ) -> None:
        api = make_api()
        first = api.get(TRACE, limit="3").json
        write(branched, make_span("early", "a", 1.5), make_span("late", "a", 2.5))
        write(branched, make_span("d", "run", 4))
        other = make_api() if is_other_process else api
        second = other.get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(first) + names(second) == ["run", "a", "b", "c", "d", "stray"]
        assert second["rows"][1]["status"] == "running"
        assert (second["total_rows"], second["version"]) == (6, first["version"])

    def test_an_end_that_comes_between_two_of_them_makes_the_next_another_version(
        self, api: Client, branched: AuditedStore
    ) -> None:
        first = api.get(TRACE, limit="3").json
        write(branched, make_span("late", "a", 2.5))
        branched.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND)
        second = api.get(TRACE, limit="3", cursor=first["next_cursor"]).json

        assert names(first) + names(second) == ["run", "a", "b", "late", "c", "d"]
        assert second["version"] != first["version"]

    def test_a_page_whose_row_is_gone_goes_on_where_it_stood(
        self, api: Client, make_api: MakeApi, branched: AuditedStore
    ) -> None:
        cursor = api.get(TRACE, limit="3").json["next_cursor"]
        key = ("acme", "exec_1")
        branched._chunks[key].clear()
        branched._change(key)
        write(branched, make_span("x"), make_span("y", None, 1))

        assert make_api().get(TRACE, cursor=cursor).json["rows"] == []

    def test_an_unchanged_first_page_is_answered_by_304(
        self, api: Client, branched: AuditedStore
    ) -> None:
        tag = api.get(TRACE, limit="3").headers["ETag"]

        assert api.get(TRACE, {"if-none-match": tag}, limit="3").status == 304
        assert api.get(TRACE, {"if-none-match": tag}, limit="2").status == 200

    def test_a_cursor_is_good_for_its_execution_and_its_caller_only(
        self, api: Client, branched: AuditedStore
    ) -> None:
        cursor = api.get(TRACE, limit="3").json["next_cursor"]
        branched.start_execution(make_execution("exec_2"))

        assert api.get(TRACE.replace("_1", "_2"), cursor=cursor).status == 400
        assert api.acting_as(tenant="globex").get(TRACE, cursor=cursor).status == 404
        assert api.get(TRACE, cursor="made-up").status == 400

    @pytest.mark.parametrize("limit", ["0", "10001", "ten"])
    def test_a_limit_out_of_bounds_is_refused(
        self, api: Client, branched: AuditedStore, limit: str
    ) -> None:
        assert api.get(TRACE, limit=limit).status == 400

    def test_every_page_is_recorded_with_content_or_without(
        self, api: Client, run: AuditedStore
    ) -> None:
        pages_of(api, limit="2")

        assert {(access.action, access.outcome) for access in run.accesses()} == {
            ("trace", "structure"),
            ("trace", "allowed"),
        }

    def test_an_answer_that_lambda_cannot_give_holds_fewer_rows(
        self, api: Client, branched: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page, "MAX_TEXT_BYTES", 1_900)

        pages = pages_of(api, {"accept-encoding": "identity"})

        assert [len(page["rows"]) for page in pages] == [3, 3]


def pages_of(api: Client, headers: dict[str, str] | None = None, **query: str) -> list[Any]:
    pages = [api.get(TRACE, headers, **query).json]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(api.get(TRACE, headers, **query, cursor=cursor).json)
    return pages


def names(page: Any) -> list[str]:
    return [row["name"] for row in page["rows"]]
