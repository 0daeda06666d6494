"""Nothing is running for ever."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import OVERDUE, Cause, Execution, Origin
from spanvas.storage.pages import Overdue
from spanvas.storage.port import SpanBatch
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.handlers import sweep
from spanvas_api.handlers.sweep import Sweep
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import Clock, make_execution, make_span, span_id
from tests.support.sweep import run_sweep


def lost_metric(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    """How many were lost, by cause."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = {}
    for line in lines:
        if "ExecutionsLost" in line:
            (metrics,) = line["_aws"]["CloudWatchMetrics"]
            by_cause = [["service", "cause"]] if "cause" in line else []
            assert metrics["Dimensions"] == [["service"], *by_cause]
            assert line["service"] == "sweep"
            (found[line.get("cause", "")],) = line["ExecutionsLost"]
    return found


def test_what_is_overdue_is_closed_and_counted(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    store.start_execution(make_execution("exec_1"))
    store.start_execution(make_execution("exec_2", start=100))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    execution = store.read_execution("acme", "exec_1")
    assert execution is not None
    assert (execution.status, execution.cause is not None) == ("lost", True)
    assert lost_metric(capsys) == {"Killed": 1.0}
    assert run_sweep(store) == {"closed": 0, "set_aside": 0}


def test_what_of_a_lost_execution_never_ended_is_counted_when_it_is_closed(
    store: AuditedStore, clock: Clock
) -> None:
    store.start_execution(make_execution())
    open_ = make_span("draft", end_time_unix_nano=None, status="unset")
    store.write(SpanBatch("acme", "exec_1", [make_span("classify"), open_]))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    execution = store.read_execution("acme", "exec_1")
    assert execution is not None
    assert (execution.counters.spans, execution.counters.errors) == (2, 1)


class NotingStore(AuditedStore):
    """Counts how often it is told to note since when it has the index of failed executions."""

    noted = 0

    def note_status_index(self) -> None:
        super().note_status_index()
        self.noted += 1
        if self.noted == 1:
            raise StoreUnavailableError("the store failed: it is down", 5)


def test_each_run_notes_the_index_and_closes_what_is_overdue_where_that_fails(
    clock: Clock,
) -> None:
    store = NotingStore(clock=clock)
    store.start_execution(make_execution("exec_1"))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    assert run_sweep(store) == {"closed": 0, "set_aside": 0}
    assert store.noted == 2


def test_one_that_goes_on_for_long_in_one_function_after_another_is_left_alone(
    store: AuditedStore, clock: Clock
) -> None:
    for start in range(0, 600, 50):
        store.start_execution(make_execution("exec_1", start=start))
        clock.advance(50)
        assert run_sweep(store) == {"closed": 0, "set_aside": 0}
        execution = store.read_execution("acme", "exec_1")
        assert execution is not None
        assert execution.status == "running"
    clock.advance(11)
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}


def test_they_are_counted_by_cause_which_names_the_last_node(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        store.start_execution(make_execution(f"exec_{number}"))
        span = make_span(
            "draft",
            end_time_unix_nano=None,
            status="unset",
            attributes={"spanvas.node.id": "draft"},
        )
        store.write(SpanBatch("acme", f"exec_{number}", [span]))
    timeout = Cause("Timeout", "the function's time ran out in node reply", "reply")
    store.start_execution(make_execution("exec_2"))
    store.end_execution("acme", "exec_2", "lost", clock.now, timeout)
    store.start_execution(make_execution("exec_3", status="queued"))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 4, "set_aside": 0}

    assert lost_metric(capsys) == {"Killed": 2.0, "Timeout": 1.0, "NotStarted": 1.0}
    killed = store.read_execution("acme", "exec_0")
    assert killed is not None
    assert killed.cause is not None
    assert (killed.cause.error_type, killed.cause.node_id) == ("Killed", "draft")
    assert killed.cause.span_id == span_id("draft")
    given_up = store.read_execution("acme", "exec_2")
    assert given_up is not None
    assert given_up.cause == timeout


def test_more_than_a_page_is_closed_in_one_run(store: AuditedStore, clock: Clock) -> None:
    for number in range(250):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 250, "set_aside": 0}


def test_a_run_has_an_end_and_the_next_one_goes_on(store: AuditedStore, clock: Clock) -> None:
    for number in range(150):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)
    swept = Sweep(store, iter([True] * 100 + [False]).__next__)

    swept.run()

    assert swept.closed.total() == 100
    assert run_sweep(store) == {"closed": 50, "set_aside": 0}


def test_one_that_cannot_be_closed_does_not_hold_up_the_others(
    store: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)
    close = store.close_as_lost

    def close_all_but_one(execution: Execution, cause: Cause) -> bool:
        if execution.execution_id == "exec_1":
            raise StoreUnavailableError("throttled")
        return close(execution, cause)

    monkeypatch.setattr(store, "close_as_lost", close_all_but_one)

    assert run_sweep(store) == {"closed": 2, "set_aside": 1}


def test_a_store_that_closes_nothing_is_not_asked_for_ever(
    store: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)
    monkeypatch.setattr(store, "close_as_lost", lambda *_: False)

    assert run_sweep(store) == {"closed": 0, "set_aside": 0}


def test_it_stops_before_its_own_deadline(store: AuditedStore, clock: Clock) -> None:
    store.start_execution(make_execution())
    clock.advance(61)

    assert run_sweep(store, remaining_ms=1_000) == {"closed": 0, "set_aside": 0}


def test_a_store_that_is_down_fails_the_run_and_is_still_measured(
    store: AuditedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.down = True

    with pytest.raises(StoreUnavailableError):
        run_sweep(store)

    assert lost_metric(capsys) == {"": 0.0}


def test_the_process_makes_its_services_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep.process_services.cache_clear()

    assert sweep.process_services() is sweep.process_services()
    sweep.process_services.cache_clear()


@pytest.mark.parametrize("call", ["/v1/executions/exec_1", "/v1/executions/exec_1/trace"])
def test_readers_see_the_cause_before_anything_is_swept(
    store: AuditedStore, clock: Clock, api: Client, call: str
) -> None:
    store.start_execution(make_execution())
    span = make_span(
        "draft",
        end_time_unix_nano=None,
        status="unset",
        attributes={"spanvas.node.id": "draft"},
    )
    store.write(SpanBatch("acme", "exec_1", [span]))
    clock.advance(61)

    found = api.get(call).json
    execution = found.get("execution", found)
    assert execution["status"] == "lost"
    assert execution["cause"] == {
        "error_type": "Killed",
        "message": "Nothing more was heard of its function in node draft: "
        "it was killed, ran out of memory or crashed.",
        "node_id": "draft",
        "span_id": span_id("draft"),
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["well", "meta", "read", "close", "aside"]), max_size=40))
def test_whatever_cannot_be_closed_all_others_are_and_the_next_run_begins_with_fresh_ones(
    kinds: list[str],
) -> None:
    """In any order, of any number: META that cannot be decoded, a read or a write that fails, and one that cannot even
    be set aside."""
    clock = Clock()
    store = Reluctant(clock)
    for number, kind in enumerate(kinds):
        store.start_execution(make_execution(f"exec_{number}_{kind}", start=number / 100))
        if kind == "meta":
            store.overlays[f"T#acme#E#exec_{number}_{kind}", "META"] = {"status": {"S": "?"}}
    clock.advance(61)

    first = run_sweep(store)

    bad = [kind for kind in kinds if kind in ("meta", "read", "close")]
    assert first == {"closed": kinds.count("well"), "set_aside": len(bad)}
    assert store.count_set_aside() == len(bad)
    store.start_execution(make_execution("fresh", start=-30))
    stuck = [number for number, kind in enumerate(kinds) if kind == "aside"]
    assert [place.execution_id for place in store.overdue()] == [
        "fresh",
        *(f"exec_{number}_aside" for number in stuck),
    ]
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}


def test_what_is_set_aside_is_closed_when_it_can_be(store: AuditedStore, clock: Clock) -> None:
    store.start_execution(make_execution())
    store.overlays["T#acme#E#exec_1", "META"] = {"status": {"S": "?"}}
    clock.advance(61)
    assert run_sweep(store) == {"closed": 0, "set_aside": 1}
    store.overlays.clear()
    clock.advance(119)
    assert run_sweep(store) == {"closed": 0, "set_aside": 0}
    clock.advance(2)
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}


def test_the_log_names_what_was_set_aside_and_the_metric_how_many_are(
    store: AuditedStore,
    clock: Clock,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.start_execution(make_execution())
    store.overlays["T#acme#E#exec_1", "META"] = {"cause": {"S": "hunter2"}}
    clock.advance(61)

    run_sweep(store)

    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    (measured,) = [line for line in lines if "ExecutionsSetAside" in line]
    assert measured["ExecutionsSetAside"] == [1.0]
    assert measured["UnreadableItems"] == [1.0]
    assert measured["service"] == "sweep"
    (refused,) = [vars(r) for r in caplog.records if r.message == "execution not closed"]
    assert (refused["tenant"], refused["execution_id"]) == ("acme", "exec_1")
    assert refused["reason"] == "T#acme#E#exec_1 META: JSONDecodeError"
    assert "hunter2" not in out + caplog.text


def test_a_store_that_refuses_every_write_is_left_alone(
    store: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)
    tried = []

    def refuse(*arguments: object) -> bool:
        tried.append(arguments)
        raise StoreUnavailableError("throttled")

    monkeypatch.setattr(store, "close_as_lost", refuse)
    monkeypatch.setattr(store, "set_aside", refuse)

    with pytest.raises(StoreUnavailableError):
        run_sweep(store)
    assert len(tried) == 2 * sweep.MAX_REFUSED


def test_a_run_uses_all_of_its_time_but_a_reserve(store: AuditedStore, clock: Clock) -> None:
    for number in range(3_000):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)

    assert run_sweep(store, remaining_ms=5_001) == {"closed": 3_000, "set_aside": 0}
    store.start_execution(make_execution("one_more"))
    assert run_sweep(store, remaining_ms=5_000) == {"closed": 0, "set_aside": 0}


def test_a_cause_is_not_guessed_from_a_trace_that_cannot_be_read(
    store: AuditedStore, clock: Clock
) -> None:
    store.start_execution(make_execution())
    store.write(SpanBatch("acme", "exec_1", [make_span("draft", end_time_unix_nano=None)]))
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    (chunk_id,) = trace.chunks
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunk_id}"] = {"data": {"B": b"?"}}
    clock.advance(61)

    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    found = store.read_execution("acme", "exec_1")
    assert found is not None
    assert found.cause == OVERDUE


class Reluctant(AuditedStore):
    """Fails for executions by what their ids end with."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock)

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        if execution_id.endswith(("_read", "_aside")):
            raise KeyError(execution_id)
        return super().read_trace(tenant, execution_id)

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        if execution.execution_id.endswith("_close"):
            raise StoreUnavailableError("throttled")
        return super().close_as_lost(execution, cause)

    def set_aside(self, overdue: Overdue) -> bool:
        if overdue.execution_id.endswith("_aside"):
            return False
        return super().set_aside(overdue)


def executions_told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """What the metrics of executions are told, as a function under the layer tells it."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [
        {name: value for name, value in line.items() if name != "_aws"}
        for line in lines
        if "Executions" in line
    ]


def test_what_is_closed_as_lost_counts_as_an_execution_once_with_what_it_has_used(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    store.start_execution(make_execution())
    used = {"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5}
    store.write(SpanBatch("acme", "exec_1", [make_span("ask", kind="model", attributes=used)]))
    clock.advance(61)
    run_sweep(store)
    assert executions_told(capsys) == [
        {
            "service": "sweep",
            "workflow_id": "support-triage",
            "Executions": 1,
            "FailedExecutions": 0,
            "InputTokens": 10,
            "OutputTokens": 5,
        }
    ]
    run_sweep(store)
    assert executions_told(capsys) == []


def test_what_was_counted_before_it_ran_again_and_was_lost_is_not_counted_again(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    store.start_execution(make_execution())
    store.end_execution("acme", "exec_1", "failed", clock.now, counted_as="one")
    clock.advance(1)
    store.start_execution(make_execution(began_at_unix_nano=clock.now))
    clock.advance(61)
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    assert executions_told(capsys) == []


def test_what_came_over_otlp_is_no_execution_of_a_function(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    store.start_execution(make_execution(origin=Origin("")))
    clock.advance(61)
    assert run_sweep(store) == {"closed": 1, "set_aside": 0}
    assert executions_told(capsys) == []
