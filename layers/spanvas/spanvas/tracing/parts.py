"""Parts of executions that others have begun: opened from what an event or a message says."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model.execution import BY_CALLER, BY_FUNCTION
from spanvas.model.units import MS
from spanvas.propagation.arrival import Arrival, arrival_of
from spanvas.propagation.messages import message_of
from spanvas.propagation.paths import text_at
from spanvas.tracing.batch import LivePart, message_attributes, open_part
from spanvas.tracing.context import current_place
from spanvas.tracing.executions import span_context
from spanvas.tracing.handles import LiveRun, LiveSpan
from spanvas.tracing.health import guarded
from spanvas.tracing.repetitions import RepetitionRecorder
from spanvas.tracing.run import Run
from spanvas.tracing.workflows import is_meant

ALWAYS: Final = "always"
NEVER: Final = "never"


class PartRecorder(RepetitionRecorder):
    """Opens parts. Guarded, as `SpanRecorder`."""

    def new_part(
        self,
        arrival: Arrival,
        default_workflow_id: str,
        *,
        fallback_id: str | None = None,
        started_by: str = "",
        deadline_unix_nano: int | None = None,
    ) -> Run:
        """A part that has not begun yet. `fallback_id` is that of an execution which nothing names."""
        run = self.new_run(
            arrival.workflow_id or default_workflow_id,
            arrival.execution_id or fallback_id,
            arrival.tenant,
            started_by,
            deadline_unix_nano,
        )
        run.ended_by = self._ended_by(arrival)
        run.is_passed_on = arrival.is_passed_on
        # The handler may name its workflow; until it has, the execution waits for its registration.
        run.hold_until_unix_nano = run.began_at_unix_nano + self.settings.flush_interval_ms * MS
        machine = arrival.machine
        if machine is not None and machine.started_at_unix_nano is not None:
            run.started_at_unix_nano = min(machine.started_at_unix_nano, run.began_at_unix_nano)
        return run

    def open_arrived(self, run: Run, arrival: Arrival) -> LiveRun | None:
        """The root of a part, below the caller's span if there is one."""
        parent = span_context(arrival.parent) if arrival.parent is not None else None
        return self.open_root(run, parent=parent)

    @guarded()
    def open_message(self, *, record: Any) -> LivePart | LiveSpan | None:
        """What belongs to one message: a part of its execution, or a span where it is of the one that is open."""
        place = current_place()
        if place is not None and place.run.is_disowned:
            return None
        batch = place.run.batch if place is not None else None
        part = batch.open(record) if batch is not None else None
        if part is not None:
            return part
        message = message_of(record)
        if message is None:
            self.problems.say_once(
                "message.unknown", "message(): not a record of SQS, SNS or EventBridge"
            )
            return None
        arrival = arrival_of(message, self.execution_id_in, self.tenant_in)
        if place is not None and (
            arrival.execution_id is None
            or is_meant(place.run, arrival.execution_id, arrival.tenant)
        ):
            return self.open_span(
                name=f"process {message.destination}".strip(),
                attributes=message_attributes(message),
                is_message=not place.run.is_of_one_message,
            )
        return open_part(self, arrival, None)

    @property
    def default_workflow_id(self) -> str:
        """What executions are called that nobody gives a name."""
        return self.environment.function_name or "lambda"

    def execution_id_in(self, event: Any) -> str | None:
        return self._at(self.settings.execution_id_path, event)

    def tenant_in(self, event: Any) -> str | None:
        return self._at(self.settings.tenant_path, event)

    def _at(self, path: str, event: Any) -> str | None:
        try:
            return text_at(path, event)
        except Exception as error:  # noqa: BLE001 - ImportError, or a path that is none
            self.problems.say_once(
                f"path.{path}", "the path %r cannot be read from events: %s", path, error
            )
            return None

    def _ended_by(self, arrival: Arrival) -> str:
        setting = self.settings.ends_execution
        if setting == ALWAYS:
            return BY_FUNCTION
        if setting == NEVER and arrival.ended_by == BY_FUNCTION:
            return BY_CALLER
        return arrival.ended_by
