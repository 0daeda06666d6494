"""A rule that is new finds what was stored before it, in every copy, and leaves everything else as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spanvas.storage import codec, items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from spanvas_api.rescan.report import Report
from tests.functional.rescan.runs import HALF, MARKER, SECRET, run
from tests.functional.storage.batches import batch
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.spoiling import change_item
from tests.support.builders import Clock, make_artifact, make_execution, make_span, span_id
from tests.support.what_is_stored import places_of, stored_items, stored_objects, stored_texts

RunRescan = Callable[..., Report]


def everything(store: TraceStore) -> list[tuple[str, bytes]]:
    return sorted(entry for entry in stored_texts(store) if not entry[0].startswith("RESCAN"))


class TestEveryCopy:
    def test_nothing_of_what_a_new_rule_finds_is_left(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        run(store)
        assert places_of(store, SECRET)
        report = run_rescan()
        assert places_of(store, SECRET) == []
        assert places_of(store, SECRET[:9]) == []
        assert report.is_complete
        assert list(report.by_rule) == ["badge"]
        assert report.files == 1
        assert report.left_alone == []

    def test_all_else_of_a_run_is_as_it_was(self, store: TraceStore, run_rescan: RunRescan) -> None:
        run(store)
        before = store.read_trace("acme", "exec_1")
        run_rescan()
        after = store.read_trace("acme", "exec_1")
        assert before is not None
        assert after is not None
        assert after.execution.counters == before.execution.counters
        assert after.execution.revision > before.execution.revision
        assert after.execution.workflow_name == f"for {MARKER}"
        assert after.execution.cause is not None
        assert after.execution.cause.message == f"no {MARKER}"
        for old, new in zip(before.rows, after.rows, strict=True):
            assert (new.span_id, new.usage, new.cost_nano_usd, new.detail) == (
                old.span_id,
                old.usage,
                old.cost_nano_usd,
                old.detail,
            )
        [span] = store.read_versions("acme", "exec_1", span_id("c"))
        assert span.attributes["spanvas.output"] == f'{{"who":"{MARKER}"}}'
        assert span.attributes["spanvas.redaction"] == {"badge": 1}
        assert {row.name: row.marks for row in after.rows}["c"] == ("redacted",)

    def test_a_preview_that_ends_within_the_secret_loses_its_part_too(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        store.start_execution(make_execution())
        store.write(batch(make_span("a", attributes={"spanvas.input": f"{HALF} {SECRET} end"})))
        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert "badge" in str(trace.rows[0].input_preview)
        run_rescan()
        assert places_of(store, "badge-") == []

    def test_the_file_that_is_answered_is_the_new_one(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        run(store)
        run_rescan()
        [artifact] = store.list_artifacts("acme", "exec_1").items
        new = f"who\n{MARKER}\n".encode()
        assert (artifact.name, artifact.bytes) == (f"{MARKER}.csv", len(new))
        assert any(data == new for _, data in stored_texts(store))

    @pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
    def test_old_versions_of_objects_are_deleted(
        self, real: DynamoTraceStore, run_rescan: RunRescan
    ) -> None:
        run(real)
        before = len(list(stored_objects(real)))
        run_rescan()
        assert len(list(stored_objects(real))) == before == 2


class TestRepeated:
    def test_a_second_time_it_changes_nothing(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        run(store)
        run_rescan()
        known = everything(store)
        report = run_rescan()
        assert (report.items, report.files, dict(report.by_rule)) == (0, 0, {})
        assert everything(store) == known

    def test_without_apply_it_says_the_same_and_changes_nothing(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        run(store)
        known = everything(store)
        dry = run_rescan(is_dry=True)
        assert everything(store) == known
        done = run_rescan()
        assert (dry.items, dry.files, dry.by_rule) == (done.items, done.files, done.by_rule)

    def test_stopped_it_goes_on_where_it_was(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        for number in range(5):
            run(store, f"exec_{number}")
        first = run_rescan(executions=2)
        assert (first.executions, first.is_complete) == (2, False)
        second = run_rescan(executions=2)
        assert (second.executions, second.is_complete) == (4, False)
        assert places_of(store, SECRET)
        third = run_rescan()
        assert (third.executions, third.is_complete, third.files) == (5, True, 5)
        assert places_of(store, SECRET) == []


class TestLeftAlone:
    def test_what_a_newer_version_wrote_is_named_and_stays(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        store.start_execution(make_execution())
        [chunk_id] = store.write(batch(make_span("a", name=SECRET))).chunk_ids
        newer = codec.compress(b'{"v": 2, "span_id": [], "what": "badge-ZX-7741-QQ"}')
        change_item(store, items.ROWS + chunk_id, data=items.b(newer))
        report = run_rescan()
        place = f"T#acme#E#exec_1 {items.ROWS}{chunk_id}"
        assert report.left_alone == [(place, "written in version 2")]
        assert not any(place in text for text in places_of(store, MARKER))

    def test_what_cannot_be_decoded_is_named_and_stops_nothing(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        run(store, "exec_1")
        run(store, "exec_2")
        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        [chunk_id] = trace.chunks
        change_item(store, items.ROWS + chunk_id, data=items.b(b"broken"))
        report = run_rescan()
        assert report.left_alone == [
            (f"T#acme#E#exec_1 {items.ROWS}{chunk_id}", "it cannot be decompressed")
        ]
        assert all("exec_2" not in place for place in places_of(store, SECRET))

    @pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
    @pytest.mark.parametrize(
        ("kind", "spoilt"),
        [
            (items.META, {"workflow_name": items.n(7)}),
            (items.META, {"cause": items.n(7)}),
            (items.META, {"exporter_health": items.s("[1]")}),
            (items.ROWS, {"data": items.s(SECRET)}),
            (items.DETAIL, {"s3_key": items.n(7)}),
            (items.ARTIFACT, {"name": items.n(7)}),
        ],
    )
    def test_an_item_of_another_form_is_named_and_stops_nothing(
        self, real: DynamoTraceStore, run_rescan: RunRescan, kind: str, spoilt: dict[str, Any]
    ) -> None:
        run(real, "exec_1")
        run(real, "exec_2")
        [*sorts] = (
            item["sk"]["S"] for item in stored_items(real) if item["pk"]["S"].endswith("#exec_1")
        )
        sort = next(one for one in sorts if one.startswith(kind))
        change_item(real, sort, **spoilt)
        report = run_rescan()
        assert [place for place, _ in report.left_alone] == [f"T#acme#E#exec_1 {sort}"]
        assert report.is_complete
        assert all("exec_2" not in place for place in places_of(real, SECRET))

    def test_files_that_are_no_texts_are_named(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        store.start_execution(make_execution())
        png = b"\x89PNG\r\n\x1a\n" + SECRET.encode()
        store.put_artifact(make_artifact(name="a.png", media_type="image/png"), png)
        odd = make_artifact(artifact_id="art_2", name="a.bin", media_type="")
        store.put_artifact(odd, b"\0\1" + SECRET.encode())
        report = run_rescan()
        assert dict(report.left) == {
            "its file is no text but image/png": 1,
            "its file: it is no text": 1,
        }
        assert len(places_of(store, SECRET)) == 2

    def test_a_text_with_bytes_of_another_encoding_is_redacted_around_them(
        self, store: TraceStore, run_rescan: RunRescan
    ) -> None:
        store.start_execution(make_execution())
        odd = make_artifact(name="a.txt", media_type="text/plain")
        store.put_artifact(odd, b"x" * 600 + b"\xff " + SECRET.encode())
        assert run_rescan().files == 1
        assert places_of(store, SECRET) == []

    def test_what_is_held_is_evidence(self, store: TraceStore, run_rescan: RunRescan) -> None:
        run(store)
        store.deletions.holds.hold("acme", "exec_1", "ada")
        report = run_rescan()
        assert report.left_alone == [("T#acme#E#exec_1", "it is held")]
        assert places_of(store, SECRET)

    def test_what_is_deleted_stays_deleted(
        self, store: TraceStore, run_rescan: RunRescan, clock: Clock
    ) -> None:
        run(store)
        store.deletions.delete("acme", "exec_1", "ada")
        store.deletions.purge("acme", "exec_1", lambda: True)
        known = everything(store)
        assert run_rescan().items == 0
        assert everything(store) == known

    def test_in_the_mode_full_content_stays(self, store: TraceStore, run_rescan: RunRescan) -> None:
        run(store)
        assert run_rescan(mode="full").files == 0
        [span] = store.read_versions("acme", "exec_1", span_id("c"))
        assert SECRET in span.attributes["spanvas.output"]
