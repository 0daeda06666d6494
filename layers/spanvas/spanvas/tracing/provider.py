"""The SDK's tracer provider, as executions need it."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from spanvas import attributes as names
from spanvas.settings import LambdaEnvironment, Settings

LAYER_VERSION: Final = "0.1.0"


class NextIds(NamedTuple):
    """Ids of the span that is started next, as integers."""

    trace_id: int
    span_id: int


next_ids: Final[ContextVar[NextIds | None]] = ContextVar("spanvas_next_ids", default=None)


class ExecutionIdGenerator(IdGenerator):
    """Digests for the root of an execution, `os.urandom` for all others: SnapStart clones the state of `random`."""

    def generate_trace_id(self) -> int:
        given = next_ids.get()
        return given.trace_id if given else _random(16)

    def generate_span_id(self) -> int:
        given = next_ids.get()
        return given.span_id if given else _random(8)


def make_provider(
    processor: SpanProcessor, resource: Resource, id_generator: IdGenerator
) -> TracerProvider:
    """Always on: whether executions are traced is one setting, not a sampler's.

    Limits are raised, since flattened conventions need hundreds of attributes and the SDK drops the *first* ones,
    model and provider among them. All are given, so that no `OTEL_*` variable can raise while they are read.
    """
    limits = SpanLimits(
        max_attributes=4096,
        max_span_attributes=4096,
        max_event_attributes=512,
        max_link_attributes=128,
        max_events=1024,
        max_links=1024,
        max_attribute_length=SpanLimits.UNSET,
        max_span_attribute_length=SpanLimits.UNSET,
    )
    provider = TracerProvider(
        sampler=ALWAYS_ON,
        resource=resource,
        shutdown_on_exit=False,
        id_generator=id_generator,
        span_limits=limits,
    )
    provider.add_span_processor(processor)
    return provider


def make_resource(settings: Settings, environment: LambdaEnvironment) -> Resource:
    """Without `Resource.create`: its detectors look through every installed package."""
    attributes: dict[str, Any] = {
        names.SERVICE_NAME: settings.service_name or environment.function_name or "spanvas",
        names.SDK_NAME: "opentelemetry",
        names.SDK_LANGUAGE: "python",
        names.DISTRO_NAME: "spanvas",
        names.DISTRO_VERSION: LAYER_VERSION,
    }
    if environment.function_name:
        attributes |= {
            names.CLOUD_PROVIDER: "aws",
            names.CLOUD_PLATFORM: "aws_lambda",
            names.CLOUD_REGION: environment.region,
            names.FAAS_NAME: environment.function_name,
            names.FAAS_VERSION: environment.function_version,
            names.FAAS_INSTANCE: environment.log_stream_name,
            names.FAAS_MAX_MEMORY: environment.memory_mb * 1024 * 1024,
            names.LOG_GROUP_NAMES: [environment.log_group_name],
        }
    return Resource(attributes)


def _random(size: int) -> int:
    while True:
        number = int.from_bytes(os.urandom(size))
        if number:
            return number
