"""The sweep: closes executions whose deadline has passed without an end, so that nothing is running for ever.

Runs on a schedule. What it does not get to in one run, the next one does. EventBridge calls it too, when a state
machine's execution has ended: see `spanvas_api.state_machines`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import settings
from spanvas.collector.results import Outcome
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import Cause, Execution, totalled
from spanvas.model.loss import explained
from spanvas.model.span import Span
from spanvas.storage.port import StoredTrace, TraceStore
from spanvas_api import collector
from spanvas_api.services import Services
from spanvas_api.state_machines import MachineEnd, machine_end_of, write_end

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "sweep"
PAGE: Final = 100
MAX_PAGES: Final = 10
STOP_BEFORE_MS: Final = 2_000
"""Time that is left for the metric when the function's own deadline comes near."""

logger = Logger(service=SERVICE)

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, int]]


def make_handler(services: Callable[[], Services]) -> Handler:
    """The function's handler over these services."""

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
        end = machine_end_of(event)
        if end is not None:
            return {"ended": int(_write_end(services(), end))}

        def is_time_left() -> bool:
            return context.get_remaining_time_in_millis() > STOP_BEFORE_MS

        closed: Counter[str] = Counter()
        try:
            sweep(services().store, is_time_left, closed)
        finally:
            _measure(closed)
        return {"closed": closed.total()}

    return handler


def sweep(
    store: TraceStore, is_time_left: Callable[[], bool], closed: Counter[str] | None = None
) -> int:
    """Close what is overdue, the longest overdue first; how many were closed by this call, and in `closed` why.

    An execution that cannot be closed now is left to the next run and does not hold up the others. Raises
    StoreUnavailableError when the overdue ones cannot even be listed.
    """
    counts: Counter[str] = closed if closed is not None else Counter()
    for _ in range(MAX_PAGES):
        overdue = store.list_overdue(PAGE)
        closed_before = counts.total()
        for execution in overdue:
            if not is_time_left():
                return counts.total()
            cause = _close(store, execution)
            if cause is not None:
                counts[cause.error_type] += 1
        if len(overdue) < PAGE or counts.total() == closed_before:
            break
    return counts.total()


def _close(store: TraceStore, execution: Execution) -> Cause | None:
    """The cause that it was closed with; None where it was not."""
    try:
        trace = store.read_trace(execution.tenant, execution.execution_id)
        cause = explained(execution, trace.rows if trace else ()).cause
        assert cause is not None
        if not store.close_as_lost(execution, cause):
            return None
        if trace is not None:
            _write_totals(store, trace)
        return cause
    except StoreUnavailableError:
        logger.exception("execution not closed", execution_id=execution.execution_id)
        return None


def _write_totals(store: TraceStore, trace: StoredTrace) -> None:
    """What of a lost execution never ended is counted now, unless more of it has arrived since it was read."""
    execution = trace.execution
    counters = totalled(execution, trace.rows).counters
    if counters != execution.counters:
        closed = replace(execution, revision=execution.revision + 1)
        store.repair_counters(closed, counters)


def _write_end(services: Services, end: MachineEnd) -> bool:
    written = write_end(services.store, services.settings, end)
    logger.info("state machine ended", arn=end.arn, status=end.status, is_known=written is not None)
    if written is not None:
        _send_root(services, *written)
    return written is not None


def _send_root(services: Services, execution: Execution, root: Span) -> None:
    """To the endpoint that has the spans of the functions. What becomes of it does not change the end."""
    try:
        result = collector.send(
            services.settings, settings.aws_variables(), execution.execution_id, root
        )
        if result.outcome is not Outcome.TAKEN or result.rejected:
            logger.warning("workflow span not sent", reason=result.message)
    except Exception:
        logger.exception("workflow span not sent")


def _measure(closed: Mapping[str, int]) -> None:
    """A line of metrics a cause, counted by service and by service and cause; one of nothing where nothing was lost."""
    for cause, number in (closed or {"": 0}).items():
        metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
        if cause:
            metrics.add_dimensions(service=SERVICE, cause=cause)
        metrics.add_metric("ExecutionsLost", MetricUnit.Count, number)
        metrics.flush_metrics()


@cache
def process_services() -> Services:
    """The services of this process, made at the first run."""
    return Services(settings.load())


handler = make_handler(process_services)
