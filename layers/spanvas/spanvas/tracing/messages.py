"""Parts of executions that others have begun: opened from what an event, or one message of several, says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags, TraceState

from spanvas import attributes as names
from spanvas import handles as public
from spanvas.model.durable import LONGEST_NANO
from spanvas.model.execution import BY_CALLER, BY_FUNCTION
from spanvas.propagation.inbound import InboundContext, inbound_of
from spanvas.propagation.messages import ReceivedMessage, message_of
from spanvas.propagation.paths import text_at
from spanvas.settings import ALWAYS, NEVER, Settings
from spanvas.tracing.context import current_scope
from spanvas.tracing.delivery import Delivery
from spanvas.tracing.execution_state import ExecutionState, without_empty
from spanvas.tracing.executions import ExecutionRecorder
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.spans import SpanRecorder

MAX_UNTOUCHED: Final = 100
"""Messages that nobody has opened and that get their part all the same. Each costs some writes."""
RETURNED: Final = "the message was returned to its queue"


class LivePart(LiveSpan):
    """This invocation's span in the execution of one message. That execution's root fails and ends with it."""

    __slots__ = ("root",)

    root: LiveRun

    @guarded()
    def fail(self, error: BaseException | str) -> None:
        """Marks this span and the root of the message's execution as failed."""
        LiveSpan.fail(self, error)
        self.root.fail(error)

    def close(self, error: BaseException | None) -> None:
        """Ends this span, then the root of the message's execution."""
        LiveSpan.close(self, error)
        self.root.close(None)


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
        self.spans = spans
        self._executions = executions
        self.delivery = delivery
        self._settings = settings

    def new_part(
        self,
        inbound: InboundContext,
        workflow_id: str = "",
        execution_id: str | None = None,
        **state: Any,
    ) -> ExecutionState:
        """Returns a part that has not begun yet.

        `workflow_id` and `execution_id` are taken where the inbound context names none; `state`: what
        `ExecutionRecorder.new_run` takes besides.
        """
        machine = inbound.machine
        if machine is not None and machine.started_at_unix_nano is not None:
            state.setdefault("started_at_unix_nano", machine.started_at_unix_nano)
        if inbound.durable is not None:
            state["idle_nano"] = LONGEST_NANO
            state["is_durable"] = True
            if inbound.durable.started_at_unix_nano is not None:
                state["started_at_unix_nano"] = inbound.durable.started_at_unix_nano
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
    def open_message(self, *, record: Any) -> public.Handle | None:
        """Opens what belongs to one message.

        A part of its execution, or a span where that execution is open already.
        """
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
            return self.spans.open_span(
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
        part = self.spans.open_invocation(
            LivePart,
            f"process {message.destination}".strip(),
            message_attributes(message),
            SpanKind.CONSUMER,
            began_at_unix_nano,
            [Link(handler.span.get_span_context())] if handler is not None else [],
        )
        if part is None:
            root.close(None)
            return None
        part.root = root
        if handler is not None:
            handler.span.add_link(part.span.get_span_context())
        return part

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
        if setting == ALWAYS and inbound.durable is None:
            return BY_FUNCTION
        if setting == NEVER and inbound.ended_by == BY_FUNCTION:
            return BY_CALLER
        return inbound.ended_by


class Batch:
    """The messages of one invocation. A part is opened by `spanvas.message`, or when the invocation ends.

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
        self._began_at_unix_nano = recorder.spans.now()
        self._waiting = {item.message.id: item for item in inbound if item.message is not None}

    def open(self, record: Any) -> LivePart | None:
        """Opens the part of a record of this invocation; None where it is none of those, or was opened already."""
        message = message_of(record)
        inbound = self._waiting.pop(message.id, None) if message is not None else None
        return self._recorder.open_part(inbound, self) if inbound is not None else None

    def close(self, error: BaseException | None, result: Any) -> None:
        """Opens a part for each message that has none, over the whole invocation; then writes all parts."""
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
        for run in self.deferred_runs:
            self._recorder.delivery.closed(run)


def parent_of(inbound: InboundContext) -> SpanContext | None:
    """Returns the SDK's form of the caller's span."""
    parent = inbound.parent
    if parent is None:
        return None
    return SpanContext(
        int(parent.trace_id, 16),
        int(parent.span_id, 16),
        True,
        TraceFlags(parent.flags),
        TraceState.from_header([parent.state]) if parent.state else None,
    )


def parent_in(inbound: InboundContext, run: ExecutionState) -> SpanContext | None:
    """Returns the span that this function's part is opened below; of a durable execution that goes on, its root."""
    parent = parent_of(inbound)
    if inbound.durable is None or not run.is_continued:
        return parent
    trace_id = int(run.trace_id, 16) if parent is None else parent.trace_id
    return SpanContext(trace_id, int(run.root_span_id, 16), True, TraceFlags(TraceFlags.SAMPLED))


def message_attributes(message: ReceivedMessage) -> dict[str, Any]:
    """Returns a message's attributes, as OpenTelemetry's messaging conventions name them."""
    return without_empty(
        {
            names.MESSAGING_SYSTEM: message.system,
            names.MESSAGING_DESTINATION: message.destination,
            names.MESSAGING_MESSAGE_ID: message.id,
            names.MESSAGING_OPERATION_TYPE: "process",
            names.ATTEMPT: message.attempt,
        }
    )


def _returned(result: Any) -> set[str]:
    """Ids in a partial batch response: AWS Lambda, "Handling errors for an SQS event source"."""
    failures = result.get("batchItemFailures") if isinstance(result, Mapping) else None
    if not isinstance(failures, list):
        return set()
    return {str(item.get("itemIdentifier")) for item in failures if isinstance(item, Mapping)}
