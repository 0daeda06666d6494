"""Deliveries that turn out to be repetitions: what was opened for them is not recorded."""

from __future__ import annotations

from opentelemetry import trace

from spanvas import attributes as names
from spanvas import handles as door
from spanvas.tracing.context import current_place
from spanvas.tracing.executions import ExecutionRecorder
from spanvas.tracing.health import guarded
from spanvas.tracing.processor import RecordingProcessor
from spanvas.tracing.run import Run


class Undecided(door.Handle):
    """While it is open, nothing of the execution leaves the process, and its function's time is not watched."""

    __slots__ = ("_processor", "_run", "problems")

    def __init__(self, recorder: ExecutionRecorder, run: Run) -> None:
        self.problems = recorder.problems
        self._processor: RecordingProcessor = recorder.processor
        self._run = run
        run.is_undecided = True

    @guarded()
    def close(self, error: BaseException | None) -> None:
        self._processor.decided(self._run)


class RepetitionRecorder(ExecutionRecorder):
    """Guarded, as `SpanRecorder`."""

    @guarded()
    def open_undecided(self) -> Undecided | None:
        place = current_place()
        if place is None or place.run.is_undecided or place.run.is_disowned:
            return None
        return Undecided(self, place.run)

    @guarded()
    def disown(self) -> None:
        """Outside of an execution there is nothing to disown, which is as it should be."""
        place = current_place()
        if place is None or place.run.is_disowned:
            return
        self.problems.count("executions.disowned")
        if place.is_message:  # others of this execution are not repetitions
            trace.get_current_span().set_attribute(names.DISOWNED, True)
            return
        place.run.is_disowned = True
        self.processor.forget(place.run)
        self.delivery.disowned(place.run)
