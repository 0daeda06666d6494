"""The function that deletes and holds: it answers the calls that do, and on a schedule goes on with what was cut off.

It alone may delete items and objects. What it does not get to in one run, the next one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import settings
from spanvas.model.errors import SpanvasError
from spanvas_api.handlers import http_api
from spanvas_api.services import Services

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "deletion"
STOP_BEFORE_MS: Final = 5_000
"""Time that is left for the request that is being sent when the function's own deadline comes near."""

logger = Logger(service=SERVICE)

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def make_handler(services: Callable[[], Services]) -> Handler:
    """Returns the function's handler over these services."""
    answer = http_api.make_handler(services)

    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        if "requestContext" in event:
            return answer(event, context)

        def is_time_left() -> bool:
            return context.get_remaining_time_in_millis() > STOP_BEFORE_MS

        deletions = services().store.deletions
        done = {
            "purged": _each(deletions.due(), deletions.purge, is_time_left, "purged"),
            "held": _each(deletions.holds.due(), deletions.holds.apply, is_time_left, "held"),
        }
        metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
        metrics.add_metric("ExecutionsPurged", MetricUnit.Count, done["purged"].complete)
        failed = sum(run.failed for run in done.values())
        metrics.add_metric("DeletionFailures", MetricUnit.Count, failed)
        metrics.flush_metrics()
        return {name: run.complete for name, run in done.items()}

    return handler


class Run(NamedTuple):
    """How many executions were done with, and how many could not be."""

    complete: int
    failed: int


def _each(
    due: Iterable[tuple[str, str]],
    go_on: Callable[[str, str, Callable[[], bool]], bool],
    is_time_left: Callable[[], bool],
    word: str,
) -> Run:
    """Goes on with each that is due. One that fails stops no other, and is tried again by the next run.

    Raises StoreUnavailableError where they cannot be listed.
    """
    complete = failed = 0
    for tenant, execution_id in due:
        if not is_time_left():
            break
        try:
            complete += go_on(tenant, execution_id, is_time_left)
        except Exception as error:  # noqa: BLE001 - messages of foreign errors may quote what is stored
            failed += 1
            reason = str(error) if isinstance(error, SpanvasError) else type(error).__name__
            logger.warning(
                f"execution not {word}", tenant=tenant, execution_id=execution_id, reason=reason
            )
    return Run(complete, failed)


@cache
def process_services() -> Services:
    """The services of this process, made at the first request or run."""
    return Services(settings.load())


handler = make_handler(process_services)
