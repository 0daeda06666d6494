"""An execution as the process that runs it knows it."""

from __future__ import annotations

from dataclasses import dataclass

from spanvas.model.execution import RUNNING, Cause, Execution


@dataclass(slots=True, eq=False)
class Run:
    """Changes while the execution goes on; the store is told by the exporter's thread.

    `is_adopted`: a `workflow()` has named it (the wrapper opens executions before it knows their workflow).
    `hold_until_unix_nano`: not registered before, so that a name can still come.
    """

    tenant: str
    execution_id: str
    trace_id: str
    workflow_id: str
    started_at_unix_nano: int
    deadline_unix_nano: int
    workflow_name: str = ""
    workflow_version: str = ""
    expected_nodes: tuple[str, ...] = ()
    started_by: str = ""
    hold_until_unix_nano: int = 0
    is_adopted: bool = False
    is_registered: bool = False
    status: str = RUNNING
    ended_at_unix_nano: int | None = None
    cause: Cause | None = None
    is_end_written: bool = False
    failure: Cause | None = None
    """What a `workflow()` inside has failed of, although its function may go on."""
    last_failed_node: Cause | None = None
    """For failures that are raised after the node's own exception has been caught."""
    guard_at_unix_nano: int | None = None
    """When the open spans are recorded as cut, since the function's time is about to run out; None when done."""
    dropped: int = 0
    """Spans given up since the last batch; the next one tells the store."""
    dropped_total: int = 0

    @property
    def is_ended(self) -> bool:
        return self.ended_at_unix_nano is not None

    def end(self, status: str, ended_at_unix_nano: int, cause: Cause | None) -> None:
        self.status = status
        self.cause = cause
        self.ended_at_unix_nano = ended_at_unix_nano
        self.is_end_written = False

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
            deadline_unix_nano=self.deadline_unix_nano,
            expected_nodes=self.expected_nodes,
            started_by=self.started_by,
        )
