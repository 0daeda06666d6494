"""Messages of one invocation that are of several executions: each execution gets its own part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.trace import Link, SpanKind

from spanvas import attributes as names
from spanvas import handles as door
from spanvas.model import kinds
from spanvas.propagation.arrival import Arrival
from spanvas.propagation.messages import Message, message_of
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.recorder import present
from spanvas.tracing.run import Run

if TYPE_CHECKING:
    from spanvas.tracing.parts import PartRecorder

MAX_UNTOUCHED: Final = 100
"""Messages that nobody has opened and that get their part all the same. Each costs some writes."""
RETURNED: Final = "the message was returned to its queue"


class LivePart(door.Handle):
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


class Batch:
    """The messages of an invocation. Parts are opened by `spanvas.message`, or at last, for the invocation as such."""

    def __init__(
        self, engine: PartRecorder, arrivals: list[Arrival], deadline_unix_nano: int | None
    ) -> None:
        self._engine = engine
        self._deadline = deadline_unix_nano
        self._began = engine.now()
        self._waiting = {item.message.id: item for item in arrivals if item.message is not None}
        self._done: list[Run] = []
        self.invocation: LiveSpan | None = None

    def open(self, record: Any) -> LivePart | None:
        """The part of a record of this invocation; None where it is none of those, or is done already."""
        message = message_of(record)
        arrival = self._waiting.pop(message.id, None) if message is not None else None
        if arrival is None:
            return None
        return open_part(self._engine, arrival, self._deadline, self.invocation, self._done)

    def close(self, error: BaseException | None, result: Any) -> None:
        """What has not been opened was part of the invocation as a whole. Then all of it is written."""
        returned = _returned(result)
        if self.invocation is not None and self.invocation.run.is_disowned:
            self._waiting.clear()
        untouched = list(self._waiting.values())
        for arrival in untouched[:MAX_UNTOUCHED]:
            part = open_part(
                self._engine, arrival, self._deadline, self.invocation, self._done, self._began
            )
            if part is None:
                continue
            if error is None and arrival.message is not None and arrival.message.id in returned:
                part.fail(RETURNED)
            part.close(error)
        if len(untouched) > MAX_UNTOUCHED:
            self._engine.problems.count("messages.without_part", len(untouched) - MAX_UNTOUCHED)
        for run in self._done:
            self._engine.delivery.closed(run)


def open_part(
    engine: PartRecorder,
    arrival: Arrival,
    deadline_unix_nano: int | None,
    invocation: LiveSpan | None = None,
    closes_later: list[Run] | None = None,
    began_at_unix_nano: int | None = None,
) -> LivePart | None:
    """The part of a message, linked both ways to the invocation that handles it."""
    message = arrival.message
    assert message is not None
    run = engine.new_part(
        arrival, engine.default_workflow_id, deadline_unix_nano=deadline_unix_nano
    )
    run.closes_later = closes_later
    if began_at_unix_nano is not None:
        run.started_at_unix_nano = run.began_at_unix_nano = began_at_unix_nano
        run.is_afterthought = True
    root = engine.open_arrived(run, arrival)
    if root is None:
        return None
    links = [Link(invocation.span.get_span_context())] if invocation is not None else []
    span = engine.open_span(
        name=f"process {message.destination}".strip(),
        kind=kinds.INVOCATION,
        attributes=message_attributes(message),
        start_time_unix_nano=began_at_unix_nano,
        otel_kind=SpanKind.CONSUMER,
        links=links,
    )
    if span is None:
        root.close(None)
        return None
    if invocation is not None:
        invocation.span.add_link(span.span.get_span_context())
    run.invocation = span
    return LivePart(root, span)


def message_attributes(message: Message) -> dict[str, Any]:
    """As OpenTelemetry's messaging conventions have it."""
    return present(
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
