"""An event that comes twice is run once.

Lambda delivers an asynchronous event at least once, and a caller's SDK may send it again. Whoever runs it holds a claim
on it and renews that while it works, so that the next delivery can tell a holder that lives from one that was killed.
A claim that cannot be asked for keeps no execution from running: twice is better than never.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache
from typing import Protocol, TypeVar

from aws_lambda_powertools import Logger

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.claims import Claim, ClaimItems, LeaseState

logger = Logger(service="executor", child=True)

# Shorter than the minute that Lambda waits before it tries a failed event again.
LEASE_SECONDS = 30
RENEWAL_SECONDS = 10.0
LOOK_SECONDS = 1.0
RENEWING = "executor-claim"

Result = TypeVar("Result")


class ClaimResult(Enum):
    """What became of asking for a claim: `UNKNOWN` where the store did not say."""

    MINE = "mine"
    REPEATED = "repeated"
    UNKNOWN = "unknown"


class Items(Protocol):
    """Where claims are kept; see `spanvas.storage.claims`. Raises StoreUnavailableError."""

    def take(self, claim: Claim, lease_seconds: int) -> LeaseState | None:
        """Takes a claim; returns None where it is this holder's now, else the other holder's state."""

    def renew(self, claim: Claim, lease_seconds: int) -> bool:
        """Extends the lease; returns whether it is still this holder's."""

    def finish(self, claim: Claim) -> bool:
        """Marks the event as done; returns whether the lease was still this holder's."""

    def give_back(self, claim: Claim) -> bool:
        """Gives the lease up, so that the event can be run again; returns whether it was still this holder's."""


class Claims:
    """`budget_seconds` is how long an execution waits for an answer of the store."""

    def __init__(
        self,
        items: Items,
        budget_seconds: float,
        sleep: Callable[[float], None] = time.sleep,
        renewal_seconds: float = RENEWAL_SECONDS,
    ) -> None:
        self._items = items
        self._budget_seconds = budget_seconds
        self._sleep = sleep
        self._renewal_seconds = renewal_seconds

    def take(self, claim: Claim) -> ClaimResult:
        """Waits, for no longer than a lease, until it can tell whether the holder of an event lives."""
        try:
            return ClaimResult.MINE if self._take(claim) else ClaimResult.REPEATED
        except Exception as error:  # noqa: BLE001 - whatever it is, the execution is not to be lost for it
            logger.warning("runs unclaimed, since the store cannot tell: %s", error)
            return ClaimResult.UNKNOWN

    @contextmanager
    def held(self, claim: Claim) -> Iterator[None]:
        """Renews the claim while the block runs. After it the event is done with, unless an exception leaves it."""
        ended = threading.Event()
        renew = threading.Thread(
            target=self._renew, args=(claim, ended), name=RENEWING, daemon=True
        )
        renew.start()
        settle = self._items.give_back
        try:
            yield
            settle = self._items.finish
        finally:
            ended.set()
            try:
                self._within_budget(lambda: settle(claim))
            except Exception as error:  # noqa: BLE001 - the execution has ended, whatever this was
                logger.warning("the claim runs out by itself: %s", error)

    def _take(self, claim: Claim) -> bool:
        first = self._look(claim)
        state, looks = first, 0
        while state is not None:
            is_alive = state.is_done or state != first
            if is_alive or looks * LOOK_SECONDS > LEASE_SECONDS:
                return False
            self._sleep(LOOK_SECONDS)
            state, looks = self._look(claim), looks + 1
        return True

    def _look(self, claim: Claim) -> LeaseState | None:
        return self._within_budget(lambda: self._items.take(claim, LEASE_SECONDS))

    def _renew(self, claim: Claim, ended: threading.Event) -> None:
        while not ended.wait(self._renewal_seconds):
            try:
                is_ours = self._items.renew(claim, LEASE_SECONDS)
            except StoreUnavailableError:
                continue  # the next one may be in time
            if not is_ours:
                if not ended.is_set():
                    logger.warning(
                        "another delivery has taken over: the claim was not renewed in time"
                    )
                return

    def _within_budget(self, call: Callable[[], Result]) -> Result:
        """What a call answers. Raises TimeoutError where it takes too long; it goes on without anybody waiting."""
        answers: list[Result] = []
        errors: list[Exception] = []

        def work() -> None:
            try:
                answers.append(call())
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                errors.append(error)

        worker = threading.Thread(target=work, daemon=True)
        worker.start()
        worker.join(self._budget_seconds)
        if errors:
            raise errors[0]
        if not answers:
            raise TimeoutError(f"no answer within {self._budget_seconds} s")
        return answers[0]


@cache
def claims_in(table: str, budget_ms: int) -> Claims:
    """Claims in the table of the traces. Its client is made once."""
    from spanvas.storage.aws import dynamodb_client

    return Claims(ClaimItems(dynamodb_client(), table, time.time_ns), budget_ms / 1_000)
