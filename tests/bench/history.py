"""The history on the engines of `make run`, small traces, what the stack takes of memory, and how it goes on.

The whole local stack as `make run` starts it: gateway, authorizer, a warm sandbox with the real handler. A process of
its own asks for a page of a hundred executions over one kept connection. Executions are written by the store itself,
one in a hundred failed. The engine's own time is that of the requests which such a page makes of it, each sent again
as it was over a kept connection, to the last byte of the answer; ours is the rest. Memory is what the processes of the
stack have for themselves and their part of what they share (`Pss`), five seconds after its start, nothing being asked.

Small traces are those of a service: a span that serves a request and 19 below it with some attributes each, no content.

Kept: the stack is ended by kill -9 with the executions that it has, and started again; from the start of the process
to the last byte of the first page.
"""

from __future__ import annotations

import gzip
import http.client
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from local.client import boto3_client
from local.processes import free_port
from local.stack import Options, Stack
from spanvas.model.ids import trace_id_for
from spanvas.storage.dynamo import DynamoTraceStore
from tests.bench.figures import BenchError, Figure, percentile, rounded
from tests.bench.handler_runs import BROWSER_ENCODINGS, run_client
from tests.bench.ingest import post
from tests.bench.sandbox_cpu import cpu_seconds
from tests.bench.service_spans import service_traces
from tests.support.aws_from_template import AUDIT_TABLE, ROOT
from tests.support.builders import SECOND, make_execution
from tests.support.listening import family_of
from tests.support.local_stack import TENANT, store_of
from tests.support.stack_process import StackProcess, stack_process

FEW, SOME, MANY = 1_000, 10_000, 20_000
GOALS_MS = {FEW: "<= 18", MANY: "<= 20"}
FAILED_OF = 100
PAGE = 100
TRACES_OF_SERVICES, TRACES_A_REQUEST, SPANS = 1_000, 25, 20
WARM_REQUESTS = 2
REQUESTS = 60
WARM_CALLS = 5
WRITERS = 4
IDLE_SECONDS = 5.0
FOLDER = ROOT / "build" / "bench" / "history"


def run() -> list[Figure]:
    figures: list[Figure] = []
    with Stack(Options(port=0, state=FOLDER)) as stack:
        store = store_of(stack)
        written = 0
        for count, goal in GOALS_MS.items():
            fill(store, range(written, count))
            written = count
            figures += history(stack, f"100 of {count:,} executions", "", goal)
        figures += history(stack, f"failed 100 of {MANY:,}", "&status=failed", "<= 20")
        figures.append(small_traces(stack))
    return [*figures, *kept()]


def fill(store: DynamoTraceStore, numbers: range) -> None:
    """Writes executions that have ended, a second between two."""
    begin = time.time_ns() - MANY * SECOND

    def write(number: int) -> None:
        execution_id = f"bench-{number}"
        execution = make_execution(
            tenant=TENANT,
            execution_id=execution_id,
            trace_id=trace_id_for(TENANT, execution_id),
            started_at_unix_nano=begin + number * SECOND,
            deadline_unix_nano=begin + (number + 900) * SECOND,
        )
        store.start_execution(execution)
        status = "failed" if number % FAILED_OF == 0 else "succeeded"
        ended_at = execution.started_at_unix_nano + SECOND
        store.end_execution(TENANT, execution_id, status, ended_at, None, {"store": "ok"})

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, numbers))


def history(stack: Stack, name: str, query: str, goal: str) -> Iterator[Figure]:
    path = f"/v1/executions?limit={PAGE}{query}"
    before = cpu_seconds(stack.pool("TraceApiFunction"))
    asked = ask(stack, path)
    spent = cpu_seconds(stack.pool("TraceApiFunction")) - before
    whole, count = median(asked["ms"]), len(asked["ms"])
    engine = engine_ms(stack, query)
    yield Figure(f"{name}: p50", rounded(whole), "ms", goal, count)
    yield Figure(f"{name}: p95", percentile(asked["ms"], 95), "ms", "", count)
    yield Figure(f"{name}: of p50, the engine's", rounded(engine), "ms", "", REQUESTS)
    yield Figure(f"{name}: of p50, ours", rounded(whole - engine), "ms", "<= 8", count)
    per_request = rounded(spent * 1000 / (count + WARM_CALLS))
    yield Figure(f"{name}: CPU of the sandbox per request", per_request, "ms", "", count)


def ask(stack: Stack, path: str) -> dict[str, Any]:
    order = {
        "origin": stack.url,
        "token": stack.token("demo-operator"),
        "path": path,
        "accept_encoding": BROWSER_ENCODINGS,
        "warm": WARM_CALLS,
        "count": REQUESTS,
    }
    asked = run_client(order)
    if asked["status"] != 200:
        raise BenchError(f"{path} was answered by {asked['status']}")
    return asked


def small_traces(stack: Stack) -> Figure:
    """Whole traces, several to a request, as a collector of many services sends them, one request after the other."""
    connection = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=60)
    token = stack.token("demo-ingest")
    requests = range(WARM_REQUESTS + TRACES_OF_SERVICES // TRACES_A_REQUEST)
    bodies = [gzip.compress(service_traces(TRACES_A_REQUEST, SPANS, seed)) for seed in requests]
    for body in bodies[:WARM_REQUESTS]:
        post(connection, token, body)
    began = time.perf_counter()
    for body in bodies[WARM_REQUESTS:]:
        post(connection, token, body)
    taken = time.perf_counter() - began
    connection.close()
    name = (
        f"{TRACES_OF_SERVICES:,} traces of {SPANS} spans, {TRACES_A_REQUEST} to a request: stored"
    )
    rate = rounded(TRACES_OF_SERVICES * SPANS / taken)
    return Figure(name, rate, "spans/s", ">= 2,000", len(bodies) - WARM_REQUESTS)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request to the engine as boto3 has sent it."""

    headers: dict[str, str]
    body: bytes


def engine_ms(stack: Stack, query: str) -> float:
    """The requests of a page, one after the other as the handler sends them: median of the sums."""
    sent = requests_of_a_page(stack, "failed" if "failed" in query else None)
    netloc = urlsplit(stack.endpoints["AWS_ENDPOINT_URL_DYNAMODB"]).netloc
    connection = http.client.HTTPConnection(netloc, timeout=60)
    sums = [sum(timed(connection, one) for one in sent) for _ in range(WARM_CALLS + REQUESTS)]
    connection.close()
    return median(sums[WARM_CALLS:]) * 1000


def requests_of_a_page(stack: Stack, status: str | None) -> Sequence[Sent]:
    client = stack.boto3_client("dynamodb")
    table = stack.function("TraceApiFunction").environment["SPANVAS_TABLE"]
    store = DynamoTraceStore(table, "", dynamodb=client)
    sent: list[Sent] = []

    def note(request: Any, **_: Any) -> None:
        headers = {name: str(value) for name, value in prepared(request).items()}
        sent.append(Sent(headers, request.body))

    client.meta.events.register("before-send.dynamodb", note)
    store.list_executions(TENANT, status=status, limit=PAGE)
    return sent


def prepared(request: Any) -> dict[str, Any]:
    """boto3 has header values as text or as bytes."""
    return {
        name: value.decode("ascii") if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }


def timed(connection: http.client.HTTPConnection, sent: Sent) -> float:
    began = time.perf_counter()
    connection.request("POST", "/", body=sent.body, headers=sent.headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise BenchError(f"the engine answered {answer.status}")
    return time.perf_counter() - began


def kept() -> Iterator[Figure]:
    """A stack that is at rest, then killed with the executions that it has, and started again."""
    rmtree(FOLDER, ignore_errors=True)
    port = free_port()
    with stack_process(FOLDER, port) as first:
        time.sleep(IDLE_SECONDS)
        memory = sum(pss_kb(member) for member in family_of(first.process.pid)) / 1000
        yield Figure("memory of the whole stack at rest", rounded(memory), "MB", "<= 350")
        fill(store_behind(first), range(SOME))
        first.end(signal.SIGKILL)
    began = time.perf_counter()
    with stack_process(FOLDER, port) as second, second.api() as api:
        found = api.get(f"/v1/executions?limit={PAGE}")["items"]
        taken = time.perf_counter() - began
    if len(found) != PAGE:
        raise BenchError(f"{len(found)} executions after the start, not {PAGE}")
    name = f"{SOME:,} executions, killed, started again: to the first page"
    yield Figure(name, rounded(taken), "s", "<= 5")


def store_behind(stack: StackProcess) -> DynamoTraceStore:
    """The store of a stack in another process."""
    clients = {
        name: boto3_client(
            name,
            stack.environment["AWS_REGION"],
            stack.environment[f"AWS_ENDPOINT_URL_{name.upper()}"],
            stack.environment,
        )
        for name in ("dynamodb", "s3")
    }
    table, bucket = (stack.environment[name] for name in ("SPANVAS_TABLE", "SPANVAS_BUCKET"))
    return DynamoTraceStore(table, bucket, audit_table=AUDIT_TABLE, **clients)


def pss_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
