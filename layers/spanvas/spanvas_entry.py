"""The handler of a wrapped function: `otel-instrument` makes it `_HANDLER`, and the function's own `SPANVAS_HANDLER`.

The function's own module is imported first, and its failure is its own, as without the layer. Whatever fails of ours,
be it that the package cannot be imported at all, leaves the original handler in its place, which is logged once. So
this module stands beside the package, imports nothing of it before that, and is readable to any Python 3.
"""

from __future__ import annotations

import logging
import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def original_handler(name: str) -> Any:
    """The function's own handler, found as `awslambdaric` finds it: `folder/module.function`."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeError(f"Bad handler {name!r}: not of the form module.function")
    module = import_module(module_name.replace("/", "."))
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise RuntimeError(f"Handler {function_name!r} missing on module {module_name!r}") from None


def traced(own: Any) -> Any:
    """The handler inside its execution; the handler itself where tracing is off or cannot start."""
    try:
        refuse_another()
        from spanvas.tracing.lambda_wrapper import wrap

        return wrap(own)
    except Exception:
        logging.getLogger("spanvas").exception("tracing is off: the handler could not be wrapped")
        return own


def refuse_another() -> None:
    """A function's own package comes first on the path: one with our name is not ours, whatever it has in it."""
    import spanvas

    found = getattr(spanvas, "__file__", None)
    beside = __file__.replace("spanvas_entry.py", "spanvas/__init__.py")
    if found != beside:
        raise ImportError(f"a package of the function's own has the name spanvas: {found}")


# Not through `settings`: one that cannot be read must not keep the function from running.
handler = traced(original_handler(os.environ.get("SPANVAS_HANDLER", "")))
