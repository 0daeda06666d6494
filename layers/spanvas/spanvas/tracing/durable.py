"""The operations of a durable function: recorded by the hooks that AWS's SDK for Python has for plugins.

An operation has a span of its own with an id that every invocation computes, so it is one span however often it is
resumed; what is replayed calls no hook. The SDK is the function's own: nothing of it is imported here.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from contextvars import Token
from datetime import datetime
from typing import Any, Final

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags

from spanvas import attributes as names
from spanvas.model import ids
from spanvas.model.durable import ENDED
from spanvas.model.execution import Cause
from spanvas.model.ids import as_name
from spanvas.model.units import NANO
from spanvas.tracing.context import SpanScope, current_scope, with_scope
from spanvas.tracing.convert import MAX_MESSAGE, json_text
from spanvas.tracing.execution_state import ExecutionState, without_empty
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.spans import SpanRecorder

SDK: Final = "aws_durable_execution_sdk_python"
PLUGIN: Final = f"{SDK}_otel"
FAILURES: Final = frozenset({"FAILED", "TIMED_OUT", "STOPPED"})


class DurableFault(Exception):
    """A durable execution ends with this error. `error_type` is the type that the SDK's answer gives."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


def status_of(result: Any) -> str:
    """Returns the status in what an invocation of a durable function answers; "" where it is no such answer."""
    status = result.get("Status") if isinstance(result, Mapping) else None
    return status if isinstance(status, str) else ""


def fault_of_durable(result: Any) -> DurableFault | None:
    """Returns the error with which a durable execution ends; None where it has not failed."""
    if status_of(result) not in FAILURES:
        return None
    said = result.get("Error")
    said = said if isinstance(said, Mapping) else {}
    return DurableFault(
        str(said.get("ErrorType") or "Error"),
        str(said.get("ErrorMessage") or "The durable execution failed"),
    )


class DurableFunctions:
    """Stands in the SDK's list of plugins for each invocation, where AWS's own OpenTelemetry plugin is not in it."""

    def __init__(self, spans: SpanRecorder, leave: Callable[[SdkSpan], None]) -> None:
        self.problems: Health = spans.problems
        self._spans = spans
        self._leave = leave
        self._present: Context | None = None
        self._plugin: type[Any] | None = None

    @guarded()
    def enter(self) -> None:
        """Notes the invocation that is open here as the one that the SDK is about to run."""
        self._present = otel_context.get_current()
        execution = sys.modules.get(f"{SDK}.execution")
        base = getattr(sys.modules.get(f"{SDK}.plugin"), "DurableInstrumentationPlugin", None)
        own = getattr(execution, "PluginExecutor", None)
        if execution is None or base is None or own is None or self._plugin is not None:
            return
        self._plugin = type("Operations", (Operations, base), {})

        def with_ours(factories: Any, *more: Any, **options: Any) -> Any:
            listed = list(factories or ())
            if not any(type(item).__module__.startswith(PLUGIN) for item in listed):
                listed.append(self)
            return own(listed, *more, **options)

        execution.PluginExecutor = with_ours  # type: ignore[attr-defined]

    def create_plugin(self, info: Any) -> Any:
        """Returns the plugin for one invocation, as the SDK asks for it; None where no invocation is open."""
        scope = current_scope(self._present)
        if self._plugin is None or self._present is None or scope is None or scope.run.is_discarded:
            return None
        return self._plugin(self._spans, self._leave, self._present, scope)


class Operations:
    """The SDK's hooks in one invocation. They are called by many threads; each ends what it has begun."""

    def __init__(
        self,
        spans: SpanRecorder,
        leave: Callable[[SdkSpan], None],
        context: Context,
        scope: SpanScope,
    ) -> None:
        self.problems: Health = spans.problems
        self._spans = spans
        self._leave = leave
        self._context = context
        self._scope = scope
        self._lock = threading.Lock()
        self._open: dict[str, tuple[SdkSpan, Context]] = {}
        self._attempts: dict[str, SdkSpan] = {}
        self._tokens: dict[tuple[str, int], Token[Context]] = {}

    @guarded()
    def on_invocation_start(self, info: Any) -> None:
        """Makes the invocation's span current in the SDK's thread."""
        self._attach("", self._context)

    @guarded()
    def on_invocation_end(self, info: Any) -> None:
        """Leaves what is still open to the next invocation; an attempt that was cut off has ended."""
        with self._lock:
            left, self._open = list(self._open.values()), {}
            cut, self._attempts = list(self._attempts.values()), {}
        for attempt in cut:
            attempt.end(self._spans.now())
        for span, _ in left:
            self._leave(span)
        self._detach("")

    @guarded()
    def on_operation_start(self, info: Any) -> None:
        """Opens an operation, or what an earlier invocation has left of it."""
        self._operation(info)

    @guarded()
    def on_operation_end(self, info: Any) -> None:
        """Ends an operation, at the time that the service gives."""
        span, _ = self._operation(info)
        with self._lock:
            self._open.pop(info.operation_id, None)
        status = _text(info.status)
        span.set_attribute(names.DURABLE_OPERATION_STATUS, status)
        result = getattr(info, "result", None)
        if result is not None and self._spans.keeps_content:
            span.set_attribute(names.OUTPUT, result if _is_json(result) else json_text(result))
        if status in FAILURES:
            cause = _fail(span, info, status)
            self._scope.run.note_failed_node(cause)
        else:
            span.set_status(StatusCode.OK)
        span.end(self._moment(info.end_time))

    @guarded()
    def on_user_function_start(self, info: Any) -> None:
        """Opens an attempt of a step; makes it, or the operation around other code, current."""
        span, context = self._operation(info)
        key = info.operation_id
        if _text(info.operation_type) == "STEP":
            number = info.attempt or 1
            attributes = {
                **self._attributes(info),
                names.DURABLE_ATTEMPT_NUMBER: number,
                names.ATTEMPT: number,
            }
            del attributes[names.DURABLE_OPERATION_STATUS]
            attempt, context = self._spans.start(
                f"attempt {number}", context, attributes, parent=span
            )
            with self._lock:
                self._attempts[key] = attempt
        self._attach(key, context)

    @guarded()
    def on_user_function_end(self, info: Any) -> None:
        """Ends an attempt of a step."""
        self._detach(info.operation_id)
        with self._lock:
            attempt = self._attempts.pop(info.operation_id, None)
        if attempt is None:
            return
        outcome = _text(info.outcome)
        attempt.set_attribute(names.DURABLE_ATTEMPT_OUTCOME, outcome)
        if outcome in FAILURES:
            _fail(attempt, info, outcome)
        elif outcome in ENDED:
            attempt.set_status(StatusCode.OK)
        attempt.end(self._spans.now())

    def _operation(self, info: Any) -> tuple[SdkSpan, Context]:
        """The span of an operation that is open, or that is opened now, and the context inside of it."""
        with self._lock:
            known = self._open.get(info.operation_id)
        if known is not None:
            return known
        run = self._scope.run
        called = str(info.name or info.operation_id)
        scope = SpanScope(run, self._scope.invocation, as_name(called))
        opened = self._spans.start(
            called,
            with_scope(scope, self._context),
            self._attributes(info),
            self._moment(info.start_time),
            known=(run.trace_id, self._id_of(run, info.operation_id)),
            parent=self._parent_of(run, info.parent_id),
        )
        with self._lock:
            return self._open.setdefault(info.operation_id, opened)

    def _attributes(self, info: Any) -> dict[str, Any]:
        return without_empty(
            {
                names.DURABLE_OPERATION_ID: info.operation_id,
                names.DURABLE_OPERATION_NAME: info.name,
                names.DURABLE_OPERATION_TYPE: _text(info.operation_type),
                names.DURABLE_OPERATION_SUBTYPE: _text(info.sub_type),
                names.DURABLE_OPERATION_STATUS: _text(info.status) or "STARTED",
                names.DURABLE_EXECUTION_ARN: run_arn(self._scope.run),
            }
        )

    def _parent_of(self, run: ExecutionState, operation_id: str | None) -> trace.Span:
        above = run.root_span_id if operation_id is None else self._id_of(run, operation_id)
        parent = SpanContext(int(run.trace_id, 16), int(above, 16), True, TraceFlags(1))
        return trace.NonRecordingSpan(parent)

    @staticmethod
    def _id_of(run: ExecutionState, operation_id: str) -> str:
        return ids.node_span_id_for(run.tenant, run.execution_id, operation_id)

    def _moment(self, moment: datetime | None) -> int:
        """The service's time in Unix nanoseconds, at most the present."""
        now = self._spans.now()
        return now if moment is None else min(round(moment.timestamp() * NANO), now)

    def _attach(self, key: str, context: Context) -> None:
        self._detach(key)
        self._tokens[key, threading.get_ident()] = otel_context.attach(context)

    def _detach(self, key: str) -> None:
        token = self._tokens.pop((key, threading.get_ident()), None)
        if token is not None:
            otel_context.detach(token)


def run_arn(run: ExecutionState) -> str:
    """Returns the ARN of a durable execution: what its sender calls it, else its id."""
    return run.external_id or run.execution_id


def _fail(span: SdkSpan, info: Any, status: str) -> Cause:
    error = getattr(info, "error", None)
    kind = str(getattr(error, "type", None) or status)
    message = str(getattr(error, "message", None) or "")[:MAX_MESSAGE]
    span.set_attribute(names.ERROR_TYPE, kind)
    span.set_status(StatusCode.ERROR, message)
    node_id = as_name(str(info.name or info.operation_id))
    return Cause(kind, message, node_id, f"{span.get_span_context().span_id:016x}")


def _text(value: Any) -> str:
    """The text of one of the SDK's enumerations, or of a plain text."""
    value = getattr(value, "value", value)
    return value if isinstance(value, str) else ""


def _is_json(text: Any) -> bool:
    """Whether a result is JSON already: a serializer of the function's own may write anything."""
    import json

    try:
        json.loads(text)
    except (TypeError, ValueError):
        return False
    return True
