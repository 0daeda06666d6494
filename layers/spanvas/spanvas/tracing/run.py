"""An execution as the process that runs it knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from spanvas.model.execution import BY_CALLER, BY_FUNCTION, LOST, Cause, Execution
from spanvas.model.ids import root_span_id_for

if TYPE_CHECKING:
    from spanvas.tracing.batch import Batch
    from spanvas.tracing.handles import LiveSpan


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """How an execution ended. Two are never equal: which of them the store has been told is known by identity."""

    status: str
    ended_at_unix_nano: int
    cause: Cause | None


@dataclass(slots=True, eq=False)
class Run:
    """Changes while the execution goes on; the store is told by the exporter's thread.

    `began_at_unix_nano` and `deadline_unix_nano` are those of this function's part. `ended_by` says who ends the
    execution; where that is not this function, the execution may rest for `idle_nano` until the next one continues it.
    `is_passed_on`: its workflow span is somebody else's. `is_adopted`: a `workflow()` has named it (the wrapper opens
    executions before it knows their workflow). `hold_until_unix_nano`: not registered before, so that a name can still
    come.
    """

    tenant: str
    execution_id: str
    trace_id: str
    workflow_id: str
    started_at_unix_nano: int
    deadline_unix_nano: int
    began_at_unix_nano: int = 0
    workflow_name: str = ""
    workflow_version: str = ""
    expected_nodes: tuple[str, ...] = ()
    started_by: str = ""
    external_id: str = ""
    ended_by: str = BY_FUNCTION
    is_passed_on: bool = False
    idle_nano: int = 0
    hold_until_unix_nano: int = 0
    is_adopted: bool = False
    is_registered: bool = False
    is_begun: bool = False
    """Whether the store knows of it since its beginning, by a first write that `is_registered` completes."""
    is_afterthought: bool = False
    """Whether its work was done when it was opened: there is no beginning to be told."""
    ended: End | None = None
    written_end: End | None = None
    """The end that the store has, with all spans before it."""
    told_cut: End | None = None
    """The guard's end, that the store was told before the spans."""
    invocation: LiveSpan | None = None
    """The span of this function's part, where the wrapper has opened one."""
    state: LiveSpan | None = None
    """The state of a state machine that this function is called for."""
    batch: Batch | None = None
    """The messages of this invocation, where they are of several executions."""
    closes_later: list[Run] | None = None
    """Where it is put when its part is done, to be written with others; None: it is written at once."""
    failure: Cause | None = None
    """What a `workflow()` inside has failed of, although its function may go on."""
    last_failed_node: Cause | None = None
    """For failures that are raised after the node's own exception has been caught."""
    last_node: tuple[str | None, str] | None = None
    """Id and span id of the node that has ended last."""
    guard_at_unix_nano: int | None = None
    """When the open spans are recorded as cut, since the function's time is about to run out; None when done."""
    is_of_one_message: bool = False
    """Whether this invocation is for a single message, and this its execution."""
    is_inherited: bool = False
    """Whether this is a copy, in a forked child: the parent runs the execution and ends it."""
    is_undecided: bool = False
    """Whether it is still being found out whose it is: nothing of it leaves the process meanwhile."""
    is_disowned: bool = False
    """Somebody else runs it: nothing of it is recorded here."""
    dropped: int = 0
    """Spans given up since the last batch; the next one tells the store."""
    dropped_total: int = 0
    otlp_dropped: int = 0
    """Spans that the OTLP endpoint has not got and will not get."""
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def root_span_id(self) -> str:
        return root_span_id_for(self.tenant, self.execution_id)

    @property
    def is_ended_here(self) -> bool:
        """Whether the execution ends when this function has done its part."""
        return self.ended_by == BY_FUNCTION

    @property
    def ended_elsewhere(self) -> str:
        """Who ends the execution if this function does not."""
        return BY_CALLER if self.is_ended_here else self.ended_by

    @property
    def is_ended(self) -> bool:
        return self.ended is not None

    @property
    def is_end_written(self) -> bool:
        return self.ended is not None and self.written_end is self.ended

    def leave_end_to(self, who: str) -> bool:
        """Change who ends the execution. Whether it has to be registered anew: how long it may rest has changed."""
        if self.ended_by == who:
            return False
        self.ended_by = who
        was_registered, self.is_registered = self.is_registered, False
        return was_registered

    def rest(self) -> None:
        """This function has done its part, and somebody else ends the execution."""
        self.hold_until_unix_nano = 0

    def end(self, status: str, ended_at_unix_nano: int, cause: Cause | None) -> None:
        """The function's own word: it replaces the guard's."""
        with self._lock:
            self.ended = End(status, ended_at_unix_nano, cause)

    def cut(self, ended_at_unix_nano: int, cause: Cause) -> None:
        """The guard's word, from its own thread: it never replaces the function's."""
        with self._lock:
            self.ended = self.ended or End(LOST, ended_at_unix_nano, cause)

    def note_failure(self, cause: Cause | None) -> None:
        self.failure = cause or self.failure

    def execution(self) -> Execution:
        """What registers it: always `running`, since the end is written on its own."""
        return Execution(
            tenant=self.tenant,
            execution_id=self.execution_id,
            trace_id=self.trace_id,
            workflow_id=self.workflow_id,
            workflow_name=self.workflow_name,
            workflow_version=self.workflow_version,
            started_at_unix_nano=self.started_at_unix_nano,
            deadline_unix_nano=self.deadline_unix_nano
            + (0 if self.is_ended_here else self.idle_nano),
            expected_nodes=self.expected_nodes,
            started_by=self.started_by,
            external_id=self.external_id,
            ended_by=self.ended_by,
            began_at_unix_nano=self.began_at_unix_nano or None,
        )
