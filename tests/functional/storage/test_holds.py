"""What is held neither expires nor may be deleted; released, it is as it was."""

from __future__ import annotations

from functools import partial

import pytest

from spanvas.model.errors import ConflictError
from spanvas.model.execution import Hold
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch
from tests.functional.storage.received import TRACE, root, send
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
from tests.support.what_is_stored import stored_items, stored_objects

LARGE = {"spanvas.input": " ".join(f"{n * 2654435761 % 2**32:x}" for n in range(9_000))}
DAY = 86_400


def run(store: TraceStore) -> None:
    store.start_execution(make_execution())
    store.write(batch(make_span("a", attributes=LARGE), make_span("b", "a")))
    store.put_artifact(make_artifact(), b"a,b\n")
    store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)


def hold(store: TraceStore, execution_id: str = "exec_1") -> None:
    store.deletions.holds.hold("acme", execution_id, "ada")
    assert store.deletions.holds.apply("acme", execution_id, lambda: True)


def release(store: TraceStore) -> None:
    store.deletions.holds.release("acme", "exec_1")
    assert store.deletions.holds.apply("acme", "exec_1", lambda: True)


class TestHeld:
    def test_it_says_by_whom_and_since_when(self, store: TraceStore, clock: Clock) -> None:
        run(store)
        clock.advance(60)
        hold(store)
        clock.advance(60)
        store.deletions.holds.hold("acme", "exec_1", "grace")

        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert found.hold == Hold(T0 + 60 * SECOND, "ada")
        assert found.expires_at == T0 // SECOND + 30 * DAY

    def test_it_does_not_expire(self, store: TraceStore, clock: Clock) -> None:
        run(store)
        hold(store)
        clock.advance(400 * DAY)

        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert len(trace.rows) == 2
        span = stored_span(store, "acme", "exec_1", span_id("a"))
        assert span is not None
        assert span.attributes == LARGE
        assert [one.artifact_id for one in store.list_artifacts("acme", "exec_1").items] == [
            "art_1"
        ]

    def test_it_may_not_be_deleted_until_it_is_released(self, store: TraceStore) -> None:
        run(store)
        hold(store)
        with pytest.raises(ConflictError):
            store.deletions.delete("acme", "exec_1", "ada")

        release(store)
        assert store.deletions.delete("acme", "exec_1", "ada")

    def test_released_it_expires_when_it_would_have(self, store: TraceStore, clock: Clock) -> None:
        run(store)
        hold(store)
        release(store)
        found = store.read_execution("acme", "exec_1")
        assert found is not None
        assert (found.hold, found.expires_at) == (None, T0 // SECOND + 30 * DAY)
        assert stored_span(store, "acme", "exec_1", span_id("a"))

        clock.advance(31 * DAY)
        assert store.read_execution("acme", "exec_1") is None

    def test_what_is_deleted_cannot_be_held(self, store: TraceStore) -> None:
        run(store)
        store.deletions.delete("acme", "exec_1", "ada")
        with pytest.raises(ConflictError):
            store.deletions.holds.hold("acme", "exec_1", "ada")

    def test_it_is_not_joined_to_another_one_any_more(self, store: TraceStore) -> None:
        send(store, root("a"))
        hold(store, TRACE)
        send(store, make_span("b", "a"), wanted="run-1")

        found = store.read_execution("acme", "run-1")
        assert found is not None
        assert (found.execution_id, found.hold is not None) == (TRACE, True)
        assert found.counters.spans == 2


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestItems:
    def test_no_item_has_a_time_to_live_and_no_object_lies_where_the_lifecycle_looks(
        self, real: DynamoTraceStore
    ) -> None:
        run(real)
        before = {key for key, _ in stored_objects(real)}
        hold(real)
        assert [item["sk"] for item in stored_items(real) if "expires_at" in item] == []
        held = {item["s3_key"]["S"] for item in stored_items(real) if "s3_key" in item}
        assert held == {f"held/{key}" for key in before}

    def test_released_everything_is_as_it_was(self, real: DynamoTraceStore) -> None:
        run(real)

        def stored() -> list[tuple[str, str, str]]:
            return sorted(
                (
                    item["sk"]["S"],
                    item.get("expires_at", {}).get("N", ""),
                    item.get("s3_key", {}).get("S", ""),
                )
                for item in stored_items(real)
            )

        before = stored()
        hold(real)
        release(real)
        assert stored() == before
        assert {key.split("/")[0] for key, _ in stored_objects(real)} == {"details", "artifacts"}

    def test_released_after_its_time_its_objects_go(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        run(real)
        hold(real)
        for key in {key for key, _ in stored_objects(real) if not key.startswith("held/")}:
            real.deletions._partitions.delete_objects(key, lambda: True)
        clock.advance(40 * DAY)
        release(real)
        assert list(stored_objects(real)) == []
        assert real.read_execution("acme", "exec_1") is None

    def test_what_comes_later_is_held_too(self, real: DynamoTraceStore, clock: Clock) -> None:
        run(real)
        hold(real)
        clock.advance(1)
        real.write(batch(make_span("late", "a", attributes=LARGE)))
        assert list(real.deletions.holds.due()) == []
        clock.advance(DAY // 2)
        assert list(real.deletions.holds.due()) == [("acme", "exec_1")]
        assert real.deletions.holds.apply("acme", "exec_1", lambda: True)
        assert [item["sk"] for item in stored_items(real) if "expires_at" in item] == []

    def test_it_goes_on_where_its_time_was_over(self, real: DynamoTraceStore) -> None:
        run(real)
        for order in (real.deletions.holds.hold, None):
            if order is not None:
                order("acme", "exec_1", "ada")
            else:
                real.deletions.holds.release("acme", "exec_1")
            for steps in range(20):
                left = iter([True] * steps)
                if real.deletions.holds.apply("acme", "exec_1", partial(next, left, False)):
                    break
            else:
                pytest.fail("it was never complete")
        assert all("held_expires_at" not in item for item in stored_items(real))
