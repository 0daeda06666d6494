"""Where an exception first left a span: noted on the exception, for the spans and executions that it leaves later."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from spanvas.model.execution import Cause

ORIGIN: Final = "__spanvas_origin__"
"""Attribute of an exception: the cause that it was where it first left a span."""


def remember(error: BaseException, cause: Cause) -> None:
    """Notes the cause on an exception, where its class allows that."""
    with suppress(Exception):  # a class of the user's may refuse attributes
        setattr(error, ORIGIN, cause)


def origin_of(error: BaseException | str) -> Cause | None:
    """Returns the cause that was noted on this exception; None where none was."""
    known = None
    with suppress(Exception):  # a class of the user's may refuse to be asked
        known = getattr(error, ORIGIN, None)
    return known if isinstance(known, Cause) else None


def seen_below(error: BaseException | str) -> Cause | None:
    """Returns the noted cause of the exceptions that led to this one; None where none was noted."""
    below: Any = error
    for _ in range(20):
        above, below = below, None
        with suppress(Exception):  # a class of the user's may refuse to be asked
            below = getattr(above, "__cause__", None) or getattr(above, "__context__", None)
        if below is None:
            return None
        if known := origin_of(below):
            return known
    return None
