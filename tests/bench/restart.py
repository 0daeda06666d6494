"""How long a second `make run` takes until its page answers.

From the start of make to the first 200 on `/`, on a free port; the processes of the run before are gone by then. What
a first start does once (packages, the page's build) is brought up to date before, and not measured.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from local.processes import free_port
from tests.bench.figures import BenchError, Figure, rounded
from tests.support.aws_from_template import ROOT

STARTS = 3
PATIENCE_SECONDS = 60.0
GRACE_SECONDS = 15.0
PREPARED = [".venv/.installed", "frontend/dist/index.html"]
LOG = ROOT / "build" / "bench" / "restart.log"


def run() -> list[Figure]:
    prepare()
    seconds = [start_once() for _ in range(STARTS)]
    return [
        Figure("start to page", rounded(median(seconds)), "s", "<= 3", STARTS),
        Figure("start to page, slowest", rounded(max(seconds)), "s", "<= 3", STARTS),
    ]


def prepare() -> None:
    done = subprocess.run(
        ["make", "--silent", *PREPARED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"make {' '.join(PREPARED)} failed:\n{done.stderr[-2000:]}")


def start_once() -> float:
    port = free_port()
    began = time.monotonic()
    with running(port) as process:
        while not answers(f"http://127.0.0.1:{port}/"):
            if process.poll() is not None:
                raise BenchError(f"make run ended with {process.returncode}; {LOG} says why")
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise BenchError(f"no page after {PATIENCE_SECONDS:.0f} s; {LOG} says why")
            time.sleep(0.02)
        return time.monotonic() - began


@contextmanager
def running(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` in a process group of its own, which is ended as Ctrl-C does it, and killed when it stays."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
