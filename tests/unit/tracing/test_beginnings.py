"""The first write of an execution, as its process sees it: at once, waited for until it is sent, never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import spanvas
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Execution
from tests.support.lambda_function import LAMBDA, invoke
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import Recording, eventually, execution_of, recording


class Noting(MemoryTraceStore):
    """Keeps the names of the calls that write, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
        self.calls.append("begin")
        return super().begin_execution(execution, sent)

    def start_execution(self, execution: Execution) -> None:
        if not execution.is_provisional:
            self.calls.append("start")
        super().start_execution(execution)

    def end_execution(self, *arguments: Any, **options: Any) -> None:
        self.calls.append("end")
        super().end_execution(*arguments, **options)

    def withdraw_execution(self, tenant: str, execution_id: str) -> None:
        self.calls.append("withdraw")
        super().withdraw_execution(tenant, execution_id)


EVENT = {"execution_id": "e1"}
PATIENT = 60_000


def wrapped(store: MemoryTraceStore, handler: Callable[[], Any], **settings: Any) -> Recording:
    """An invocation under the wrapper, that is over."""
    options = {"start_budget_ms": PATIENT, **settings}
    with recording(store=store, environment=LAMBDA, clock=time.time_ns, **options) as recorded:
        invoke(recorded, lambda event, context: handler(), EVENT)
    return recorded


def test_the_execution_is_known_before_the_handlers_first_line() -> None:
    store = Noting()
    seen = []

    def handler() -> None:
        execution = store.read_execution("default", "e1")
        assert execution is not None
        seen.append((execution.status, execution.is_provisional))

    wrapped(store, handler)
    assert seen == [("running", True)]
    assert store.calls == ["begin", "start", "end"]


def test_one_write_more_and_no_other(noting_store: Noting) -> None:
    def handler() -> None:
        with spanvas.workflow("brief", version="7"), spanvas.node("draft"):
            pass

    recorded = wrapped(noting_store, handler)
    assert noting_store.calls == ["begin", "start", "end"]
    execution = execution_of(recorded)
    assert (execution.workflow_id, execution.workflow_version) == ("brief", "7")
    assert not execution.is_provisional


@pytest.fixture
def noting_store() -> Noting:
    return Noting()


def test_a_budget_of_0_saves_the_write(noting_store: Noting) -> None:
    wrapped(noting_store, lambda: None, start_budget_ms=0)
    assert noting_store.calls == ["start", "end"]


def test_the_function_does_not_wait_for_the_answer() -> None:
    gate = threading.Event()

    class Silent(Noting):
        def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
            sent()
            assert gate.wait(60)
            return super().begin_execution(execution, sent)

    store = Silent()
    recorded = wrapped(store, lambda: "fine")
    assert execution_of(recorded).status == "succeeded"
    gate.set()
    eventually(lambda: store.calls == ["start", "end", "begin"])
    assert execution_of(recorded).status == "succeeded"


def test_what_cannot_be_sent_is_waited_for_no_longer_than_the_budget_and_once() -> None:
    gate, began = threading.Event(), threading.Event()

    class Unreachable(Noting):
        def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
            self.calls.append("begin")
            began.set()
            gate.wait(60)
            raise StoreUnavailableError("the store failed: no connection")

    store = Unreachable()
    with recording(
        store=store, environment=LAMBDA, clock=time.time_ns, start_budget_ms=20
    ) as recorded:
        beginnings = recorded.engine.delivery._beginnings
        assert beginnings is not None
        for number in range(5):
            invoke(recorded, lambda event, context: began.wait(60), {"execution_id": f"e{number}"})
            eventually(lambda: beginnings._worker.is_stuck(0.02))  # for longer than the budget
        assert spanvas.health()["store.late_beginnings"] == 1
        gate.set()
        eventually(lambda: "store.failed_beginnings" in spanvas.health())
        for number in range(5):
            assert execution_of(recorded, f"e{number}").status == "succeeded"
            invoke(recorded, lambda event, context: "fine", {"execution_id": f"later-{number}"})
    # After a failure they are left out for a while.
    assert store.calls.count("begin") == 1


def test_a_store_that_is_down_is_asked_once() -> None:
    store = MemoryTraceStore()
    store.down = True
    with recording(store=store, environment=LAMBDA, start_budget_ms=PATIENT) as recorded:
        for number in range(3):
            invoke(recorded, lambda event, context: "fine", {"execution_id": f"e{number}"})
        assert spanvas.health()["store.failed_beginnings"] == 1


def test_what_is_disowned_was_never_there(noting_store: Noting) -> None:
    recorded = wrapped(noting_store, spanvas.discard)
    assert recorded.store.read_execution("default", "e1") is None
    assert noting_store.calls == ["begin", "withdraw"]


def test_what_cannot_be_taken_back_now_is_taken_back_with_the_next_execution(
    noting_store: Noting,
) -> None:
    withdraw = noting_store.withdraw_execution
    failures = iter([StoreUnavailableError("down")])

    def failing_once(tenant: str, execution_id: str) -> None:
        for failure in failures:
            raise failure
        withdraw(tenant, execution_id)

    noting_store.withdraw_execution = failing_once  # type: ignore[method-assign]
    options: Any = {"start_budget_ms": PATIENT, "clock": time.time_ns}
    with recording(store=noting_store, environment=LAMBDA, **options) as recorded:
        invoke(recorded, lambda event, context: spanvas.discard(), EVENT)
        assert spanvas.health()["store.failed_withdrawals"] == 1
        assert noting_store.read_execution("default", "e1") is not None

        invoke(recorded, lambda event, context: "fine", {"execution_id": "e2"})
        eventually(lambda: noting_store.read_execution("default", "e1") is None)
    assert execution_of(recorded, "e2").status == "succeeded"


def test_of_what_others_have_begun_nothing_is_taken_back(noting_store: Noting) -> None:
    wrapped(noting_store, lambda: None)
    noting_store.calls.clear()
    before = noting_store.read_execution("default", "e1")
    wrapped(noting_store, spanvas.discard)
    assert noting_store.read_execution("default", "e1") == before
    assert noting_store.calls == ["begin"]


def test_messages_have_beginnings_of_their_own_unless_nobody_opens_them() -> None:
    store = Noting()
    records = [
        {"messageId": name, "eventSource": "aws:sqs", "body": f'{{"execution_id": "{name}"}}'}
        for name in ("m1", "m2")
    ]
    seen = []

    def handler(event: Any, context: Any) -> None:
        with spanvas.message(records[0]):
            eventually(lambda: store.read_execution("default", "m1"))
            seen.append(store.read_execution("default", "m2"))

    with recording(
        store=store, environment=LAMBDA, clock=time.time_ns, start_budget_ms=PATIENT
    ) as recorded:
        invoke(recorded, handler, {"Records": records})
        assert execution_of(recorded, "m2").status == "succeeded"
    assert seen == [None]
    assert store.calls.count("begin") == 2  # of the invocation, and of m1


def test_a_connection_is_prepared_where_there_is_a_budget() -> None:
    prepared = threading.Event()

    class Prepared(MemoryTraceStore):
        def prepare(self) -> None:
            prepared.set()
            raise StoreUnavailableError("the store failed: no connection")

    with recording(store=Prepared(), start_budget_ms=0) as recorded:
        recorded.engine.delivery.prepare()
    with recording(store=Prepared(), start_budget_ms=PATIENT) as recorded:
        assert not prepared.is_set()
        recorded.engine.delivery.prepare()
        assert prepared.wait(60)
        assert spanvas.health() == {}
