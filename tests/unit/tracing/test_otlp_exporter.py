"""What is sent to an endpoint, and what becomes of it when the endpoint fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.model.span import Span
from spanvas.otel_variables import OtlpTarget, traces_url
from spanvas.tracing.buffer import SpanBuffer
from spanvas.tracing.health import Health
from spanvas.tracing.otlp_exporter import OtlpExporter, SpanSink
from spanvas.tracing.sinks import http_sink
from spanvas.tracing.worker import Breaker
from tests.support.builders import make_span
from tests.support.early_server import answering_early
from tests.support.recording import Seconds, make_run


class Endpoint:
    """A fake OTLP endpoint: takes spans, or does not. Of `max_spans` it takes no more at once."""

    def __init__(self) -> None:
        self.result = ExportResult(ExportOutcome.TAKEN)
        self.max_spans = 1_000
        self.made = 0
        self.requests: list[list[str]] = []

    def make(self) -> Endpoint:
        self.made += 1
        return self

    def __call__(self, spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        assert all(place_of(span).startswith("/v1/executions/e1/spans/") for span in spans)
        self.requests.append([span.name for span in spans])
        return ExportResult(ExportOutcome.TOO_LARGE) if len(spans) > self.max_spans else self.result


def make_otlp(**options: Any) -> tuple[OtlpExporter, Endpoint, Health, Seconds]:
    endpoint, health, seconds = Endpoint(), Health(), Seconds()
    exporter = OtlpExporter(
        endpoint.make,
        health,
        breaker=Breaker(seconds),
        clock=lambda: round(seconds.now * 1_000_000_000),
        **options,
    )
    return exporter, endpoint, health, seconds


def test_otlp_is_made_at_the_first_work_and_sends_what_waits() -> None:
    exporter, endpoint, _, _ = make_otlp()
    exporter.buffer.append(make_run(), make_span("a"))
    assert endpoint.made == 0
    assert exporter.work()
    assert exporter.work()
    assert (endpoint.made, endpoint.requests) == (1, [["a"]])
    assert exporter.state == "ok"


def test_otlp_sends_a_failed_batch_again_and_gives_it_up_after_three_tries() -> None:
    exporter, endpoint, health, seconds = make_otlp()
    endpoint.result = ExportResult(ExportOutcome.LATER)
    exporter.buffer.append(make_run(), make_span("a"))
    assert not exporter.work()
    assert exporter.state == "failing"
    exporter.buffer.append(make_run(), make_span("b"))
    assert not exporter.work()
    assert exporter.state == "open"
    assert not exporter.work()
    assert endpoint.requests == [["a"], ["a"]]
    seconds.now += 30
    assert not exporter.work()
    assert health.counts() == {"otlp.failed": 3, "otlp.dropped": 1}
    seconds.now += 30
    endpoint.result = ExportResult(ExportOutcome.TAKEN)
    assert exporter.work()
    assert endpoint.requests[-1] == ["b"]
    assert not exporter.has_work


class Raising:
    """A sink that cannot be made, or that raises when it is called."""

    def __init__(self, *, at_once: bool) -> None:
        self.at_once = at_once

    def make(self) -> Raising:
        if self.at_once:
            raise ValueError("a proxy has to be http://host:port, not https://")
        return self

    def __call__(self, spans: Sequence[Span], place_of: Callable[[Span], str]) -> ExportResult:
        raise RuntimeError("no way")


@pytest.mark.parametrize("at_once", [True, False])
def test_a_sink_that_raises_is_a_failing_one(
    at_once: bool, caplog: pytest.LogCaptureFixture
) -> None:
    health, seconds = Health(), Seconds()
    sink = Raising(at_once=at_once)
    exporter = OtlpExporter(sink.make, health, breaker=Breaker(seconds))
    exporter.buffer.append(make_run(), make_span("a"))
    assert not exporter.work()
    assert exporter.state == "failing"
    assert not exporter.work()
    assert exporter.state == "open"
    assert not exporter.work()
    seconds.now += 30
    assert not exporter.work()
    counted = {"otlp.failed": 3, "otlp.dropped": 1}
    assert health.counts() == (counted if at_once else {**counted, "problem.spanvas-otlp": 3})
    said = "ValueError: a proxy has to be http" if at_once else "RuntimeError: no way"
    assert [record.message for record in caplog.records if said in record.message]


@pytest.mark.parametrize(
    ("headers", "environment", "said"),
    [
        (
            {"x-team": "secret \u20ac"},
            {},
            "the header 'x-team' has characters that HTTP cannot carry",
        ),
        ({}, {"HTTPS_PROXY": "https://proxy.example:3128"}, "a proxy has to be http://host:port"),
        ({}, {"HTTPS_PROXY": "http://proxy.example:port"}, "ValueError: Port could not be cast"),
    ],
)
def test_settings_that_cannot_be_used_are_a_failing_endpoint(
    headers: dict[str, str],
    environment: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("spanvas.environment.aws_variables", lambda: environment)
    with answering_early(b"") as server:
        url = "https://otlp.example" if environment else server.url
        exporter = OtlpExporter(lambda: http_sink(OtlpTarget(traces_url(url), headers)), Health())
        exporter.buffer.append(make_run(), make_span("a"))
        assert not exporter.work()
    assert exporter.state == "failing"
    assert said in caplog.text
    assert "secret" not in caplog.text


def test_a_sink_that_recovers_is_taken_up_again() -> None:
    endpoint, health = Endpoint(), Health()
    makers: list[Callable[[], SpanSink]] = [Raising(at_once=True).make, endpoint.make]

    def make() -> SpanSink:
        return makers.pop(0)()

    exporter = OtlpExporter(make, health)
    exporter.buffer.append(make_run(), make_span("a"))
    assert not exporter.work()
    assert exporter.work()
    assert (endpoint.requests, exporter.state) == ([["a"]], "ok")
    assert health.counts() == {"otlp.failed": 1}


def test_otlp_buffer_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, endpoint, health, _ = make_otlp(buffer=SpanBuffer(max_spans=2))
    monkeypatch.setattr("spanvas.tracing.otlp_exporter.BATCH_SPANS", 1)
    for label in "abc":
        exporter.buffer.append(make_run(), make_span(label))
    assert exporter.work()
    assert endpoint.requests == [["b"], ["c"]]
    assert health.counts() == {"otlp.dropped": 1}


def test_otlp_drops_at_once_what_is_refused_for_good() -> None:
    exporter, endpoint, health, _ = make_otlp()
    endpoint.result = ExportResult(ExportOutcome.REFUSED)
    exporter.buffer.append(make_run(), make_span("a"))
    assert not exporter.work()
    assert not exporter.has_work
    assert exporter.state == "failing"
    assert health.counts() == {"otlp.failed": 1, "otlp.dropped": 1}


def test_otlp_leaves_an_endpoint_alone_for_as_long_as_it_asks() -> None:
    exporter, endpoint, _, seconds = make_otlp()
    endpoint.result = ExportResult(ExportOutcome.LATER, 120)
    exporter.buffer.append(make_run(), make_span("a"))
    assert not exporter.work()
    endpoint.result = ExportResult(ExportOutcome.TAKEN)
    seconds.now += 60
    assert not exporter.work()
    seconds.now += 60
    assert exporter.work()
    assert endpoint.requests == [["a"], ["a"]]


def test_otlp_halves_a_request_that_is_too_large_and_drops_a_span_that_is() -> None:
    exporter, endpoint, health, _ = make_otlp()
    endpoint.max_spans = 2
    for label in "abcde":
        exporter.buffer.append(make_run(), make_span(label))
    assert exporter.work()
    assert endpoint.requests == [list("abcde"), list("ab"), list("cde"), ["c"], list("de")]
    endpoint.max_spans = 0
    exporter.buffer.append(make_run(), make_span("f"))
    assert exporter.work()
    assert health.counts() == {"otlp.failed": 1, "otlp.dropped": 1}


def test_otlp_counts_what_was_rejected_of_a_request_that_was_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    exporter, endpoint, health, _ = make_otlp()
    endpoint.result = ExportResult(ExportOutcome.TAKEN, rejected=2, message="too old")
    for label in "abc":
        exporter.buffer.append(make_run(), make_span(label))
    assert exporter.work()
    assert exporter.state == "ok"
    assert endpoint.requests == [["a", "b", "c"]]
    assert health.counts() == {"otlp.rejected": 1, "otlp.dropped": 2}
    assert "the OTLP endpoint has rejected spans: too old" in caplog.text


def test_otlp_after_a_fork_makes_its_connection_anew() -> None:
    exporter, endpoint, _, _ = make_otlp()
    exporter.buffer.append(make_run(), make_span("a"))
    exporter.work()
    exporter.buffer.append(make_run(), make_span("b"))
    exporter.after_fork()
    assert exporter.work()
    exporter.buffer.append(make_run(), make_span("c"))
    assert exporter.work()
    assert (endpoint.made, endpoint.requests) == (2, [["a"], ["c"]])


def test_otlp_tells_since_when_it_fails_and_why_and_what_of_an_execution_is_dropped() -> None:
    exporter, endpoint, _, seconds = make_otlp()
    run, other = make_run(), make_run()
    assert exporter.report(run) == {"otlp": "ok"}
    seconds.now = 1_000
    endpoint.result = ExportResult(ExportOutcome.LATER, message="ConnectionRefusedError: refused")
    exporter.buffer.append(run, make_span("a"))
    exporter.work()
    assert exporter.report(run) == {
        "otlp": "failing",
        "otlp_since": "1000000000000",
        "otlp_reason": "ConnectionRefusedError: refused",
    }
    seconds.now = 1_020
    endpoint.result = ExportResult(ExportOutcome.REFUSED, message="status 401")
    exporter.work()
    failing = {"otlp": "open", "otlp_since": "1000000000000", "otlp_reason": "status 401"}
    assert exporter.report(run) == {
        **failing,
        "otlp_dropped": "1",
        "otlp_dropped_by": "refused",
    }
    assert exporter.report(other) == failing
    seconds.now = 1_060
    endpoint.result = ExportResult(ExportOutcome.TAKEN, rejected=2)
    exporter.buffer.append(other, make_span("b"))
    exporter.buffer.append(other, make_span("c"))
    exporter.work()
    told = {"otlp": "ok", "otlp_dropped": "1", "otlp_dropped_by": "refused"}
    assert exporter.report(run) == told
    assert exporter.report(other) == {**told, "otlp_dropped": "2", "otlp_dropped_by": "rejected"}


def test_spans_that_there_is_no_room_for_are_dropped_of_their_own_execution() -> None:
    exporter, _, _, _ = make_otlp(buffer=SpanBuffer(max_spans=1))
    run, other = make_run(), make_run()
    exporter.buffer.append(run, make_span("a"))
    exporter.buffer.append(other, make_span("b"))
    told = {"otlp": "ok", "otlp_dropped": "1", "otlp_dropped_by": "memory"}
    assert exporter.report(run) == told
    assert exporter.report(other) == {"otlp": "ok"}


def test_a_request_of_several_executions_that_is_rejected_whole_counts_for_each() -> None:
    exporter, endpoint, _, _ = make_otlp()
    runs = make_run(), make_run()
    endpoint.result = ExportResult(ExportOutcome.TAKEN, rejected=2, message="trace too large")
    for run in runs:
        exporter.buffer.append(run, make_span("a"))
    exporter.work()
    told = {"otlp": "ok", "otlp_dropped": "1", "otlp_dropped_by": "rejected"}
    assert [exporter.report(run) for run in runs] == [told, told]
