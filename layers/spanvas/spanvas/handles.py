"""What the context managers of the public API yield, and the context manager itself.

These handles do nothing: they are what there is when tracing is off. The live ones (`spanvas.tracing.handles`) derive
from them. Imports nothing, as the package itself.
"""

from __future__ import annotations

from functools import partial, wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from types import TracebackType
    from typing import Any, Generic, TypeVar

    H = TypeVar("H", bound="Handle")
    F = TypeVar("F", bound=Callable[..., Any])
    R = TypeVar("R")
else:

    class Generic:
        """Stands in for `typing.Generic`: importing `typing` would cost more than all of this."""

        def __class_getitem__(cls, item: object) -> type:
            return cls

    H = R = None

CO_COROUTINE = 0x80
CO_GENERATOR = 0x20
CO_ASYNC_GENERATOR = 0x200
"""As in `inspect`: set on the code of every `async def`, of generators, and of asynchronous ones."""


class Handle:
    """An open span. `span_id` and `trace_id` are lower-case hex, empty when nothing is recorded."""

    __slots__ = ()

    @property
    def span_id(self) -> str:
        """The span's id, 16 lower-case hex digits; empty when nothing is recorded."""
        return ""

    @property
    def trace_id(self) -> str:
        """The trace's id, 32 lower-case hex digits; empty when nothing is recorded."""
        return ""

    def set_input(self, value: Any) -> None:
        """Sets what went in: anything that JSON can hold, and much that it cannot. Kept as the content mode allows."""

    def set_output(self, value: Any) -> None:
        """Sets what came out; kept as the content mode allows."""

    def set_attribute(self, key: str, value: Any) -> None:
        """Sets an attribute, as in OpenTelemetry."""

    def add_event(self, name: str, attributes: Mapping[str, Any] | None = None) -> None:
        """Adds an event at the present time, as in OpenTelemetry."""

    def fail(self, error: BaseException | str) -> None:
        """Marks the span as failed although no exception leaves its block."""

    def close(self, error: BaseException | None) -> None:
        """Ends the span; called by the context manager."""

    def suspend(self) -> None:
        """The generator that the span is around has given a result; called by the decorator."""

    def resume(self) -> None:
        """That generator is asked for more; called by the decorator."""


class RunHandle(Handle):
    """An open execution."""

    def __init__(self, execution_id: str = "") -> None:
        self._execution_id = execution_id

    @property
    def execution_id(self) -> str:
        """The execution's id; when nothing is recorded, the one that was given, or an empty text."""
        return self._execution_id


class GenerationHandle(Handle):
    """An open model call."""

    __slots__ = ()

    def response(self, answer: R) -> R:
        """Take the client's answer as it is, with the messages, usage, model, id and finish reasons in it; return it.

        Understood are the objects (or their dicts) of OpenAI (chat and Responses), Anthropic, Bedrock Converse, Gemini,
        Ollama and LangChain. Anything else is the answer's text, or is shown as it came.
        """
        return answer

    def usage(self, usage: Any) -> None:
        """Take the tokens, where the answer does not say them: an object of the client, or as `record_generation`."""

    def token(self) -> None:
        """The first part of a streamed answer has come. Further calls change nothing: call it for every part."""


class Scope(Generic[H]):
    """Opens a span for a `with` block, or around every call of a decorated function (`async def` included)."""

    __slots__ = ("_idle", "_open_handles", "_opener")

    def __init__(self, opener: Callable[[], H | None], idle: H) -> None:
        """`opener` opens the span; it returns None when nothing is recorded, and then the block gets `idle`."""
        self._opener = opener
        self._idle = idle
        self._open_handles: list[H] = []

    def __enter__(self) -> H:
        handle = self._opener() or self._idle
        self._open_handles.append(handle)
        return handle

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open_handles.pop().close(error)

    async def __aenter__(self) -> H:
        return self.__enter__()

    async def __aexit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__exit__(error_type, error, traceback)

    def __call__(self, function: F) -> F:
        """Returns the function with a span around each of its calls; for `async def`, until it has been awaited; for
        a generator, from its first result until its last, or until it is closed. While a generator waits to be asked
        for more, its span is not the current one."""
        flags = _code_flags(function)
        if flags & CO_COROUTINE:

            @wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return await function(*args, **kwargs)

            return call_async  # type: ignore[return-value]
        if flags & CO_GENERATOR:

            @wraps(function)
            def generate(*args: Any, **kwargs: Any) -> Any:
                with self._again() as handle:
                    return (yield from _steps(function(*args, **kwargs), handle))

            return generate  # type: ignore[return-value]
        if flags & CO_ASYNC_GENERATOR:

            @wraps(function)
            async def generate_async(*args: Any, **kwargs: Any) -> Any:
                with self._again() as handle:
                    results = function(*args, **kwargs)
                    step, given = results.asend, None
                    try:
                        while True:
                            try:
                                result = await step(given)
                            except StopAsyncIteration:
                                return
                            handle.suspend()
                            try:
                                given = yield result
                            except GeneratorExit:
                                raise
                            except BaseException as error:  # noqa: BLE001 - it is the generator's
                                step, given = results.athrow, error
                            else:
                                step = results.asend
                            finally:
                                handle.resume()
                    finally:
                        await results.aclose()

            return generate_async  # type: ignore[return-value]

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]

    def _again(self) -> Scope[H]:
        """Returns a new scope for one call, since calls may overlap."""
        return Scope(self._opener, self._idle)


def _code_flags(function: Any) -> int:
    """Returns the flags of the code that a call of a function, a partial or a callable object runs; 0 where it has
    none."""
    while isinstance(function, partial):
        function = function.func
    own = function if hasattr(function, "__code__") else type(function).__call__
    code = getattr(own, "__code__", None)
    return 0 if code is None else int(code.co_flags)


def _steps(generator: Generator[Any, Any, R], handle: Handle) -> Generator[Any, Any, R]:
    """Delegates to a generator as `yield from` does, with a span that is current only while the generator runs."""
    step, given = generator.send, None
    while True:
        try:
            result = step(given)
        except StopIteration as end:
            returned: R = end.value
            return returned
        handle.suspend()
        try:
            given = yield result
        except GeneratorExit:
            handle.resume()
            generator.close()
            raise
        except BaseException as error:  # noqa: BLE001 - it is the generator's
            step, given = generator.throw, error
        else:
            step = generator.send
        handle.resume()
