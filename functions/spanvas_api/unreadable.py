"""What a function does with items of the store that it cannot decode: a line in its log, and a number in its metrics.

The log names the key and the reason, never what is in the item. An item that many requests meet is logged once a
process; the metric counts it every time.
"""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, Metrics, MetricUnit

from spanvas.model.errors import UnreadableItem

REMEMBERED: Final = 1_000

logger = Logger()


MetricProvider = Metrics | EphemeralMetrics


class UnreadableItems:
    """Of one process."""

    def __init__(self) -> None:
        self._count = 0
        self._logged: set[tuple[str, str]] = set()

    def note(self, item: UnreadableItem) -> None:
        """Counts an item that cannot be read; logs the first of each key."""
        self._count += 1
        key = (item.pk, item.sk)
        if key in self._logged or len(self._logged) >= REMEMBERED:
            return
        self._logged.add(key)
        logger.warning(
            "item cannot be read", pk=item.pk, sk=item.sk, reason=item.reason, why=item.why
        )

    def measure(self, metrics: MetricProvider) -> None:
        """Add how many were noted since the last time to these metrics. Of none nothing is said: a metric that never
        has a value costs nothing."""
        count, self._count = self._count, 0
        if count:
            metrics.add_metric("UnreadableItems", MetricUnit.Count, count)
