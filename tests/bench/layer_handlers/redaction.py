"""Redaction as the layer does it, with its own budget; in sandboxes only."""

import json
import random
import time

from executors import WORDS

from spanvas.model.span import Span
from spanvas.privacy.scan import Scanner
from spanvas.settings import load
from spanvas.tracing.engine import make_redactor

HALF = 1_000
LARGE = 64 * 1024
SECRETS = (
    "ada@example.org",
    "password: hunter2",
    "4111 1111 1111 1111",
    "Bearer abcdef0123456789abcdef",
)
ADVERSARIAL = {
    "addresses that never end": "a@a.a@",
    "digits like cards": "4111 1111 1111 111 ",
    "digits": "1234567890",
    "beginnings of keys": "-----BEGIN RSA PRIVATE KEY-----",
    "beginnings of tokens": "eyJhbGciOiJ",
    "assignments": "password=",
    "addresses of machines": "1.1.1.1 ",
    "colons": "1:1:",
    "brackets": "[",
    "quotes in quotes": '{"a":"\\"',
    "addresses in numbers": "x1.x@y.zz ",
    "names with values": "token=a1b2c3d4 ",
}


def costs(_event, _context):
    """Microseconds for texts of 2 KB, milliseconds for 64 KB that were made to be slow."""
    redactor = make_redactor(load(), Scanner())
    chance = random.Random(7)
    spans = [span_of(text(chance, number)) for number in range(650)]
    timed_ms(redactor, spans[600:])
    ordinary = spans[:600]
    adversarial = {
        name: max(timed_ms(make_redactor(load(), Scanner()), [span_of(large)])[0] for _ in range(3))
        for name, part in ADVERSARIAL.items()
        for large in [(part * LARGE)[:LARGE]]
    }
    return {"us": [ms * 1e3 for ms in timed_ms(redactor, ordinary)], "adversarial_ms": adversarial}


def text(chance, number):
    """Words, and in every fourth text something that has to go."""
    words = " ".join(chance.choices(WORDS, k=HALF))[:HALF]
    return f"{words} {chance.choice(SECRETS)}" if number % 4 == 0 else words


def span_of(content):
    question = json.dumps([{"role": "user", "parts": [{"type": "text", "content": content}]}])
    return Span(
        trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
        span_id="00f067aa0ba902b7",
        parent_span_id=None,
        name="chat",
        kind="model",
        start_time_unix_nano=1,
        end_time_unix_nano=2,
        attributes={"gen_ai.input.messages": question, "spanvas.output": json.dumps(content)},
    )


def timed_ms(redactor, spans):
    values = []
    for span in spans:
        began = time.perf_counter_ns()
        redactor.redact(span)
        values.append((time.perf_counter_ns() - began) / 1e6)
    return values
