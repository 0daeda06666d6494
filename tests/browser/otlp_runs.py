"""Runs that a program of somebody else's sends to the real API, as OTLP/JSON."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from local.stack import Stack

SECOND = 1_000_000_000
MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Sent:
    """One span: `start` and `end` are nanoseconds from the begin of the run, `parent` is a place in the list."""

    name: str
    start: int
    end: int
    parent: int | None = 0
    attributes: dict[str, str | int] = field(default_factory=dict)
    failed: bool = False


def send(stack: Stack, *spans: Sent, service: str = "importer") -> str:
    """The execution's id, which is its trace's. The run has ended; its first span is the root."""
    trace_id = secrets.token_hex(16)
    begin = time.time_ns() - 3_600 * SECOND
    body = {
        "resourceSpans": [
            {
                "resource": {"attributes": [attribute("service.name", service)]},
                "scopeSpans": [
                    {
                        "scope": {"name": "tests"},
                        "spans": [
                            as_otlp(span, at, trace_id, begin) for at, span in enumerate(spans)
                        ],
                    }
                ],
            }
        ]
    }
    with stack.api(stack.token("demo-ingest")) as api:
        answer = api.call("POST", "/v1/traces", body)
    assert (answer.status, answer.json()) == (200, {})
    return trace_id


def as_otlp(span: Sent, at: int, trace_id: str, begin: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "traceId": trace_id,
        "spanId": f"{at + 1:016x}",
        "name": span.name,
        "kind": 1,
        "startTimeUnixNano": str(begin + span.start),
        "endTimeUnixNano": str(begin + span.end),
        "attributes": [attribute(key, value) for key, value in span.attributes.items()],
    }
    if at > 0 and span.parent is not None:
        made["parentSpanId"] = f"{span.parent + 1:016x}"
    if span.failed:
        made["status"] = {"code": 2, "message": "refused"}
    return made


def attribute(key: str, value: str | int) -> dict[str, Any]:
    kind = "intValue" if isinstance(value, int) else "stringValue"
    return {"key": key, "value": {kind: str(value)}}


HTTP = {"http.request.method": "POST", "error.type": "503"}


def long_run() -> tuple[Sent, ...]:
    """Ten minutes; what begins and what ends them takes a millisecond or nothing."""
    end = 600 * SECOND
    return (
        Sent("nightly import", 0, end),
        Sent("first of no length", 0, 0),
        Sent("load", SECOND, end - SECOND),
        Sent("part one", SECOND, 2 * SECOND, parent=2),
        Sent("part two", end - SECOND, end - SECOND, parent=2),
        Sent("POST", end - MILLISECOND, end, attributes=dict(HTTP), failed=True),
        Sent("last of no length", end, end),
    )
