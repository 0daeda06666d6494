"""The OTLP endpoint's function: an HTTP API event in, an ExportTraceServiceResponse or a google.rpc.Status out.

Neither routed nor validated by Powertools: there is one path, and its body is protobuf. Answered only when the spans
are durable. Not responsible for verifying tokens, which the gateway's authorizer has done.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from spanvas import environment, settings
from spanvas.model.units import NANO
from spanvas.otlp import messages
from spanvas.otlp.intake import Intake
from spanvas_api.auth import authorize, principal_of
from spanvas_api.http.request import request_id_of
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.ingest.message import OtlpResponse, check_method, http_response, media_type_of
from spanvas_api.ingest.refusals import is_expected, refusal
from spanvas_api.services import Services

NAMESPACE: Final = "Spanvas"
SERVICE: Final = "otlp-ingest"

logger = Logger(service=SERVICE)

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def make_handler(ingest: Callable[[], Ingest]) -> Handler:
    """The function's handler over this, which is asked for at the first request."""
    metrics = Metrics(namespace=NAMESPACE, service=SERVICE)

    @logger.inject_lambda_context
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        started = time.perf_counter()
        media_type = media_type_of(event)
        intake = Intake()
        # Spans are many objects without a cycle: collecting meanwhile would walk them for nothing.
        gc.disable()
        try:
            ingesting = ingest()
            intake = ingest_spans(event, media_type, ingesting)
            ingesting.services.unreadable.measure(metrics)
            response = accepted(intake, media_type)
        except Exception as error:  # noqa: BLE001 - what is not in the table is answered by 500 and logged
            response = refusal(error, media_type)
            log(error, event, response)
        finally:
            gc.enable()
        measure(metrics, response.status, intake, time.perf_counter() - started)
        return http_response(response, media_type)

    return handler


def ingest_spans(event: dict[str, Any], media_type: str, ingest: Ingest) -> Intake:
    """Stores the spans of a request whose sender may send some. Raises what `refusals` has a rule for, and more."""
    services = ingest.services
    principal = principal_of(event, services.token_rules, services.clock() / NANO)
    authorize(principal, "ingest_traces")
    check_method(event)
    return ingest.ingest(event, principal, media_type)


def accepted(intake: Intake, media_type: str) -> OtlpResponse:
    """Success, or partial success where something was rejected or cut."""
    return OtlpResponse(
        200, messages.response(media_type, intake.rejected_spans, intake.explanation())
    )


def log(error: Exception, event: dict[str, Any], response: OtlpResponse) -> None:
    """Logs a request that was refused by a fault of the service or of an unknown kind."""
    request_id = request_id_of(event)
    if not is_expected(error):
        logger.exception("request failed", request_id=request_id)
    elif response.status >= 500:
        logger.warning("request refused", request_id=request_id, reason=repr(error))


def measure(metrics: Metrics, status: int, intake: Intake, seconds: float) -> None:
    """Writes the metrics of one request; `seconds` is how long it took."""
    metrics.add_metadata("status", status)
    metrics.add_metric("IngestLatency", MetricUnit.Milliseconds, seconds * 1000)
    metrics.add_metric("IngestErrors", MetricUnit.Count, int(status >= 500))
    metrics.add_metric("ThrottledRequests", MetricUnit.Count, int(status == 429))
    metrics.add_metric("RefusedRequests", MetricUnit.Count, int(400 <= status < 500))
    metrics.add_metric("IngestedSpans", MetricUnit.Count, len(intake.spans))
    metrics.add_metric("RejectedSpans", MetricUnit.Count, intake.rejected_spans)
    metrics.flush_metrics()


@cache
def process_ingest() -> Ingest:
    """What this process takes requests with, made at the first one."""
    return Ingest(Services(settings.load()))


handler = make_handler(process_ingest)


def warm_up(ingest: Ingest) -> None:
    """Load what a first request needs. For SnapStart, whose snapshot then holds it."""
    _ = ingest.services.store


if (
    environment.lambda_environment().init_type == "snap-start"
):  # pragma: no cover - tested in a process of its own
    warm_up(process_ingest())
