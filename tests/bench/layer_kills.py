"""Executions under the built layer on a real awslambdaric, each killed with SIGKILL at a random moment.

Each has a sandbox of its own, some of them warm; the moments are spread over the whole of an execution and a little
past its end, when the function is frozen. Every twentieth or so is killed by the function's timeout instead, as Lambda
does it. The function writes down what every good `spanvas.flush()` had acknowledged: that is read back span by span,
details included, and the sweep closes the executions as it would an hour later.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from local.mounting import can_mount
from local.processes import Spawner
from tests.bench.figures import Figure, rounded
from tests.runtime.kills import Findings, examine, kill_all, make_cases
from tests.runtime.layer_sandbox import LayeredFunctions, build_layers
from tests.support.engines import moto_engines

KILLS = 500
SEED = 20_261_122


def run() -> list[Figure]:
    began = time.perf_counter()
    found = kill(KILLS, SEED)
    seconds = time.perf_counter() - began
    problems = [
        *found.acknowledged_lost,
        *found.not_closed,
        *found.still_running,
        *found.wrong_cause,
    ]
    if problems:
        print("\n".join(problems), flush=True)
    return [*figures(found), Figure("duration", rounded(seconds), "s", "", found.kills)]


def figures(found: Findings) -> list[Figure]:
    kills = found.kills
    spans = found.acknowledged_spans
    return [
        Figure("acknowledged spans that cannot be read", len(found.acknowledged_lost), "", "<= 0", spans),
        Figure("executions that were not closed as lost", len(found.not_closed), "", "<= 0", kills),
        Figure("executions that stay running", len(found.still_running), "", "<= 0", kills),
        Figure("lost without their cause and last node", len(found.wrong_cause), "", "<= 0", kills),
        Figure("closed by the sweep", found.closed, "", "", kills),
        Figure("killed before anything was written", found.unknown, "", "", kills),
    ]  # fmt: skip


def kill(count: int, seed: int) -> Findings:
    spawner = Spawner()
    try:
        with moto_engines() as engines, TemporaryDirectory() as name:
            folder = Path(name)
            functions = LayeredFunctions(
                engines,
                spawner,
                build_layers(),
                can_mount(spawner, folder),
                folder / "function.log",
            )
            return examine(engines, kill_all(functions, make_cases(count, seed), folder))
    finally:
        spawner.stop()
