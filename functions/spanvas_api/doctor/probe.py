"""Sends and stores something that was made for it, and takes it away again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Final

from spanvas.collector.http import OtlpHttp
from spanvas.collector.results import ExportOutcome
from spanvas.model import ids
from spanvas.model.execution import SUCCEEDED, Execution
from spanvas.model.kinds import WORKFLOW
from spanvas.model.span import OK as SPAN_OK
from spanvas.model.span import Span
from spanvas.model.units import NANO
from spanvas.otel_variables import GRPC, OtelVariables
from spanvas.setting_values import shown_url
from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.collector import NO_GRPC
from spanvas_api.doctor.report import LEFT_OUT, OK, WRONG, Finding
from spanvas_api.errors import SpanSourceError
from spanvas_api.span_source.client import SourceClient

TENANT: Final = "spanvas-doctor"
"""Nobody's: what is left of a probe is in no tenant's history."""


def collector(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Sends a request without spans to the OTLP endpoint."""
    variables = OtelVariables(environment)
    target = variables.target(
        settings.otlp_endpoint, settings.otlp_headers, settings.otlp_certificate
    )
    for problem in variables.problems:
        yield Finding("OpenTelemetry's variables", WRONG, problem, "see docs/reference/settings.md")
    if target is None:
        yield Finding("collector", LEFT_OUT, "no OTLP endpoint is set")
        return
    if target.protocol == GRPC:
        mend = "OtlpEndpoint takes OTLP over HTTP: the sweep sends there. Functions may name one for gRPC themselves"
        yield Finding("collector", WRONG, f"{shown_url(target.url)}: {NO_GRPC}", mend)
        return
    post = OtlpHttp(target, environment)
    try:
        result = post(b"")
    finally:
        post.close()
    if result.outcome is ExportOutcome.TAKEN:
        yield Finding("collector", OK, shown_url(target.url))
        return
    mend = "executions go on without it, and the store has them; check the endpoint and its headers"
    yield Finding("collector", WRONG, f"{shown_url(target.url)}: {result.message}", mend)


def span_source(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Asks the backend that spans are read from for a trace that nobody has sent."""
    what = "span source"
    if not settings.span_source_url:
        mend = "set it, or leave SPANVAS_SPAN_SOURCE empty: nothing is read from a backend"
        yield Finding(what, WRONG, "SPANVAS_SPAN_SOURCE_URL is not set", mend)
        return
    trace_id = ids.trace_id_for(TENANT, f"doctor-{ids.new_span_id()}")
    try:
        SourceClient(settings, environment).trace(TENANT, trace_id)
    except SpanSourceError as error:
        mend = "see docs/how-to/read-spans-from-your-backend.md, When it fails"
        yield Finding(what, WRONG, f"{settings.span_source_url}: {error}", mend)
    else:
        yield Finding(what, OK, settings.span_source_url)


def execution(store: DynamoTraceStore) -> Iterator[Finding]:
    """Writes an execution with a span, reads it and deletes it."""
    now = time.time_ns()
    execution_id = f"doctor-{ids.new_span_id()}"
    trace_id = ids.trace_id_for(TENANT, execution_id)
    span = Span(
        trace_id,
        ids.root_span_id_for(TENANT, execution_id),
        None,
        "doctor",
        WORKFLOW,
        now,
        now + 1,
        status=SPAN_OK,
    )
    begun = Execution(
        TENANT, execution_id, trace_id, "doctor", now, deadline_unix_nano=now + 60 * NANO
    )
    try:
        store.start_execution(begun)
        store.write(SpanBatch(TENANT, execution_id, [span]))
        store.end_execution(TENANT, execution_id, SUCCEEDED, now + 1)
        trace = store.read_trace(TENANT, execution_id)
        is_whole = trace is not None and [row.name for row in trace.rows] == ["doctor"]
    finally:
        deleted = store.deletions.delete(TENANT, execution_id, "doctor")
        is_gone = store.deletions.purge(TENANT, execution_id, lambda: True)
    took = (time.time_ns() - now) / 1e6
    if not is_whole or trace is None or trace.execution.status != SUCCEEDED:
        mend = "the table does not answer with what was written to it"
        yield Finding("probe", WRONG, "was not read as it was written", mend)
    elif deleted is None or not is_gone:
        mend = "the role may write and not delete: it expires by itself"
        yield Finding("probe", WRONG, "was not deleted", mend)
    else:
        yield Finding("probe", OK, f"written, read and deleted in {took:.0f} ms")
