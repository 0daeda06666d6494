"""The OTLP endpoint's handler in a process of its own, on one core: an order on stdin, what it took on stdout.

The order is JSON: `warm` and `events`, files of one event a line, and `in_memory`, whether the store is the fake one,
which makes and reads the same chunks. `warm` ones are handled before the clock starts.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from typing import Any


class Context:
    """What the handler asks of Lambda's context object."""

    function_name = "otlp-ingest"
    function_version = "$LATEST"
    memory_limit_in_mb = "1024"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:otlp-ingest"
    aws_request_id = "8c1f7c5e-5f0a-4f0e-9f0e-2d2f4c7b9a10"


def main(order: dict[str, Any]) -> dict[str, Any]:
    if hasattr(os, "sched_setaffinity"):  # Linux: one core for all threads
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    began = time.process_time()
    from spanvas_api.handlers.otlp_ingest import handler, make_handler

    imported = time.process_time() - began
    if order["in_memory"]:
        handler = make_handler(ingest_in_memory())
    for event in events_of(order["warm"]):
        handled(handler, event)
    events = events_of(order["events"])
    wall, cpu = [], []
    for event in events:
        started, spent = time.perf_counter(), time.process_time()
        handled(handler, event)
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    return {"import_ms": imported * 1000, "wall_ms": wall, "cpu_ms": cpu}


def ingest_in_memory() -> Any:
    """The handler's ingest on the fake store, which lives with the tests: nothing else here needs their path."""
    sys.path.append(os.path.dirname(os.getcwd()))  # noqa: PTH109, PTH120 - as below: pathlib is the handler's
    from spanvas import settings
    from spanvas_api.ingest.ingest import Ingest
    from spanvas_api.services import Services
    from tests.support.memory_store import MemoryTraceStore

    store = MemoryTraceStore()
    ingest = Ingest(Services(settings.load(), make_store=lambda: store))
    return lambda: ingest


def events_of(path: str) -> list[dict[str, Any]]:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib is for the handler to load
        return [json.loads(line) for line in file]


def handled(handler: Any, event: dict[str, Any]) -> None:
    """The handler logs and writes its metrics to stdout, as Lambda wants them."""
    with contextlib.redirect_stdout(io.StringIO()):
        answer = handler(event, Context())
    if answer["statusCode"] != 200:
        raise SystemExit(f"answered {answer['statusCode']}: {answer['body']}")


if __name__ == "__main__":
    print(json.dumps(main(json.load(sys.stdin))))
