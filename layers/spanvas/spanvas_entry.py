"""The handler of a wrapped function: `otel-instrument` makes it `_HANDLER`, and the function's own `SPANVAS_HANDLER`.

The function's own module is imported first, and its failure is its own, as without the layer. Whatever fails of ours,
be it that the package cannot be imported at all, leaves the original handler in its place, which is logged once. So
this module stands beside the package, imports nothing of it before that, and is readable to any Python 3.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def original_handler(name: str) -> Any:
    """The function's own handler, `folder/module.function`.

    Found by the runtime's own code, so that what it raises is what it raises without the layer: the same type, the same
    message, and the name of the function's module, not of this one.
    """
    find = getattr(sys.modules.get("awslambdaric.bootstrap"), "_get_handler", None)
    if find is None:
        return found_handler(name)
    try:
        return find(name)
    except fault_type():
        raise
    except Exception as error:
        raise fault_of(error) from error


def found_handler(name: str) -> Any:
    """Where another runtime calls this: by the same rule, without Lambda's words."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise RuntimeError(f"Bad handler {name!r}: not of the form module.function")
    module = import_module(module_name.replace("/", "."))
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise RuntimeError(f"Handler {function_name!r} missing on module {module_name!r}") from None


def fault_type() -> type[Exception]:
    """What the runtime raises for a failure that it has words for. It has loaded the module of it already."""
    found: type[Exception] = sys.modules["awslambdaric.lambda_runtime_exception"].FaultException
    return found


def fault_of(error: Exception) -> Exception:
    """An error of the function's own module, as the runtime reports it where nothing lies between the two.

    The runtime reports a fault as it is. An exception it would report with a stack trace that begins in this file.
    """
    frames = [
        (frame.filename, frame.lineno, frame.name, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    here = original_handler.__code__.co_filename
    is_ours = [name == here or "/bootstrap.py" in name for name, *_ in frames]
    frames = frames[is_ours.index(False) :] if False in is_ours else frames
    stack = traceback.format_list(frames)  # type: ignore[arg-type]
    return fault_type()(type(error).__name__, str(error), stack)


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
