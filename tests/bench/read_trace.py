"""Time and CPU of reading a trace, by its number of spans.

The whole local stack runs as `make run` starts it: site, gateway with its authorizer, a warm sandbox with the
real handler, the engines of `make run`. A process of its own asks over one kept connection, as a browser does
(`Accept-Encoding: gzip, deflate, br, zstd`), and reads the whole body. Every span has 2 KB of content, previews and
usage; a caller with `trace:content` sees the previews, and each read is recorded as an access. CPU inside the handler
is taken around it in a fresh process with Lambda's variables, the engines in others; whatever the handler does counts,
and so does the kernel's work for it. Elsewhere than in Lambda the clients are boto3's, which takes longer: told apart.
In the shape of Tempo the same trace is asked for as Grafana's data source does: whole spans with all content, in
protobuf and gzip.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Any

from local.stack import Options, Stack
from tests.bench.figures import BenchError, Figure, percentile, rounded
from tests.bench.handler_runs import BROWSER_ENCODINGS, run_client, run_handler
from tests.bench.sandbox_cpu import cpu_seconds
from tests.support.aws_from_template import ROOT
from tests.support.engines import local_engines
from tests.support.local_stack import TENANT, store_of
from tests.support.workload import Workload, make_workload, store_workload

GOALS_MS = {40: 15, 1_000: 35, 10_000: 200}
REQUESTS = {40: 250, 1_000: 250, 10_000: 60}
OTHER_ENCODINGS = {"gzip alone": "gzip", "not compressed": "identity"}
OTHER_REQUESTS = 30
TEMPO_SPANS = 1_000
TEMPO_REQUESTS = 100
HANDLER_CALLS = 25
WARM_CALLS = 5
CLIENT = "demo-operator"
LONG_SECONDS = 300.0


def run() -> list[Figure]:
    with Stack(Options(port=0, state=ROOT / "build" / "bench" / "stack")) as stack:
        figures = [figure for size in GOALS_MS for figure in of_size(stack, size)]
        figures += in_many_flushes(stack)
        figures += as_tempo(stack)
    return [*figures, *handler_cpu()]


def of_size(stack: Stack, size: int) -> Iterator[Figure]:
    workload = make_workload(size, tenant=TENANT, seconds=max(size / 33, 40))
    store_workload(store_of(stack), workload)
    before = cpu_seconds(stack.pool("TraceApiFunction"))
    asked = ask(stack, workload, BROWSER_ENCODINGS, REQUESTS[size])
    spent = cpu_seconds(stack.pool("TraceApiFunction")) - before
    count = len(asked["ms"])
    name = f"{size:,} spans"
    yield Figure(f"{name}: p50", rounded(median(asked["ms"])), "ms", f"<= {GOALS_MS[size]}", count)
    yield Figure(f"{name}: p95", percentile(asked["ms"], 95), "ms", "", count)
    per_request = rounded(spent * 1000 / (count + WARM_CALLS))
    yield Figure(f"{name}: CPU of the sandbox per request", per_request, "ms", "", count)
    yield body_of(asked, name)
    for label, encoding in OTHER_ENCODINGS.items():
        yield from other_encoding(stack, workload, f"{name}, {label}", encoding)


def other_encoding(stack: Stack, workload: Workload, name: str, encoding: str) -> Iterator[Figure]:
    asked = ask(stack, workload, encoding, OTHER_REQUESTS)
    if asked["status"] != 200:
        yield Figure(f"{name}: refused with status", asked["status"], "")
        return
    yield Figure(f"{name}: p50", rounded(median(asked["ms"])), "ms", "", len(asked["ms"]))
    yield body_of(asked, name)


def body_of(asked: dict[str, Any], name: str) -> Figure:
    return Figure(f"{name}: body, {asked['encoding']}", rounded(asked["bytes"] / 1024), "KB")


def as_tempo(stack: Stack) -> Iterator[Figure]:
    """As Grafana's Tempo data source asks for a trace: whole spans with all content, in protobuf."""
    workload = make_workload(TEMPO_SPANS, tenant=TENANT, seconds=TEMPO_SPANS / 33, seed=9)
    store_workload(store_of(stack), workload)
    asked = run_client(
        {
            **order_of(stack, f"/api/v2/traces/{workload.execution.trace_id}", "gzip"),
            "accept": "application/protobuf",
            "count": TEMPO_REQUESTS,
        }
    )
    if asked["status"] != 200:
        raise BenchError(f"the trace API answered {asked['status']}")
    name = f"{TEMPO_SPANS:,} spans in the shape of Tempo"
    yield Figure(f"{name}: p50", rounded(median(asked["ms"])), "ms", "<= 60", len(asked["ms"]))
    yield Figure(f"{name}: p95", percentile(asked["ms"], 95), "ms", "", len(asked["ms"]))
    yield body_of(asked, name)


def in_many_flushes(stack: Stack) -> Iterator[Figure]:
    """As an execution of five minutes leaves it that is flushed every three seconds."""
    flush_at = [float(second) for second in range(1, round(LONG_SECONDS), 3)]
    workload = make_workload(10_000, tenant=TENANT, seconds=LONG_SECONDS, seed=8)
    store_workload(store_of(stack), workload, flush_at)
    asked = ask(stack, workload, BROWSER_ENCODINGS, OTHER_REQUESTS)
    name = f"10,000 spans in {len(flush_at) + 1} flushes: p50"
    yield Figure(name, rounded(median(asked["ms"])), "ms", "", len(asked["ms"]))


def handler_cpu() -> Iterator[Figure]:
    with local_engines() as engines:
        for size, goal in ((40, ""), (1_000, ""), (10_000, "<= 100")):
            workload = make_workload(size, tenant="acme", seconds=max(size / 33, 40))
            store_workload(engines.store, workload)
            for is_boto3 in (False, True):
                done = run_handler(engines, workload, calls=HANDLER_CALLS, is_boto3=is_boto3)
                warm = done.call_ms[WARM_CALLS:]
                name = f"{size:,} spans: CPU in the handler{' on boto3' * is_boto3}, p50"
                yield Figure(name, rounded(median(warm)), "ms", goal, len(warm))
            if size == TEMPO_SPANS:
                done = run_handler(engines, workload, calls=HANDLER_CALLS, is_tempo=True)
                warm = done.call_ms[WARM_CALLS:]
                name = f"{size:,} spans in the shape of Tempo: CPU in the handler, p50"
                yield Figure(name, rounded(median(warm)), "ms", "", len(warm))


def ask(stack: Stack, workload: Workload, encoding: str, count: int) -> dict[str, Any]:
    """`ms` of each request after the warm ones, `status`, `bytes` and content `encoding` of the last answer."""
    path = f"/v1/executions/{workload.execution.execution_id}/trace"
    asked = run_client({**order_of(stack, path, encoding), "count": count})
    if asked["status"] != 200 and encoding == BROWSER_ENCODINGS:
        raise BenchError(f"the trace API answered {asked['status']}")
    return asked


def order_of(stack: Stack, path: str, encoding: str) -> dict[str, Any]:
    """Returns what the process that asks is told, but for how often."""
    return {
        "origin": stack.url,
        "token": stack.token(CLIENT),
        "path": path,
        "accept_encoding": encoding,
        "warm": WARM_CALLS,
    }
