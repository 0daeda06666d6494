"""Functions that the layer's benches run; in sandboxes only.

What they answer does not depend on the layer. `cpu_ms` is the process's own, all threads.
"""

import os
import sys
import time

import spanvas

sys.path += filter(None, [os.environ.get("BENCH_PACKAGES")])

WORDS = [
    "light",
    "house",
    "keeper",
    "lamp",
    "oil",
    "harbour",
    "signal",
    "storm",
    "glass",
    "mirror",
    "lens",
    "fog",
    "horn",
    "tower",
]
CONTENT = 2_000
SPANS = 20


def text_of(number):
    """2,000 characters that are another text for every number and no secret."""
    words = (WORDS[(number * 7 + at * at) % len(WORDS)] for at in range(CONTENT))
    return " ".join(words)[:CONTENT]


TEXTS = [text_of(number) for number in range(SPANS)]


def empty(event, _context):
    """Nothing; says what the process has used so far."""
    return {"n": event["n"], "cpu_ms": time.process_time_ns() / 1e6, **loaded()}


def loaded():
    """How many modules of OpenTelemetry the process has loaded."""
    return {"opentelemetry": sum(name.startswith("opentelemetry") for name in sys.modules)}


def twenty_spans(event, _context):
    """Twenty spans of 2 KB: a node with a model call and tools in it."""
    with spanvas.node("research", input=TEXTS[0][:1_000]) as node:
        for number in range(1, SPANS):
            with spanvas.span(f"tool {number}", kind="tool", input=TEXTS[number][:1_000]) as span:
                span.set_output(TEXTS[number][1_000:])
        node.set_output(TEXTS[0][1_000:])
    return {"n": event["n"], "square": event["n"] ** 2}


def door_calls(_event, _context):
    """What every function of the public API costs: the median of a call in microseconds, by its name."""
    calls = {
        "workflow": lambda: spanvas.workflow("w", input={"a": 1}),
        "node": lambda: spanvas.node("n", input="x"),
        "attempt": lambda: spanvas.attempt(1),
        "span": lambda: spanvas.span("s", attributes={"a": 1}),
    }
    found = {name: median_us(lambda make=make: enter(make)) for name, make in calls.items()}
    found["record_generation"] = median_us(lambda: spanvas.record_generation(model="m", usage={}))
    found["attach_artifact"] = median_us(lambda: spanvas.attach_artifact("a", b"x"))
    found["flush"] = median_us(spanvas.flush)
    return {"us": found, **loaded()}


def enter(make):
    with make() as handle:
        handle.set_output(1)


def span_costs(_event, _context):
    """Microseconds of a span with ten attributes, from its start to its place in the buffer."""
    attributes = {f"app.attribute_{number}": f"value {number}" for number in range(10)}

    def one():
        with spanvas.span("step", attributes=attributes):
            pass

    return {"us": samples_us(one, 1_000)}


def median_us(call, rounds=2_000):
    values = sorted(samples_us(call, rounds))
    return values[len(values) // 2]


def samples_us(call, rounds):
    """After a few that do not count."""
    values = []
    for number in range(rounds + 50):
        began = time.perf_counter_ns()
        call()
        if number >= 50:
            values.append((time.perf_counter_ns() - began) / 1e3)
    return values
