"""An execution that is deleted leaves its ids, times and totals, and nothing that anybody wrote."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from spanvas.model.access import Access
from spanvas.model.execution import Cause, Counters, Deletion
from spanvas.model.ids import as_name
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.functional.storage.batches import batch, model_span
from tests.functional.storage.received import TRACE, receive, root, send
from tests.support.builders import SECOND, T0, Clock, make_artifact, make_execution, make_span
from tests.support.what_is_stored import places_of, stored_objects

SAID = "the patient is called Mathilda"
LARGE = " ".join(f"{SAID} {number * 2654435761 % 2**32:x}" for number in range(4_000))


def run(store: TraceStore, execution_id: str = "exec_1") -> None:
    """A run that says `SAID` wherever a run can: names, errors, prompts, large prompts, files."""
    execution = make_execution(execution_id, workflow_name=SAID, session_id=SAID)
    store.start_execution(execution)
    store.write(
        batch(
            model_span("chat", attributes={"gen_ai.prompt": SAID, "spanvas.input": LARGE}),
            make_span("b", "chat", name=SAID, status="error", status_message=SAID),
            execution_id=execution_id,
        )
    )
    artifact = make_artifact(execution_id=execution_id, name=f"{SAID}.txt")
    store.put_artifact(artifact, SAID.encode())
    store.record_access(Access("acme", execution_id, "1", T0, "ada", "trace", "allowed", "r1"))
    cause = Cause("ValueError", SAID, "chat")
    store.end_execution("acme", execution_id, "failed", T0 + 3 * SECOND, cause)


def always() -> bool:
    return True


def delete(store: TraceStore, execution_id: str = "exec_1") -> bool:
    deleted = store.deletions.delete("acme", execution_id, "ada")
    assert deleted is not None
    return store.deletions.purge("acme", deleted.execution_id, always)


def purge_what_is_due(store: TraceStore) -> int:
    due = list(store.deletions.due())
    return sum([store.deletions.purge(*overdue, always) for overdue in due])


class TestDeleted:
    def test_nothing_that_anybody_wrote_is_left(self, store: TraceStore) -> None:
        run(store)
        assert places_of(store, SAID)

        assert delete(store)

        assert places_of(store, SAID) == []

    def test_ids_times_and_totals_are_left(self, store: TraceStore, clock: Clock) -> None:
        run(store)
        before = store.read_execution("acme", "exec_1")
        clock.advance(60)
        delete(store)

        found = store.read_execution("acme", "exec_1")
        assert before is not None
        assert found is not None
        assert found.counters.input_tokens == 1000
        assert found.counters.cost_nano_usd == 4_500_000
        assert (found.trace_id, found.workflow_id) == (before.trace_id, before.workflow_id)
        assert (found.started_at_unix_nano, found.ended_at_unix_nano) == (T0, T0 + 3 * SECOND)
        assert found.counters == before.counters
        assert found.status == "deleted"
        assert found.deletion == Deletion(T0 + 60 * SECOND, "ada", "failed", is_complete=True)
        assert (found.cause, found.workflow_name, found.session_id) == (None, "", "")

    def test_of_a_workflow_id_that_was_made_of_a_text_a_digest_is_left(
        self, store: TraceStore
    ) -> None:
        workflow_id = as_name(SAID)
        store.start_execution(make_execution("exec_1", workflow_id=workflow_id))
        assert workflow_id.startswith("the-patient-is-called-Mathilda-")
        delete(store)

        assert places_of(store, "Mathilda") == []
        [left] = store.list_executions("acme").items
        assert left.workflow_id == f"x-{workflow_id[-12:]}"

    def test_it_stays_in_the_history_at_its_place(self, store: TraceStore) -> None:
        for number, name in enumerate(("exec_1", "exec_2", "exec_3")):
            store.start_execution(make_execution(name, start=number))
        delete(store, "exec_2")

        listed = store.list_executions("acme", workflow_id="support-triage").items
        assert [one.execution_id for one in listed] == ["exec_3", "exec_2", "exec_1"]
        only = store.list_executions("acme", status="deleted").items
        assert [one.execution_id for one in only] == ["exec_2"]

    def test_its_trace_has_no_spans_and_no_files(self, store: TraceStore) -> None:
        run(store)
        delete(store)

        trace = store.read_trace("acme", "exec_1")
        assert trace is not None
        assert trace.rows == []
        assert store.read_spans("acme", "exec_1", max_bytes=10**7).items == []
        assert store.list_artifacts("acme", "exec_1").items == []

    def test_who_has_seen_it_stays_on_record(self, store: TraceStore) -> None:
        run(store)
        delete(store)
        assert [a.principal for a in store.list_accesses("acme", "exec_1").items] == ["ada"]

    def test_deleted_again_it_stays_as_it_was_deleted_first(
        self, store: TraceStore, clock: Clock
    ) -> None:
        run(store)
        first = store.deletions.delete("acme", "exec_1", "ada")
        clock.advance(5)
        again = store.deletions.delete("acme", "exec_1", "grace")
        assert first == again

    def test_what_is_not_there_cannot_be_deleted(self, store: TraceStore) -> None:
        run(store)
        assert store.deletions.delete("acme", "exec_9", "ada") is None
        assert store.deletions.delete("other", "exec_1", "ada") is None
        assert places_of(store, SAID)

    def test_others_are_left_alone(self, store: TraceStore) -> None:
        run(store, "exec_10")
        run(store, "exec_1")
        before = [place for place in places_of(store, SAID) if "exec_10" in place]

        delete(store, "exec_1")

        assert places_of(store, SAID) == before

    def test_an_overdue_one_was_lost_before(self, store: TraceStore, clock: Clock) -> None:
        store.start_execution(make_execution(deadline_unix_nano=T0 + SECOND))
        clock.advance(10)
        deleted = store.deletions.delete("acme", "exec_1", "ada")
        assert deleted is not None
        assert deleted.deletion is not None
        assert deleted.deletion.status == "lost"
        assert list(store.overdue()) == []


class TestWhatComesLate:
    def test_spans_of_the_layer_are_gone_with_the_next_purge(
        self, store: TraceStore, clock: Clock
    ) -> None:
        run(store)
        delete(store)
        clock.advance(1)

        store.write(batch(make_span("late", name=SAID, attributes={"spanvas.input": LARGE})))
        store.end_execution("acme", "exec_1", "failed", T0 + 9 * SECOND, Cause("E", SAID))
        store.start_execution(make_execution(workflow_name=SAID))

        found = store.read_trace("acme", "exec_1")
        assert found is not None
        assert (found.rows, found.execution.status) == ([], "deleted")
        assert found.execution.counters.spans == 2
        assert purge_what_is_due(store) == 1
        assert places_of(store, SAID) == []

    def test_spans_over_otlp_are_gone_with_the_next_purge(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, root("a", name=SAID))
        delete(store, TRACE)
        clock.advance(1)

        assert send(store, make_span("late", "a", name=SAID)) == TRACE
        assert receive(store, TRACE, [make_span("later", "a", name=SAID)], is_new=True) == TRACE

        found = store.read_trace("acme", TRACE)
        assert found is not None
        assert (found.rows, found.execution.counters.spans) == ([], 1)
        assert purge_what_is_due(store) == 1
        assert places_of(store, SAID) == []

    def test_a_trace_that_turns_out_to_be_part_of_it_is_deleted_too(
        self, store: TraceStore, clock: Clock
    ) -> None:
        send(store, root("a", trace_id="2" * 32, name=SAID), wanted="run-1")
        delete(store, "run-1")
        send(store, make_span("b", name=SAID, attributes={"spanvas.input": LARGE}))
        clock.advance(1)

        assert send(store, make_span("c", name=SAID), wanted="run-1") == "run-1"

        assert purge_what_is_due(store) == 1
        assert places_of(store, SAID) == []

    def test_it_is_looked_at_again_although_nobody_has_said_that_something_came(
        self, store: TraceStore, clock: Clock
    ) -> None:
        run(store)
        delete(store)
        store.put_artifact(make_artifact(artifact_id="late", name=SAID), SAID.encode())
        clock.advance(19 * 60)
        assert purge_what_is_due(store) == 0

        clock.advance(2 * 60)
        assert purge_what_is_due(store) == 1

        assert places_of(store, SAID) == []


class TestJoined:
    def test_what_is_left_where_it_came_first_goes_too(self, store: TraceStore) -> None:
        send(store, make_span("b", "a", name=SAID, attributes={"spanvas.input": LARGE}))
        send(store, root("a", name=SAID), wanted="run-1")

        assert delete(store, TRACE)

        assert places_of(store, SAID) == []
        found = store.read_execution("acme", TRACE)
        assert found is not None
        assert (found.execution_id, found.status) == ("run-1", "deleted")

    def test_it_goes_after_several_moves(self, store: TraceStore) -> None:
        send(store, make_span("c", "b", name=SAID, trace_id="3" * 32))
        send(store, make_span("b", "a", name=SAID, trace_id="3" * 32), wanted=TRACE)
        send(store, root("a", name=SAID), wanted="run-1")

        assert delete(store, "run-1")

        assert places_of(store, SAID) == []

    def test_an_execution_that_took_its_id_back_stays(self, store: TraceStore) -> None:
        send(store, make_span("b", "a"))
        send(store, root("a", name=SAID), wanted="run-1")
        store.start_execution(make_execution(TRACE))
        store.write(batch(make_span("own", name="mine"), execution_id=TRACE))

        delete(store, "run-1")

        found = store.read_trace("acme", TRACE)
        assert found is not None
        assert "mine" in {row.name for row in found.rows}


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestTable:
    def test_items_of_kinds_that_are_not_known_go_too(self, real: DynamoTraceStore) -> None:
        run(real)
        for sort in ("PREVIEWS#1", "ZZZ", "SEARCH#1"):
            item = {**items.key("acme", "exec_1", sort), "text": items.s(SAID)}
            real._dynamodb.put_item(TableName=real._table, Item=item)
        meta: Any = {"Key": items.key("acme", "exec_1"), "TableName": real._table}
        real._dynamodb.update_item(
            **meta,
            UpdateExpression="SET of_a_newer_version = :said",
            ExpressionAttributeValues={":said": items.s(SAID)},
        )
        delete(real)
        assert places_of(real, SAID) == []

    def test_all_versions_and_delete_markers_go(self, real: DynamoTraceStore) -> None:
        run(real)
        keys = [one["Key"] for one in real._s3.list_objects_v2(Bucket=real._bucket)["Contents"]]
        assert len(keys) == 2
        for key in keys:
            real._s3.put_object(Bucket=real._bucket, Key=key, Body=SAID.encode())
            real._s3.delete_object(Bucket=real._bucket, Key=key)
        delete(real)
        assert list(stored_objects(real)) == []

    def test_a_file_in_the_bucket_of_others_stays(self, real: DynamoTraceStore) -> None:
        real._s3.create_bucket(Bucket="reports")
        real._s3.put_object(Bucket="reports", Key="details/acme/x/y", Body=b"theirs")
        store_execution = make_execution()
        real.start_execution(store_execution)
        artifact = replace(make_artifact(), bucket="reports", key="details/acme/x/y")
        real.refer_to_artifact(artifact)
        delete(real)
        kept = real._s3.get_object(Bucket="reports", Key="details/acme/x/y")
        assert kept["Body"].read() == b"theirs"

    def test_it_goes_on_where_its_time_was_over(self, real: DynamoTraceStore) -> None:
        run(real)
        assert real.deletions.delete("acme", "exec_1", "ada")
        for requests in range(20):
            left = iter([True] * requests)
            if real.deletions.purge("acme", "exec_1", partial(next, left, False)):
                break
        else:
            pytest.fail("it was never complete")
        assert places_of(real, SAID) == []

    def test_an_older_layer_brings_nothing_back(self, real: DynamoTraceStore) -> None:
        """It adds to the totals and writes an end, on conditions of its own."""
        run(real)
        delete(real)
        executions = real._executions
        execution = make_execution()
        added = items.added_counters(Counters(spans=5))
        executions.change(execution, {}, "attribute_exists(pk)", add=added)
        ended = "attribute_exists(pk) AND (#status IN (:running) OR #ended_at <= :ended_at)"
        assert (
            executions.change(
                execution,
                {"ended_at": items.n(T0 + 99 * SECOND), "cause": items.s(SAID)},
                ended,
                {":running": items.s("running")},
            )
            is None
        )
        found = real.read_execution("acme", "exec_1")
        assert found is not None
        assert found.counters.spans == 2

    def test_the_tombstone_outlives_what_may_still_come(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        run(real)
        clock.advance(20 * 86_400)
        deleted = real.deletions.delete("acme", "exec_1", "ada")
        assert deleted is not None
        assert deleted.expires_at == (T0 // SECOND) + 50 * 86_400
