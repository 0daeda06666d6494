"""EventBridge's `rate(...)` schedules: an event for the function every so many seconds."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime

from local.lambdas.invocation import Invocation, new_request_id
from local.lambdas.service import LambdaService
from local.resolve import StackIdentity
from local.resources import Schedule

logger = logging.getLogger(__name__)


class Scheduler:
    """One thread per schedule; the first event comes after the first interval, as on EventBridge."""

    def __init__(
        self, service: LambdaService, schedules: list[Schedule], identity: StackIdentity
    ) -> None:
        self._service = service
        self._schedules = schedules
        self._identity = identity
        self._stopped = threading.Event()

    def start(self) -> None:
        """Starts a thread for each schedule."""
        for schedule in self._schedules:
            threading.Thread(
                target=self._run, args=(schedule,), name="schedule", daemon=True
            ).start()

    def stop(self) -> None:
        """Ends all schedules."""
        self._stopped.set()

    def _run(self, schedule: Schedule) -> None:
        while not self._stopped.wait(schedule.every_seconds):
            payload = json.dumps(scheduled_event(schedule, self._identity)).encode()
            self._service.invoke_later(
                schedule.function_name, Invocation(payload), schedule.retry_attempts
            )


def scheduled_event(schedule: Schedule, identity: StackIdentity) -> dict[str, object]:
    """Returns the event of EventBridge for one run of a schedule."""
    return {
        "version": "0",
        "id": new_request_id(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": identity.account_id,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": identity.region,
        "resources": [schedule.rule_arn],
        "detail": {},
    }
