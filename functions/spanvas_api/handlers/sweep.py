"""The sweep: closes executions whose deadline has passed without an end, so that nothing is running for ever.

Runs on a schedule. What it does not get to in one run, the next one does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import settings
from spanvas.model.errors import StoreUnavailableError
from spanvas.model.execution import OVERDUE, Execution
from spanvas.storage.port import TraceStore
from spanvas_api.services import Services

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
    metrics = Metrics(namespace=NAMESPACE, service=SERVICE)

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
        def is_time_left() -> bool:
            return context.get_remaining_time_in_millis() > STOP_BEFORE_MS

        closed = 0
        try:
            closed = sweep(services().store, is_time_left)
        finally:
            metrics.add_metric("ExecutionsLost", MetricUnit.Count, closed)
            metrics.flush_metrics()
        return {"closed": closed}

    return handler


def sweep(store: TraceStore, is_time_left: Callable[[], bool]) -> int:
    """Close what is overdue, the longest overdue first; how many were closed by this call.

    An execution that cannot be closed now is left to the next run and does not hold up the others. Raises
    StoreUnavailableError when the overdue ones cannot even be listed.
    """
    closed = 0
    for _ in range(MAX_PAGES):
        overdue = store.list_overdue(PAGE)
        closed_before = closed
        for execution in overdue:
            if not is_time_left():
                return closed
            closed += _close(store, execution)
        if len(overdue) < PAGE or closed == closed_before:
            break
    return closed


def _close(store: TraceStore, execution: Execution) -> bool:
    try:
        return store.close_as_lost(execution, execution.cause or OVERDUE)
    except StoreUnavailableError:
        logger.exception("execution not closed", execution_id=execution.execution_id)
        return False


@cache
def process_services() -> Services:
    """The services of this process, made at the first run."""
    return Services(settings.load())


handler = make_handler(process_services)
