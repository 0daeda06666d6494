"""A function's sandboxes when the stack stops."""

from __future__ import annotations

from local.lambdas.invocation import Invocation
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Sandbox
from local.processes import ProcessError
from tests.support.local_function import FUNCTION


class StartedLate(Sandbox):
    """A sandbox that is ready when the pool has been stopped already."""

    def __init__(self) -> None:
        self.is_killed = False

    def kill(self) -> None:
        self.is_killed = True


def test_a_sandbox_that_starts_while_its_pool_stops_is_ended() -> None:
    late = StartedLate()

    def start() -> Sandbox:
        pool.stop()
        return late

    pool = Pool(FUNCTION, start, max_sandboxes=1)
    assert pool.invoke(Invocation(b"{}")).error != ""
    assert late.is_killed


def test_an_invocation_that_needs_a_sandbox_while_the_stack_stops_is_refused() -> None:
    def start() -> Sandbox:
        pool.stop()
        raise ProcessError("python3 is not started: the stack is stopping")

    pool = Pool(FUNCTION, start, max_sandboxes=1)
    assert b"the local stack is stopping" in pool.invoke(Invocation(b"{}")).payload
