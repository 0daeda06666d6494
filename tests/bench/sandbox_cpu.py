"""CPU time of a function's sandboxes."""

from __future__ import annotations

import time

from local.lambdas.pool import Pool

CPU_CLOCK = 2
"""In the number of a process's clock: what its threads have had of the CPUs (`clock_getcpuclockid` of Linux)."""


def cpu_seconds(pool: Pool) -> float:
    """Of all threads of the sandboxes that are alive now, those that have ended among them."""
    return sum(of_process(sandbox.process.pid) for sandbox in set(pool._all))


def of_process(pid: int) -> float:
    """Of a process that has ended, none."""
    try:
        return time.clock_gettime(~pid << 3 | CPU_CLOCK)
    except OSError:
        return 0.0
