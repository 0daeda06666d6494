"""CPU time of a cold start of the trace API: from the first import to the first answer, a trace of forty spans.

Every sample is a fresh process with byte code in place and no snapshot (SnapStart, which the template switches on,
skips most of it). The parts are measured in runs of their own: Powertools is imported first there; the DynamoDB
client is our own, as in Lambda, without boto3; the rest is our own code with all that it does to answer.
"""

from __future__ import annotations

from statistics import median

from tests.bench.figures import Figure, rounded
from tests.bench.handler_runs import run_handler
from tests.support.engines import moto_engines
from tests.support.workload import make_workload, store_workload

SAMPLES = 21
SPLIT_SAMPLES = 9


def run() -> list[Figure]:
    workload = make_workload(40, tenant="acme")
    with moto_engines() as engines:
        store_workload(engines.store, workload)
        run_handler(engines, workload)  # compiles what has no byte code yet
        whole = [run_handler(engines, workload) for _ in range(SAMPLES)]
        split = [run_handler(engines, workload, is_split=True) for _ in range(SPLIT_SAMPLES)]

    def middle(name: str, values: list[float], goal: str = "") -> Figure:
        return Figure(name, rounded(median(values)), "ms", goal, len(values))

    ours = [run.first_ms - run.powertools_ms - run.client_ms for run in split]
    return [
        middle("import to first answer, CPU", [run.first_ms for run in whole], "<= 450"),
        middle("of these, importing Powertools", [run.powertools_ms for run in split]),
        middle("of these, the DynamoDB client", [run.client_ms for run in split]),
        middle("of these, ours and the answer", ours),
        middle("in ours, the answer itself", [r.call_ms[0] - r.client_ms for r in split]),
    ]
