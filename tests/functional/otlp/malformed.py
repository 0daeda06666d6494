"""Twenty thousand bodies that nobody should send, and bombs: `python -m tests.functional.otlp.malformed`.

Runs in a process of its own, so that what memory the endpoint takes up can be read from the process. Prints one JSON
object: answers by status, the worst growth of memory in MB, the slowest bomb in ms.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import pickle
import random
import re
import resource
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from spanvas.model.execution_update import ExecutionUpdate
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers.otlp_ingest import make_handler
from spanvas_api.ingest.ingest import Ingest
from spanvas_api.services import Services
from tests.functional.otlp.client import JSON, PROTOBUF, OtlpClient
from tests.support.builders import T0, Clock
from tests.support.memory_store import MemoryTraceStore
from tests.support.otlp_requests import as_json, make_proto_span, make_request

BODIES = 20_000
MIB = 1024 * 1024
STATUS = Path("/proc/self/status")
WHOLE = make_request(
    make_proto_span(
        "a",
        attributes={
            "t": "x",
            "i": 5,
            "d": 1.5,
            "b": True,
            "l": [1, {"m": b"y"}],
            "gen_ai.prompt": "[]",
        },
    ),
    make_proto_span("b", "a", events=[{"name": "e", "time_unix_nano": 5}], status={"code": 2}),
)
Body = tuple[bytes, str, dict[str, str]]
ODD_NAMES = (
    "", "spanvas.execution.id", "session.id", "spanvas.kind", "spanvas.artifacts", "spanvas.redaction",
    "gen_ai.usage.input_tokens", "gen_ai.input.messages", "spanvas.workflow.id", "gen_ai.operation.name",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    "", "../..", "x" * 300, 2**63 - 1, -1, float("nan"), [[]], {"": {}}, b"\xff", None, True, "[{]", '[{"role":1}]',
    "chat",
)  # fmt: skip


class ForgetfulStore(MemoryTraceStore):
    """Makes chunks of everything, as any store does, and keeps none: what grows is not the store."""

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        kept_at = super().receive(batch, update, is_new=is_new)
        for kept in (self._executions, self._chunks, self._moves):
            kept.clear()
        return kept_at


def main(bodies: int = BODIES) -> dict[str, Any]:
    clock = Clock()
    store = ForgetfulStore(clock=clock)
    settings = Settings(
        ingest_bytes_per_second=10**12, ingest_burst_bytes=10**12, ingest_burst_store_calls=10**12
    )
    ingest = Ingest(Services(settings, make_store=lambda: store, clock=clock))
    otlp = OtlpClient(make_handler(lambda: ingest))
    prepared = prepared_elsewhere()
    with contextlib.redirect_stdout(io.StringIO()):
        otlp.post(WHOLE.SerializeToString())
        started = peak_mb()
        statuses = Counter(
            otlp.post(body, content_type, headers=headers).status
            for body, content_type, headers in malformed(bodies)
        )
        slowest, worst = 0.0, ""
        for name, (body, content_type, headers) in prepared.items():
            event = otlp.event(body, {**headers, "content-type": content_type})
            began = time.process_time()
            status = otlp.deliver(event).status
            spent = (time.process_time() - began) * 1000
            statuses[status] += 1
            if spent > slowest:
                slowest, worst = spent, name
    return {
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "grown_mb": round(peak_mb() - started, 1),
        "slowest_bomb_ms": round(slowest),
        "slowest_bomb": worst,
    }


def prepared_elsewhere() -> dict[str, Body]:
    """The bombs, made in a process of its own: making them takes more memory than refusing them."""
    made = subprocess.run(
        [sys.executable, "-c", f"from {__spec__.name} import *; write_bombs(sys.stdout.buffer)"],
        capture_output=True,
        check=True,
    )
    found: dict[str, Body] = pickle.loads(made.stdout)
    return found


def write_bombs(into: BinaryIO) -> None:
    pickle.dump(bombs(), into)


def peak_mb() -> float:
    """The most memory that this process has had. Not by getrusage on Linux: its peak is that of the parent at first."""
    if STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text("utf-8"))
        assert found is not None
        return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (MIB if sys.platform == "darwin" else 1024)


def malformed(number: int, seed: int = 7) -> Iterator[Body]:
    """Bit flips, cuts, insertions, noise, nesting, odd numbers and texts, wrong ids, bad gzip, empty bodies."""
    chance = random.Random(seed)
    for _ in range(number):
        make = chance.choice(MAKERS)
        body, content_type = make(chance)
        headers: dict[str, str] = {}
        how = chance.random()
        if how < 0.15:
            body, headers = gzip.compress(body, 1), {"content-encoding": "gzip"}
        elif how < 0.25:
            body = damaged(gzip.compress(body, 1) * chance.randrange(1, 3), chance)
            headers = {"content-encoding": "gzip"}
        yield body, content_type, headers


def damaged(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0 if place < len(changed):
                changed[place] ^= 1 << chance.randrange(8)
            case 1:
                del changed[place : place + chance.randrange(20)]
            case 2:
                changed[place:place] = chance.randbytes(chance.randrange(8))
            case _:
                changed[place:place] = changed[: chance.randrange(30)]
    return bytes(changed)


def damaged_binary(chance: random.Random) -> tuple[bytes, str]:
    return damaged(WHOLE.SerializeToString(), chance), PROTOBUF


def damaged_json(chance: random.Random) -> tuple[bytes, str]:
    return damaged(orjson.dumps(as_json(WHOLE)), chance), JSON


def cut(chance: random.Random) -> tuple[bytes, str]:
    body, content_type = chance.choice(
        ((WHOLE.SerializeToString(), PROTOBUF), (orjson.dumps(as_json(WHOLE)), JSON))
    )
    return body[: chance.randrange(len(body))], content_type


def noise(chance: random.Random) -> tuple[bytes, str]:
    return chance.randbytes(chance.choice((0, 1, 2, 16, 300))), chance.choice((PROTOBUF, JSON))


def nested(chance: random.Random) -> tuple[bytes, str]:
    depth = chance.choice((1, 19, 20, 21, 48, 100, 1_000))
    if chance.random() < 0.1:
        depth = 100_000
    if chance.random() < 0.5:
        opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
        return opening * depth + b"1" + closing * depth, JSON
    value = b"\x18\x01"
    for _ in range(min(depth, 1_000)):
        value = (
            field(5, field(1, value))
            if chance.random() < 0.5
            else field(6, field(1, field(2, value)))
        )
    span = field(1, b"\x01" * 16) + field(2, b"\x01" * 8) + b"\x39" + T0.to_bytes(8, "little")
    return field(1, field(2, field(2, span + field(9, field(1, b"k") + field(2, value))))), PROTOBUF


def odd_json(chance: random.Random) -> tuple[bytes, str]:
    """Values of every wrong kind in every place."""
    text = orjson.dumps(as_json(WHOLE)).decode()
    odd = (
        "NaN", "Infinity", "-Infinity", "1e999", "1" * 5_000, "-1", "18446744073709551616", '"\\ud800"',
        '"\\udfff\\ud800"', '"\\u0000"', "null", "true", "[]", "{}", '""', '"x"', "1.5", '{"stringValue":1}',
        "[[[]]]", "tru", "'",
    )  # fmt: skip
    places = [i for i, character in enumerate(text) if character == ":"]
    place = chance.choice(places) + 1
    end = min((i for mark in ",}]" if (i := text.find(mark, place)) >= 0), default=len(text))
    return (text[:place] + chance.choice(odd) + text[end:]).encode("utf-8", "surrogatepass"), JSON


def odd_binary(chance: random.Random) -> tuple[bytes, str]:
    """Ids of every length, times of every size, kinds and codes that do not exist."""
    overrides: dict[str, Any] = {
        "trace_id": chance.choice((b"", bytes(16), b"\x01" * 3, b"\x01" * 16, b"\x01" * 17)),
        "span_id": chance.choice((b"", bytes(8), b"\x01" * 8, b"\x01" * 9)),
        "parent_span_id": chance.choice((b"", bytes(8), b"\x01" * 8, b"\x01")),
        "start_time_unix_nano": chance.choice((0, 1, 2**63 - 1, 2**63, 2**64 - 1)),
        "end_time_unix_nano": chance.choice((0, 1, 2**63 - 1, 2**64 - 1)),
        "kind": chance.choice((0, 5, 99, -1)),
        "name": chance.choice(("", "\x00", "x" * 5_000, "\U0010ffff", "\r\nSet-Cookie: a=b")),
        "dropped_attributes_count": chance.choice((0, 2**32 - 1)),
    }
    attributes = {chance.choice(ODD_NAMES): chance.choice(ODD_VALUES) for _ in range(3)}
    span = make_proto_span("a", attributes=attributes, **overrides)
    return make_request(span, resource=attributes).SerializeToString(), PROTOBUF


def field(number: int, payload: bytes) -> bytes:
    head = bytearray([number << 3 | 2])
    size = len(payload)
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    head.append(size)
    return bytes(head) + payload


MAKERS = (damaged_binary, damaged_json, cut, noise, nested, odd_json, odd_binary)


def bombs() -> dict[str, Body]:
    """Small to send, large to inflate or to decode."""
    zipped = {"content-encoding": "gzip"}
    spans = field(1, field(2, b"\x12\x00" * 300_000))
    values = field(2, field(1, b"\x01" * 16) + field(9, field(1, b"k")) * 1_000_000)
    big = 12 * MIB
    return {
        "1 GiB of zeros": (gibibyte(), PROTOBUF, zipped),
        "300,000 empty spans": (gzip.compress(spans), PROTOBUF, zipped),
        "a million attributes": (gzip.compress(field(1, field(2, values))), PROTOBUF, zipped),
        "empty resources": (gzip.compress(b"\x0a\x00" * (big // 2)), PROTOBUF, zipped),
        "empty events": (gzip.compress(field(1, field(2, field(2, b"\x5a\x00" * (big // 2))))), PROTOBUF, zipped),
        "unknown fields": (gzip.compress(b"\x78\x01" * (big // 2)), PROTOBUF, zipped),
        "empty lists": (gzip.compress(b"[" + b"[]," * (big // 3)), JSON, zipped),
        "empty objects": (gzip.compress(b'{"resourceSpans":[' + b"{}," * (big // 3)), JSON, zipped),
        "short texts": (gzip.compress(b"[" + b'"ab",' * (big // 5)), JSON, zipped),
        "quotes": (gzip.compress(b'"' * big), JSON, zipped),
        "escapes": (gzip.compress(b'"' + b"\\" * big), JSON, zipped),
        "numbers": (gzip.compress(b"[" + b"0.5," * (big // 4)), JSON, zipped),
        "nesting": (gzip.compress(b"[" * big), JSON, zipped),
        "members": (gzip.compress(b"") * 150_000, PROTOBUF, zipped),
        "zstd of anything": (b"\x28\xb5\x2f\xfd" + bytes(32_000), PROTOBUF, {"content-encoding": "zstd"}),
    }  # fmt: skip


def gibibyte() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(16 * MIB)
    return b"".join(packer.compress(block) for _ in range(64)) + packer.flush()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else BODIES
    print(json.dumps(main(count)))
