"""One item that cannot be decoded fails nothing but what is asked of itself. Every store, the fake one too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from spanvas.model.access import ALLOWED, Access
from spanvas.model.errors import NewerItemError, UnreadableItem, UnreadableItemError
from spanvas.model.execution import Cause
from spanvas.storage import codec, items
from spanvas.storage.chunks import plan
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas.storage.row_codec import encode_rows
from spanvas.storage.stored_trace import StoredTrace
from tests.functional.storage.spoiling import change_item
from tests.support.builders import (
    SECOND,
    T0,
    Clock,
    make_artifact,
    make_execution,
    make_span,
    span_id,
)
from tests.support.stored_spans import stored_span

FIRST, OTHER = make_span("a"), make_span("b", start=1)
CHUNK = plan([FIRST])[0].chunk_id
ROWS, DETAIL = items.ROWS + CHUNK, f"{items.DETAIL}{CHUNK}:0"
PK = "T#acme#E#exec_1"

BROKEN_META: dict[str, dict[str, Any]] = {
    "status-of-another-type": {"status": items.n(1)},
    "status-unknown": {"status": items.s("paused")},
    "status-missing": {"status": None},
    "time-not-whole": {"started_at": {"N": "1.5"}},
    "time-before-1970": {"started_at": items.n(-1)},
    "time-past-twenty-digits": {"ended_at": items.n(10**20)},
    "cause-no-json": {"cause": items.s("{")},
    "cause-no-object": {"cause": items.s("7")},
    "cause-of-numbers": {"cause": items.s('{"error_type": 1, "message": "m"}')},
    "nodes-no-texts": {"expected_nodes": items.s("[1]")},
    "health-no-object": {"exporter_health": items.s("[]")},
    "expiry-no-number": {"expires_at": items.s("soon")},
    "foreign-tenant": {"tenant": items.s("globex")},
    "name-a-set": {"workflow_name": {"SS": ["a"]}},
    "version-no-number": {"v": items.s("two")},
}


@pytest.fixture
def noted(store: TraceStore) -> list[UnreadableItem]:
    found: list[UnreadableItem] = []
    store.on_unreadable = found.append
    return found


def write_both(store: TraceStore) -> None:
    store.start_execution(make_execution())
    store.write(SpanBatch("acme", "exec_1", [FIRST]))
    store.write(SpanBatch("acme", "exec_1", [OTHER]))


def read_trace(store: TraceStore) -> StoredTrace:
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    return trace


def rows_chunk(**columns: Any) -> dict[str, Any]:
    chunk = json.loads(encode_rows([]))
    return items.b(codec.compress(json.dumps({**chunk, **columns}).encode()))


class TestUnreadable:
    @pytest.mark.parametrize("broken", BROKEN_META.values(), ids=BROKEN_META)
    def test_an_execution_that_cannot_be_decoded_is_told_apart_in_the_list(
        self, store: TraceStore, noted: list[UnreadableItem], broken: dict[str, Any]
    ) -> None:
        for number in range(3):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        change_item(store, items.META, **broken)

        page = store.list_executions("acme")

        assert [found.execution_id for found in page.items] == ["exec_2", "exec_0"]
        (item,) = page.unreadable
        assert (item.pk, item.sk, item.is_newer) == (PK, "META", False)
        assert item.position == f"0{T0 + SECOND}#exec_1"
        assert [(item.pk, item.sk) for item in noted] == [(PK, "META")]
        with pytest.raises(UnreadableItemError):
            store.read_execution("acme", "exec_1")
        with pytest.raises(UnreadableItemError):
            store.read_trace("acme", "exec_1")

    def test_one_that_cannot_be_decoded_takes_a_place_on_its_page(self, store: TraceStore) -> None:
        for number in range(5):
            store.start_execution(make_execution(f"exec_{number}", start=number))
        for number in (4, 3, 1):
            change_item(store, items.META, f"exec_{number}", status=items.s("?"))
        seen: list[tuple[list[str], list[str]]] = []
        after = None
        while True:
            page = store.list_executions("acme", limit=2, after=after)
            unreadable = [item.position.partition("#")[2] for item in page.unreadable]
            seen.append(([found.execution_id for found in page.items], unreadable))
            after = page.next_position
            if after is None:
                break

        assert seen == [
            ([], ["exec_4", "exec_3"]),
            (["exec_2"], ["exec_1"]),
            (["exec_0"], []),
        ]

    def test_it_is_in_a_list_of_any_status_since_it_may_have_it(self, store: TraceStore) -> None:
        store.start_execution(make_execution("exec_0"))
        store.start_execution(make_execution("exec_1", start=1))
        change_item(store, items.META, started_at=items.s("x"))

        page = store.list_executions("acme", status="running")

        assert [found.execution_id for found in page.items] == ["exec_0"]
        assert len(page.unreadable) == 1

    def test_what_is_unknown_is_passed_over_and_what_is_missing_has_its_default(
        self, store: TraceStore, noted: list[UnreadableItem]
    ) -> None:
        store.start_execution(make_execution())
        cause = {"error_type": "Timeout", "hint": "wait", "span_id": None}
        change_item(
            store,
            items.META,
            cause=items.s(json.dumps(cause)),
            workflow_name=None,
            ended_by=None,
            labels={"M": {"a": {"S": "b"}}},
            urgent={"BOOL": True},
            nothing={"NULL": True},
            share={"N": "0.5"},
        )

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert found.cause == Cause("Timeout", "")
        assert (found.workflow_name, found.ended_by, found.is_newer) == ("", "function", False)
        assert noted == []

    def test_a_newer_version_is_read_as_far_as_it_is_known(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        change_item(store, items.META, v=items.n(2), stage=items.s("canary"))

        found = store.read_execution("acme", "exec_1")

        assert found is not None
        assert (found.status, found.is_newer) == ("running", True)
        assert store.list_executions("acme").items == [found]

    def test_a_newer_version_that_cannot_be_decoded_is_told_as_one(self, store: TraceStore) -> None:
        store.start_execution(make_execution())
        change_item(store, items.META, v=items.n(2), status=items.s("paused"))

        (item,) = store.list_executions("acme").unreadable
        assert item.is_newer
        assert item.reason == "written in version 2: status is not known"
        with pytest.raises(NewerItemError):
            store.read_trace("acme", "exec_1")

    @pytest.mark.parametrize(
        "data",
        [
            None,
            items.s("text"),
            items.b(b""),
            items.b(b"not zstd"),
            items.b(codec.compress(b"{")),
            items.b(codec.compress(b"[]")),
            items.b(codec.compress(b"{}")),
            items.b(codec.compress(encode_rows([])[:-9])),
            rows_chunk(span_id=["a"], start=[0, 1]),
            rows_chunk(span_id=["a"], start=["0"]),
            rows_chunk(span_id=["a"], base=-1, start=[0]),
            rows_chunk(span_id=["a"], name=[["x"], [1]]),
            rows_chunk(span_id=["a"], name=[["x"], [-1]]),
            rows_chunk(span_id=["a", "b"], parent=[None, -1]),
            rows_chunk(span_id=["a"], usage=[["many"]]),
            rows_chunk(span_id=["a"], marks=[[1]]),
            rows_chunk(span_id=["a"], artifacts=[[[1]]]),
            rows_chunk(span_id=[7]),
        ],
    )
    def test_a_chunk_that_cannot_be_decoded_is_left_out_of_its_trace(
        self, store: TraceStore, noted: list[UnreadableItem], data: Any
    ) -> None:
        write_both(store)
        change_item(store, ROWS, data=data)

        trace = read_trace(store)

        assert [row.name for row in trace.rows] == ["b"]
        assert [(item.pk, item.sk) for item in trace.unreadable] == [(PK, ROWS)]
        assert [(item.pk, item.sk) for item in noted] == [(PK, ROWS)]
        assert not trace.is_whole

    def test_of_a_chunk_of_a_newer_version_the_known_columns_are_read(
        self, store: TraceStore
    ) -> None:
        write_both(store)
        newer = {
            "v": 2,
            "base": T0,
            "span_id": [span_id("n"), span_id("m")],
            "name": [["n", "m"], None, "and more"],
            "start": [0, 5],
            "usage": [[1, 2, 3, 4, 5, 6], [7]],
            "kind": [["dream"], [0, 0]],
            "heat": [1, 2],
        }
        data = items.b(codec.compress(json.dumps(newer).encode()))
        change_item(store, ROWS, data=data)

        trace = read_trace(store)

        first, second, _ = sorted(trace.rows, key=lambda row: row.start_time_unix_nano)
        assert (first.name, first.kind, first.usage) == ("n", "other", (1, 2, 3, 4, 5))
        assert (second.name, second.start_time_unix_nano) == ("m", T0 + 5)
        assert (second.usage, second.status, second.detail) == ((7, None, 0, 0, 0), "unset", "")
        assert (trace.newer_chunks, trace.unreadable, trace.is_whole) == (1, (), False)

    @pytest.mark.parametrize(
        "attributes",
        [
            {"data": items.b(b"not zstd")},
            {"data": items.b(codec.compress(b'{"spans": [{"name": "nameless"}]}'))},
            {"data": items.b(codec.compress(b'{"spans": 7}'))},
            {"data": None},
            {"data": None, "s3_key": items.s("details/acme/exec_1/gone")},
            {"data": None, "s3_key": items.n(1)},
        ],
    )
    def test_a_detail_that_cannot_be_decoded_fails_its_own_spans_alone(
        self, store: TraceStore, noted: list[UnreadableItem], attributes: dict[str, Any]
    ) -> None:
        write_both(store)
        change_item(store, DETAIL, **attributes)

        page = store.read_spans("acme", "exec_1", max_bytes=1_000_000)

        assert page.items == [OTHER]
        assert [(item.pk, item.sk) for item in page.unreadable] == [(PK, DETAIL)]
        assert len(noted) == 1
        assert stored_span(store, "acme", "exec_1", OTHER.span_id) == OTHER
        with pytest.raises(UnreadableItemError):
            stored_span(store, "acme", "exec_1", FIRST.span_id)

    def test_of_several_versions_of_a_span_those_that_can_be_read_are(
        self, store: TraceStore, noted: list[UnreadableItem]
    ) -> None:
        store.start_execution(make_execution())
        later = make_span("a", name="later", end_time_unix_nano=T0 + 9 * SECOND)
        store.write(SpanBatch("acme", "exec_1", [FIRST]))
        store.write(SpanBatch("acme", "exec_1", [later]))
        change_item(store, DETAIL, data=items.b(b"?"))

        assert store.read_versions("acme", "exec_1", FIRST.span_id) == [later]
        assert [item.sk for item in noted] == [DETAIL]

    def test_an_artifact_that_cannot_be_decoded_is_counted_beside_the_others(
        self, store: TraceStore, noted: list[UnreadableItem]
    ) -> None:
        store.start_execution(make_execution())
        kept = [
            store.put_artifact(make_artifact(artifact_id=f"art_{n}"), b"a,b\n") for n in range(3)
        ]
        change_item(store, items.ARTIFACT + "art_1", bytes=items.s("many"))

        page = store.list_artifacts("acme", "exec_1")

        assert page.items == [kept[0], kept[2]]
        assert [item.sk for item in page.unreadable] == ["ARTIFACT#art_1"]
        assert len(noted) == 1
        with pytest.raises(UnreadableItemError):
            store.read_artifact("acme", "exec_1", "art_1")

    def test_an_access_that_cannot_be_decoded_is_counted_on_its_page(
        self, store: TraceStore
    ) -> None:
        accesses = [
            Access("acme", "exec_1", str(n), T0 + n, "ada", "span", ALLOWED, "r") for n in range(4)
        ]
        for access in accesses:
            store.record_access(access)
        change_item(store, f"ACCESS#0{T0 + 2}#2#0000000001", principal=items.n(1))

        first = store.list_accesses("acme", "exec_1", limit=2)
        second = store.list_accesses("acme", "exec_1", limit=2, after=first.next_position)

        assert (first.items, len(first.unreadable)) == ([accesses[3]], 1)
        assert (second.items, second.unreadable) == ([accesses[1], accesses[0]], ())
        assert second.next_position is None

    def test_no_value_that_is_stored_stands_in_a_reason(
        self, store: TraceStore, noted: list[UnreadableItem]
    ) -> None:
        write_both(store)
        change_item(store, items.META, cause=items.s('{"error_type": "hunter2"'))
        change_item(store, ROWS, data=items.b(codec.compress(b'{"span_id": ["hunter2"], "v": "x"')))

        store.list_executions("acme")
        change_item(store, items.META, cause=None)
        store.read_trace("acme", "exec_1")

        assert len(noted) == 2
        assert "hunter2" not in repr(noted)

    def test_what_is_overdue_and_cannot_be_decoded_is_listed_to_be_closed(
        self, store: TraceStore, clock: Clock
    ) -> None:
        store.start_execution(make_execution())
        change_item(store, items.META, status=items.s("?"))
        clock.advance(61)

        assert list(store.overdue()) == [("acme", "exec_1")]
