"""The trace API's function: an HTTP API event in, an answer out.

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
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import settings
from spanvas.model.unreadable import UnreadableItemError
from spanvas_api import problems
from spanvas_api.encoding import MAX_CODED_BYTES, MAX_TEXT_BYTES, compressed, json_bytes
from spanvas_api.errors import AnswerTooLargeError, UnknownRouteError
from spanvas_api.event_path import with_encoded_path
from spanvas_api.request import Answer, Request, request_id_of, request_of
from spanvas_api.routes import ROUTES, Route
from spanvas_api.services import Services

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "trace-api"
HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
}

logger = Logger(service=SERVICE)

Operation = Callable[[Request, Services], Answer]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class _Resolver(APIGatewayHttpResolver):
    """Takes any text between two slashes for an id, so that a malformed one is told so instead of "no such call"."""

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        return re.compile(base_regex.format(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", rule)))


def make_handler(services: Callable[[], Services]) -> Handler:
    """The function's handler over these services, which are asked for at the first request."""
    app = _Resolver(serializer=_as_it_is)
    metrics = Metrics(namespace=NAMESPACE, service=SERVICE)

    def answered(label: str, operation: Callable[[dict[str, Any]], Answer]) -> Response[Any]:
        started = time.perf_counter()
        event = app.current_event.raw_event
        try:
            response = _response(operation(event), event)
        except Exception as error:  # noqa: BLE001 - what is not in the table is answered by 500 and logged
            response = _problem_response(error, event)
        _measure(metrics, label, response.status_code, time.perf_counter() - started)
        return response

    for route in ROUTES:
        app.route(re.sub(r"{(\w+)}", r"<\1>", route.path), route.method)(
            _endpoint(route, services, answered, metrics)
        )

    @app.not_found
    def no_such_route(_: Exception) -> Response[Any]:
        return answered("none", _refuse_route)

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        # A large trace is half a million new objects without a cycle: collecting meanwhile would walk them for nothing.
        gc.disable()
        try:
            return app.resolve(with_encoded_path(event), context)
        finally:
            gc.enable()

    return handler


def _endpoint(
    route: Route,
    services: Callable[[], Services],
    answered: Callable[..., Response[Any]],
    metrics: Metrics,
) -> Callable[..., Response[Any]]:
    label = f"{route.method} {route.path}"

    def endpoint(**path: str) -> Response[Any]:
        def operate(event: dict[str, Any]) -> Answer:
            found = services()
            request = request_of(event, path, found.settings.tenant_claim, found.clock())
            try:
                return operation_of(route)(request, found)
            except UnreadableItemError as error:
                found.unreadable.note(error.item)
                raise
            finally:
                found.unreadable.measure(metrics)

        return answered(label, operate)

    return endpoint


def operation_of(route: Route) -> Operation:
    """The function that answers a route; its module is imported when it is first asked for."""
    module = import_module(f"spanvas_api.operations.{route.operation}")
    operation: Operation = getattr(module, route.operation)
    return operation


def _refuse_route(event: dict[str, Any]) -> Answer:
    raise UnknownRouteError("no such call")


def _response(answer: Answer, event: dict[str, Any]) -> Response[Any]:
    headers: dict[str, str | list[str]] = {**HEADERS, **answer.headers}
    if answer.payload is None:
        return Response(answer.status, body="", headers=headers)
    headers["Content-Type"] = "application/json"
    coding, body = _coded(answer, event)
    if not coding:
        _check_size(body, MAX_TEXT_BYTES)
        return Response(answer.status, body=body.decode(), headers=headers)
    headers["Content-Encoding"] = coding
    _check_size(body, MAX_CODED_BYTES)
    return Response(answer.status, body=body, headers=headers)


def _coded(answer: Answer, event: dict[str, Any]) -> tuple[str, bytes]:
    """Content coding, if any, and body. An operation that answers bytes has coded them already, or decided not to."""
    if isinstance(answer.payload, bytes):
        return answer.headers.get("Content-Encoding", ""), answer.payload
    body = json_bytes(answer.payload)
    accepted = (event.get("headers") or {}).get("accept-encoding")
    return compressed(body, accepted) or ("", body)


def _check_size(body: bytes, limit: int) -> None:
    if len(body) > limit:
        raise AnswerTooLargeError(f"{len(body):,} bytes")


def _as_it_is(body: Any) -> Any:
    """Bodies are bytes or text by the time Powertools would serialise them."""
    return body


def _problem_response(error: Exception, event: dict[str, Any]) -> Response[Any]:
    request_id = request_id_of(event)
    problem = problems.problem_for(error, request_id)
    if not problems.is_expected(error):
        logger.exception("request failed", request_id=request_id)
    elif problem.status >= 500:
        logger.warning("request refused", request_id=request_id, reason=repr(error))
    headers: dict[str, str | list[str]] = {
        **HEADERS,
        **problem.headers,
        "Content-Type": problems.MEDIA_TYPE,
    }
    return Response(problem.status, body=json_bytes(problem.body).decode(), headers=headers)


def _measure(metrics: Metrics, label: str, status: int, seconds: float) -> None:
    """One EMF line a request: over all calls, and by call."""
    metrics.add_dimensions(service=SERVICE, route=label)
    metrics.add_metadata("status", status)
    metrics.add_metric("ApiLatency", MetricUnit.Milliseconds, seconds * 1000)
    metrics.add_metric("ApiErrors", MetricUnit.Count, int(status >= 500))
    metrics.flush_metrics()


@cache
def process_services() -> Services:
    """The services of this process, made at the first request."""
    return Services(settings.load())


handler = make_handler(process_services)


def warm_up(services: Services) -> None:
    """Load all that any call needs. For SnapStart, whose snapshot then holds it; a cold start without it would pay."""
    for route in ROUTES:
        operation_of(route)
    _ = services.store, services.workflows


if (
    settings.lambda_environment().init_type == "snap-start"
):  # pragma: no cover - tested in a process of its own
    warm_up(process_services())
