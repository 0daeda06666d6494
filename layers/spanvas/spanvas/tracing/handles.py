"""The live handles: an SDK span that is current until its block ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import Token
from typing import Any, Protocol

from opentelemetry import context as otel_context
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import StatusCode

from spanvas import attributes as names
from spanvas import handles as public
from spanvas.model.execution import STATUS_BY_MARK, Cause
from spanvas.model.row import LEFT_EARLY
from spanvas.tracing.convert import (
    MAX_MESSAGE,
    error_type,
    exception_attributes,
    json_text,
    message_of,
)
from spanvas.tracing.error_origins import origin_of, remember, seen_below
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health, guarded


class Recorder(Protocol):
    """What a handle needs of its recorder. Where `keeps_content` is False, content is not even encoded."""

    problems: Health
    keeps_content: bool

    def now(self) -> int:
        """Returns the present time in unix nanoseconds."""


class LiveSpan(public.Handle):
    """An open span of the public API. `node_id`: the node span itself if `is_node`, else its enclosing node.
    `outcome`: the control flow that has left its block, of `control_flow.MARKS`.

    `owns_span` is False for a second handle of a span that is open already: it does not end it.
    """

    __slots__ = (
        "_context",
        "_is_node",
        "_owns_span",
        "_recorder",
        "_token",
        "is_failed",
        "node_id",
        "outcome",
        "run",
        "span",
    )

    def __init__(
        self,
        recorder: Recorder,
        span: SdkSpan,
        context: Context,
        run: ExecutionState,
        node_id: str | None = None,
        is_node: bool = False,
        owns_span: bool = True,
    ) -> None:
        self.span = span
        self.run = run
        self.node_id = node_id
        self.is_failed = False
        self.outcome: str | None = None
        self._recorder = recorder
        self._is_node = is_node
        self._owns_span = owns_span
        self._token: Token[Context] = otel_context.attach(context)

    @property
    def problems(self) -> Health:
        """The recorder's counters of our own failures, which `guarded` reports to."""
        return self._recorder.problems

    @property
    def span_id(self) -> str:
        """The span's id, 16 lower-case hex digits."""
        return f"{self.span.get_span_context().span_id:016x}"

    @property
    def trace_id(self) -> str:
        """The trace's id, 32 lower-case hex digits."""
        return f"{self.span.get_span_context().trace_id:032x}"

    @guarded()
    def set_input(self, value: Any) -> None:
        """Sets the span's input as JSON text; does nothing where no content is kept."""
        if self._recorder.keeps_content:
            self.span.set_attribute(names.INPUT, json_text(value))

    @guarded()
    def set_output(self, value: Any) -> None:
        """Sets the span's output as JSON text; does nothing where no content is kept."""
        if self._recorder.keeps_content:
            self.span.set_attribute(names.OUTPUT, json_text(value))

    @guarded()
    def set_attribute(self, key: str, value: Any) -> None:
        """Sets an attribute of the SDK's span."""
        self.span.set_attribute(key, value)

    @guarded()
    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Adds an event to the SDK's span at the present time."""
        self.span.add_event(name, dict(attributes or {}), self._recorder.now())

    @guarded()
    def fail(self, error: BaseException | str) -> None:
        """Sets status, `error.type` and, at an exception's first span, its event."""
        self._record(error)

    def close(self, error: BaseException | None) -> None:
        """Ends the span and makes the span around it the current one again; failed if there is an error. An exception
        that is control flow is none."""
        try:
            if error is not None:
                self._leave_by(error)
            self._end()
        finally:
            self._detach()

    @guarded()
    def _leave_by(self, error: BaseException) -> None:
        mark = None if self.is_failed else _control_flow(error)
        if mark is None:
            self.fail(error)
            return
        self.outcome = mark
        self.span.set_attribute(names.OUTCOME, mark)
        if mark != LEFT_EARLY and origin_of(error) is None:
            self._add_exception(error, self._cause_of(error))

    def _add_exception(self, error: BaseException, cause: Cause) -> None:
        """Adds the event of an exception that first leaves a span here."""
        self.span.add_event(
            names.EXCEPTION_EVENT, exception_attributes(error), self._recorder.now()
        )
        remember(error, cause)

    @guarded()
    def _end(self) -> None:
        if not self._owns_span:
            return
        if not self.is_failed and self.outcome not in STATUS_BY_MARK:
            self.span.set_status(StatusCode.OK)
        self.span.end(self._recorder.now())

    def suspend(self) -> None:
        """Makes the span around it the current one while its generator waits to be asked for more."""
        self._context = otel_context.get_current()
        self._detach()

    def resume(self) -> None:
        """Makes what was current in its generator current again, in whichever thread or task that goes on."""
        self._token = otel_context.attach(self._context)

    @guarded()
    def _detach(self) -> None:
        before = self._token.old_value
        try:
            self._token.var.reset(self._token)
        except (ValueError, RuntimeError):  # opened in another thread or task, or closed already
            otel_context.attach(before if isinstance(before, Context) else Context())

    def _record(self, error: BaseException | str) -> Cause:
        """Sets status, `error.type` and, where the exception first leaves a span, its event; returns the cause."""
        self.is_failed = True
        known = origin_of(error)
        cause = known or self._cause_of(error)
        own = error if isinstance(error, str) else message_of(error)
        self.span.set_attribute(names.ERROR_TYPE, error_type(error))
        self.span.set_status(StatusCode.ERROR, own)
        if isinstance(error, BaseException) and _control_flow(error) is not None:
            self.span.set_attribute(names.OUTCOME, names.FAILED)
        if isinstance(error, BaseException) and known is None:
            self._add_exception(error, cause)
        if self._is_node:
            self.run.note_failed_node(cause)
        return cause

    def _cause_of(self, error: BaseException | str) -> Cause:
        """Returns the cause, at the span where the first of its chained exceptions was recorded.

        Where none was: at this span, or outside of nodes at the last node that failed.
        """
        seen = seen_below(error)
        if seen is None and self.node_id is None:
            seen = self.run.last_failed_node
        place = (seen.node_id, seen.span_id) if seen else (self.node_id, self.span_id)
        message = error if isinstance(error, str) else message_of(error)
        return Cause(error_type(error), message[:MAX_MESSAGE], *place)


class RetriedNode(LiveSpan):
    """A node of which this is one attempt of several: the attempt is a span inside of it."""

    __slots__ = ("attempt",)

    attempt: LiveSpan | None

    def close(self, error: BaseException | None) -> None:
        """Ends the open attempt, then the node."""
        if self.attempt is not None:
            self.attempt.close(error)
        LiveSpan.close(self, error)


class LiveRun(LiveSpan, public.RunHandle):
    """The root of an execution, or a workflow inside of one.

    `ended` is called when the block of an execution has ended, with what made it fail. `owns_span` is False for the
    handle of a `workflow()` that has named the execution which the wrapper opened: the wrapper ends the span. `same`
    is the wrapper's own handle of that span, if it is not the root. `left` lets go of the span of an execution that
    goes on elsewhere.
    """

    def __init__(
        self,
        recorder: Recorder,
        span: SdkSpan,
        context: Context,
        run: ExecutionState,
        ended: Callable[[Cause | None], None] | None = None,
        owns_span: bool = True,
        same: LiveSpan | None = None,
        left: Callable[[SdkSpan], None] | None = None,
    ) -> None:
        LiveSpan.__init__(self, recorder, span, context, run, owns_span=owns_span)
        self._cause: Cause | None = None
        self._ended = ended
        self._same = same
        self._left = left

    @property
    def execution_id(self) -> str:
        """The id of the execution that this process has made of the caller's."""
        return self.run.execution_id

    @property
    def _leave(self) -> Callable[[SdkSpan], None] | None:
        """Lets go of the span where it is the root of an execution that goes on elsewhere; else None."""
        return None if self.run.is_ended_here else self._left

    @guarded()
    def fail(self, error: BaseException | str) -> None:
        """Keeps the cause of the failure, and marks the span unless the execution goes on elsewhere."""
        self._cause = self._record(error) if self._leave is None else self._cause_of(error)
        if self._same is not None:
            self._same.is_failed = True

    @guarded()
    def _leave_by(self, error: BaseException) -> None:
        LiveSpan._leave_by(self, error)
        self.run.outcome = self.outcome

    @guarded()
    def _end(self) -> None:
        """Ends the span; an execution's root fails of what a `workflow()` inside has failed of."""
        is_root = self._owns_span and self._ended is not None
        cause = self._cause or (self.run.failure if is_root else None)
        leave = self._leave
        if leave is not None:
            leave(self.span)
        elif self._owns_span:
            self.is_failed = cause is not None
            LiveSpan._end(self)
        if self._ended is not None:
            self._ended(cause)


def _control_flow(error: BaseException) -> str | None:
    from spanvas.model.control_flow import control_flow_of_exception

    return control_flow_of_exception(error)
