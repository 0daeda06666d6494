"""How much one tenant may send: token buckets in this process, of bytes and of calls of the store.

In the table a bucket would be exact over all sandboxes, for one more write a request, to one item that all of a
tenant's requests would wait for. Here it costs nothing; what a tenant can send in all is the rate times the sandboxes
that the function's reserved concurrency allows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from typing import Final

from spanvas.model.units import NANO
from spanvas_api.errors import RateLimitedError

MAX_TENANTS: Final = 10_000
"""Buckets that are remembered. The longest unused is forgotten, and full when it is made anew."""


class RateLimit:
    """`rate` of something a second, `burst` of it at once; `unit` says of what. A request is let in while the bucket
    holds anything, and taken out of it when its cost is known, which may leave a debt."""

    def __init__(
        self, rate: int, burst: int, clock: Callable[[], int], unit: str = "bytes"
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._unit = unit
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, tenant: str) -> None:
        """Raises RateLimitedError while the tenant is in debt."""
        held = self._refilled(tenant)
        if held <= 0:
            seconds = max(ceil((1 - held) / self._rate), 1)
            raise RateLimitedError(
                f"More than {self._rate:,} {self._unit} a second were needed; try again in {seconds} s.",
                seconds,
            )

    def consume(self, tenant: str, cost: int) -> None:
        """Takes what an accepted request costs out of the tenant's bucket."""
        self._buckets[tenant] = (self._refilled(tenant) - cost, self._clock())
        self._buckets.move_to_end(tenant)
        if len(self._buckets) > MAX_TENANTS:
            self._buckets.popitem(last=False)

    def _refilled(self, tenant: str) -> float:
        held, since = self._buckets.get(tenant, (float(self._burst), 0))
        elapsed = max(self._clock() - since, 0)
        return min(held + elapsed * self._rate / NANO, self._burst)
