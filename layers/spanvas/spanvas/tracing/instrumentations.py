"""OpenTelemetry instrumentations that a function brings in its package: found, and switched on.

What `opentelemetry-instrument` does for every installed package (0.7 s on Lambda) is done here for the entry points of
the function's own folder and of layers alone, which costs one look into each package's metadata.

botocore retries by itself and reports it to nobody. Every failed attempt that it repeats becomes an event of the span
that is open, which counts them; with an instrumentation of botocore that span is the call's own.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, get_value

from spanvas import attributes as names
from spanvas.tracing.context import current_scope, recorded_span
from spanvas.tracing.engine import Engine
from spanvas.tracing.health import Health

GROUP: Final = "opentelemetry_instrumentor"
ALL: Final = "all"
NONE: Final = "none"
NEVER: Final = frozenset({"aws-lambda"})
"""Traces the handler, as this layer does."""
LAYER: Final = Path(__file__).parents[2]
"""Where this layer is, and others are too: /opt/python."""
INFO: Final = ".dist-info"
CONFLICT: Final = "DependencyConflictError"
"""What an instrumentation raises whose library is not there: nothing to be said of."""
BOTOCORE: Final = "botocore.endpoint"
RETRY_METHOD: Final = "_needs_retry"
"""Of `botocore.endpoint.Endpoint`: asked after each attempt; it waits before it answers True."""
MARK: Final = "__spanvas__"


class Found(NamedTuple):
    """`opentelemetry.instrumentation.botocore:BotocoreInstrumentor`, called `botocore`, from a distribution."""

    name: str
    target: str
    distribution: str


def switch_on(engine: Engine, folders: Iterable[Path] | None = None) -> list[str]:
    """Switches on what is found and wanted. Returns its names. A failure is logged once, and concerns that one alone.

    Called when the function's own module has been imported: what it has switched on itself is left as it is. A function
    that has a tracer provider of its own instruments itself: there, only what the setting names is switched on.
    """
    wanted = engine.settings.instrumentations
    if not wanted or wanted == (NONE,):
        return []
    if wanted == (ALL,) and engine.providers.has_other():
        return []
    where = folders if folders is not None else own_folders(engine.environment.task_root)
    chosen = [found for folder in where for found in found_in(folder) if _is_wanted(found, wanted)]
    if not chosen:
        return []
    options = engine.providers.instrumentation_options()
    return [found.name for found in chosen if _instrument(found, options, engine.problems)]


def own_folders(task_root: str) -> list[Path]:
    """Returns the function's folder and that of the layers."""
    return [Path(task_root), LAYER] if task_root else [LAYER]


def found_in(folder: Path) -> Iterator[Found]:
    """Yields the entry points of every distribution in a folder, by name."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name.endswith(INFO))
    except OSError:
        return
    for name in names:
        try:
            text = (folder / name / "entry_points.txt").read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        if GROUP in text:
            distribution = name.partition("-")[0].replace("_", "-").lower()
            yield from _entries(text, distribution)


def _entries(text: str, distribution: str) -> Iterator[Found]:
    """Core metadata specification, "Entry points": an INI file of `name = module:attribute`."""
    section = ""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[] ")
        elif section == GROUP and "=" in stripped:
            name, _, target = stripped.partition("=")
            yield Found(name.strip(), target.partition("[")[0].strip(), distribution)


def _is_wanted(found: Found, wanted: tuple[str, ...]) -> bool:
    if found.name in NEVER:
        return False
    return wanted == (ALL,) or found.name in wanted or found.distribution in wanted


def _instrument(found: Found, options: dict[str, Any], health: Health) -> bool:
    try:
        module, _, attribute = found.target.partition(":")
        instrumentor = getattr(import_module(module), attribute)()
        if getattr(instrumentor, "is_instrumented_by_opentelemetry", False):
            return False
        instrumentor.instrument(raise_exception_on_conflict=True, **options)
    except Exception as error:  # noqa: BLE001 - whatever it is, the function runs without that one
        if type(error).__name__ == CONFLICT:
            return False
        health.say_once(
            f"instrumentation.{found.distribution}",
            "the instrumentation %s of %s is not switched on: %s: %s",
            found.name,
            found.distribution,
            type(error).__name__,
            error,
        )
        return False
    return True


def watch_aws_retries(health: Health) -> bool:
    """Watches botocore's retries. Returns False until the function has imported botocore: then call it again."""
    module = sys.modules.get(BOTOCORE)
    endpoint = getattr(module, "Endpoint", None)
    ask = getattr(endpoint, RETRY_METHOD, None)
    if ask is None:
        return False
    if not hasattr(ask, MARK):
        setattr(endpoint, RETRY_METHOD, _watched(ask, health))
    return True


def _watched(ask: Callable[..., Any], health: Health) -> Callable[..., Any]:
    @wraps(ask)
    def needs_retry(
        self: Any, attempts: Any, operation_model: Any, *rest: Any, **named: Any
    ) -> Any:
        failed_at = time.time_ns()
        answer = ask(self, attempts, operation_model, *rest, **named)
        if answer:
            try:
                _add_event(failed_at, attempts, operation_model, *rest, **named)
            except Exception as error:  # noqa: BLE001 - the call goes on, whatever this was
                health.problem("aws_retries", error)
        return answer

    setattr(needs_retry, MARK, True)
    return needs_retry


def _add_event(
    failed_at: int,
    attempts: int,
    operation_model: Any,
    request_dict: Any = None,
    response: Any = None,
    caught_exception: Any = None,
) -> None:
    span = recorded_span(current_scope())
    if span is None or get_value(_SUPPRESS_INSTRUMENTATION_KEY):
        return
    http, parsed = response if response is not None else (None, {})
    code = parsed.get("Error", {}).get("Code") if caught_exception is None else None
    service = str(operation_model.service_model.service_id).replace(" ", "")
    event: dict[str, str | int] = {
        names.RETRY_NUMBER: attempts,
        names.ERROR_TYPE: str(code or type(caught_exception).__name__),
        names.RPC_METHOD: f"{service}/{operation_model.name}",
    }
    status = getattr(http, "status_code", None)
    if isinstance(status, int):
        event[names.HTTP_STATUS_CODE] = status
    span.add_event(names.RETRY_EVENT, event, failed_at)
    span.set_attribute(names.RETRIES, attempts)
