"""Through the public API into the store, and out again as readers see it."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import spanvas
from spanvas.model.tree import build_tree
from spanvas.semantics.content import content_of
from spanvas.storage.port import TraceStore
from spanvas.tracing.span_ids import ExecutionIdGenerator
from spanvas.tracing.worker import Breaker
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, recording
from tests.support.stored_spans import stored_span


@pytest.fixture
def recorded(store: TraceStore) -> Iterator[Recording]:
    with recording(
        store=store, clock=time.time_ns, id_generator=ExecutionIdGenerator(), max_artifact_bytes=100
    ) as recorded:
        yield recorded


def drawn(store: TraceStore, execution_id: str) -> list[str]:
    """The tree as text: one line a row, indented by depth."""
    trace = store.read_trace("default", execution_id)
    assert trace is not None
    return [
        f"{'  ' * item.depth}{item.row.name} {item.row.status}" for item in build_tree(trace.rows)
    ]


def test_a_run_is_read_back_as_the_tree_that_it_was(recorded: Recording) -> None:
    def item(number: int) -> None:
        with spanvas.span(f"item {number}", kind="item"):
            pass

    with spanvas.workflow("triage", execution_id="e1", expected_nodes=("map", "send")) as run:
        with spanvas.node("map"), ThreadPoolExecutor(3) as pool:
            for number in range(3):
                pool.submit(spanvas.bind(item), number).result()
        run.set_output({"ok": True})
    assert drawn(recorded.store, "e1") == [
        "triage ok",
        "  map ok",
        "    item 0 ok",
        "    item 1 ok",
        "    item 2 ok",
    ]
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.status, execution.counters.spans) == ("succeeded", 5)
    assert execution.expected_nodes == ("map", "send")


def test_prompts_answers_tokens_and_cost_are_read_back(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        spanvas.record_generation(
            model="anthropic.claude-sonnet-4-5",
            provider="aws.bedrock",
            input_messages=["Why does ada@example.org see rain?"],
            output_messages=["Clouds."],
            usage={"input_tokens": 1_000, "output_tokens": 100},
        )
    trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    (row,) = [row for row in trace.rows if row.kind == "model"]
    assert (row.node_id, row.model, row.provider) == (
        "draft",
        "anthropic.claude-sonnet-4-5",
        "aws.bedrock",
    )
    assert row.usage is not None
    assert (row.usage.input_tokens, row.usage.output_tokens) == (1_000, 100)
    assert row.cost_nano_usd == 4_950_000
    assert row.input_preview == "Why does [REDACTED:email] see rain?"
    assert "redacted" in row.marks
    span = stored_span(recorded.store, "default", "e1", row.span_id)
    assert span is not None
    assert content_of(span)["output_messages"] == [
        {"role": "assistant", "parts": [{"type": "text", "content": "Clouds."}]}
    ]


def test_a_failure_is_read_back_with_its_cause(recorded: Recording) -> None:
    with (
        pytest.raises(ValueError),
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("draft"),
    ):
        for number in (1, 2):
            try:
                with spanvas.attempt(number, backoff_ms=10):
                    raise ValueError("throttled")
            except ValueError:
                if number == 2:
                    raise
    assert drawn(recorded.store, "e1") == [
        "brief error",
        "  draft error",
        "    attempt 1 error",
        "    attempt 2 error",
    ]
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause is not None
    assert (execution.status, execution.cause.node_id) == ("failed", "draft")
    assert execution.cause.message == "throttled"


def test_two_functions_of_one_execution_meet_in_one_tree(store: TraceStore) -> None:
    for node in ("read", "answer"):
        with (
            recording(store=store, clock=time.time_ns, id_generator=ExecutionIdGenerator()),
            spanvas.workflow("triage", execution_id="e1"),
            spanvas.node(node),
        ):
            pass
    assert drawn(store, "e1") == ["triage ok", "  read ok", "  answer ok"]


def test_files_are_stored_from_bytes_paths_and_streams(recorded: Recording, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n")
    read_on = io.BytesIO(b"skipped rest")
    read_on.seek(8)

    class Pipe(io.RawIOBase):
        """A stream that only goes forward."""

        def __init__(self) -> None:
            self.blocks = [b"pi", b"pe", b""]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.blocks.pop(0)

    with spanvas.workflow("brief", execution_id="e1"):
        for name, data in {
            "bytes": b"abc",
            "array": bytearray(b"abc"),
            "path": path,
            "stream": io.BytesIO(b"stream"),
            "read on": read_on,
            "pipe": Pipe(),
        }.items():
            assert spanvas.attach_artifact(name, data) is not None  # type: ignore[arg-type]
    sizes = {item.name: item.bytes for item in recorded.store.list_artifacts("default", "e1").items}
    assert sizes == {"bytes": 3, "array": 3, "path": 4, "stream": 6, "read on": 4, "pipe": 4}


@pytest.mark.parametrize("as_stream", [False, True])
def test_a_file_over_the_limit_is_not_stored_and_its_span_says_why(
    recorded: Recording, as_stream: bool
) -> None:
    data = b"x" * 101
    with spanvas.workflow("brief", execution_id="e1"):
        assert spanvas.attach_artifact("big", io.BytesIO(data) if as_stream else data) is None
    assert recorded.store.list_artifacts("default", "e1").items == []
    trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    assert trace.rows[0].marks == ("artifact_failed",)
    assert recorded.span("brief").attributes["spanvas.artifact.error"] == (
        "big: TooLargeError: data: more than 100 bytes (SPANVAS_MAX_ARTIFACT_BYTES)"
    )


def test_a_media_type_that_the_content_belies_is_named_where_the_file_is(
    recorded: Recording,
) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        refused = spanvas.attach_artifact("chart.png", b"<script>", media_type="image/png")
        kept = spanvas.attach_artifact("a.txt", b"a", media_type="Text/Plain; charset=utf-8")
    assert refused is not None
    assert kept is not None
    assert (refused.media_type, kept.media_type) == ("application/octet-stream", "text/plain")
    first, second = recorded.span("brief").events
    assert first.attributes["spanvas.artifact.refused_media_type"] == "image/png"
    assert "spanvas.artifact.refused_media_type" not in second.attributes


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("s3://secrets/key", "s3: bucket secrets is not among SPANVAS_ARTIFACT_BUCKETS"),
        ("https://reports/key", "s3: expected s3://bucket/key"),
        ("s3://reports", "s3: expected s3://bucket/key"),
        ("s3:///key", "s3: expected s3://bucket/key"),
    ],
)
def test_only_files_of_the_buckets_that_are_named_are_attached_where_they_are(
    uri: str, why: str
) -> None:
    with (
        recording(artifact_buckets=("reports",)) as recorded,
        spanvas.workflow("brief", execution_id="e1"),
    ):
        assert spanvas.attach_artifact("q3.csv", s3=uri) is None
    error = recorded.span("brief").attributes["spanvas.artifact.error"]
    assert error == f"q3.csv: InvalidInputError: {why}"
    assert recorded.store.list_artifacts("default", "e1").items == []


def test_a_file_that_is_in_s3_already_is_named_on_its_span() -> None:
    store = MemoryTraceStore()
    store.objects["reports", "2026/q3.csv"] = (b"a,b\n", "text/csv")
    with (
        recording(store=store, artifact_buckets=("reports",)) as recorded,
        spanvas.workflow("brief", execution_id="e1"),
    ):
        found = spanvas.attach_artifact("q3.csv", s3="s3://reports/2026/q3.csv", version="1")
        assert spanvas.attach_artifact("gone", s3="s3://reports/gone") is None
    assert found is not None
    assert (found.media_type, found.bytes, found.sha256) == ("text/csv", 4, "")
    span = recorded.span("brief")
    assert span.attributes["spanvas.artifacts"] == [
        {"id": found.artifact_id, "name": "q3.csv", "media_type": "text/csv", "bytes": 4}
    ]
    assert span.attributes["spanvas.artifact.error"].endswith("looking at an object: NoSuchKey")
    event = span.events[0].attributes
    assert event["spanvas.artifact.source"] == "s3://reports/2026/q3.csv"
    assert (event["spanvas.artifact.version"], event["spanvas.artifact.etag"]) == (
        "1",
        hashlib.md5(b"a,b\n", usedforsecurity=False).hexdigest(),
    )
    assert span.status == "ok"


def test_names_of_files_are_shown_without_control_characters(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        one = spanvas.attach_artifact("../a\x00b\u202e.csv\r\n" + "x" * 300, b"1")
        other = spanvas.attach_artifact("\n", b"1")
    assert one is not None
    assert other is not None
    assert one.name == ("../ab.csv" + "x" * 300)[:255]
    assert other.name == "artifact"
    for stored in recorded.store.list_artifacts("default", "e1").items:
        assert stored.key == f"artifacts/default/e1/{stored.artifact_id}"


def test_ten_thousand_spans_are_stored(store: TraceStore) -> None:
    with (
        recording(
            store=store,
            clock=time.time_ns,
            id_generator=ExecutionIdGenerator(),
            store_budget_ms=60_000,
        ) as recorded,
        spanvas.workflow("brief", execution_id="e1"),
    ):
        exporter = recorded.engine.delivery._store
        assert exporter is not None
        exporter.breaker = Breaker(open_seconds=0)
        for number in range(10_000):
            with spanvas.span(f"s{number}"):
                pass
    # On a busy machine the engine may have been too late for one of them.
    assert any(spanvas.flush(60_000) for _ in range(10))
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.counters.spans, execution.counters.dropped) == (10_001, 0)


def test_values_that_cannot_be_encoded_do_not_cost_the_span(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1") as run:
        run.set_attribute("nan", float("nan"))
        run.set_attribute("text \ud800", "\udfff")
        run.set_attribute("huge", 10**5_000)
        run.set_attribute("bytes", b"\xff")
        run.set_attribute("object", {"a": [1, {"b": None}]})
        run.set_attribute("foreign", object())
        run.add_event("\ud800", {"e": float("inf")})
    trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    assert [row.name for row in trace.rows] == ["brief"]


def test_a_secret_in_any_place_reaches_no_item_of_the_store(store: TraceStore) -> None:
    canary = "ada.lovelace@example.org"
    with (
        recording(store=store, clock=time.time_ns, id_generator=ExecutionIdGenerator()) as recorded,
        pytest.raises(ValueError, match=canary),
        spanvas.workflow("brief", execution_id="e1", input={"mail": canary}) as run,
    ):
        run.set_attribute("mail", canary)
        run.set_attribute(f"to {canary}", 1)
        run.add_event("mailed", {"to": [canary]})
        run.set_output(json.dumps({"body": json.dumps({"mail": canary})}))
        spanvas.attach_artifact(f"{canary}.txt", b"x")
        with spanvas.span(f"mail {canary}"):
            pass
        spanvas.record_generation(
            model="m", system=canary, input_messages=[canary], output_messages=[canary]
        )
        with spanvas.node("draft"):
            raise ValueError(canary)
    trace = recorded.store.read_trace("default", "e1")
    assert trace is not None
    spans = [stored_span(recorded.store, "default", "e1", row.span_id) for row in trace.rows]
    kept = repr((trace, spans, recorded.store.list_artifacts("default", "e1").items))
    assert canary not in kept
    assert kept.count("[REDACTED:email]") > 12
    assert trace.execution.cause is not None
    assert trace.execution.cause.message == "[REDACTED:email]"
