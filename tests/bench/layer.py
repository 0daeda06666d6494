"""What the layer costs an executor, and what it keeps when everything around it breaks.

Both built layers are the functions' /opt under a real `awslambdaric` of the newest CPython at hand, with the exec
wrapper, byte code in place and a sandbox that freezes between invocations. Times of an invocation are those between
the Runtime API's event and the function's answer; what is *added* is the difference to the same function without the
layer, or, for a dead collector, without a collector. DynamoDB and S3 are a stand-in on loopback that answers at once:
the network and AWS come on top. CPU of a cold start is the whole process's, from its start to the end of its first
invocation, the write of its trace included; TLS comes on top.

What redaction finds is counted on 1,660 secrets and pieces of personal data of 32 formats, in prose and three levels of
JSON deep, made for this (tests/labelled_texts.py); a secret is missed when eight characters of it in a row are left.
"""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.layer_calls import door_when_off, redaction, spans
from tests.bench.layer_cold import cold_starts
from tests.bench.layer_collectors import dead_collectors, healthy_exporters
from tests.bench.layer_recall import redaction_recall

PARTS = (
    door_when_off,
    cold_starts,
    spans,
    redaction,
    redaction_recall,
    healthy_exporters,
    dead_collectors,
)


def run() -> list[Figure]:
    figures: list[Figure] = []
    for part in PARTS:
        print(f"  {part.__name__.replace('_', ' ')}", flush=True)
        figures += part()
    return figures
