"""The function that deletes: it answers the calls that delete, and on a schedule goes on with what was cut off.

It alone may delete items and objects. What it does not get to in one run, the next one does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import settings
from spanvas.model.errors import SpanvasError
from spanvas.storage.deletion_port import Deletions
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

        return {"purged": purge_due(services().store.deletions, is_time_left)}

    return handler


def purge_due(deletions: Deletions, is_time_left: Callable[[], bool]) -> int:
    """Purges the deleted executions that are due. Returns how many of them are complete.

    One that cannot be purged stops no other, and is tried again by the next run. Raises StoreUnavailableError where
    they cannot be listed.
    """
    purged = failed = 0
    for tenant, execution_id in deletions.due():
        if not is_time_left():
            break
        try:
            purged += deletions.purge(tenant, execution_id, is_time_left)
        except Exception as error:  # noqa: BLE001 - messages of foreign errors may quote what is stored
            failed += 1
            reason = str(error) if isinstance(error, SpanvasError) else type(error).__name__
            logger.warning(
                "execution not purged", tenant=tenant, execution_id=execution_id, reason=reason
            )
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    metrics.add_metric("ExecutionsPurged", MetricUnit.Count, purged)
    metrics.add_metric("PurgesFailed", MetricUnit.Count, failed)
    metrics.flush_metrics()
    return purged


@cache
def process_services() -> Services:
    """The services of this process, made at the first request or run."""
    return Services(settings.load())


handler = make_handler(process_services)
