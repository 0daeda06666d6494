"""The trace API's function: an HTTP API event in, an HTTP response out.

Routes come from `routes.ROUTES`; the operation of a route is imported when it is first called. Powertools routes and
logs, without its validation: that alone would add 90 ms to every cold start (pydantic and the OpenAPI models).
Not responsible for verifying tokens, which the gateway's authorizer has done.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.api_gateway import Response as GatewayResponse
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pybase64 import b64encode_as_string

from spanvas import environment, settings
from spanvas.model.errors import UnreadableItemError
from spanvas_api.errors import ResponseTooLargeError, TempoCallError, UnknownRouteError
from spanvas_api.event_path import with_encoded_path
from spanvas_api.http import problems
from spanvas_api.http.encoding import MAX_CODED_BYTES, MAX_TEXT_BYTES, compressed, json_bytes
from spanvas_api.http.request import ApiRequest, ApiResponse, request_id_of, request_of
from spanvas_api.route_schema import PLAIN_TEXT, TEMPO_GREEDY_PATH, Route
from spanvas_api.routes import ROUTES
from spanvas_api.services import Services

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "trace-api"
JSON: Final = "application/json"
HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}

logger = Logger(service=SERVICE)

Operation = Callable[[ApiRequest, Services], ApiResponse]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class _Resolver(APIGatewayHttpResolver):
    """Takes any text between two slashes for an id, so that a malformed one is told so instead of "no such call"."""

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        return re.compile(base_regex.format(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", rule)))


def make_handler(services: Callable[[], Services]) -> Handler:
    """Returns the function's handler. `services` is called by the first request, and may raise as an operation may."""
    app = _Resolver(serializer=_unchanged)
    metrics = Metrics(namespace=NAMESPACE, service=SERVICE)

    for route in ROUTES:
        pattern = re.sub(r"{(\w+)}", r"<\1>", route.path)
        app.route(pattern, route.method)(_responder(route, app, services, metrics))
    refuse = _responder(None, app, services, metrics)
    app.not_found(lambda _: refuse())

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        # A large trace is half a million new objects without a cycle: collecting meanwhile would walk them for nothing.
        gc.disable()
        try:
            return app.resolve(with_encoded_path(event), context)
        finally:
            gc.enable()

    return handler


def _responder(
    route: Route | None, app: _Resolver, services: Callable[[], Services], metrics: Metrics
) -> Callable[..., GatewayResponse[Any]]:
    """Returns what answers the requests of a route: it runs the operation, turns every exception into a problem, and
    measures. Without a route, it answers that there is none."""
    label = f"{route.method} {route.path}" if route else "none"

    def respond(**path: str) -> GatewayResponse[Any]:
        started = time.perf_counter()
        event = app.current_event.raw_event
        try:
            if route is None:
                raise _no_such_call(event)
            found = services()
            try:
                request = request_of(event, path, found.token_rules, found.clock())
                response = _gateway_response(operation_of(route)(request, found), event)
            except UnreadableItemError as error:
                found.unreadable.note(error.item)
                raise
            finally:
                found.unreadable.measure(metrics)
        except Exception as error:  # noqa: BLE001 - what is not in the table is answered by 500 and logged
            response = _problem_response(error, event, is_text=_is_answered_in_text(route, event))
        seconds = time.perf_counter() - started
        _measure(metrics, label, response.status_code, seconds)
        if route is not None and route.is_read_by_tab and response.status_code < 400:
            _measure_read(seconds)
        return response

    return respond


def operation_of(route: Route) -> Operation:
    """Returns the function that answers a route. Imports its module at the first call."""
    module = import_module(f"spanvas_api.operations.{route.operation}")
    operation: Operation = getattr(module, route.operation)
    return operation


def _gateway_response(response: ApiResponse, event: dict[str, Any]) -> GatewayResponse[Any]:
    headers: dict[str, str | list[str]] = {**HEADERS, **response.headers}
    if response.payload is None:
        return GatewayResponse(response.status, body="", headers=headers)
    headers.setdefault("Content-Type", JSON)
    coding, body = _encoded(response, event)
    if not coding and str(headers["Content-Type"]).startswith((JSON, PLAIN_TEXT)):
        _check_size(body, MAX_TEXT_BYTES)
        return GatewayResponse(response.status, body=body.decode(), headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    _check_size(body, MAX_CODED_BYTES)
    answer = GatewayResponse(response.status, body=b64encode_as_string(body), headers=headers)
    answer.base64_encoded = True
    return answer


def _encoded(response: ApiResponse, event: dict[str, Any]) -> tuple[str, bytes]:
    """Returns content coding, if any, and body. An operation that returns bytes has chosen their coding already."""
    if isinstance(response.payload, bytes):
        return response.headers.get("Content-Encoding", ""), response.payload
    body = json_bytes(response.payload)
    accepted = (event.get("headers") or {}).get("accept-encoding")
    return compressed(body, accepted) or ("", body)


def _check_size(body: bytes, limit: int) -> None:
    if len(body) > limit:
        raise ResponseTooLargeError(f"{len(body):,} bytes")


def _unchanged(body: Any) -> Any:
    """Bodies are bytes or text by the time Powertools would serialise them."""
    return body


def _no_such_call(event: dict[str, Any]) -> UnknownRouteError:
    error = TempoCallError if _is_of_tempo(event) else UnknownRouteError
    return error("no such call")


def _is_answered_in_text(route: Route | None, event: dict[str, Any]) -> bool:
    """Returns whether errors are plain text, as Tempo's are."""
    return _is_of_tempo(event) if route is None else route.error_media_type == PLAIN_TEXT


def _is_of_tempo(event: dict[str, Any]) -> bool:
    return str(event.get("routeKey", "")).endswith(f" {TEMPO_GREEDY_PATH}")


def _problem_response(
    error: Exception, event: dict[str, Any], *, is_text: bool
) -> GatewayResponse[Any]:
    request_id = request_id_of(event)
    problem = problems.problem_for(error, request_id)
    if not problems.is_expected(error):
        logger.exception("request failed", request_id=request_id)
    elif problem.status >= 500:
        logger.warning("request refused", request_id=request_id, reason=repr(error))
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        **problem.headers,
        "Content-Type": problems.TEXT_MEDIA_TYPE if is_text else problems.MEDIA_TYPE,
    }
    if is_text:
        return GatewayResponse(problem.status, body=str(problem.body["detail"]), headers=headers)
    return GatewayResponse(problem.status, body=json_bytes(problem.body).decode(), headers=headers)


def _measure(metrics: Metrics, label: str, status: int, seconds: float) -> None:
    """Writes one EMF line per request: over all calls, and by call."""
    metrics.add_dimensions(service=SERVICE, route=label)
    metrics.add_metadata("status", status)
    metrics.add_metric("ApiLatency", MetricUnit.Milliseconds, seconds * 1000)
    metrics.add_metric("ApiErrors", MetricUnit.Count, int(status >= 500))
    metrics.flush_metrics()


def _measure_read(seconds: float) -> None:
    """Writes how long a reader of the tab has waited: one metric for all such calls, since percentiles cannot be put
    together."""
    reads = EphemeralMetrics(namespace=NAMESPACE, service=SERVICE)
    reads.add_metric("ReadLatency", MetricUnit.Milliseconds, seconds * 1000)
    reads.flush_metrics()


@cache
def process_services() -> Services:
    """Returns the services of this process. Makes them at the first request."""
    return Services(settings.load())


handler = make_handler(process_services)


def warm_up(services: Services) -> None:
    """Loads all that any call needs, for SnapStart's snapshot. A cold start without SnapStart would pay for it."""
    for route in ROUTES:
        operation_of(route)
    _ = services.store, services.traces, services.workflows


if (
    environment.lambda_environment().init_type == "snap-start"
):  # pragma: no cover - tested in a process of its own
    warm_up(process_services())
