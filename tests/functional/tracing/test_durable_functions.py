"""A durable function on AWS's own SDK, run by the SDK's local service, under the layer: suspended four times, with a
retry and branches, it is one execution in which each operation and each attempt is there once."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

import spanvas
from local.project import PROJECT
from spanvas.model.ids import as_execution_id
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.model.tree import build_tree, state_of
from spanvas.storage.stored_trace import StoredTrace
from spanvas.tracing.bootstrap import TracedHandler
from spanvas.tracing.other_providers import OtherProviders
from spanvas.tracing.span_ids import ExecutionIdGenerator
from tests.support.lambda_function import LAMBDA, make_context
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import recording
from tests.support.stored_spans import stored_span

PACKAGES: Final = PROJECT / "build" / "instrumented"
ARN: Final = (
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels:$LATEST"
    "/durable-execution/order-7/inv-12345678-1234-1234-1234-123456789012"
)
DAY_NANO: Final = 86_400 * 10**9
EXECUTION_ID: Final = as_execution_id(ARN)

pytestmark = pytest.mark.skipif(
    not (PACKAGES / "aws_durable_execution_sdk_python_testing").exists(),
    reason="AWS's SDK is not installed: run `make build/instrumented/.installed`",
)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`tests.support.durable_program`, with the function's packages behind the project's own."""
    monkeypatch.syspath_prepend(str(PACKAGES))
    sys.path.append(sys.path.pop(0))
    known = set(sys.modules)
    yield importlib.import_module("tests.support.durable_program")
    for name in set(sys.modules) - known:
        if name.startswith(("aws_durable", "tests.support.durable_program")):
            del sys.modules[name]


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(OtherProviders, "installed", None)


class Layered:
    """Runs a function durably under the layer; each invocation is in a sandbox of its own, over one store."""

    def __init__(self, program: Any, is_global: bool = False) -> None:
        self._is_global = is_global
        self.store = MemoryTraceStore()
        self.seen: list[str] = []
        self.after_first: Callable[[], None] = lambda: None
        self._program = program

    def run(self, function: Any, **options: Any) -> list[Any]:
        answers: list[Any] = self._program.run_durably(function, self._around, **options)
        return answers

    def _around(self, own: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        def invoked(event: Any, context: Any) -> Any:
            with sandbox(self.store, self._is_global) as engine:
                answer = TracedHandler(engine, own)(event, make_context(function_name="parcels"))
            self.seen.append(self.status)
            if len(self.seen) == 1:
                self.after_first()
            return answer

        return invoked

    def row(self, name: str) -> Row:
        return next(row for row in self.trace.rows if row.name == name)

    def span(self, name: str) -> Span:
        return self.span_of(self.row(name))

    def span_of(self, row: Row) -> Span:
        span = stored_span(self.store, "default", EXECUTION_ID, row.span_id)
        assert span is not None
        return span

    @property
    def trace(self) -> StoredTrace:
        trace = self.store.read_trace("default", EXECUTION_ID)
        assert trace is not None
        return trace

    @property
    def status(self) -> str:
        return self.trace.execution.status

    def tree(self) -> list[str]:
        return [
            f"{'  ' * line.depth}{line.row.kind} {line.row.name} {line.row.status}"
            + "".join(f" !{mark}" for mark in line.marks if mark != "cold_start")
            for line in build_tree(self.trace.rows)
        ]


@contextmanager
def sandbox(store: MemoryTraceStore, is_global: bool) -> Iterator[Any]:
    with recording(
        store=store,
        environment=LAMBDA,
        clock=time.time_ns,
        id_generator=ExecutionIdGenerator(),
        is_global=is_global,
    ) as recorded:
        yield recorded.engine


TREE: Final = [
    "workflow parcels ok",
    "  invocation parcels ok",
    "  node load ok",
    "    attempt attempt 1 ok",
    "  node pause ok !wait",
    "  invocation parcels ok",
    "  node charge ok",
    "    attempt attempt 1 error",
    "    attempt attempt 2 ok",
    "  invocation parcels ok",
    "  map both ok",
    "    item parallel-branch-0 ok",
    "      node left ok",
    "        attempt attempt 1 ok",
    "    item parallel-branch-1 ok",
    "      node nap ok !wait",
    "      node right ok",
    "        attempt attempt 1 ok",
    "  invocation parcels ok",
    "  node child ok",
    "    node inner ok",
    "      attempt attempt 1 ok",
    "  map letters ok",
    "    item map-item-0 ok",
    "    item map-item-1 ok",
]


def test_a_durable_function_is_one_execution_with_each_operation_once(program: Any) -> None:
    layered = Layered(program)
    function = program.Parcels()

    answers = layered.run(function)

    assert [answer["Status"] for answer in answers] == ["PENDING"] * 3 + ["SUCCEEDED"]
    assert layered.seen == ["running"] * 3 + ["succeeded"]
    assert function.ran == ["load", "charge", "charge", "left", "right", "inner"]
    execution = layered.trace.execution
    assert (execution.workflow_id, execution.external_id) == ("parcels", ARN)
    assert (execution.counters.spans, execution.counters.errors) == (25, 1)
    assert layered.tree() == TREE


def test_an_operation_has_its_names_its_attempt_and_its_result(program: Any) -> None:
    layered = Layered(program)

    layered.run(program.Parcels())

    charge = layered.span("charge")
    assert charge.attributes["durable.execution.arn"] == ARN
    assert charge.attributes["durable.operation.type"] == "STEP"
    assert charge.attributes["durable.operation.status"] == "SUCCEEDED"
    assert charge.attributes["spanvas.output"] == '"paid"'
    assert [
        (row.attempt, row.node_id, row.error_type, row.error_message)
        for row in layered.trace.rows
        if row.kind == "attempt" and row.node_id == "charge"
    ] == [(1, "charge", "RuntimeError", "the card was refused"), (2, "charge", None, None)]
    invocations = [row for row in layered.trace.rows if row.kind == "invocation"]
    assert [
        layered.span_of(row).attributes["durable.invocation.status"] for row in invocations
    ] == ["PENDING", "PENDING", "PENDING", "SUCCEEDED"]


def test_a_model_call_in_a_step_is_below_its_attempt_and_counts_once(program: Any) -> None:
    def call(step: str) -> None:
        if step == "load":
            spanvas.record_generation(
                model="gpt-4o-mini",
                provider="openai",
                usage={"input_tokens": 100, "output_tokens": 10},
            )

    layered = Layered(program)

    layered.run(program.Parcels(inside=call))

    counters = layered.trace.execution.counters
    assert (counters.input_tokens, counters.output_tokens) == (100, 10)
    lines = layered.tree()
    assert lines[lines.index("  node load ok") :][:3] == [
        "  node load ok",
        "    attempt attempt 1 ok",
        "      model gpt-4o-mini ok !not_timed",
    ]


def test_a_durable_function_that_fails_ends_its_execution_with_the_step_and_its_error(
    program: Any,
) -> None:
    layered = Layered(program)

    layered.run(program.Parcels(refusals=9))

    execution = layered.trace.execution
    assert layered.seen == ["running", "running", "failed"]
    assert execution.cause is not None
    assert execution.cause.message == "the card was refused"
    assert execution.cause.node_id == "charge"
    assert execution.cause.span_id == layered.row("charge").span_id


def test_while_it_is_suspended_its_wait_is_open_and_is_not_lost(program: Any) -> None:
    layered = Layered(program)
    found: list[tuple[str, str]] = []

    def look() -> None:
        now = time.time_ns() + 30 * DAY_NANO
        is_open = layered.trace.execution.status == "running"
        found.append((layered.row("pause").name, state_of(layered.row("pause"), now, is_open)))
        assert not layered.trace.execution.is_overdue(now)
        assert state_of(layered.row("parcels"), now, is_open) == "running"

    layered.after_first = look
    layered.run(program.Parcels())

    assert found == [("pause", "running")]


def test_a_block_of_the_function_around_a_wait_has_not_failed(program: Any) -> None:
    def function(event: Any, context: Any) -> None:
        with spanvas.workflow("delivery"), spanvas.node("later"):
            context.wait(program.SECOND, name="pause")

    layered = Layered(program)

    layered.run(function)

    assert layered.seen == ["running", "succeeded"]
    assert [row.status for row in layered.trace.rows if row.name == "later"] == ["ok", "ok"]
    assert layered.trace.execution.workflow_id == "delivery"
    assert layered.trace.execution.counters.errors == 0


def test_the_function_s_answers_are_the_same_as_without_the_layer(program: Any) -> None:
    assert Layered(program).run(program.Parcels()) == program.run_durably(program.Parcels())


INVOCATION: Final = "  invocation parcels ok"
BESIDE_PLUGIN: Final = {
    "ExecutionOtelPluginFactory": [
        "workflow parcels ok",
        INVOCATION,
        "  node load ok",
        "    attempt load attempt 1 ok",
        "  node pause ok !wait",
        INVOCATION,
        INVOCATION,
        "  node charge ok",
        "    attempt charge attempt 1 error",
        "    attempt charge attempt 2 ok",
        INVOCATION,
        "  map both ok",
        "    item parallel-branch-0 ok",
        "      node left ok",
        "        attempt left attempt 1 ok",
        "    item parallel-branch-1 ok",
        "      node right ok",
        "        attempt right attempt 1 ok",
        "      node nap ok !wait",
        "  node child ok",
        "    node inner ok",
        "      attempt inner attempt 1 ok",
        "  map letters ok",
        "    item map-item-0 ok",
        "    item map-item-1 ok",
    ],
    "InvocationOtelPluginFactory": [
        "workflow parcels ok",
        INVOCATION,
        "    node load ok",
        "      attempt load attempt 1 ok",
        "    node pause unset !wait",
        INVOCATION,
        "    node pause ok !wait",
        "    node charge unset",
        "      attempt charge attempt 1 error",
        INVOCATION,
        "    node charge ok",
        "      attempt charge attempt 2 ok",
        "    map both unset",
        "      item parallel-branch-0 ok",
        "        node left ok",
        "          attempt left attempt 1 ok",
        "      item parallel-branch-1 unset",
        "        node nap unset !wait",
        INVOCATION,
        "    map both ok",
        "      item parallel-branch-1 ok",
        "        node nap ok !wait",
        "        node right ok",
        "          attempt right attempt 1 ok",
        "    node child ok",
        "      node inner ok",
        "        attempt inner attempt 1 ok",
        "    map letters ok",
        "      item map-item-0 ok",
        "      item map-item-1 ok",
    ],
}
"""The invocation view writes an operation again in each invocation in which it was open."""


@pytest.mark.parametrize("view", sorted(BESIDE_PLUGIN))
def test_beside_aws_s_own_plugin_its_operations_are_in_our_workflow_and_our_invocations(
    program: Any, view: str, fresh_process: None
) -> None:
    plugin = importlib.import_module("aws_durable_execution_sdk_python_otel")
    exported = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    trace.set_tracer_provider(provider)
    layered = Layered(program, is_global=True)

    layered.run(program.Parcels(), plugins=[getattr(plugin, view)()])

    assert layered.seen == ["running"] * 3 + ["succeeded"]
    names = [span.name for span in exported.get_finished_spans()]
    assert {name: names.count(name) for name in ("Workflow", "Invocation")} == {
        "Workflow": 1,
        "Invocation": 4,
    }
    lines = layered.tree()
    assert [line for line in lines if "!rewritten" in line or "!orphan" in line] == []
    assert lines == BESIDE_PLUGIN[view]


def test_what_the_function_opens_below_the_plugin_s_invocation_is_below_ours(
    program: Any, fresh_process: None
) -> None:
    plugin = importlib.import_module("aws_durable_execution_sdk_python_otel")
    provider = TracerProvider(shutdown_on_exit=False)
    trace.set_tracer_provider(provider)
    layered = Layered(program, is_global=True)

    def function(event: Any, context: Any) -> None:
        with trace.get_tracer("shop").start_as_current_span("theirs"), spanvas.node("ours"):
            context.wait(program.SECOND, name="pause")

    layered.run(function, plugins=[plugin.InvocationOtelPluginFactory()])

    assert [line for line in layered.tree() if "!orphan" in line] == []
    assert [row.name for row in layered.trace.rows if row.name in ("Workflow", "Invocation")] == []
    above = {row.span_id: row.kind for row in layered.trace.rows}
    theirs = [row for row in layered.trace.rows if row.name == "theirs"]
    assert {above[row.parent_span_id or ""] for row in theirs} == {"invocation"}
