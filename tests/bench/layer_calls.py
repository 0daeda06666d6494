"""What single calls cost: of the public API when it is off, of a span, of redaction."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.bench.figures import Figure, percentile, rounded
from tests.bench.layer_functions import bench_functions
from tests.runtime.layer_sandbox import answer


def asked(handler: str, **environment: str) -> dict[str, Any]:
    """What a handler answers in a process of its own."""
    with bench_functions() as functions:
        sandbox = functions.start(handler, **environment)
        try:
            found: dict[str, Any] = answer(sandbox, {"n": 1})
        finally:
            sandbox.kill()
    return found


def door_when_off() -> list[Figure]:
    found = asked("executors.door_calls", SPANVAS_ENABLED="false")
    name, slowest = max(found["us"].items(), key=lambda item: item[1])
    return [
        Figure(
            f"off: slowest call of the public API, {name}",
            rounded(slowest / 1e3),
            "ms",
            "<= 0.1",
            2000,
        ),
        Figure("off: OpenTelemetry modules loaded", found["opentelemetry"], "", "<= 0"),
    ]


def spans() -> list[Figure]:
    us = asked("executors.span_costs")["us"]
    return [
        Figure(
            "span with 10 attributes, all processors: p50",
            rounded(median(us)),
            "us",
            "<= 120",
            len(us),
        ),
        Figure(
            "span with 10 attributes, all processors: p99", percentile(us, 99), "us", "", len(us)
        ),
    ]


def redaction() -> list[Figure]:
    found = asked("redaction.costs")
    us, adversarial = found["us"], found["adversarial_ms"]
    name, slowest = max(adversarial.items(), key=lambda item: item[1])
    return [
        Figure("redaction of 2 KB: p50", rounded(median(us)), "us", "<= 100", len(us)),
        Figure("redaction of 2 KB: p99", rounded(percentile(us, 99) / 1e3), "ms", "<= 10", len(us)),
        Figure(
            f"redaction of 64 KB, slowest of {len(adversarial)} adversarial texts: {name}",
            rounded(slowest),
            "ms",
            "<= 100",
            3 * len(adversarial),
        ),
    ]
