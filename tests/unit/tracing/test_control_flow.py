"""Exceptions by which programs steer leave spans of the layer without failing them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator

import pytest

import spanvas
from spanvas.model.execution import Execution
from spanvas.model.span import Span
from spanvas.semantics.summary import row_of
from spanvas.tracing.invocation import Invocations
from tests.support.recording import Recording


class GraphInterrupt(Exception):
    """As LangGraph's, by its name."""


class NodeInterrupt(GraphInterrupt):
    """As LangGraph's."""


class AskAda(GraphInterrupt):
    """Somebody's own."""


class ParentCommand(Exception):
    """As LangGraph's."""


def ended(recorded: Recording, execution_id: str = "e1") -> Execution:
    found = recorded.store.read_execution("default", execution_id)
    assert found is not None
    return found


def said(span: Span) -> tuple[str, tuple[str, ...], str | None]:
    row = row_of(span)
    return row.status, row.marks, row.error_type


@pytest.mark.parametrize("error", [GraphInterrupt("ok?"), NodeInterrupt("ok?"), AskAda("ok?")])
def test_an_interrupted_execution_waits(recorded: Recording, error: Exception) -> None:
    with (
        pytest.raises(GraphInterrupt),
        spanvas.workflow("brief", execution_id="e1"),
        spanvas.node("human"),
    ):
        raise error
    assert said(recorded.span("human")) == ("unset", ("interrupted",), None)
    (event,) = recorded.span("human").events
    assert event.attributes["exception.message"] == "ok?"
    assert recorded.span("brief").events == ()
    execution = ended(recorded)
    assert (execution.status, execution.cause, execution.counters.errors) == ("waiting", None, 0)


def test_an_interrupt_that_the_framework_has_caught_leaves_its_execution_waiting(
    recorded: Recording,
) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        with pytest.raises(GraphInterrupt), spanvas.node("human"):
            raise GraphInterrupt
        with spanvas.node("save"):
            pass
    assert ended(recorded).status == "waiting"


def test_a_node_that_is_run_again_after_its_interrupt_has_been_answered(
    recorded: Recording,
) -> None:
    with spanvas.workflow("brief", execution_id="e1"):
        with pytest.raises(GraphInterrupt), spanvas.node("human"):
            raise GraphInterrupt
        with spanvas.node("human"):
            pass
    assert ended(recorded).status == "succeeded"


def test_an_interrupt_in_a_span_of_an_instrumentation_is_seen(recorded: Recording) -> None:
    tracer = recorded.engine.providers.own.get_tracer("some.instrumentation")
    with (
        spanvas.workflow("brief", execution_id="e1"),
        pytest.raises(GraphInterrupt),
        tracer.start_as_current_span("human"),
    ):
        raise GraphInterrupt("ok?")
    assert recorded.span("human").status == "error"
    assert said(recorded.span("human")) == ("unset", ("interrupted",), None)
    assert ended(recorded).status == "waiting"


def test_an_interrupt_whose_wrapper_fails_is_a_failure(recorded: Recording) -> None:
    with pytest.raises(RuntimeError), spanvas.workflow("brief", execution_id="e1"):
        try:
            with spanvas.node("human"):
                raise GraphInterrupt
        except GraphInterrupt as error:
            raise RuntimeError("not asked") from error
    assert (ended(recorded).status, ended(recorded).counters.errors) == ("failed", 1)


@pytest.mark.parametrize(
    ("error", "mark", "status"),
    [
        (asyncio.CancelledError(), "cancelled", "unset"),
        (KeyboardInterrupt(), "cancelled", "unset"),
        (StopIteration(), "left_early", "ok"),
        (StopAsyncIteration(), "left_early", "ok"),
        (GeneratorExit(), "left_early", "ok"),
        (ParentCommand("goto"), "passed_on", "ok"),
    ],
)
def test_control_flow_is_no_error(
    recorded: Recording, error: BaseException, mark: str, status: str
) -> None:
    with (
        spanvas.workflow("brief", execution_id="e1"),
        pytest.raises(type(error)),
        spanvas.node("draft"),
    ):
        raise error
    assert said(recorded.span("draft")) == (status, (mark,), None)
    assert (ended(recorded).status, ended(recorded).counters.errors) == ("succeeded", 0)


def test_a_cancelled_workflow_is_cancelled(recorded: Recording) -> None:
    async def run() -> None:
        with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
            await asyncio.sleep(60)

    async def cancel() -> None:
        task = asyncio.create_task(run())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert (ended(recorded).status, ended(recorded).counters.errors) == ("cancelled", 0)


def test_a_timeout_is_an_error_though_it_cancels_what_is_inside(recorded: Recording) -> None:
    async def run() -> None:
        with spanvas.workflow("brief", execution_id="e1"):
            async with asyncio.timeout(0):
                with spanvas.node("draft"):
                    await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        asyncio.run(run())
    assert said(recorded.span("draft")) == ("unset", ("cancelled",), None)
    assert (ended(recorded).status, ended(recorded).counters.errors) == ("failed", 1)


def test_what_is_said_to_have_failed_has_failed(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft") as node:
        node.fail(GraphInterrupt("nobody there"))
    assert said(recorded.span("draft"))[0] == "error"


def numbers() -> Generator[int]:
    with spanvas.span("inside"):
        yield from range(10)


def test_a_generator_that_is_left_early_is_fine(recorded: Recording) -> None:
    with spanvas.workflow("brief", execution_id="e1"), spanvas.node("draft"):
        stream = numbers()
        assert next(stream) == 0
        stream.close()
    assert said(recorded.span("inside")) == ("ok", ("left_early",), None)
    assert ended(recorded).counters.errors == 0


def test_a_decorated_generator_is_open_while_it_is_read(recorded: Recording) -> None:
    @spanvas.node("stream")
    def stream() -> Iterator[int]:
        with spanvas.span("inside"):
            yield 1
            yield 2

    with spanvas.workflow("brief", execution_id="e1"):
        assert list(stream()) == [1, 2]
        for number in stream():
            if number == 1:
                break
    whole, left = (span for span in recorded.spans if span.name == "stream")
    assert (said(whole), said(left)) == (("ok", (), None), ("ok", ("left_early",), None))
    assert {s.parent_span_id for s in recorded.spans if s.name == "inside"} == {
        whole.span_id,
        left.span_id,
    }


def test_a_decorated_generator_passes_on_what_it_is_sent_and_returns(recorded: Recording) -> None:
    @spanvas.node("echo")
    def echo() -> Iterator[str]:
        said = yield "first"
        yield f"got {said}"

    with spanvas.workflow("brief", execution_id="e1"):
        generator = echo()
        assert next(generator) == "first"
        assert generator.send("x") == "got x"  # type: ignore[attr-defined]
        with pytest.raises(StopIteration):
            next(generator)
    assert said(recorded.span("echo")) == ("ok", (), None)


def test_a_decorated_asynchronous_generator_is_open_while_it_is_read(recorded: Recording) -> None:
    closed = []

    @spanvas.node("stream")
    async def stream() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    async def read() -> None:
        with spanvas.workflow("brief", execution_id="e1"):
            assert [number async for number in stream()] == [1, 2]
            left = stream()
            assert await anext(left) == 1
            await left.aclose()  # type: ignore[attr-defined]

    asyncio.run(read())
    whole, left = (span for span in recorded.spans if span.name == "stream")
    assert (said(whole), said(left)) == (("ok", (), None), ("ok", ("left_early",), None))
    assert closed == [True, True]
    assert ended(recorded).status == "succeeded"


def test_an_invocation_that_control_flow_leaves_has_failed_for_its_caller(
    recorded: Recording,
) -> None:
    invocations = Invocations(recorded.engine)
    opened = invocations.open_invocation({}, None)
    assert opened is not None
    error = GraphInterrupt("ok?")
    invocations.close_invocation(opened, error, None)
    assert [said(span)[0] for span in recorded.spans] == ["error", "error"]
    (run,) = {id(run): run for run in recorded.runs}.values()
    assert ended(recorded, run.execution_id).status == "failed"
