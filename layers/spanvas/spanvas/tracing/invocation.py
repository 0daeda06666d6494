"""One invocation of a wrapped function: its part of an execution, and the invocation's own span in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from opentelemetry.trace import SpanKind

from spanvas import attributes as names
from spanvas.model import ids, kinds
from spanvas.propagation.arrival import Arrival, arrivals_of
from spanvas.tracing import aws_retries, faas
from spanvas.tracing.batch import Batch, message_attributes
from spanvas.tracing.engine import Engine
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.response import ResponseFault
from spanvas.tracing.run import Run

PROVISIONED: Final = "provisioned-concurrency"


class OpenInvocation(NamedTuple):
    root: LiveRun
    state: LiveSpan | None
    invocation: LiveSpan | None
    batch: Batch | None

    def close(self, error: BaseException | None, result: Any = None) -> None:
        if self.invocation is not None:
            self.invocation.span.set_attributes(faas.figures())
            if error is not None:
                self.invocation.fail(error)
        if self.batch is not None:
            # While the invocation is open, which gets a link to each part.
            self.batch.close(error, result)
        for handle in (self.invocation, self.state, self.root):
            if handle is not None:
                handle.close(error)


class Invocations:
    """Opens and closes invocations. Guarded: what fails here is counted, and the handler runs all the same."""

    def __init__(self, engine: Engine) -> None:
        self.problems = engine.problems
        self._engine = engine
        self._is_first = True
        self._watches_aws = False

    @guarded()
    def open_invocation(self, event: Any, context: Any) -> OpenInvocation | None:
        """None where tracing has failed: the handler runs without."""
        is_cold = self._is_first and self._engine.environment.init_type != PROVISIONED
        self._is_first = False
        engine = self._engine
        self._watches_aws = self._watches_aws or aws_retries.watch(engine.problems)
        whole, messages = arrivals_of(event, context, engine.execution_id_in, engine.tenant_in)
        run = engine.new_part(
            whole,
            _text(event, "workflow_id") or engine.default_workflow_id,
            fallback_id=str(getattr(context, "aws_request_id", "") or ids.new_span_id()),
            started_by=_text(event, "started_by"),
            deadline_unix_nano=faas.deadline(context, engine.now()),
        )
        run.workflow_version = _text(event, "workflow_version")
        run.is_of_one_message = whole.message is not None and len(messages) == 1
        root = engine.open_arrived(run, whole)
        if root is None:
            return None
        state = None
        if whole.machine is not None and whole.machine.state is not None:
            state = engine.open_state(run, whole.machine.state)
        invocation = self._open_invocation(event, context, run, whole, is_cold)
        if whole.message is None and messages:
            run.batch = Batch(engine, messages, run.deadline_unix_nano)
            run.batch.invocation = invocation
        return OpenInvocation(root, state, invocation, run.batch)

    def _open_invocation(
        self, event: Any, context: Any, run: Run, whole: Arrival, is_cold: bool
    ) -> LiveSpan | None:
        attributes = {
            **faas.attributes(event, context, self._engine.environment),
            names.FAAS_COLDSTART: is_cold,
            names.DEADLINE: run.deadline_unix_nano,
        }
        if whole.message is not None:
            attributes |= message_attributes(whole.message)
        if whole.machine is not None and whole.machine.state is not None:
            attributes[names.ATTEMPT] = whole.machine.state.attempt
        run.invocation = self._engine.open_span(
            name=str(getattr(context, "function_name", "") or "invocation"),
            kind=kinds.INVOCATION,
            attributes=attributes,
            otel_kind=SpanKind.SERVER,
        )
        return run.invocation

    @guarded()
    def close_invocation(
        self, opened: OpenInvocation, error: BaseException | None, result: Any
    ) -> None:
        """`error` is what the caller gets instead of the result."""
        if isinstance(error, ResponseFault):
            # It has its place here: a node that failed before was caught, and has nothing to do with it.
            opened.root.run.last_failed_node = None
        opened.close(error, result)


def _text(event: Any, key: str) -> str:
    value = event.get(key) if isinstance(event, Mapping) else None
    return value if isinstance(value, str) else ""
