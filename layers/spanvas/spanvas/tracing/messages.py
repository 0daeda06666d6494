"""Parts of executions that others have begun: opened from what an event, or one message of several, says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags

from spanvas import handles as public
from spanvas.model.execution import BY_CALLER, BY_FUNCTION
from spanvas.propagation.inbound import InboundContext, inbound_of
from spanvas.propagation.messages import Message, message_of
from spanvas.propagation.paths import text_at
from spanvas.semantics import attributes as names
from spanvas.settings import Settings
from spanvas.tracing.context import current_scope
from spanvas.tracing.delivery import Delivery
from spanvas.tracing.execution_state import ExecutionState, without_empty
from spanvas.tracing.executions import ExecutionRecorder
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.spans import SpanRecorder

ALWAYS: Final = "always"
NEVER: Final = "never"
MAX_UNTOUCHED: Final = 100
"""Messages that nobody has opened and that get their part all the same. Each costs some writes."""
RETURNED: Final = "the message was returned to its queue"


class LivePart(public.Handle):
    """The part of one message: its execution's root, and this invocation's span in it, which the handle is of."""

    __slots__ = ("_root", "_span")

    def __init__(self, root: LiveRun, span: LiveSpan) -> None:
        self._root = root
        self._span = span

    @property
    def span_id(self) -> str:
        return self._span.span_id

    @property
    def trace_id(self) -> str:
        return self._span.trace_id

    def set_input(self, value: Any) -> None:
        self._span.set_input(value)

    def set_output(self, value: Any) -> None:
        self._span.set_output(value)

    def set_attribute(self, key: str, value: Any) -> None:
        self._span.set_attribute(key, value)

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        self._span.add_event(name, attributes)

    def fail(self, error: BaseException | str) -> None:
        self._span.fail(error)
        self._root.fail(error)

    def close(self, error: BaseException | None) -> None:
        self._span.close(error)
        self._root.close(error)


class MessageRecorder:
    """Opens parts of executions. Guarded: returns None instead of raising.

    `default_workflow_id` is what executions are called that nobody gives a name.
    """

    def __init__(
        self,
        spans: SpanRecorder,
        executions: ExecutionRecorder,
        delivery: Delivery,
        settings: Settings,
        default_workflow_id: str,
    ) -> None:
        self.problems = spans.problems
        self.default_workflow_id = default_workflow_id
        self._spans = spans
        self._executions = executions
        self._delivery = delivery
        self._settings = settings

    def new_part(
        self,
        inbound: InboundContext,
        workflow_id: str = "",
        execution_id: str | None = None,
        **state: Any,
    ) -> ExecutionState:
        """Returns a part that has not begun yet. The ids are those of an execution that nothing names; `state`: what
        `ExecutionRecorder.new_run` takes besides."""
        machine = inbound.machine
        if machine is not None and machine.started_at_unix_nano is not None:
            state.setdefault("started_at_unix_nano", machine.started_at_unix_nano)
        return self._executions.new_run(
            inbound.workflow_id or workflow_id or self.default_workflow_id,
            inbound.execution_id or execution_id,
            inbound.tenant,
            ended_by=self._ended_by(inbound),
            is_continued=inbound.is_continued,
            is_held=True,
            **state,
        )

    @guarded()
    def open_message(self, *, record: Any) -> LivePart | LiveSpan | public.Handle | None:
        """Opens what belongs to one message: a part of its execution, or a span where that is the one that is open."""
        scope = current_scope()
        if scope is not None and scope.run.is_discarded:
            return None
        if scope is not None and scope.invocation.open_message is not None:
            part = scope.invocation.open_message(record)
            if part is not None:
                return part
        message = message_of(record)
        if message is None:
            self.problems.say_once(
                "message.unknown", "message(): not a record of SQS, SNS or EventBridge"
            )
            return None
        inbound = inbound_of(message, self.execution_id_in, self.tenant_in)
        if scope is not None and (
            inbound.execution_id is None or scope.run.is_meant(inbound.execution_id, inbound.tenant)
        ):
            return self._spans.open_span(
                name=f"process {message.destination}".strip(),
                attributes=message_attributes(message),
                is_message=not scope.invocation.is_of_one_message,
            )
        return self.open_part(inbound)

    def open_part(
        self,
        inbound: InboundContext,
        batch: Batch | None = None,
        began_at_unix_nano: int | None = None,
    ) -> LivePart | None:
        """Opens the part of a message; one of a batch is linked both ways to the invocation that handles it.

        `began_at_unix_nano`: the message has been handled already, from then on.
        """
        message = inbound.message
        assert message is not None
        state: dict[str, Any] = {}
        if began_at_unix_nano is not None:
            state["started_at_unix_nano"] = state["began_at_unix_nano"] = began_at_unix_nano
            state["is_retroactive"] = True
        run = self.new_part(
            inbound,
            deadline_unix_nano=batch.deadline_unix_nano if batch is not None else None,
            **state,
        )
        handler = batch.invocation if batch is not None else None
        root = self._executions.open_root(
            run,
            parent=parent_of(inbound),
            on_done=batch.deferred_runs.append if batch is not None else None,
        )
        if root is None:
            return None
        span = self._spans.open_invocation(
            name=f"process {message.destination}".strip(),
            attributes=message_attributes(message),
            start_time_unix_nano=began_at_unix_nano,
            otel_kind=SpanKind.CONSUMER,
            links=[Link(handler.span.get_span_context())] if handler is not None else [],
        )
        if span is None:
            root.close(None)
            return None
        if handler is not None:
            handler.span.add_link(span.span.get_span_context())
        return LivePart(root, span)

    def write_parts(self, runs: list[ExecutionState]) -> None:
        """Writes the parts of a batch, all of which are over."""
        for run in runs:
            self._delivery.closed(run)

    def now(self) -> int:
        return self._spans.now()

    def execution_id_in(self, event: Any) -> str | None:
        """Returns the execution id that the deployment's path finds in an event."""
        return self._at(self._settings.execution_id_path, event)

    def tenant_in(self, event: Any) -> str | None:
        """Returns the tenant that the deployment's path finds in an event."""
        return self._at(self._settings.tenant_path, event)

    def _at(self, path: str, event: Any) -> str | None:
        try:
            return text_at(path, event)
        except Exception as error:  # noqa: BLE001 - ImportError, or a path that is none
            self.problems.say_once(
                f"path.{path}", "the path %r cannot be read from events: %s", path, error
            )
            return None

    def _ended_by(self, inbound: InboundContext) -> str:
        setting = self._settings.ends_execution
        if setting == ALWAYS:
            return BY_FUNCTION
        if setting == NEVER and inbound.ended_by == BY_FUNCTION:
            return BY_CALLER
        return inbound.ended_by


class Batch:
    """The messages of an invocation. Parts are opened by `spanvas.message`, or at last, for the invocation as such.

    `invocation` is the invocation's own span, `deferred_runs` are the parts that are over and not written yet.
    """

    def __init__(
        self,
        recorder: MessageRecorder,
        inbound: list[InboundContext],
        deadline_unix_nano: int,
        invocation: LiveSpan | None,
    ) -> None:
        self.deadline_unix_nano = deadline_unix_nano
        self.invocation = invocation
        self.deferred_runs: list[ExecutionState] = []
        self._recorder = recorder
        self._began_at_unix_nano = recorder.now()
        self._waiting = {item.message.id: item for item in inbound if item.message is not None}

    def open(self, record: Any) -> LivePart | None:
        """Opens the part of a record of this invocation; None where it is none of those, or is done already."""
        message = message_of(record)
        inbound = self._waiting.pop(message.id, None) if message is not None else None
        return self._recorder.open_part(inbound, self) if inbound is not None else None

    def close(self, error: BaseException | None, result: Any) -> None:
        """Makes what has not been opened a part of the invocation as a whole. Then writes all of it."""
        returned = _returned(result)
        if self.invocation is not None and self.invocation.run.is_discarded:
            self._waiting.clear()
        untouched = list(self._waiting.values())
        for inbound in untouched[:MAX_UNTOUCHED]:
            part = self._recorder.open_part(inbound, self, self._began_at_unix_nano)
            if part is None:
                continue
            if error is None and inbound.message is not None and inbound.message.id in returned:
                part.fail(RETURNED)
            part.close(error)
        if len(untouched) > MAX_UNTOUCHED:
            self._recorder.problems.count("messages.without_part", len(untouched) - MAX_UNTOUCHED)
        self._recorder.write_parts(self.deferred_runs)


def parent_of(inbound: InboundContext) -> SpanContext | None:
    """Returns the SDK's form of the caller's span."""
    parent = inbound.parent
    if parent is None:
        return None
    return SpanContext(
        int(parent.trace_id, 16), int(parent.span_id, 16), True, TraceFlags(parent.flags)
    )


def message_attributes(message: Message) -> dict[str, Any]:
    """Returns a message's attributes, as OpenTelemetry's messaging conventions name them."""
    return without_empty(
        {
            "messaging.system": message.system,
            "messaging.destination.name": message.destination,
            "messaging.message.id": message.id,
            "messaging.operation.type": "process",
            names.ATTEMPT: message.attempt,
        }
    )


def _returned(result: Any) -> set[str]:
    """Ids in a partial batch response: AWS Lambda, "Handling errors for an SQS event source"."""
    failures = result.get("batchItemFailures") if isinstance(result, Mapping) else None
    if not isinstance(failures, list):
        return set()
    return {str(item.get("itemIdentifier")) for item in failures if isinstance(item, Mapping)}
