"""An unchanged trace is not sent again, and only to those who may see it."""

from __future__ import annotations

import pytest

from tests.functional.api.traces import TRACE, WITHOUT_CONTENT, write
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span


class TestTag:
    def test_an_unchanged_trace_is_answered_by_304_without_reading_rows(
        self, api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tag = api.get(TRACE).headers["ETag"]
        monkeypatch.setattr(run, "read_trace", None)

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert (reply.status, reply.text, reply.headers["ETag"]) == (304, "", tag)

    def test_a_new_span_changes_it(self, api: Client, store: AuditedStore) -> None:
        store.start_execution(make_execution())
        tag = api.get(TRACE).headers["ETag"]
        write(store, make_span())

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert reply.status == 200
        assert reply.headers["ETag"] != tag

    def test_a_deadline_that_passes_changes_it_without_a_write(
        self, api: Client, store: AuditedStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        write(store, make_span(end_time_unix_nano=None, deadline_unix_nano=T0 + 10 * SECOND))
        tag = api.get(TRACE).headers["ETag"]
        clock.advance(25)

        reply = api.get(TRACE, headers={"if-none-match": tag})

        assert reply.json["rows"][0]["status"] == "lost"

    def test_it_is_another_one_for_those_who_may_not_read_content(
        self, api: Client, run: AuditedStore
    ) -> None:
        tag = api.get(TRACE).headers["ETag"]
        reply = api.acting_as(scope=WITHOUT_CONTENT).get(TRACE, headers={"if-none-match": tag})

        assert reply.status == 200

    def test_a_foreign_execution_is_not_found_whatever_tag_is_sent(
        self, api: Client, run: AuditedStore
    ) -> None:
        reply = api.acting_as(tenant="globex").get(TRACE, headers={"if-none-match": "*"})

        assert reply.status == 404
