"""Nothing is running for ever."""

from __future__ import annotations

import json

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause, Execution
from spanvas.settings import Settings
from spanvas_api.handlers import sweep
from spanvas_api.services import Services
from tests.builders import Clock, make_execution
from tests.functional.api.client import EVENTS, LambdaContext
from tests.functional.api.fakes import AuditedStore

EVENT = json.loads((EVENTS / "sweep.json").read_text("utf-8"))


def run_sweep(store: AuditedStore, remaining_ms: int = 20_000) -> dict[str, int]:
    services = Services(Settings(table="traces"), make_store=lambda: store)
    return sweep.make_handler(lambda: services)(EVENT, LambdaContext(remaining_ms=remaining_ms))  # type: ignore[arg-type]


def lost_metric(capsys: pytest.CaptureFixture[str]) -> list[float]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (measured,) = [line for line in lines if "_aws" in line]
    assert measured["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert measured["service"] == "sweep"
    return list(measured["ExecutionsLost"])


def test_what_is_overdue_is_closed_and_counted(
    store: AuditedStore, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    store.start_execution(make_execution("exec_1"))
    store.start_execution(make_execution("exec_2", start=100))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 1}
    execution = store.read_execution("acme", "exec_1")
    assert execution is not None
    assert (execution.status, execution.cause is not None) == ("lost", True)
    assert lost_metric(capsys) == [1.0]
    assert run_sweep(store) == {"closed": 0}


def test_more_than_a_page_is_closed_in_one_run(store: AuditedStore, clock: Clock) -> None:
    for number in range(250):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 250}


def test_a_run_has_an_end_and_the_next_one_goes_on(
    store: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MAX_PAGES", 1)
    for number in range(150):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)

    assert run_sweep(store) == {"closed": 100}
    assert run_sweep(store) == {"closed": 50}


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

    assert run_sweep(store) == {"closed": 2}


def test_a_store_that_closes_nothing_is_not_asked_for_ever(
    store: AuditedStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        store.start_execution(make_execution(f"exec_{number}"))
    clock.advance(61)
    monkeypatch.setattr(store, "close_as_lost", lambda *_: False)

    assert run_sweep(store) == {"closed": 0}


def test_it_stops_before_its_own_deadline(store: AuditedStore, clock: Clock) -> None:
    store.start_execution(make_execution())
    clock.advance(61)

    assert run_sweep(store, remaining_ms=1_000) == {"closed": 0}


def test_a_store_that_is_down_fails_the_run_and_is_still_measured(
    store: AuditedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.down = True

    with pytest.raises(StoreUnavailableError):
        run_sweep(store)

    assert lost_metric(capsys) == [0.0]


def test_the_process_makes_its_services_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep.process_services.cache_clear()

    assert sweep.process_services() is sweep.process_services()
    sweep.process_services.cache_clear()
