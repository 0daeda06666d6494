"""Several functions over one store, and the events that carry an execution from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import spanvas
from spanvas.model.span import Span
from spanvas.model.tree import build_tree
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.lambda_function import LAMBDA, make_context
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import SECOND, Recording, TickingClock, recording

ARN = "arn:aws:states:eu-central-1:123456789012:execution:order-flow:run-1"
Handler = Callable[[Any, Any], Any]


class Functions:
    """Several functions over one store, one after another, each in a process of its own as far as they know."""

    def __init__(self, **settings: Any) -> None:
        self.store = MemoryTraceStore(clock=lambda: 50 * SECOND)
        self.settings = settings
        self._clock = 0

    def call(self, handler: Handler, event: Any, name: str = "brief", **settings: Any) -> Any:
        environment = {**LAMBDA, "AWS_LAMBDA_FUNCTION_NAME": name}
        clock = TickingClock(self._clock)
        with recording(
            store=self.store,
            environment=environment,
            clock=clock,
            id_generator=random_ids(),
            **{**self.settings, **settings},
        ) as recorded:
            self.recorded: Recording = recorded
            try:
                return TracedHandler(recorded.engine, handler)(
                    event, make_context(function_name=name)
                )
            finally:
                self._clock = clock.time

    def status(self, execution_id: str, tenant: str = "default") -> str:
        execution = self.store.read_execution(tenant, execution_id)
        assert execution is not None
        return execution.status

    def invocation(self) -> Span:
        """Of the function that was called last."""
        return next(span for span in self.recorded.spans if span.otel_kind == "server")

    def tree(self, execution_id: str, tenant: str = "default") -> list[str]:
        """Every row as its depth, kind, name and status."""
        trace = self.store.read_trace(tenant, execution_id)
        assert trace is not None
        rows = build_tree(trace.rows)
        return [
            f"{'  ' * row.depth}{row.row.kind} {row.row.name}"
            + (f" #{row.row.attempt}" if row.row.attempt is not None else "")
            + (" …" if row.row.end_time_unix_nano is None else f" {row.row.status}")
            for row in rows
        ]


def random_ids() -> Any:
    from spanvas.tracing.span_ids import ExecutionIdGenerator

    return ExecutionIdGenerator()


def state(name: str, second: int, retries: int = 0, **event: Any) -> dict[str, Any]:
    """The event of a state that passes `$$` on."""
    context = {
        "Execution": {
            "Id": ARN,
            "Input": {"order": 17},
            "Name": "run-1",
            "StartTime": "1970-01-01T00:00:00.500Z",
        },
        "State": {
            "Name": name,
            "EnteredTime": f"1970-01-01T00:00:{second:02}.000Z",
            "RetryCount": retries,
        },
        "StateMachine": {"Name": "order-flow"},
    }
    return {"StepFunctions": context, **event}


def fails(event: Any, context: Any) -> None:
    with spanvas.node("charge"):
        raise TimeoutError("no answer")


def works(event: Any, context: Any) -> str:
    with spanvas.node("work"):
        return "done"
