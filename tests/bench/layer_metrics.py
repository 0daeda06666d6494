"""What the metrics in a function's log add to an invocation: the same function with them and without, in turns."""

from __future__ import annotations

import json
from statistics import median
from typing import Final

from tests.bench.figures import Figure, rounded
from tests.bench.layer_functions import bench_functions
from tests.runtime.layer_sandbox import invoke

PAIRS: Final = 300
WARM_UP: Final = 30
HANDLER: Final = "executors.twenty_spans"
CONTENT: Final = "light"
"""A word of the content of every span."""


def metrics() -> list[Figure]:
    """Both sandboxes get the same events, one after the other, so that a slow moment of the machine hits both."""
    with bench_functions() as functions:
        log = functions.functions.log
        kinds = {
            "on": functions.start(HANDLER),
            "off": functions.start(HANDLER, SPANVAS_METRICS="false"),
        }
        ms: dict[str, list[float]] = {"on": [], "off": []}
        try:
            for number in range(PAIRS):
                for kind in ("on", "off") if number % 2 else ("off", "on"):
                    event = {"n": number, "execution_id": f"{kind}{number}"}
                    ms[kind].append(invoke(kinds[kind], event).duration_ms)
        finally:
            for sandbox in kinds.values():
                sandbox.kill()
        lines = [
            line for line in log.read_text("utf-8").splitlines() if "CloudWatchMetrics" in line
        ]
    told = sum(json.loads(line).get("Executions", 0) for line in lines)
    added = [on - off for on, off in zip(ms["on"], ms["off"], strict=True)][WARM_UP:]
    content = sum(line.count(CONTENT) for line in lines)
    return [
        Figure(
            "metrics in the log: added to an invocation, p50",
            rounded(median(added)),
            "ms",
            "<= 1",
            len(added),
        ),
        Figure("of it, executions that were told", told, "", f">= {PAIRS}", PAIRS),
        Figure("bytes of a line", rounded(sum(map(len, lines)) / len(lines)), "B", "", len(lines)),
        Figure("bytes of content in the lines", content * len(CONTENT), "B", "<= 0", len(lines)),
    ]
