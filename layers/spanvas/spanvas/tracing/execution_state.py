"""An execution as the process knows it that runs a part of it: what it is, how it ends, how far it is exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, NamedTuple

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.durable import goes_on
from spanvas.model.execution import (
    BY_CALLER,
    BY_FUNCTION,
    FAILED,
    LOST,
    STATUS_BY_MARK,
    SUCCEEDED,
    WAITING,
    Cause,
    Execution,
)
from spanvas.model.ids import (
    as_execution_id,
    as_name,
    as_tenant,
    display_name,
    root_span_id_for,
)
from spanvas.model.row import INTERRUPTED
from spanvas.model.span import ERROR, Span


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """How an execution ended. Compared by identity, so that it is known which of several ends the store has."""

    status: str
    ended_at_unix_nano: int
    cause: Cause | None


class Workflow(NamedTuple):
    """What a `workflow()` call says of its workflow. `name` is empty until one has named the execution."""

    workflow_id: str
    name: str = ""
    version: str = ""
    expected_nodes: tuple[str, ...] = ()

    @property
    def shown_name(self) -> str:
        """The name, or the id where no name was given."""
        return self.name or self.workflow_id

    def attributes(self) -> dict[str, Any]:
        """Returns the attributes of the workflow span."""
        return {
            names.KIND: kinds.WORKFLOW,
            names.WORKFLOW_ID: self.workflow_id,
            names.WORKFLOW_NAME: self.shown_name,
            **without_empty(
                {
                    names.WORKFLOW_VERSION: self.version,
                    names.WORKFLOW_EXPECTED_NODES: list(self.expected_nodes),
                }
            ),
        }


def make_workflow(
    workflow_id: str, name: str = "", version: str = "", expected_nodes: Iterable[str] = ()
) -> Workflow:
    """Returns a workflow by the id that its caller uses, which is its name where it has no other."""
    shown = str(name) or display_name(workflow_id)
    nodes = tuple(as_name(node) for node in expected_nodes)
    return Workflow(as_name(workflow_id), shown, str(version), nodes)


def rested(run: ExecutionState, span: Span) -> Span:
    """Returns the span with the time at which it is given up; of a durable execution, when that is."""
    if run.is_durable and goes_on(span.attributes, span.kind):
        return replace(span, deadline_unix_nano=run.rests_until_unix_nano)
    return span


def without_empty(attributes: dict[str, Any]) -> dict[str, Any]:
    """Drops None, "" and []."""
    return {name: value for name, value in attributes.items() if value not in (None, "", [])}


@dataclass(slots=True, eq=False)
class ExportState:
    """How far an execution is exported. Each field is assigned by one module alone, which its comment names."""

    hold_until_unix_nano: int = 0
    """`delivery`: it is not registered before, so that `workflow()` can name it, and `discard()` let go of it."""
    is_begun: bool = False
    """`beginnings`: the store knows of it by a provisional first write, which the registration completes."""
    registered_ended_by: str | None = None
    """`store_exporter`: who ends the execution, as it was registered last; None when it is not registered."""
    written_end: End | None = None
    """`store_exporter`: the last end written after all its spans."""
    timeout_reported: End | None = None
    """`store_exporter`: the guard's end, which was written before the spans."""
    given_up: int = 0
    """`store_exporter`: spans that were lost before they were stored."""
    dropped_reported: int = 0
    """`store_exporter`: how many of these and of the missing ones the store has been told of."""
    missing: int = 0
    """`children`: spans that forked processes have begun and not ended."""
    counted_as: str = ""
    """`store_exporter`: what its end is called where the store is asked whether it is the first; "" before it is."""
    otlp_dropped: int = 0
    """`otlp_exporter`: spans that the OTLP endpoint has not got and will not get."""
    otlp_dropped_by: set[str] = field(default_factory=set)
    """`otlp_exporter`: why they are not there, by its words."""
    otlp_bytes: int = 0
    """`otlp_exporter`: bytes of the execution that were made ready to be sent."""


@dataclass(slots=True, eq=False)
class ExecutionState:
    """Identity, workflow and outcome are changed by the methods, which the function's own threads call (and the guard's
    thread: `time_out`). The processor assigns what it says of it, the exporters what is in `export`.

    `began_at_unix_nano` and `deadline_unix_nano` are those of this function's part. `ended_by` says who ends the
    execution; where that is not this function, the execution may rest for `idle_nano` until the next one continues it.
    `is_continued`: its workflow span was begun elsewhere. `is_named`: a `workflow()` has named it (the wrapper opens
    executions before it knows their workflow). `is_retroactive`: its work was done when it was opened, so it has no
    beginning that could be reported.
    """

    tenant: str
    execution_id: str
    trace_id: str
    workflow: Workflow
    started_at_unix_nano: int
    deadline_unix_nano: int
    began_at_unix_nano: int = 0
    started_by: str = ""
    external_id: str = ""
    ended_by: str = BY_FUNCTION
    idle_nano: int = 0
    is_continued: bool = False
    is_durable: bool = False
    """It is suspended between its invocations, and so are the spans that are open then."""
    is_named: bool = False
    is_retroactive: bool = False
    ended: End | None = None
    failure: Cause | None = None
    """What a `workflow()` inside has failed of, although its function may go on."""
    outcome: str | None = None
    """The control flow that has left the block of its `workflow()`, of `control_flow.MARKS`."""
    interrupted: set[str] = field(default_factory=set)
    """Assigned by the processor: names of spans that were interrupted, and none of which has begun again."""
    last_failed_node: Cause | None = None
    """For failures that are raised after the node's own exception has been caught."""
    last_ended_node: tuple[str | None, str] | None = None
    """Assigned by the processor: id and span id."""
    is_inherited: bool = False
    """Assigned by the processor: this is a copy in a forked child; the parent runs the execution and ends it."""
    is_deferred: bool = False
    """Assigned by the processor: nothing of it leaves the process until it is known whose it is."""
    is_discarded: bool = False
    """Assigned by the processor: somebody else runs it, and nothing of it is recorded here."""
    export: ExportState = field(default_factory=ExportState)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def root_span_id(self) -> str:
        """The id of the workflow span, 16 hex digits: a digest of tenant and execution id."""
        return root_span_id_for(self.tenant, self.execution_id)

    @property
    def is_ended_here(self) -> bool:
        """Whether the execution ends when this function has done its part."""
        return self.ended_by == BY_FUNCTION

    @property
    def ended_elsewhere(self) -> str:
        """The party that ends the execution if this function does not."""
        return BY_CALLER if self.is_ended_here else self.ended_by

    @property
    def is_ended(self) -> bool:
        """Whether the function or the guard has ended it."""
        return self.ended is not None

    @property
    def is_registered(self) -> bool:
        """Whether the store knows of it, with the present `ended_by`: that decides how long it may rest."""
        return self.export.registered_ended_by == self.ended_by

    @property
    def is_end_written(self) -> bool:
        """Whether the store has its present end and all spans before it."""
        return self.ended is not None and self.export.written_end is self.ended

    @property
    def rests_until_unix_nano(self) -> int:
        """When it is given up, if no other function continues it."""
        return self.deadline_unix_nano + (0 if self.is_ended_here else self.idle_nano)

    def is_root(self, span_id: int) -> bool:
        """Whether that is the workflow span."""
        return f"{span_id:016x}" == self.root_span_id

    def is_left_open(self, span_id: int, attributes: Mapping[str, Any]) -> bool:
        """Whether a span that is open stays so when this function's part is over, since another one ends it."""
        if self.is_ended_here:
            return False
        return self.is_root(span_id) or (self.is_durable and goes_on(attributes))

    def is_meant(self, execution_id: str | None, tenant: str | None) -> bool:
        """Returns whether a caller names this execution, or leaves open which one."""
        if as_execution_id(execution_id) not in ("", self.execution_id):
            return False
        return tenant is None or as_tenant(tenant) == self.tenant

    def join_trace(self, trace_id: str) -> None:
        """Makes the execution a part of a caller's trace."""
        self.trace_id = trace_id

    def name(self, workflow: Workflow) -> None:
        """Sets which workflow the execution is one of."""
        self.workflow = workflow
        self.is_named = True

    def leave_end_to(self, who: str) -> bool:
        """Changes who ends the execution. Returns False where that is the same as before."""
        changed, self.ended_by = self.ended_by != who, who
        return changed

    def end(self, status: str, ended_at_unix_nano: int, cause: Cause | None) -> None:
        """Sets the end that the function reports, which replaces the guard's."""
        with self._lock:
            self.ended = End(status, ended_at_unix_nano, cause)

    def time_out(self, ended_at_unix_nano: int, cause: Cause) -> None:
        """Sets the end that the guard reports, which never replaces the function's."""
        with self._lock:
            self.ended = self.ended or End(LOST, ended_at_unix_nano, cause)

    def status_after(self, cause: Cause | None) -> str:
        """Returns the status that the execution ends with here, after what made it fail."""
        if cause is not None:
            return FAILED
        if self.interrupted:
            return WAITING
        return STATUS_BY_MARK.get(self.outcome or "", SUCCEEDED)

    def note_begun(self, name: str) -> None:
        """Notes that a span has begun: what waited under this name has been resumed."""
        if name in self.interrupted:
            self.interrupted.clear()

    def note_outcome(self, span: Span) -> None:
        """Keeps the name of a span that was interrupted: until one of that name begins, the execution waits."""
        if span.status != ERROR and names.OUTCOME not in span.attributes:
            return
        from spanvas.semantics.outcome import outcome_of

        if outcome_of(span).mark == INTERRUPTED:
            self.interrupted.add(span.name)

    def note_failure(self, cause: Cause | None) -> None:
        """Keeps the cause that a `workflow()` inside has failed of; None changes nothing."""
        self.failure = cause or self.failure

    def note_failed_node(self, cause: Cause | None) -> None:
        """Keeps the cause that the last failed node has failed of."""
        self.last_failed_node = cause

    def root_attributes(self) -> dict[str, Any]:
        """Returns the attributes of the execution's workflow span."""
        return {
            **self.workflow.attributes(),
            names.TENANT: self.tenant,
            names.EXECUTION_ID: self.execution_id,
        }

    def execution(self) -> Execution:
        """Returns the execution that registers it: always `running`, since the end is written on its own."""
        return Execution(
            tenant=self.tenant,
            execution_id=self.execution_id,
            trace_id=self.trace_id,
            workflow_id=self.workflow.workflow_id,
            workflow_name=self.workflow.name,
            workflow_version=self.workflow.version,
            started_at_unix_nano=self.started_at_unix_nano,
            deadline_unix_nano=self.rests_until_unix_nano,
            expected_nodes=self.workflow.expected_nodes,
            started_by=self.started_by,
            external_id=self.external_id,
            ended_by=self.ended_by,
            began_at_unix_nano=self.began_at_unix_nano or None,
        )
