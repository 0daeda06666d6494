"""A durable function on AWS's own SDK for Python, and the SDK's local service that runs it. Needs the SDK's packages.

The function is suspended by two waits, by the delay before a retry and by a wait in a branch.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from unittest.mock import patch

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from aws_durable_execution_sdk_python_testing import execution as service
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestRunner

ARN: Final = (
    "arn:aws:lambda:eu-central-1:123456789012:function:parcels:$LATEST"
    "/durable-execution/order-7/inv-12345678-1234-1234-1234-123456789012"
)
"""As AWS writes it; the local service has another form, and ends it with this id."""
SECOND: Final = Duration.from_seconds(1)
TWICE: Final = StepConfig(
    retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=2, initial_delay=SECOND))
)

Handler = Callable[[Any, Any], Any]


class Parcels:
    """The function. `refusals` attempts of the step `charge` fail; `ran` are the steps whose code has run."""

    def __init__(self, refusals: int = 1, inside: Callable[[str], Any] | None = None) -> None:
        self.refusals = refusals
        self.ran: list[str] = []
        self._inside = inside

    def __call__(self, event: Any, context: DurableContext) -> Any:
        """Loads an order, pauses, charges it, does two things in parallel and three in a row."""
        loaded = context.step(self._step("load", event["order"]), name="load")
        context.wait(SECOND, name="pause")
        context.step(self._charge, name="charge", config=TWICE)
        context.parallel([self._left, self._right], name="both")
        context.run_in_child_context(
            lambda child: child.step(self._step("inner", 3), name="inner"), name="child"
        )
        context.map(["a", "b"], lambda *given: given[1].upper(), name="letters")
        return {"order": loaded}

    def _step(self, name: str, result: Any) -> Callable[[Any], Any]:
        def run(_: Any) -> Any:
            self.ran.append(name)
            if self._inside is not None:
                self._inside(name)
            return result

        return run

    def _charge(self, _: Any) -> str:
        self.ran.append("charge")
        if self.ran.count("charge") <= self.refusals:
            raise RuntimeError("the card was refused")
        return "paid"

    def _left(self, context: DurableContext) -> Any:
        return context.step(self._step("left", "l"), name="left")

    def _right(self, context: DurableContext) -> Any:
        context.wait(SECOND, name="nap")
        return context.step(self._step("right", "r"), name="right")


def run_durably(
    function: Callable[[Any, DurableContext], Any],
    around: Callable[[Handler], Handler] = lambda handler: handler,
    plugins: list[Any] | None = None,
    arn: str = ARN,
    is_quick: bool = True,
) -> list[Any]:
    """Runs one durable execution to its end, and returns what each invocation has returned.

    `is_quick`: the service's clock leaps over waits. `around` gets the handler as Lambda calls it, with an event of
    JSON, and returns the one that is called.
    """
    own = durable_execution(function, plugins=plugins)
    inputs: list[Any] = []
    called = around(lambda event, context: own(inputs[-1], context))
    returned: list[Any] = []

    def invoked(given: Any, context: Any) -> Any:
        inputs.append(given)
        returned.append(called(given.to_json_dict(), context))
        return returned[-1]

    make = service.Execution.new

    def named(**given: Any) -> Any:
        execution = make(**given)
        execution.durable_execution_arn = arn
        return execution

    with (
        patch.object(service.Execution, "new", staticmethod(named)),
        DurableFunctionTestRunner(handler=invoked, skip_time=is_quick) as runner,
    ):
        runner.run(input=json.dumps({"order": 7}), execution_timeout=120)
    # The service stops its loop, and leaves it to the garbage collector to close it.
    runner._scheduler._thread.join()
    runner._scheduler._loop.close()
    return returned
