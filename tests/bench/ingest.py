"""What it costs to take spans over OTLP, and what is kept of them.

Spans stored: the real handler in a process of its own on one core, gzip and protobuf as exporters send them; decoded,
normalised, redacted, cut into chunks and written to the engines of `make run`, which run on the other cores and which
it waits for. A small POST spends most of its time on that (a look-up, then details, rows and totals), so its time on
the core is told apart, and so is the same POST where chunks are kept in memory. The spans are agents' with whole
conversations (3.7 KB on average), no two traces alike; the tenant's rate limit is out of the way.

Readable and export: the whole local stack as `make run` starts it, gateway, authorizer and warm sandboxes included,
asked over one kept connection; from the first byte of the POST to the last byte of the trace. Bytes kept: all items and
objects that a captured trace of LangGraph leaves behind. Malformed bodies and schedules are those of the tests, in
full.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, cast
from urllib.parse import urlsplit

from local.stack import Options, Stack
from tests.bench.agent_spans import agent_request, agent_requests
from tests.bench.figures import BenchError, Figure, percentile, rounded
from tests.bench.handler_runs import BROWSER_ENCODINGS
from tests.support.aws_from_template import ROOT
from tests.support.engines import Engines, local_engines
from tests.support.units import Item, item_bytes

SCRIPT = Path(__file__).with_name("ingest_process.py")
EVENT = ROOT / "events" / "ingest-traces.json"
FIXTURES = ROOT / "tests" / "fixtures" / "otlp"
BATCH = 512
"""What SDKs send at once (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`)."""
BATCHES = 24
SMALL = 20
SMALL_TRACES = 10
SMALL_TRACE = 200
TRACE = 1_000
TRACES = 9
SCHEDULES_OF_A_TEST = 334
WARM = 2
PROTOBUF = "application/x-protobuf"
PYTHON_PATH = os.pathsep.join(("layers/spanvas", "functions", "."))


def run() -> list[Figure]:
    with local_engines() as engines:
        figures = [*large_batches(engines), *small_batches(engines)]
        figures += [
            figure for name in ("openinference", "traceloop") for figure in kept(engines, name)
        ]
    with Stack(Options(port=0, state=ROOT / "build" / "bench" / "stack")) as stack:
        figures += through_the_stack(stack)
    return [*figures, *malformed(), *cases()]


def large_batches(engines: Engines) -> Iterator[Figure]:
    bodies = [agent_request(BATCH, seed) for seed in range(WARM + BATCHES)]
    done = run_handler(engines, bodies[:WARM], bodies[WARM:])
    spans, size = BATCH * BATCHES, sum(map(len, bodies[WARM:]))
    wall, cpu = sum(done["wall_ms"]) / 1000, sum(done["cpu_ms"]) / 1000
    name = f"{spans:,} spans in requests of {BATCH}"
    yield Figure(f"{name}: stored", rounded(spans / wall), "spans/s", ">= 3,000", BATCHES)
    yield Figure("the same by CPU time", rounded(spans / cpu), "spans/s", "", BATCHES)
    yield Figure("bytes a span, in protobuf", rounded(size / spans / 1000), "KB")
    yield Figure("importing the handler, CPU", rounded(done["import_ms"]), "ms")


def small_batches(engines: Engines) -> Iterator[Figure]:
    warm = agent_requests(SMALL_TRACE, SMALL, seed=1_000)
    bodies = [
        body
        for seed in range(SMALL_TRACES)
        for body in agent_requests(SMALL_TRACE, SMALL, seed=2_000 + seed)
    ]
    name = f"POST of {SMALL} spans"
    count = len(bodies)
    fake = run_handler(engines, warm, bodies, in_memory=True)
    yield Figure(
        f"{name}, store in memory: p50", rounded(median(fake["wall_ms"])), "ms", "<= 8", count
    )
    done = run_handler(engines, warm, bodies)
    yield Figure(f"{name}: on its core, p50", rounded(median(done["cpu_ms"])), "ms", "<= 8", count)
    yield Figure(f"{name}: on its core, p95", percentile(done["cpu_ms"], 95), "ms", "", count)
    yield Figure(
        f"{name}: with waiting for the engines, p50",
        rounded(median(done["wall_ms"])),
        "ms",
        "",
        count,
    )


def kept(engines: Engines, instrumentation: str) -> Iterator[Figure]:
    """Everything in the table and the bucket that was not there before."""
    body = (FIXTURES / f"langgraph-{instrumentation}.pb").read_bytes()
    before = stored_bytes(engines)
    run_handler(engines, [], [body])
    taken = stored_bytes(engines) - before
    name = f"LangGraph trace by {instrumentation}"
    yield Figure(f"{name}: OTLP bytes for one kept", rounded(len(body) / taken), "", ">= 20")
    yield Figure(f"{name}: kept of {len(body):,} bytes", taken, "bytes")


def stored_bytes(engines: Engines) -> int:
    pages = engines.dynamodb.get_paginator("scan").paginate(TableName=engines.table)
    items = sum(item_bytes(cast("Item", item)) for page in pages for item in page["Items"])
    listed = engines.s3.get_paginator("list_objects_v2").paginate(Bucket=engines.bucket)
    return items + sum(each["Size"] for page in listed for each in page.get("Contents", []))


def through_the_stack(stack: Stack) -> Iterator[Figure]:
    connection = http.client.HTTPConnection(urlsplit(stack.url).netloc, timeout=60)
    sender, reader = stack.token("demo-ingest"), stack.token("demo-operator")
    posted, readable, exported, pages = [], [], [], 0
    for seed in range(WARM + TRACES):
        body = agent_request(TRACE, 3_000 + seed)
        trace_id = trace_id_of(body)
        packed = gzip.compress(body)
        began = time.perf_counter()
        post(connection, sender, packed)
        posted.append((time.perf_counter() - began) * 1000)
        rows = json.loads(get(connection, reader, f"/v1/executions/{trace_id}/trace")[0])["rows"]
        readable.append((time.perf_counter() - began) * 1000)
        assert len(rows) == TRACE
        began = time.perf_counter()
        bodies = exported_pages(connection, reader, trace_id)
        exported.append((time.perf_counter() - began) * 1000)
        assert sum(body.count(b'"spanId"') for body in bodies) == TRACE
        pages = len(bodies)
    connection.close()
    name = f"a trace of {TRACE:,} spans"
    yield timed(f"{name}: readable after its POST began", readable, "<= 400")
    yield timed(f"{name}: the POST alone", posted)
    yield timed(f"{name}: OTLP export with all content", exported, "<= 250")
    yield Figure(f"{name}: pages of the export", pages, "pages")


def timed(name: str, taken: Sequence[float], goal: str = "") -> Figure:
    return Figure(f"{name}, p50", rounded(median(taken[WARM:])), "ms", goal, TRACES)


def post(connection: http.client.HTTPConnection, token: str, body: bytes) -> None:
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": PROTOBUF,
        "content-encoding": "gzip",
    }
    connection.request("POST", "/v1/traces", body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise BenchError(f"the endpoint answered {answer.status}: {text[:300]!r}")


def get(
    connection: http.client.HTTPConnection, token: str, path: str, coding: str = "gzip"
) -> tuple[bytes, str]:
    """The body, inflated, and what the header `Link` says."""
    headers = {"authorization": f"Bearer {token}", "accept-encoding": coding}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise BenchError(f"{path} was answered by {answer.status}: {body[:300]!r}")
    coding = answer.headers.get("content-encoding", "identity")
    return decoded(body, coding), answer.headers.get("link", "")


def decoded(body: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.decompress(body)
    if coding == "zstd":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body


def exported_pages(
    connection: http.client.HTTPConnection, token: str, trace_id: str
) -> list[bytes]:
    """All pages of the export, as far as its links lead."""
    bodies: list[bytes] = []
    path = f"/v1/executions/{trace_id}/export?format=otlp"
    while path:
        body, link = get(connection, token, path, BROWSER_ENCODINGS.replace(" br,", ""))
        bodies.append(body)
        found = re.match(r'<([^>]+)>; rel="next"', link)
        path = found[1] if found else ""
    return bodies


def malformed() -> Iterator[Figure]:
    done = python(["-m", "tests.functional.otlp.malformed"])
    outcome = json.loads(done.splitlines()[-1])
    answers = outcome["statuses"]
    failures = sum(count for status, count in answers.items() if status.startswith("5"))
    total = sum(answers.values())
    yield Figure("malformed bodies answered", total, "bodies", ">= 20,000")
    yield Figure("of these, by a 5xx", failures, "answers", "<= 0")
    yield Figure("memory that they took up at most", rounded(outcome["grown_mb"]), "MB", "<= 64")
    slowest = f"slowest bomb refused ({outcome['slowest_bomb']})"
    yield Figure(slowest, rounded(outcome["slowest_bomb_ms"]), "ms", "<= 500")


def cases() -> Iterator[Figure]:
    """Of the tests: a case that fails is a bench that cannot be run."""
    conforming = passed("test_conformance_*.py")
    yield Figure("named conformance cases that pass", conforming, "cases", ">= 60")
    schedules = passed("test_schedules.py") * SCHEDULES_OF_A_TEST
    name = "schedules that end in the identical trace"
    yield Figure(name, schedules, "schedules", ">= 1,000")


def passed(pattern: str) -> int:
    tests = [str(path) for path in sorted((ROOT / "tests/functional/otlp").glob(pattern))]
    if not tests:
        raise BenchError(f"there is no tests/functional/otlp/{pattern}")
    answer = python(["-m", "pytest", "-q", "-p", "no:cacheprovider", *tests])
    found = re.search(r"(\d+) passed", answer)
    return int(found[1]) if found else 0


def run_handler(
    engines: Engines, warm: Sequence[bytes], bodies: Sequence[bytes], *, in_memory: bool = False
) -> dict[str, Any]:
    """Take the requests one after the other in a fresh process. Raises BenchError where one is not answered by 200."""
    with tempfile.TemporaryDirectory() as folder:
        order: dict[str, Any] = {"in_memory": in_memory}
        for name, requests in (("warm", warm), ("events", bodies)):
            path = Path(folder, name)
            path.write_text(
                "".join(json.dumps(event_of(body)) + "\n" for body in requests), "utf-8"
            )
            order[name] = str(path)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            **engines.environment("OtlpIngestFunction"),
            "SPANVAS_INGEST_BYTES_PER_SECOND": "1000000000",
            "SPANVAS_INGEST_BURST_BYTES": "1000000000",
            "SPANVAS_INGEST_BURST_STORE_CALLS": "1000000000",
        }
        done = subprocess.run(
            [sys.executable, "-P", str(SCRIPT)],
            input=json.dumps(order),
            env=environment,
            cwd=ROOT / "functions",
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise BenchError(f"the handler's process failed:\n{done.stderr[-2000:]}")
    taken: dict[str, Any] = json.loads(done.stdout)
    return taken


def event_of(body: bytes) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(EVENT.read_text("utf-8"))
    event["body"] = b64encode(gzip.compress(body)).decode()
    return event


def trace_id_of(body: bytes) -> str:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    (group,) = ExportTraceServiceRequest.FromString(body).resource_spans
    return group.scope_spans[0].spans[0].trace_id.hex()


def python(arguments: list[str]) -> str:
    """What a program of ours prints. Raises BenchError where it fails."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": PYTHON_PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"{arguments} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout
