"""How long `make run` takes until its page, and its API, answer.

From the start of make to the first 200 on `/`, and to the first 200 of a call with a token: where nothing is kept, and
where a run before has left its state. The processes of the run before are gone by then. What a first start does once
(packages, the page's build) is brought up to date before, and not measured.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from local import kept, state
from local.client import ApiClient, client_token
from local.processes import free_port
from tests.bench.figures import BenchError, Figure, rounded
from tests.support.aws_from_template import ROOT

STARTS = 3
CLIENT = "demo-operator"
PATIENCE_SECONDS = 60.0
GRACE_SECONDS = 15.0
PREPARED = [".venv/.installed", "frontend/dist/index.html"]
LOG = ROOT / "build" / "bench" / "restart.log"


def run() -> list[Figure]:
    prepare()
    pairs = [start_twice() for _ in range(STARTS)]
    figures = []
    for number, name in enumerate(("nothing kept", "state kept")):
        for place, what in enumerate(("page", "API")):
            seconds = [pair[number][place] for pair in pairs]
            figure = f"start to {what}, {name}"
            figures += [
                Figure(figure, rounded(median(seconds)), "s", "<= 3", STARTS),
                Figure(f"{figure}, slowest", rounded(max(seconds)), "s", "<= 3", STARTS),
            ]
    return figures


def prepare() -> None:
    done = subprocess.run(
        ["make", "--silent", *PREPARED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchError(f"make {' '.join(PREPARED)} failed:\n{done.stderr[-2000:]}")


def start_twice() -> list[tuple[float, float]]:
    """Seconds to the page and to the API of a first start, and of one that goes on with its state."""
    port = free_port()
    try:
        return [start_once(port), start_once(port)]
    finally:
        for folder in (kept.folder_of(port), state.folder_of(port)):
            shutil.rmtree(folder, ignore_errors=True)


def start_once(port: int) -> tuple[float, float]:
    began = time.monotonic()
    with running(port) as process:
        while not answers(f"http://127.0.0.1:{port}/"):
            wait_a_little(process, began)
        page = time.monotonic() - began
        while not api_answers(port):
            wait_a_little(process, began)
        return page, time.monotonic() - began


def wait_a_little(process: subprocess.Popen[bytes], began: float) -> None:
    if process.poll() is not None:
        raise BenchError(f"make run ended with {process.returncode}; {LOG} says why")
    if time.monotonic() - began > PATIENCE_SECONDS:
        raise BenchError(f"no answer after {PATIENCE_SECONDS:.0f} s; {LOG} says why")
    time.sleep(0.02)


def api_answers(port: int) -> bool:
    """Whether a call with a token is answered; the document that names the issuer is written a little before."""
    try:
        document = state.read_state(port)
    except state.StackError:
        return False
    token = client_token(document["issuer"], CLIENT, document["clients"][CLIENT])
    with ApiClient(document["url"], token) as api:
        return api.call("GET", "/v1/workflows").status == 200


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
