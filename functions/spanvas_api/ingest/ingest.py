"""One OTLP request from its body to spans that are durable."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from typing import Any, Final

from spanvas.model.errors import TooLargeError
from spanvas.model.span import Span
from spanvas.otlp.intake import Intake
from spanvas.otlp.limits import Limits
from spanvas.otlp.messages import PROTOBUF
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json
from spanvas.privacy.redact import Redactor
from spanvas.storage.port import SpanBatch
from spanvas_api.auth import Principal
from spanvas_api.ingest.executions import Bindings
from spanvas_api.ingest.message import inflated_body, sent_body
from spanvas_api.ingest.rate_limit import RateLimit
from spanvas_api.received.cleaning import cleaned, make_redactor
from spanvas_api.received.updates import Group, update_of
from spanvas_api.services import Services

MAX_TRACES: Final = 1_000
"""Of one request: each costs five calls of the store, and the gateway waits for 30 seconds."""
WRITES: Final = 3
"""Calls of the store that spans of one execution cost at least: rows, details, and what they say of the execution."""
THREADS: Final = 8


class Ingest:
    """What one process takes requests with. Not responsible for who may send: the principal has been authorized."""

    def __init__(self, services: Services, redactor: Redactor | None = None) -> None:
        settings = services.settings
        self._services = services
        self._redactor = redactor or make_redactor(
            settings.content, settings.redaction_rules, settings.redaction_patterns
        )
        self._limits = Limits(
            spans=settings.ingest_spans,
            attributes=settings.ingest_attributes,
            depth=settings.ingest_depth,
        )
        self._bytes = RateLimit(
            settings.ingest_bytes_per_second, settings.ingest_burst_bytes, services.clock
        )
        self._store_calls = RateLimit(
            settings.ingest_store_calls_per_second,
            settings.ingest_burst_store_calls,
            services.clock,
            "calls of the store",
        )
        self._bindings = Bindings(settings.execution_attributes)

    @property
    def services(self) -> Services:
        """The store and what else the ingest works with."""
        return self._services

    def ingest(self, event: Mapping[str, Any], principal: Principal, media_type: str) -> Intake:
        """Stores the spans of a request. The returned intake says which of them were rejected.

        Raises InvalidInputError, TooLargeError, RateLimitedError and StoreUnavailableError; of the last, spans may have
        been kept, and the same request may be sent again.
        """
        settings = self._services.settings
        body = sent_body(event, settings.ingest_compressed_bytes)
        self._bytes.check(principal.tenant)
        self._store_calls.check(principal.tenant)
        body = inflated_body(event, body, settings.ingest_inflated_bytes)
        self._bytes.consume(principal.tenant, len(body))
        decode = decode_protobuf if media_type == PROTOBUF else decode_json
        intake = decode(body, self._limits)
        if intake.spans:
            self._keep(intake.spans, principal)
        return intake

    def _keep(self, spans: list[Span], principal: Principal) -> None:
        if len({span.trace_id for span in spans}) > MAX_TRACES:
            raise TooLargeError(
                "spans", f"are of more than {MAX_TRACES:,} traces; send smaller requests"
            )
        store, tenant = self._services.store, principal.tenant
        groups, lookups = self._bindings.groups(store, tenant, cleaned(spans), self._pool)
        self._store_calls.consume(tenant, lookups + WRITES * len(groups))
        for group in groups:
            group.spans = [self._redactor.redact(span) for span in group.spans]
        for group, kept_at in zip(groups, self._all(groups, principal), strict=True):
            if kept_at != group.execution_id:
                self._bindings.follow(tenant, group, kept_at)

    def _all(self, groups: list[Group], principal: Principal) -> list[str]:
        """Keep all groups, and wait for all even where one fails: nothing may run on when the function is frozen."""
        if len(groups) == 1:
            return [self._receive(groups[0], principal)]
        jobs = [self._pool.submit(self._receive, group, principal) for group in groups]
        wait(jobs)
        return [job.result() for job in jobs]

    def _receive(self, group: Group, principal: Principal) -> str:
        services = self._services
        update = update_of(
            group,
            principal.tenant,
            principal.subject,
            services.clock(),
            services.settings.ingest_deadline_seconds,
            services.settings.execution_attributes,
        )
        batch = SpanBatch(principal.tenant, group.execution_id, group.spans)
        return services.store.receive(batch, update, is_new=group.is_new)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(THREADS, "spanvas-ingest")
