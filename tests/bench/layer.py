"""What the layer costs an executor, and what it keeps when everything around it breaks.

Both built layers are the functions' /opt under a real `awslambdaric` of the newest CPython at hand, with the exec
wrapper, byte code in place and a sandbox that freezes between invocations. Times of an invocation are those between
the Runtime API's event and the function's answer; what is *added* is the difference to the same function without the
layer, or, for a dead collector, without a collector. DynamoDB and S3 are a stand-in on loopback that answers at once:
the network and AWS come on top. CPU of a cold start is the whole process's, from its start to the end of its first
invocation, the write of its trace included; TLS comes on top.

What redaction finds is counted on 7,914 secrets and pieces of personal data of 152 formats, in prose and in JSON up to
three levels deep, made for this (tests/support/labelled_texts.py). A secret is missed when eight of its characters in
a row are left.

Kills: every execution has a sandbox of its own, over moto, and is killed at a random moment by SIGKILL, one in twelve
by its function's timeout; what its flushes had acknowledged is read back, and the sweep closes it as it would later.

Faults: every single call of an execution's writes fails, one after the other, in every way of `tests/faults`:
throttled, 500, 503, reset before and after the call was carried out, silent, late, cut off, dripping, no HTTP; once and
for as long as it is tried again, for both kinds of clients.
"""

from __future__ import annotations

import time
from dataclasses import replace

from tests.bench import layer_faults, layer_kills
from tests.bench.figures import Figure
from tests.bench.layer_calls import door_when_off, redaction, spans
from tests.bench.layer_cold import cold_starts
from tests.bench.layer_collectors import (
    dead_collectors,
    dead_collectors_of_the_stock_exporter,
    healthy_exporters,
)
from tests.bench.layer_metrics import metrics
from tests.bench.layer_recall import redaction_recall


def kills() -> list[Figure]:
    return named("kills", layer_kills.run())


def faults() -> list[Figure]:
    return named("faults", layer_faults.run())


def named(part: str, figures: list[Figure]) -> list[Figure]:
    return [replace(figure, figure=f"{part}: {figure.figure}") for figure in figures]


PARTS = (
    door_when_off,
    cold_starts,
    spans,
    redaction,
    redaction_recall,
    healthy_exporters,
    metrics,
    dead_collectors,
    dead_collectors_of_the_stock_exporter,
    kills,
    faults,
)


def run() -> list[Figure]:
    figures: list[Figure] = []
    for part in PARTS:
        began = time.perf_counter()
        print(f"  {part.__name__.replace('_', ' ')}", end="", flush=True)
        figures += part()
        print(f": {time.perf_counter() - began:.0f} s", flush=True)
    return figures
