"""The handler of a wrapped function: `otel-instrument` makes it `_HANDLER`, and the function's own `SPANVAS_HANDLER`.

The function's own module is imported first and its failure is its own, as without the layer. Whatever fails of ours
leaves the original handler in its place, which is logged once.
"""

from __future__ import annotations

import logging
import os
from importlib import import_module
from typing import Any

import spanvas

TYPE_CHECKING = False
if TYPE_CHECKING:
    from spanvas.tracing.invocation import Handler


def original_handler(name: str) -> Handler:
    """The function's own handler, found as `awslambdaric` finds it: `folder/module.function`."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeError(f"Bad handler {name!r}: not of the form module.function")
    module = import_module(module_name.replace("/", "."))
    try:
        found: Handler = getattr(module, function_name)
    except AttributeError:
        raise RuntimeError(f"Handler {function_name!r} missing on module {module_name!r}") from None
    return found


def traced(handler: Handler) -> Handler:
    """The handler inside its execution; the handler itself where tracing is off or cannot start."""
    try:
        engine = spanvas.current_engine()
        if engine is None:
            return handler
        from spanvas.tracing.instrumentations import switch_on
        from spanvas.tracing.invocation import TracedHandler

        switch_on(engine)
        return TracedHandler(engine, handler)
    except Exception:
        logging.getLogger("spanvas").exception("tracing is off: the handler could not be wrapped")
        return handler


# Not through `settings`: one that cannot be read must not keep the function from running.
handler: Any = traced(original_handler(os.environ.get("SPANVAS_HANDLER", "")))
