"""What others do between two calls of a request, and circles that nobody should make."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.conftest import WITH_DYNAMODB
from tests.functional.storage.received import OTHER_TRACE, TRACE, names, point, receive, root, send
from tests.support.builders import Clock, make_execution, make_span


@pytest.mark.parametrize("store", WITH_DYNAMODB, indirect=True)
class TestAtTheSameTime:
    """Not over the fake, which does everything at once."""

    def test_of_two_requests_that_bind_a_trace_at_once_one_wins(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        executions = real._executions
        change = executions.change

        def beaten(*arguments: Any, **options: Any) -> Any:
            monkeypatch.setattr(executions, "change", change)
            real.bind_trace("acme", TRACE, ["session-1"])
            return change(*arguments, **options)

        monkeypatch.setattr(executions, "change", beaten)
        binding = real.bind_trace("acme", TRACE, ["session-2"])

        assert binding.execution_id == "session-1"

    def test_a_binding_that_is_always_beaten_is_told_as_a_store_that_is_too_busy(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(real._executions, "change", lambda *_, **__: None)

        with pytest.raises(StoreUnavailableError, match="too many"):
            real.bind_trace("acme", TRACE, ["session-1"])

    def test_an_execution_that_has_gone_when_it_is_looked_at_is_made_anew(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody else makes it between the look and the write, once."""
        executions = real._executions
        item, looks = executions.item, iter([None])

        def gone(tenant: str, execution_id: str) -> Any:
            for nothing in looks:
                send(real, make_span("b", parent="a", start=1))
                return nothing
            return item(tenant, execution_id)

        monkeypatch.setattr(executions, "item", gone)
        receive(real, TRACE, [root("a")])

        assert names(real, TRACE) == ["a", "b"]
        found = real.read_execution("acme", TRACE)
        assert found is not None
        assert found.counters.spans == 2

    def test_a_circle_of_moves_ends(self, real: DynamoTraceStore) -> None:
        for one, other in ((TRACE, OTHER_TRACE), (OTHER_TRACE, TRACE)):
            point(real, one, other)

        with pytest.raises(StoreUnavailableError, match="too many"):
            receive(real, TRACE, [root("a")])
        with pytest.raises(StoreUnavailableError, match="too many"):
            real.bind_trace("acme", "2" * 32, [TRACE])

    def test_an_execution_that_has_expired_is_no_place_for_a_trace(
        self, real: DynamoTraceStore, clock: Clock
    ) -> None:
        real.start_execution(make_execution("exec_1", trace_id=TRACE))
        clock.advance(31 * 86_400)

        binding = real.bind_trace("acme", TRACE, [])

        assert binding.execution_id == TRACE

    def test_where_the_place_of_a_move_has_moved_itself_the_move_goes_on_there(
        self, real: DynamoTraceStore
    ) -> None:
        send(real, make_span("b", parent="a", start=1))
        point(real, "session-1", "session-2")
        send(real, make_span("x", trace_id=OTHER_TRACE), wanted="session-2")

        kept_at = send(real, root("a"), wanted="session-1")

        assert kept_at == "session-2"
        assert names(real, "session-2") == ["a", "b", "x"]

    def test_a_large_execution_is_moved_page_by_page(
        self, real: DynamoTraceStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            send(real, make_span(f"b{number}", parent="a", start=number + 1))
        client = real._binding._dynamodb
        query = client.query
        monkeypatch.setattr(client, "query", lambda **asked: query(**{"Limit": 2, **asked}))

        assert send(real, root("a"), wanted="session-1") == "session-1"
        monkeypatch.undo()
        assert names(real, "session-1") == ["a", "b0", "b1", "b2"]
