"""Retries of the AWS SDK, as events of the span that is open: a throttled call shows why it took so long.

botocore tries again by itself and tells nobody. Every failed attempt that it repeats becomes an event, and the span
counts them; with an instrumentation of botocore that span is the call's own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import _SUPPRESS_INSTRUMENTATION_KEY, get_value
from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas import attributes as names
from spanvas.tracing.health import Health

MODULE: Final = "botocore.endpoint"
METHOD: Final = "_needs_retry"
"""Of `botocore.endpoint.Endpoint`: asked after each attempt; it waits before it answers True."""
MARK: Final = "__spanvas__"


def watch(health: Health) -> bool:
    """Whether botocore is watched now: not before the function has imported it. May be called again and again."""
    module = sys.modules.get(MODULE)
    endpoint = getattr(module, "Endpoint", None)
    ask = getattr(endpoint, METHOD, None)
    if ask is None:
        return False
    if not hasattr(ask, MARK):
        setattr(endpoint, METHOD, _watched(ask, health))
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
                _tell(failed_at, attempts, operation_model, *rest, **named)
            except Exception as error:  # noqa: BLE001 - the call goes on, whatever this was
                health.problem("aws_retries", error)
        return answer

    setattr(needs_retry, MARK, True)
    return needs_retry


def _tell(
    failed_at: int,
    attempts: int,
    operation_model: Any,
    request_dict: Any = None,
    response: Any = None,
    caught_exception: Any = None,
) -> None:
    span = trace.get_current_span()
    if not isinstance(span, SdkSpan) or get_value(_SUPPRESS_INSTRUMENTATION_KEY):
        return
    http, parsed = response if response is not None else (None, {})
    code = parsed.get("Error", {}).get("Code") if caught_exception is None else None
    event: dict[str, str | int] = {
        names.RETRY_NUMBER: attempts,
        names.ERROR_TYPE: str(code or type(caught_exception).__name__),
        names.RPC_SERVICE: str(operation_model.service_model.service_id),
        names.RPC_METHOD: str(operation_model.name),
    }
    status = getattr(http, "status_code", None)
    if isinstance(status, int):
        event[names.HTTP_STATUS_CODE] = status
    span.add_event(names.RETRY_EVENT, event, failed_at)
    span.set_attribute(names.RETRIES, attempts)
