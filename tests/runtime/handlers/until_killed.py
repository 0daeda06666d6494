"""An executor that goes on until it is killed, and writes down what its flushes have acknowledged."""

import json
import os
import random
import time

import spanvas

WORDS = [
    "invoice",
    "refund",
    "customer",
    "order",
    "shipped",
    "delayed",
    "warehouse",
    "escalate",
    "answer",
    "policy",
]


def handler(event, _context):
    """Works at `nodes` nodes. `journal` is a file: a line when a node begins, and one for every flush that was good."""
    journal = os.open(event["journal"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    rng = random.Random(event["seed"])
    done = {"ended": [], "open": [], "generations": 0}
    with spanvas.workflow("until-killed", input=text(rng)):
        for number in range(event["nodes"]):
            work(number, rng, done, journal)
            if rng.random() < 0.3:
                acknowledge(number, done, journal)
    os.close(journal)
    return {"nodes": event["nodes"], "text": event.get("text", "")}


def work(number, rng, done, journal):
    note(journal, {"node": number})
    with spanvas.node(f"node-{number}", kind="generate", input=text(rng)) as node:
        done["open"] = [node.span_id]
        for tool in range(rng.randrange(4)):
            with spanvas.span(f"tool-{tool}", kind="tool", input=text(rng)) as span:
                time.sleep(rng.uniform(0, 0.02))
            done["ended"].append(span.span_id)
        spanvas.record_generation(
            model="scripted",
            input_messages=[{"role": "user", "content": text(rng)}],
            output_messages=[{"role": "assistant", "content": text(rng)}],
            usage={"input_tokens": 10, "output_tokens": 20},
        )
        done["generations"] += 1
        if rng.random() < 0.3:
            acknowledge(number, done, journal)
    done["ended"].append(node.span_id)
    done["open"] = []


def acknowledge(number, done, journal):
    """What had ended before the flush, and what was open, once it is acknowledged."""
    line = json.dumps({"acknowledged": {"node": number, **done}})
    if spanvas.flush():
        note(journal, line)


def note(journal, line):
    """In one write, so that a kill leaves whole lines or none."""
    os.write(journal, (line if isinstance(line, str) else json.dumps(line)).encode() + b"\n")


def text(rng):
    """Mostly short; some of it so long, and so hard to compress, that it goes to S3."""
    if rng.random() < 0.03:
        return " ".join(f"{rng.choice(WORDS)}{rng.randrange(10**6)}" for _ in range(4_000))
    return " ".join(rng.choices(WORDS, k=rng.randrange(4, 200)))
