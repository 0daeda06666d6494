"""What went wrong inside: counted always, logged once each."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, Final, ParamSpec, Protocol, TypeVar

logger: Final = logging.getLogger("spanvas")

P = ParamSpec("P")
R = TypeVar("R")


class Health:
    """Counts problems and logs the first occurrence of each. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._said: set[str] = set()

    def after_fork(self) -> None:
        """Makes a new lock in a forked child: a thread that is not there may hold the old one."""
        self._lock = Lock()

    def count(self, what: str, number: int = 1) -> None:
        """Counts occurrences of a problem."""
        with self._lock:
            self._counts[what] += number

    def counts(self) -> dict[str, int]:
        """Returns how often each problem has occurred."""
        with self._lock:
            return dict(self._counts)

    def say_once(
        self, what: str, message: str, *arguments: object, error: BaseException | None = None
    ) -> None:
        """Counts an occurrence, and logs the first one as a warning."""
        with self._lock:
            self._counts[what] += 1
            if what in self._said:
                return
            self._said.add(what)
        logger.warning(message, *arguments, exc_info=error)

    def problem(self, where: str, error: BaseException) -> None:
        """Reports an exception of our own, which the function must not see."""
        self.say_once(
            f"problem.{where}",
            "spanvas failed in %s; the function is not affected",
            where,
            error=error,
        )


class HasHealth(Protocol):
    """An object whose methods `guarded` can wrap."""

    @property
    def problems(self) -> Health:
        """Where its failures are counted and logged."""


S = TypeVar("S", bound=HasHealth)


def guarded(
    fallback: Any = None,
) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Makes a method return `fallback` instead of raising: for everything that a user's code calls."""

    def decorate(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        @wraps(method)
        def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(self, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the user's execution goes on, whatever this was
                self.problems.problem(method.__name__, error)
                return fallback  # type: ignore[no-any-return]

        return call

    return decorate
