"""The workflow spans of executions that a sweep has closed, sent to the OTLP endpoint that has their other spans.

Their functions can send none: they were killed, or never ran. Without it a backend has a trace without a root, and no
failure to count. Sending is the last thing that a run does, and what becomes of it changes nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from aws_lambda_powertools import Logger

from spanvas import attributes as names
from spanvas import metrics
from spanvas.collector.results import ExportOutcome
from spanvas.model import kinds
from spanvas.model.errors import SpanvasError
from spanvas.model.execution import Cause, Execution
from spanvas.model.ids import root_span_id_for
from spanvas.model.span import ERROR, Span
from spanvas.storage.port import TraceReader
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api import collector
from spanvas_api.ends import ended_root
from spanvas_api.services import Services

BATCH: Final = 50
"""Workflow spans in one request, and how many wait at most."""

logger = Logger(service="sweep", child=True)


class ClosedRoots:
    """Gathers workflow spans and sends them. An endpoint that has failed once gets nothing more in this run.

    `environment` names the proxy, and has OpenTelemetry's own variables. `unsent` counts by workflow what the endpoint
    has not got.
    """

    def __init__(
        self,
        services: Services,
        environment: Mapping[str, str],
        is_time_left: Callable[[], bool],
    ) -> None:
        self._services = services
        self._environment = environment
        self._is_time_left = is_time_left
        self._is_wanted = collector.has_endpoint(services.settings, environment)
        self._is_failing = False
        self._waiting: list[tuple[Execution, Span]] = []
        self.unsent: Counter[str] = Counter()

    def lost(self, trace: StoredTrace, cause: Cause) -> None:
        """Adds the workflow span of an execution that has been closed as lost. Raises nothing.

        None of one that came over OTLP, whose sender has another endpoint, or whose workflow span has ended.
        """
        execution = trace.execution
        if not self._is_wanted or execution.origin is not None:
            return
        try:
            span = lost_root(self._services.store, trace, cause, self._services.clock())
        except Exception as error:  # noqa: BLE001 - one that cannot be read stops no other
            logger.warning("workflow span not read", reason=type(error).__name__)
            return
        if span is not None:
            self.ended(execution, span)

    def ended(self, execution: Execution, span: Span) -> None:
        """Adds a workflow span that has ended."""
        if not self._is_wanted or execution.origin is not None:
            return
        self._waiting.append((execution, span))
        if len(self._waiting) >= BATCH:
            self.send()

    def send(self) -> None:
        """Sends what waits, where there is time left. Raises nothing."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        reason = "no time is left"
        if not self._is_failing and self._is_time_left():
            reason = self._reason_of_failure(waiting)
        if reason:
            self.unsent.update(execution.workflow_id for execution, _ in waiting)
            logger.warning("workflow span not sent", reason=reason, number=len(waiting))

    def _reason_of_failure(self, waiting: list[tuple[Execution, Span]]) -> str:
        """Sends one request. Returns why it failed; "" where it was taken, all of it."""
        spans = [(execution.execution_id, span) for execution, span in waiting]
        try:
            result = collector.send(self._services.settings, self._environment, spans)
        except Exception as error:
            logger.exception("request to the OTLP endpoint not made")
            self._is_failing = True
            return type(error).__name__
        if result.outcome is not ExportOutcome.TAKEN:
            self._is_failing = True
            return result.message or result.outcome.value
        return result.message or f"{result.rejected} rejected" if result.rejected else ""

    def measure(self, workflows: metrics.WorkflowNames) -> None:
        """Writes a line of metrics for each workflow of which something was not sent."""
        for workflow_id, number in self.unsent.items():
            shown = workflows.shown(workflow_id)
            values = {metrics.EXPORTER_DROPS: number}
            print(metrics.line(values, "sweep", shown, self._services.clock()))


def lost_root(
    store: TraceReader, trace: StoredTrace, cause: Cause, ended_at_unix_nano: int
) -> Span | None:
    """Returns the workflow span of a lost execution, ended with its cause; None where it has ended by itself.

    What its function wrote when it began is kept: its resource and attributes. Raises StoreUnavailableError.
    """
    execution = trace.execution
    root_id = root_span_id_for(execution.tenant, execution.execution_id)
    known = next((row for row in trace.rows if row.span_id == root_id), None)
    if known is not None and known.end_time_unix_nano is not None:
        return None
    started_at = execution.started_at_unix_nano
    parent = known.parent_span_id if known is not None else None
    end = execution.ended_at_unix_nano or ended_at_unix_nano
    made = ended_root(execution, execution.workflow_id, started_at, end, cause, parent)
    begun = None if known is None else _begun(store, trace, root_id)
    if begun is None or begun.kind != kinds.WORKFLOW:
        return made
    return replace(
        begun,
        end_time_unix_nano=end,
        status=ERROR,
        status_message=cause.message,
        attributes={**made.attributes, **begun.attributes, names.ERROR_TYPE: cause.error_type},
    )


def _begun(store: TraceReader, trace: StoredTrace, span_id: str) -> Span | None:
    execution = trace.execution
    try:
        found = store.read_versions(execution.tenant, execution.execution_id, span_id, trace)
    except SpanvasError:  # the span that is made of the execution says enough
        return None
    return found[0] if found else None
