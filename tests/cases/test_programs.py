"""Programs that use the layer or the API in a way that once was read wrongly.

Handlers of functions run in tests/runtime/test_cases.py.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import spanvas
from spanvas.model.execution import Execution
from spanvas.model.ids import as_execution_id
from spanvas.semantics.content import content_of
from spanvas.semantics.reader import SpanReader
from spanvas.settings import Settings
from spanvas_api.handlers import http_api
from spanvas_api.services import Services
from tests.support.api_client import Client
from tests.support.builders import Clock, make_execution
from tests.support.memory_store import MemoryTraceStore
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


def test_api_to_zero() -> None:
    clock = Clock()
    store = MemoryTraceStore(clock=clock)
    store.start_execution(make_execution())
    services = Services(
        Settings(enabled=True, table="traces"), make_store=lambda: store, clock=clock
    )
    api = Client(http_api.make_handler(lambda: services))

    assert len(api.get("/v1/executions").json["items"]) == 1
    assert api.get("/v1/executions", to="0").json["items"] == []
    between: dict[str, str] = {"from": "1", "to": "0"}
    assert api.call("GET", "/v1/executions", query=between).json["items"] == []
