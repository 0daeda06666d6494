"""The sandboxes of one function: started on demand, reused warm, replaced when they die."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from local.lambdas.invocation import Invocation, InvocationResult, ThrottledError, failure
from local.lambdas.sandbox import INIT_SECONDS, Sandbox
from local.processes import ProcessError
from local.resources import Function

MAX_AGE_SECONDS = 39_600.0  # a sandbox's credentials last for 12 hours
PATIENCE_SECONDS = 0.15  # a busy warm sandbox is often free sooner than a new one is started


class Pool:
    """At most `max_sandboxes` at a time; a reserved concurrency below that throttles, as on Lambda."""

    def __init__(
        self, function: Function, start: Callable[[], Sandbox], *, max_sandboxes: int
    ) -> None:
        self.function = function
        self._start = start
        reserved = function.reserved_concurrency
        self._limit = max_sandboxes if reserved is None else min(reserved, max_sandboxes)
        self._is_throttling = reserved is not None and reserved <= max_sandboxes
        self._idle: list[Sandbox] = []
        self._all: set[Sandbox] = set()
        self._starting = 0
        self._changed = threading.Condition()
        self._is_stopped = False

    def invoke(self, invocation: Invocation) -> InvocationResult:
        """Run one invocation in a free sandbox. Raises ThrottledError where the reserved ones are all busy."""
        while True:
            sandbox = self._take()
            if sandbox is None:
                return failure("ServiceException", "the local stack is stopping")
            try:
                outcome = sandbox.invoke(invocation)
            finally:
                self._give_back(sandbox)
            return outcome

    def warm_up(self) -> InvocationResult | None:
        """Start one sandbox and wait until its init phase is over; what failed, if it did."""
        sandbox = self._take()
        if sandbox is None:
            return None
        try:
            return sandbox.wait_until_ready()
        finally:
            self._give_back(sandbox)

    def stop(self) -> None:
        """Ends all sandboxes; those who wait for one are refused."""
        with self._changed:
            self._is_stopped = True
            sandboxes, self._all, self._idle = set(self._all), set(), []
            self._changed.notify_all()
        for sandbox in sandboxes:
            sandbox.kill()

    def _take(self) -> Sandbox | None:
        began = time.monotonic()
        with self._changed:
            while True:
                if self._is_stopped:
                    return None
                sandbox = self._pop_idle()
                if sandbox is not None:
                    return sandbox
                busy = len(self._all) + self._starting
                if busy >= self._limit and self._is_throttling:
                    raise ThrottledError(self.function.name)
                waited = time.monotonic() - began
                if busy < self._limit and (busy == 0 or waited >= PATIENCE_SECONDS):
                    self._starting += 1
                    break
                if waited > INIT_SECONDS + self.function.timeout_seconds:
                    raise ThrottledError(self.function.name)
                self._changed.wait(PATIENCE_SECONDS - waited if waited < PATIENCE_SECONDS else 1.0)
        return self._start_one()

    def _start_one(self) -> Sandbox | None:
        """Starts a sandbox; None where the pool was stopped meanwhile."""
        sandbox = None
        try:
            sandbox = self._start()
        except ProcessError:
            if not self._is_stopped:
                raise
        finally:
            with self._changed:
                self._starting -= 1
                is_stopped = self._is_stopped
                if sandbox is not None and not is_stopped:
                    self._all.add(sandbox)
        if sandbox is not None and is_stopped:
            sandbox.kill()
            return None
        return sandbox

    def _pop_idle(self) -> Sandbox | None:
        """The sandbox used last, which is the warmest; dead ones are dropped on the way."""
        while self._idle:
            sandbox = self._idle.pop()
            if sandbox.is_alive and time.monotonic() - sandbox.started_at < MAX_AGE_SECONDS:
                return sandbox
            sandbox.kill()
            self._all.discard(sandbox)
        return None

    def _give_back(self, sandbox: Sandbox) -> None:
        with self._changed:
            if sandbox.is_alive and not self._is_stopped:
                self._idle.append(sandbox)
            else:
                self._all.discard(sandbox)
            self._changed.notify()
