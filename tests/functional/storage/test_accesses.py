"""The record of who read what, in every store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanvas.model.access import Access
from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.accesses import access_item, access_position
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.items import ACCESS, key
from spanvas.storage.port import TraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import TRACE, root, send
from tests.support.builders import T0, Clock, make_execution, make_span, span_id

DAY = 86_400
READ = Access("acme", "exec_1", "acc_0", T0, "ada", "span", "allowed", "req-0", "s0", "s0")


def numbered(count: int) -> list[Access]:
    return [
        replace(
            READ,
            access_id=f"acc_{n}",
            time_unix_nano=T0 + n,
            request_id=f"req-{n}",
            target=f"s{n}",
            principal_name="Ada Lovelace" if n % 2 else "",
        )
        for n in range(count)
    ]


class TestAccesses:
    def test_accesses_are_listed_newest_first_and_in_pages(self, store: TraceStore) -> None:
        recorded = numbered(5)
        for access in recorded:
            store.record_access(access)
        store.record_access(replace(recorded[0], execution_id="exec_2"))

        first = store.list_accesses("acme", "exec_1", limit=3)
        rest = store.list_accesses("acme", "exec_1", limit=3, after=first.next_position)

        assert first.items == [recorded[4], recorded[3], recorded[2]]
        assert rest.items == [recorded[1], recorded[0]]
        assert rest.next_position is None
        assert store.list_accesses("globex", "exec_1").items == []

    def test_of_an_access_that_was_counted_again_the_last_count_is_listed(
        self, store: TraceStore
    ) -> None:
        again = [
            replace(READ, count=count, last_time_unix_nano=T0 + count if count > 1 else 0)
            for count in (1, 2, 4, 1_000)
        ]
        later = replace(READ, access_id="acc_1", time_unix_nano=T0 + 9)
        for access in (*again, later):
            store.record_access(access)

        first = store.list_accesses("acme", "exec_1", limit=1)
        second = store.list_accesses("acme", "exec_1", limit=1, after=first.next_position)

        assert (first.items, second.items) == ([later], [again[-1]])
        assert (second.items[0].count, second.next_position) == (1_000, None)

    def test_a_record_is_never_written_over(self, store: TraceStore) -> None:
        store.record_access(READ)
        store.record_access(replace(READ, principal="mallory"))

        assert [a.principal for a in store.list_accesses("acme", "exec_1").items] == ["ada"]

    def test_those_of_one_span_are_its_reads_and_links_of_its_files(
        self, store: TraceStore
    ) -> None:
        of_a_file = replace(
            READ, access_id="acc_9", time_unix_nano=T0 + 9, action="artifact", target="art_1"
        )
        for access in (
            *numbered(3),
            of_a_file,
            replace(READ, access_id="t", target="", span_id=""),
        ):
            store.record_access(access)

        page = store.list_accesses("acme", "exec_1", span_id="s0")

        assert [(a.action, a.target) for a in page.items] == [
            ("artifact", "art_1"),
            ("span", "s2"),
            ("span", "s1"),
            ("span", "s0"),
        ]
        assert [a.target for a in store.list_accesses("acme", "exec_1", span_id="s2").items] == [
            "s2"
        ]

    def test_many_others_between_two_of_one_span_make_a_short_page_with_a_next_one(
        self, store: TraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("spanvas.storage.accesses.MOST_LOOKED_AT", 2)
        for access in numbered(5):
            store.record_access(replace(access, span_id=""))

        found, after = [], None
        for _ in range(3):
            page = store.list_accesses("acme", "exec_1", span_id="s0", after=after)
            found.append([a.target for a in page.items])
            after = page.next_position

        assert (found, after) == ([[], [], ["s0"]], None)

    def test_they_outlive_the_execution_and_expire_by_a_time_of_their_own(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        store.record_access(READ)

        clock.advance(399 * DAY)
        assert store.read_execution("acme", "exec_1") is None
        assert store.list_accesses("acme", "exec_1").items == [READ]

        clock.advance(2 * DAY)
        assert store.list_accesses("acme", "exec_1").items == []

    def test_they_stay_where_they_were_when_a_trace_moves_and_are_found_with_what_has_moved(
        self, store: TraceStore
    ) -> None:
        send(store, make_span("b", parent="a", start=0.5))
        before = replace(READ, execution_id=TRACE)
        store.record_access(before)
        send(store, root("a", trace_id=TRACE), wanted="session-1")
        after = replace(READ, execution_id="session-1", access_id="x", time_unix_nano=T0 + 1)
        store.record_access(after)

        assert store.list_accesses("acme", "session-1").items == [after, before]
        assert store.list_accesses("acme", TRACE).items == [before]


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
class TestWhatOlderVersionsHaveWritten:
    def test_records_beside_the_execution_are_listed_with_the_others_in_order(
        self, real: DynamoTraceStore
    ) -> None:
        recorded = numbered(4)
        real.record_access(recorded[3])
        real.record_access(recorded[1])
        for access in (recorded[0], recorded[2]):
            place = key("acme", "exec_1", ACCESS + access_position(access))
            real._dynamodb.put_item(
                TableName=real._table, Item=access_item(access, T0 // 10**9 + DAY) | place
            )

        first = real.list_accesses("acme", "exec_1", limit=3)
        rest = real.list_accesses("acme", "exec_1", limit=3, after=first.next_position)

        assert [*first.items, *rest.items] == recorded[::-1]

    def test_without_a_table_nothing_is_recorded(self, real: DynamoTraceStore) -> None:
        without = DynamoTraceStore(
            real._table, real._bucket, dynamodb=real._dynamodb, s3=real._given_s3
        )

        with pytest.raises(StoreUnavailableError, match="SPANVAS_AUDIT_TABLE"):
            without.record_access(READ)


def test_a_span_s_own_id_is_what_an_older_record_names_as_its_target() -> None:
    older = replace(READ, target=span_id("a"), span_id="")
    assert older.is_of_span(span_id("a"))
    assert not older.is_of_span(span_id("b"))
