"""What CloudWatch is told about an execution, as one line of Embedded Metric Format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from spanvas.model.usage import Usage, total
from spanvas.semantics.prices import lines_of, price_of

NAMESPACE = "Spanvas"
SERVICE = "executor"


def publish(
    *,
    workflow_id: str,
    is_failed: bool,
    seconds: float,
    usage_by_model: Mapping[str, Mapping[str, int]],
    exporter_drops: int,
) -> None:
    """One line, whose metrics are counted by service, and by service and workflow.

    An execution is never a dimension: each would be a metric of its own, and paid for.
    """
    usages = {model: Usage(**usage) for model, usage in usage_by_model.items()}
    used = total(usages.values())
    metrics = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    metrics.add_dimensions(service=SERVICE, workflow_id=workflow_id)
    metrics.add_metric("Executions", MetricUnit.Count, 1)
    metrics.add_metric("FailedExecutions", MetricUnit.Count, int(is_failed))
    metrics.add_metric("ExecutionDuration", MetricUnit.Milliseconds, round(seconds * 1_000, 1))
    metrics.add_metric("InputTokens", MetricUnit.Count, used.input_tokens or 0)
    metrics.add_metric("OutputTokens", MetricUnit.Count, used.output_tokens or 0)
    metrics.add_metric("CacheReadTokens", MetricUnit.Count, used.cache_read_tokens)
    metrics.add_metric("Cost", MetricUnit.NoUnit, cost_usd(usages))
    metrics.add_metric("ExporterDrops", MetricUnit.Count, exporter_drops)
    metrics.flush_metrics()


class Drops:
    """Spans that exporters have dropped since this was last asked: `spanvas.health()` counts since the process began.

    What is dropped after an execution has ended is told with the next one.
    """

    def __init__(self, health: Callable[[], Mapping[str, int]]) -> None:
        self._health = health
        self._told = 0

    def take(self) -> int:
        """Returns how many spans were dropped since the last call."""
        counts = self._health().items()
        dropped = sum(number for what, number in counts if what.endswith(".dropped"))
        new, self._told = dropped - self._told, dropped
        return new


def cost_usd(usages: Mapping[str, Usage]) -> float:
    """Cost at the prices that are known; models without one are left out."""
    nano_usd = 0
    for model, usage in usages.items():
        if price := price_of(model):
            # Usage is summed over calls, and tiers are those of one call.
            flat = price._replace(above=())
            nano_usd += sum(line.nano_usd for line in lines_of(usage, flat))
    return nano_usd / 1e9
