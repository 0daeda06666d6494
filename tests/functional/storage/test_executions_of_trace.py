"""Which executions a trace belongs to, asked by the trace's id."""

from __future__ import annotations

import pytest

from spanvas.model.ids import trace_id_for
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import OTHER_TRACE, TRACE, root, send
from tests.support.builders import Clock, make_execution


def found(
    store: TraceStore, trace_id: str = TRACE, tenant: str = "acme", limit: int = 9
) -> list[str]:
    return [one.execution_id for one in store.executions_of_trace(tenant, trace_id, limit)]


def test_a_registered_execution_is_found_by_the_trace_that_it_was_registered_with(
    store: TraceStore,
) -> None:
    trace_id = trace_id_for("acme", "exec_1")
    store.start_execution(make_execution(trace_id=trace_id))

    assert found(store, trace_id) == ["exec_1"]
    assert found(store, OTHER_TRACE) == []


def test_an_execution_that_its_spans_alone_tell_of_is_found_by_its_trace(store: TraceStore) -> None:
    send(store, root())

    assert found(store) == [TRACE]


def test_each_trace_of_an_execution_that_has_several_leads_to_it(store: TraceStore) -> None:
    for trace_id in (TRACE, OTHER_TRACE):
        send(store, root(trace_id[:4], trace_id=trace_id), wanted="run-a", is_explicit=True)

    assert found(store, TRACE) == ["run-a"]
    assert found(store, OTHER_TRACE) == ["run-a"]


def test_all_executions_of_one_trace_are_found_the_earliest_first(store: TraceStore) -> None:
    for number in range(8):
        store.start_execution(make_execution(f"exec_{number}", start=10 - number))

    assert found(store) == [f"exec_{number}" for number in range(7, -1, -1)]
    assert len(found(store, limit=3)) == 3


def test_another_tenants_execution_of_the_same_trace_is_not_found(store: TraceStore) -> None:
    store.start_execution(make_execution("theirs", tenant="globex"))
    send(store, root(), tenant="globex")

    assert found(store) == []


def test_an_expired_execution_is_not_found(store: TraceStore, clock: Clock) -> None:
    store.start_execution(make_execution())
    clock.advance(31 * 86_400)

    assert found(store) == []


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
def test_what_a_function_of_another_tenant_has_put_into_the_index_is_not_found(
    real: DynamoTraceStore,
) -> None:
    real.start_execution(make_execution("ours", trace_id=OTHER_TRACE))
    real.start_execution(make_execution("ours", tenant="globex", trace_id=OTHER_TRACE))
    real._dynamodb.update_item(
        TableName=real._table,
        Key=items.key("globex", "ours"),
        UpdateExpression="SET trace_key = :key",
        ExpressionAttributeValues={":key": items.s(items.trace_key("acme", TRACE))},
    )

    assert found(real) == []


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
def test_one_that_cannot_be_decoded_is_reported_and_left_out(real: DynamoTraceStore) -> None:
    real.start_execution(make_execution("good"))
    real.start_execution(make_execution("bad"))
    real._dynamodb.update_item(
        TableName=real._table,
        Key=items.key("acme", "bad"),
        UpdateExpression="SET cause = :junk",
        ExpressionAttributeValues={":junk": items.s("{")},
    )
    reported: list[str] = []
    real.on_unreadable = lambda item: reported.append(item.pk)

    assert found(real) == ["good"]
    assert reported == ["T#acme#E#bad"]
