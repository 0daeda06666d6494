"""CPU that the layer adds to a cold start."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from tests.bench.figures import Figure, rounded
from tests.bench.layer_functions import BenchFunctions, bench_functions
from tests.runtime.layer_sandbox import answer

SAMPLES = 21
OFF = {"SPANVAS_ENABLED": "false"}
CASES = {"without boto3": "executors.empty", "with a boto3 client": "boto_executor.handler"}
GOALS = {"without boto3": "<= 250", "with a boto3 client": "<= 130"}


def cold_starts() -> list[Figure]:
    """Fresh processes, on and off in turns, so that both see the same machine."""
    with bench_functions() as functions:
        return [figure for case in CASES for figure in measured(functions, case)]


def measured(functions: BenchFunctions, case: str) -> Iterator[Figure]:
    handler = CASES[case]
    pairs = [
        (cpu_ms(functions, handler, {}), cpu_ms(functions, handler, OFF))
        for _ in range(SAMPLES + 1)
    ]
    pairs = pairs[1:]  # the first ones fill the file cache
    name = f"cold start, executor {case}: added CPU"
    on, off = ([pair[side] for pair in pairs] for side in (0, 1))
    whole = median(sample[1] for sample in on) - median(sample[1] for sample in off)
    init = median(sample[0] for sample in on) - median(sample[0] for sample in off)
    yield Figure(name, rounded(whole), "ms", GOALS[case], SAMPLES)
    yield Figure("of this, before the handler's first line", rounded(init), "ms", "", SAMPLES)
    alone = median(sample[1] for sample in off)
    yield Figure("the same function without the layer", rounded(alone), "ms", "", SAMPLES)


def cpu_ms(
    functions: BenchFunctions, handler: str, environment: dict[str, str]
) -> tuple[float, float]:
    """At the first line of the first invocation, and of the second: what lies between is the first one's own."""
    sandbox = functions.start(handler, **environment)
    try:
        answers: list[Any] = [answer(sandbox, {"n": number}) for number in (1, 2)]
    finally:
        sandbox.kill()
    return answers[0]["cpu_ms"], answers[1]["cpu_ms"]
