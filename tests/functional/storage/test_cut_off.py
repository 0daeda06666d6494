"""Requests to the table fail or are overtaken, at each place of a move and of a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import boto3
import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.functional.storage.received import TRACE, names, receive, root, send
from tests.support.builders import T0, make_span


@contextmanager
def cut_off(store: DynamoTraceStore, failing: int) -> Iterator[None]:
    """The call of that number never reaches DynamoDB."""
    events = _client(store).meta.events
    numbers = count(1)

    def fail(**_: Any) -> None:
        if next(numbers) == failing:
            raise StoreUnavailableError("cut off")

    events.register("before-call.dynamodb.*", fail)
    try:
        yield
    finally:
        events.unregister("before-call.dynamodb.*", fail)


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestCutOff:
    """Every write of a move and of a request fails once, at each place: sent again, all of it is there.

    botocore's client alone can be told to fail at a call.
    """

    @pytest.mark.parametrize("failing", range(1, 22))
    def test_a_move_that_is_cut_off_is_finished_by_the_next_request(
        self, real: DynamoTraceStore, failing: int
    ) -> None:
        send(real, make_span("c", parent="b", start=1))
        send(real, make_span("b", parent="a", start=0.5))
        with cut_off(real, failing):
            try:
                kept_at = send(real, root("a"), wanted="session-1")
            except StoreUnavailableError:
                visible = {
                    name for place in (TRACE, "session-1") for name in _names_if_any(real, place)
                }
                assert visible >= {"b", "c"}
                kept_at = send(real, root("a"), wanted="session-1")

        assert kept_at == "session-1"
        assert names(real, "session-1") == ["a", "b", "c"]
        found = real.read_execution("acme", "session-1")
        assert found is not None
        assert (found.status, found.workflow_name) == ("succeeded", "a")
        assert [e.execution_id for e in real.list_executions("acme").items] == ["session-1"]

    @pytest.mark.parametrize("failing", range(1, 6))
    def test_a_request_that_is_cut_off_is_whole_when_it_is_sent_again(
        self, real: DynamoTraceStore, failing: int
    ) -> None:
        with cut_off(real, failing):
            try:
                send(real, root("a"))
            except StoreUnavailableError:
                send(real, root("a"))
        assert names(real, TRACE) == ["a"]
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert found.status == "succeeded"

    def test_others_may_write_at_every_moment(self, real: DynamoTraceStore) -> None:
        """Between any two calls of one request another request changes the same execution."""
        send(real, make_span("b", parent="a", start=3))
        client = _client(real)
        others = iter(range(6))
        busy = False

        def interfere(**_: Any) -> None:
            nonlocal busy
            number = next(others, None)
            if busy or number is None:
                return
            busy = True
            receive(real, TRACE, [make_span(f"x{number}", parent="a", start=2 - number / 10)])
            busy = False

        client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)
        try:
            send(real, root("a"))
        finally:
            client.meta.events.unregister("before-call.dynamodb.UpdateItem", interfere)
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert (found.status, found.workflow_name, found.started_at_unix_nano) == (
            "succeeded",
            "a",
            T0,
        )
        assert found.counters.spans == len(names(real, TRACE))

    def test_endless_interference_is_told_as_a_store_that_is_too_busy(
        self, real: DynamoTraceStore
    ) -> None:
        send(real, make_span("b", parent="a", start=3))
        client = _client(real)
        table = real._executions._table
        plain = boto3.client("dynamodb")

        def interfere(**_: Any) -> None:
            plain.update_item(
                TableName=table,
                Key=items.key("acme", TRACE),
                UpdateExpression="ADD revision :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

        client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)
        try:
            with pytest.raises(StoreUnavailableError, match="too many"):
                send(real, root("a"))
        finally:
            client.meta.events.unregister("before-call.dynamodb.UpdateItem", interfere)


def _client(store: DynamoTraceStore) -> Any:
    return store._executions._dynamodb


def _names_if_any(store: TraceStore, execution_id: str) -> list[str]:
    trace = store.read_trace("acme", execution_id)
    return [row.name for row in trace.rows] if trace else []
