"""Between the Lambda runtime and a function's handler: the calls of both that an execution is about.

The runtime (`awslambdaric/bootstrap.py`) begins the stack trace of a failed handler behind the first frames of files
with the name `bootstrap.py`. So whatever of ours is on the stack between the runtime and the function's code is in this
file, and the function answers the same stack trace with the layer as without it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, Protocol

from spanvas.tracing.engine import Engine
from spanvas.tracing.health import Health, guarded
from spanvas.tracing.invocation import Invocations, OpenInvocation, fault_of, fault_of_response

Handler = Callable[[Any, Any], Any]

RUNTIME: Final = "awslambdaric.bootstrap"
RUNTIME_CLIENT: Final = "awslambdaric.lambda_runtime_client"


class Marshaller(Protocol):
    """As `awslambdaric` has it: `BaseLambdaRuntimeClient.marshaller`, which a function may replace."""

    def marshal_response(self, response: Any) -> tuple[str | bytes, str]:
        """Returns a handler's result as the runtime sends it, and its content type."""


class TracedHandler:
    """Calls a function's own handler inside its execution. Result and exceptions are the handler's own."""

    def __init__(self, engine: Engine, handler: Handler) -> None:
        self._handler = handler
        self._invocations = Invocations(engine)
        self._results = Results(self._invocations)

    def __call__(self, event: Any, context: Any) -> Any:
        """Runs the function's own handler within an invocation; untraced where none could be opened."""
        self._results.settle(None)
        opened = self._invocations.open_invocation(event, context)
        if opened is None:
            return self._handler(event, context)
        try:
            result = self._handler(event, context)
        except BaseException as error:
            self._invocations.close_invocation(opened, error, None)
            raise
        caller = sys._getframe(1).f_globals.get("__name__")
        if caller != RUNTIME or not self._results.follow(opened, result):
            self._invocations.close_invocation(opened, None, result)
        return result


class Results:
    """Closes an invocation once the runtime has marshalled its result: only then is it known what the caller gets.

    The runtime's own marshaller does it, once, as without the layer; it is only watched. Where something else than the
    runtime calls the handler (another wrapper, a test), nothing is known of what becomes of the result.
    """

    def __init__(self, invocations: Invocations) -> None:
        self.problems: Health = invocations.problems
        self._invocations = invocations
        self._pending: tuple[OpenInvocation, Any] | None = None

    @guarded(fallback=False)
    def follow(self, opened: OpenInvocation, result: Any) -> bool:
        """Returns whether the invocation is closed later, when its result is marshalled."""
        client = sys.modules[RUNTIME_CLIENT].BaseLambdaRuntimeClient
        if not isinstance(client.marshaller, WatchedMarshaller):
            client.marshaller = WatchedMarshaller(client.marshaller)
        client.marshaller.results = self
        self._pending = (opened, result)
        return True

    def settle(self, error: BaseException | None) -> None:
        """Closes the invocation that waits, as failed with `error` if the caller gets that."""
        pending, self._pending = self._pending, None
        if pending is not None:
            opened, result = pending
            self._invocations.close_invocation(opened, error, result)

    @guarded()
    def settle_marshalled(self, marshalled: Any) -> None:
        """Closes what waits, as failed if the marshalled result is an error response."""
        self.settle(fault_of_response(marshalled))


class WatchedMarshaller:
    """Wraps the runtime's marshaller, or the function's own, and reports what became of a result."""

    def __init__(self, own: Marshaller) -> None:
        self._own = own
        self.results: Results | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def marshal_response(self, response: Any) -> tuple[str | bytes, str]:
        """Marshals as the wrapped one does, and closes the invocation by the outcome."""
        results, self.results = self.results, None
        try:
            marshalled = self._own.marshal_response(response)
        except BaseException as error:
            if results is not None:
                results.settle(fault_of(error))
            raise
        if results is not None:
            results.settle_marshalled(marshalled)
            results.settle(None)
        return marshalled
