"""How many writes of the table it takes to keep a trace that comes over OTLP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.received import OTHER_TRACE, root, send
from tests.support.builders import make_span


@contextmanager
def writes_of(store: DynamoTraceStore) -> Iterator[list[str]]:
    events = store._executions._dynamodb.meta.events
    found: list[str] = []

    def note(model: Any, **_: Any) -> None:
        found.append(model.name)

    for name in ("PutItem", "UpdateItem"):
        events.register(f"before-call.dynamodb.{name}", note)
    try:
        yield found
    finally:
        for name in ("PutItem", "UpdateItem"):
            events.unregister(f"before-call.dynamodb.{name}", note)


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestWritesOfABinding:
    """A detail and a chunk of rows are put, META is updated; a binding to another id is one more update."""

    def test_a_trace_without_a_name_is_bound_without_a_write(self, real: DynamoTraceStore) -> None:
        with writes_of(real) as writes:
            send(real, root("a"), make_span("b", parent="a"))
        assert sorted(writes) == ["PutItem", "PutItem", "UpdateItem"]

    def test_a_trace_with_a_name_is_bound_by_one_write(self, real: DynamoTraceStore) -> None:
        with writes_of(real) as writes:
            send(real, root("a"), make_span("b", parent="a"), wanted="run-1")
        assert sorted(writes) == ["PutItem", "PutItem", "UpdateItem", "UpdateItem"]

    def test_so_is_a_second_trace_of_that_name(self, real: DynamoTraceStore) -> None:
        send(real, root("a"), wanted="run-1")
        with writes_of(real) as writes:
            send(real, make_span("b", start=5, trace_id=OTHER_TRACE, parent="x"), wanted="run-1")
        assert sorted(writes) == ["PutItem", "PutItem", "UpdateItem", "UpdateItem"]
