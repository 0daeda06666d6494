"""A sandbox runs one invocation: what its threads record belongs to it, whether they carry its context or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

import spanvas
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.recording import Recording, recording

LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "orders"}
Invoke = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def recorded(fresh_process: None) -> Iterator[Recording]:
    with recording(environment=LAMBDA, is_global=True) as recorded:
        yield recorded


@pytest.fixture
def invoke(recorded: Recording) -> Invoke:
    """Calls a function in a wrapped invocation."""
    return lambda body: TracedHandler(recorded.engine, lambda *_: body())({}, None)


def in_thread(body: Callable[[], Any]) -> None:
    thread = Thread(target=body)
    thread.start()
    thread.join()


def parents(recorded: Recording) -> dict[str, str]:
    kinds = {span.span_id: span.kind for span in recorded.spans}
    names = {span.span_id: span.name for span in recorded.spans}
    return {
        span.name: kinds[parent] if kinds[parent] == "invocation" else names[parent]
        for span in recorded.spans
        if (parent := span.parent_span_id) is not None
    }


def test_spans_of_a_plain_pool_are_below_the_invocation(
    recorded: Recording, invoke: Invoke
) -> None:
    tracer = trace.get_tracer("mine")

    def work(number: int) -> None:
        with (
            tracer.start_as_current_span(f"work {number}"),
            tracer.start_as_current_span(f"part {number}"),
        ):
            pass

    def handle() -> None:
        with tracer.start_as_current_span("outer"), ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(3)))

    invoke(handle)
    found = parents(recorded)
    assert [found[f"work {number}"] for number in range(3)] == ["invocation"] * 3
    assert [found[f"part {number}"] for number in range(3)] == ["work 0", "work 1", "work 2"]
    assert {span.trace_id for span in recorded.spans} == {recorded.runs[0].trace_id}
    assert {run.execution_id for run in recorded.runs} == {recorded.runs[0].execution_id}
    assert spanvas.health() == {}


def test_so_are_those_of_the_functions_own_provider(
    own_provider: TracerProvider, recorded: Recording, invoke: Invoke
) -> None:
    trace.set_tracer_provider(own_provider)
    tracer = own_provider.get_tracer("mine")
    started: list[Any] = []

    def work() -> None:
        with tracer.start_as_current_span("work") as span:
            started.append(span)

    invoke(lambda: in_thread(work))
    assert parents(recorded)["work"] == "invocation"
    assert started[0].parent is None
    assert f"{started[0].get_span_context().trace_id:032x}" != recorded.span("work").trace_id


def test_so_is_what_the_public_api_records_there(recorded: Recording, invoke: Invoke) -> None:
    headers: dict[str, str] = {}

    def work() -> None:
        with spanvas.node("draft"), trace.get_tracer("mine").start_as_current_span("step"):
            spanvas.record_generation(model="gpt-4o")
        spanvas.inject(headers)

    invoke(lambda: in_thread(work))
    found = parents(recorded)
    assert (found["draft"], found["step"], found["chat gpt-4o"]) == ("invocation", "draft", "step")
    (invocation,) = [span for span in recorded.spans if span.kind == "invocation"]
    assert headers["traceparent"].startswith(f"00-{invocation.trace_id}-{invocation.span_id}-")


def test_what_the_public_api_records_below_a_span_of_the_thread_is_below_that_span(
    recorded: Recording, invoke: Invoke
) -> None:
    def work() -> None:
        with trace.get_tracer("mine").start_as_current_span("request"), spanvas.span("look"):
            pass

    invoke(lambda: in_thread(work))
    found = parents(recorded)
    assert (found["request"], found["look"]) == ("invocation", "request")
    assert recorded.span("look").trace_id == recorded.runs[0].trace_id


def test_a_span_goes_to_the_invocation_in_which_it_began(
    recorded: Recording, invoke: Invoke
) -> None:
    tracer, open_spans = trace.get_tracer("mine"), []
    invoke(lambda: in_thread(lambda: open_spans.append(tracer.start_span("long"))))
    invoke(lambda: in_thread(open_spans[0].end))
    runs = [recorded.runs[recorded.spans.index(span)] for span in recorded.spans]
    assert [span.name for span, run in zip(recorded.spans, runs, strict=True) if run is runs[0]][
        -1
    ] == "long"
    assert runs[0] is not runs[-1]


def test_between_invocations_and_outside_of_lambda_nothing_is_known(
    recorded: Recording, invoke: Invoke
) -> None:
    invoke(lambda: None)
    in_thread(lambda: trace.get_tracer("mine").start_span("between").end())
    assert spanvas.health() == {"spans.without_execution": 1}
    with recording(is_global=True) as elsewhere, spanvas.workflow("brief"):
        in_thread(lambda: trace.get_tracer("mine").start_span("of another request").end())
        assert spanvas.health() == {"spans.without_execution": 1}
    assert elsewhere.names == ["brief"]


def test_of_two_invocations_at_once_a_thread_is_of_neither(
    recorded: Recording, invoke: Invoke
) -> None:
    def handle() -> None:
        in_thread(lambda: trace.get_tracer("mine").start_span("whose").end())

    def beside() -> None:
        in_thread(lambda: invoke(handle))

    invoke(beside)
    assert "whose" not in recorded.names
    assert spanvas.health() == {"spans.without_execution": 1}
