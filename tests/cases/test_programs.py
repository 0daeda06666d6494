"""Programs that use the layer or the API in a way that once was read wrongly.

Handlers of functions run in tests/runtime/test_cases.py.
"""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

import spanvas
from spanvas.model.execution import Execution
from spanvas.model.ids import as_execution_id
from spanvas.semantics.content import content_of
from spanvas.semantics.reader import SpanReader
from spanvas.settings import Settings
from spanvas_api.handlers import http_api
from spanvas_api.services import Services
from tests.functional.otlp.client import JSON
from tests.support.api_client import Client
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock, make_execution
from tests.support.received_runs import runs_of
from tests.support.recording import Recording, recording

CASES: Final = Path(__file__).parents[1] / "fixtures" / "cases"


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as made:
        yield made


def execution_of(recorded: Recording, execution_id: str) -> Execution:
    execution = recorded.store.read_execution("default", execution_id)
    assert execution is not None
    return execution


def test_door_generator_left_early(recorded: Recording) -> None:
    runpy.run_path(str(CASES / "door_generator_left_early.py"))

    execution = execution_of(recorded, "left-early")
    assert (execution.status, execution.counters.errors) == ("succeeded", 0)
    assert recorded.span("stream").status != "error"


def test_door_objects_and_usage(recorded: Recording) -> None:
    runpy.run_path(str(CASES / "door_objects_and_usage.py"))

    calls = [span for span in recorded.spans if span.kind == "model"]
    usages = [SpanReader(call).usage() for call in calls]
    assert [usage and (usage.input_tokens, usage.output_tokens) for usage in usages] == [
        (11, 7)
    ] * 3
    (message,) = content_of(calls[0])["output_messages"]
    assert message["role"] == "assistant"
    assert message["parts"] == [{"type": "text", "content": "ANSWER"}]
    counters = execution_of(recorded, "objects").counters
    assert (counters.input_tokens, counters.output_tokens) == (33, 21)


def test_door_responses(recorded: Recording) -> None:
    runpy.run_path(str(CASES / "door_responses.py"))

    (call,) = (span for span in recorded.spans if span.kind == "model")
    stored = str(call.attributes)
    content = str(content_of(call))
    for word in ("IN LYON", "THINKING", "I CANNOT", "TRANSCRIPT"):
        assert word in stored
        assert word in content


def test_same_id_in_layer_and_otlp(recorded: Recording) -> None:
    """The body that says the same id: test_bodies.py."""
    with spanvas.workflow("w", execution_id="patients/7"):
        pass

    (execution_id,) = {run.execution_id for run in recorded.runs}
    assert execution_id == as_execution_id("patients/7")


@pytest.mark.parametrize(
    ("called", "execution_id"),
    [
        ("order-7", "order-7"),
        (" order 7 ", "order-7-e6e7459c364d"),
        ("order\n7", "order-7-e1bb3420da69"),
        ("Ünïcode 🙂", "n-code-e99e2b214e5a"),
        ("e\u0301", "e-e30c150012fd"),
        ("\u00e9", "x-fd327df7a50a"),
        ("%2F", "2F-a694304ed930"),
        ("..", "x-1fec01955feb"),
        ("x" * 300, "x" * 100 + "-6eb05c555288"),
        (7, "7"),
        (-1, "1-5b04b523ff87"),
    ],
)
def test_an_id_is_the_same_by_the_layer_and_over_otlp_and_finds_its_execution(
    recorded: Recording, called: str | int, execution_id: str
) -> None:
    with spanvas.workflow("w", execution_id=called):  # type: ignore[arg-type]
        pass
    attribute = {"key": "spanvas.execution.id", "value": _any_value(called)}
    span = {
        "traceId": "c" * 32,
        "spanId": "c" * 16,
        "name": "other service",
        "startTimeUnixNano": "1795900000000000000",
        "endTimeUnixNano": "1795900000100000000",
        "attributes": [attribute],
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    (run,) = runs_of(json.dumps(body).encode(), content_type=JSON)

    assert {run.execution_id for run in recorded.runs} == {execution_id}
    assert run.summary["execution_id"] == execution_id
    found = run.api.get(f"/v1/executions/{quote(str(called), safe='')}")
    assert (found.status, found.json["execution_id"]) == (200, execution_id)


def _any_value(value: str | int) -> dict[str, str]:
    return {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}


def test_api_to_zero() -> None:
    """Over the real store: the fake one was right."""
    clock = Clock()
    with mocked_store(clock) as store:
        store.start_execution(make_execution())
        services = Services(
            Settings(enabled=True, table="traces"), make_store=lambda: store, clock=clock
        )
        api = Client(http_api.make_handler(lambda: services))

        assert len(api.get("/v1/executions").json["items"]) == 1
        for bounds in ({"to": "0"}, {"from": "0", "to": "0"}, {"from": "1", "to": "0"}):
            assert api.call("GET", "/v1/executions", query=bounds).json["items"] == []
