"""Who wants to know that a request has left the process: what is in the kernel's hands arrives, even if the process is
killed a moment later."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

on_sent: Final[ContextVar[Callable[[], None] | None]] = ContextVar("spanvas_on_sent", default=None)
"""Called after each request that is sent in this context, before its answer is waited for."""


def tell_sent() -> None:
    tell = on_sent.get()
    if tell is not None:
        tell()
