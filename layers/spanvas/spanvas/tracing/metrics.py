"""Writes the metrics of a function to its log: what its invocations and the executions that end here add to them.

Whoever knows something notes it, in any thread. It is written by the thread that closes a part of an execution, where
the function's own code is not in the middle of a line. Powertools' metrics are left alone: they keep what a function
has added in global state. See docs/adr/0048.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from spanvas.model.execution import UNCOUNTED, UNKNOWN_WORKFLOW, Execution, count
from spanvas.model.span import Span
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health, guarded

if TYPE_CHECKING:
    from spanvas.metrics import Metric, WorkflowNames
    from spanvas.model.row import Row
    from spanvas.storage.port import CountedEnd

DROPPED: Final = ".dropped"
"""What the names end in under which the exporters count spans that are lost."""
MOST_ENDS: Final = 1_000
MOST_ROWS: Final = 5_000
"""What is kept until it is written; of more, the first ends are given up, and the calls of a new execution."""


class MetricRecorder:
    """`service` is the function's `service.name`; `redact` leaves out what may not be kept of an execution.

    Guarded: a log that cannot be written changes nothing for the function.
    """

    def __init__(
        self,
        service: str,
        health: Health,
        clock: Callable[[], int],
        redact: Callable[[Execution], Execution],
    ) -> None:
        self.problems = health
        self._service = service
        self._clock = clock
        self._redact = redact
        self._workflows: WorkflowNames | None = None
        self._reset()

    def _reset(self) -> None:
        self._lock = Lock()
        self._ends: list[CountedEnd] = []
        self._cold: ExecutionState | None = None
        self._told_drops = self._drops()
        self._rows: dict[ExecutionState, list[Row]] = defaultdict(list)
        self._number_of_rows = 0

    def after_fork(self) -> None:
        """Leaves what is noted to the parent, in a forked child."""
        self._reset()

    def note_cold_start(self, run: ExecutionState) -> None:
        """Notes that the invocation of this part of an execution is the first of its environment."""
        self._cold = run

    def note_end(self, end: CountedEnd) -> None:
        """Notes an end that the store has taken."""
        with self._lock:
            self._ends.append(end)
            del self._ends[:-MOST_ENDS]

    def note_span(self, run: ExecutionState, span: Span) -> None:
        """Notes what an ended span has used, where there is no store that adds it up."""
        from spanvas.semantics.summary import row_of

        with self._lock:
            if self._number_of_rows < MOST_ROWS:
                self._number_of_rows += 1
                self._rows[run].append(row_of(span))

    @guarded()
    def note_unstored_end(self, run: ExecutionState) -> None:
        """Notes that a part of an execution is over, where there is no store that knows the whole."""
        from spanvas.model.running_totals import rows_of_trace
        from spanvas.storage.port import CountedEnd

        with self._lock:
            rows = self._rows.pop(run, [])
            self._number_of_rows -= len(rows)
        end = run.ended
        if run.is_discarded:
            return
        execution = self._redact(run.execution())
        if end is not None:
            execution = replace(
                execution, status=end.status, ended_at_unix_nano=end.ended_at_unix_nano
            )
        is_first = end is not None and end.status not in UNCOUNTED
        self.note_end(CountedEnd(execution, is_first, count(rows_of_trace(rows))))

    @guarded()
    def write_metrics(self, run: ExecutionState | None = None) -> None:
        """Writes what has been noted, and how many spans were lost. `run` is the execution whose part is over."""
        with self._lock:
            ends, self._ends = self._ends, []
            cold, self._cold = self._cold, None
            drops = self._drops()
            lost, self._told_drops = drops - self._told_drops, drops
        if not (ends or cold or lost):
            return
        from spanvas.metrics import COLD_STARTS, EXPORTER_DROPS, of_end

        for execution, is_first, counters in ends:
            self._write(of_end(execution, counters, is_first=is_first), execution.workflow_id)
        of_invocation: dict[Metric, float] = {COLD_STARTS: 1} if cold else {}
        if lost:
            of_invocation[EXPORTER_DROPS] = lost
        self._write(of_invocation, self._workflow_of(cold or run))

    def _write(self, values: dict[Metric, float], workflow_id: str) -> None:
        from spanvas.metrics import WorkflowNames, line

        if not values:
            return
        self._workflows = self._workflows or WorkflowNames()
        shown = self._workflows.shown(workflow_id)
        # In one call: a line that is written in two could be torn by another thread's.
        sys.stdout.write(line(values, self._service, shown, self._clock()) + "\n")
        sys.stdout.flush()

    def _workflow_of(self, run: ExecutionState | None) -> str:
        return UNKNOWN_WORKFLOW if run is None else self._redact(run.execution()).workflow_id

    def _drops(self) -> int:
        counts = self.problems.counts().items()
        return sum(number for what, number in counts if what.endswith(DROPPED))
