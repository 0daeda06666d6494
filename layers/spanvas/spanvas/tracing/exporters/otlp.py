"""Spans to an OTLP/HTTP endpoint, through the stock exporter, which is never waited for longer than the budget.

The stock exporter blocks for up to its timeout (a refused connection 7 s, a silent endpoint 10 s, a dripping one
without end), so it runs in the worker's thread alone, and its own result feeds the breaker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from spanvas.model.span import Span
from spanvas.tracing.breaker import Breaker
from spanvas.tracing.buffer import SpanBuffer, Waiting
from spanvas.tracing.convert import size_of
from spanvas.tracing.exporters.otlp_spans import SpanEncoder
from spanvas.tracing.health import Health
from spanvas.tracing.run import Run

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

THREAD: Final = "spanvas-otlp"
TIMEOUT_SECONDS: Final = 5.0
"""Of one request with its retries. Much shorter ones have lost every span behind a slow network, silently."""
BATCH_SPANS: Final = 512
BATCH_BYTES: Final = 2 * 1024 * 1024
BUFFER_SPANS: Final = 5_000
BUFFER_BYTES: Final = 16 * 1024 * 1024
MAX_ATTEMPTS: Final = 3
STOCK_LOGGER: Final = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class SpanSink(Protocol):
    """What is used of the stock exporter: sends spans, answers whether they were taken."""

    def __call__(self, spans: Sequence[ReadableSpan]) -> bool: ...


class OtlpExporter:
    """`make_sink` is called in the worker's thread, when there is a first span to send."""

    def __init__(
        self,
        make_sink: Callable[[], SpanSink],
        health: Health,
        breaker: Breaker | None = None,
        buffer: SpanBuffer | None = None,
    ) -> None:
        self.breaker = breaker or Breaker()
        self._make_sink = make_sink
        self._sink: SpanSink | None = None
        self._health = health
        self._encoder = SpanEncoder()
        self._buffer = buffer if buffer is not None else _make_buffer()
        self._batch: list[Waiting] = []
        self._attempts = 0
        self._last_result: bool | None = None

    def after_fork(self) -> None:
        self._sink = None
        self._buffer = _make_buffer()
        self._batch = []

    @property
    def is_ready(self) -> bool:
        """Whether the stock exporter has been made."""
        return self._sink is not None

    @property
    def has_work(self) -> bool:
        return bool(self._batch or self._buffer)

    @property
    def state(self) -> str:
        """In a word, for the execution: `ok`, `failing`, or `open` when it is not even tried."""
        if self.breaker.is_open:
            return "open"
        return "failing" if self._last_result is False else "ok"

    def add(self, run: Run, span: Span) -> None:
        self._count_dropped(len(self._buffer.add(run, span, size_of(span))))

    def work(self) -> bool:
        """Send everything that waits. Stops at the first failure: the endpoint is as dead for the others."""
        if self._sink is None:
            self._sink = self._make_sink()
        while self.has_work:
            if self.breaker.is_open or not self._send(self._sink):
                return False
        return True

    def _send(self, sink: SpanSink) -> bool:
        if not self._batch:
            self._batch, self._attempts = self._buffer.take(BATCH_SPANS, BATCH_BYTES), 0
        succeeded = sink(
            [self._encoder.encode(item.span, item.run.execution_id) for item in self._batch]
        )
        self._last_result = succeeded
        self.breaker.record(succeeded)
        self._attempts += 1
        if succeeded:
            self._batch = []
            return True
        self._health.say_once(
            "otlp.failed",
            "the OTLP endpoint does not take spans; they are in the store all the same",
        )
        if self._attempts >= MAX_ATTEMPTS:
            self._count_dropped(len(self._batch))
            self._batch = []
        return False

    def _count_dropped(self, spans: int) -> None:
        if spans:
            self._health.count("otlp.dropped", spans)


def _make_buffer() -> SpanBuffer:
    return SpanBuffer(BUFFER_SPANS, BUFFER_BYTES)


def stock_sink(endpoint: str, headers: Mapping[str, str]) -> SpanSink:
    """The stock exporter for a base URL. Importing it costs some 100 ms of CPU, so it is not done before."""
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import SpanExportResult

    logging.getLogger(STOCK_LOGGER).addFilter(_is_not_ours)
    exporter = OTLPSpanExporter(
        endpoint=traces_url(endpoint),
        headers=dict(headers),
        timeout=TIMEOUT_SECONDS,
        compression=Compression.Gzip,
    )
    return lambda spans: exporter.export(spans) is SpanExportResult.SUCCESS


def traces_url(endpoint: str) -> str:
    """OTLP exporter specification: `v1/traces` is added to a base URL."""
    base = endpoint.rstrip("/")
    return base if base.endswith("/v1/traces") else f"{base}/v1/traces"


def _is_not_ours(record: logging.LogRecord) -> bool:
    """Said once by us; the stock exporter would say it at every retry."""
    return record.threadName != THREAD
