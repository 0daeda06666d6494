"""Runs for looking at: each one shows a state that an operator meets, as the API would tell it."""

from __future__ import annotations

import base64

from tests.browser.agent_run import agent_run, event
from tests.browser.files_run import png
from tests.browser.stubs import (
    SECOND,
    START,
    Json,
    Stub,
    counters,
    execution,
    message,
    row,
    span,
    span_id,
    usage,
)

MILLISECOND = SECOND // 1_000
EXPECTED = ["classify", "look-up", "draft", "review", "notify"]
MODEL = {"kind": "model", "model": "amazon.nova-lite-v1:0", "provider": "aws.bedrock"}
THROTTLED = {
    "type": "ThrottlingException",
    "message": "Too many requests, please wait before trying again.",
}
TIMED_OUT = {
    "type": "Sandbox.Timedout",
    "message": "The function's time of 30 s ran out while it waited for the desk's API.",
}


def timed(number: int, name: str, parent: int | None, start: int, end: int | None, **more: Json) -> Json:  # fmt: skip
    """A row between two moments in milliseconds; without an end it is still open."""
    made = row(number, name, parent, **more)
    made["start_time_unix_nano"] = str(START + start * MILLISECOND)
    if end is None:
        del made["end_time_unix_nano"]
    else:
        made["end_time_unix_nano"] = str(START + end * MILLISECOND)
    return made


def completeness(*missing: str) -> dict[str, list[str]]:
    received = [node for node in EXPECTED if node not in missing]
    return {"expected": EXPECTED, "received": received, "missing": list(missing)}


def started() -> list[Json]:
    """
    0 workflow
      1 invocation, cold
        2 classify
          3 chat
        4 look-up
          5 GET
    """
    return [
        timed(0, "Support triage", None, 1_240, 9_000, kind="workflow"),
        timed(1, "executor", 0, 1_240, 9_000, kind="invocation", marks=["cold_start"]),
        timed(2, "Classify the ticket", 1, 1_300, 2_420, depth=2, node_id="classify"),
        timed(3, "chat nova-lite", 2, 1_330, 2_400, depth=3, **MODEL, cost_nano_usd=61_200,
              usage=usage(input_tokens=812, output_tokens=44)),
        timed(4, "Look up the order", 1, 2_430, 3_050, depth=2, node_id="look-up"),
        timed(5, "GET /orders/4711", 4, 2_450, 3_040, depth=3, kind="http"),
    ]  # fmt: skip


def open_ended(rows: list[Json], *numbers: int, status: str = "running") -> None:
    for number in numbers:
        rows[number]["status"] = status
        rows[number].pop("end_time_unix_nano", None)


def running_run() -> Stub:
    """Three of five nodes have run or run; the newest call is open."""
    rows = started()
    rows += [
        timed(6, "Draft an answer", 1, 3_060, None, depth=2, node_id="draft", status="running"),
        timed(7, "chat nova-lite", 6, 3_090, None, depth=3, **MODEL, status="running"),
    ]
    open_ended(rows, 0, 1)
    going = execution(
        status="running",
        deadline_unix_nano=str(START + 10**15),
        completeness=completeness("review", "notify"),
        counters=counters(rows),
    )
    del going["ended_at_unix_nano"]
    return Stub(
        rows=rows,
        execution=going,
        trace={"status": "RUNNING"},
        served_at=START // SECOND + 6,
    )


def lost_run() -> Stub:
    """Its function was killed in the middle of a call: nothing said how it ended."""
    rows = started()
    rows += [
        timed(6, "Draft an answer", 1, 3_060, None, depth=2, node_id="draft", status="lost"),
        timed(7, "chat nova-lite", 6, 3_090, None, depth=3, **MODEL, status="lost"),
    ]
    open_ended(rows, 0, 1, status="lost")
    return Stub(
        rows=rows,
        execution=execution(
            status="lost",
            ended_at_unix_nano=str(START + 30 * SECOND),
            deadline_unix_nano=str(START + 30 * SECOND),
            cause={
                "node_id": "draft",
                "span_id": span_id(7),
                "error_type": "Lost",
                "message": "The deadline passed at 30 s and no end was reported: the function was"
                " killed, or ran out of memory.",
            },
            completeness=completeness("review", "notify"),
            counters=counters(rows),
        ),
        trace={
            "status": "PARTIAL",
            "reason": "The execution was lost: its deadline passed before it ended; 4 spans never ended.",
        },
    )


def partial_run() -> Stub:
    """It succeeded, and some of what it reported never came."""
    rows = started()
    for number in (0, 1):
        rows[number]["end_time_unix_nano"] = str(START + 6_300 * MILLISECOND)
    rows += [
        timed(6, "Draft an answer", 1, 3_060, 6_200, depth=2, node_id="draft", marks=["truncated"]),
        timed(7, "chat nova-lite", 6, 2_890, 6_180, depth=3, **MODEL, marks=["clock_skew"],
              usage=usage(input_tokens=2_140, output_tokens=390), cost_nano_usd=222_000),
        timed(8, "rerank", 0, 4_100, 4_400, kind="retrieval", marks=["orphan"]),
    ]  # fmt: skip
    return Stub(
        rows=rows,
        execution=execution(
            ended_at_unix_nano=str(START + 6_300 * MILLISECOND),
            completeness=completeness("review", "notify"),
            counters=counters(rows, dropped=3, unpriced=1),
        ),
        trace={
            "status": "PARTIAL",
            "reason": "2 of 5 nodes are missing: review, notify; 3 spans could not be delivered;"
            " 1 span came without the parent.",
        },
    )


def backend_run() -> Stub:
    """A run whose spans a Tempo alone has, with texts that were cut on the way there."""
    stub = agent_run()
    stub.execution["spans_from"] = "tempo"
    for item in (*stub.rows, *stub.spans.values()):
        if item["kind"] == "model":
            item["marks"] = [*item.get("marks", []), "preview"]
    return stub


def infrastructure_issues_run() -> Stub:
    """Issues of the infrastructure: a cold start, throttling, the SDK's retries, a timeout.

    0 workflow
      1 invocation, cold
        2 summarise: two attempts throttled, the third one retried inside the SDK
        9 publish: killed by the function's timeout
    """
    tokens = usage(input_tokens=3_120, output_tokens=412, cache_read_tokens=2_048)
    rows = [
        timed(0, "Weekly digest", None, 1_850, 30_000, kind="workflow", status="error", error=TIMED_OUT),
        timed(1, "digest-executor", 0, 1_850, 30_000, kind="invocation", status="error", error=TIMED_OUT,
              marks=["cold_start", "truncated"]),
        timed(2, "Summarise", 1, 1_900, 11_200, depth=2, node_id="summarise"),
        timed(3, "attempt 1", 2, 1_900, 2_300, depth=3, kind="attempt", status="error", error=THROTTLED, attempt=1),
        timed(4, "chat nova-lite", 3, 1_910, 2_290, depth=4, **MODEL, status="error", error=THROTTLED),
        timed(5, "attempt 2", 2, 3_300, 3_700, depth=3, kind="attempt", status="error", error=THROTTLED, attempt=2),
        timed(6, "chat nova-lite", 5, 3_310, 3_690, depth=4, **MODEL, status="error", error=THROTTLED),
        timed(7, "attempt 3", 2, 5_700, 11_190, depth=3, kind="attempt", attempt=3),
        timed(8, "chat nova-lite", 7, 5_710, 11_180, depth=4, **MODEL, usage=tokens, cost_nano_usd=191_400,
              marks=["retried"]),
        timed(9, "Publish", 1, 12_400, 30_000, depth=2, node_id="publish", status="error", error=TIMED_OUT),
        timed(10, "POST /digests", 9, 12_420, 30_000, depth=3, kind="http", status="error", error=TIMED_OUT,
              marks=["truncated"]),
    ]  # fmt: skip
    attributes = {
        "gen_ai.request.model": "amazon.nova-lite-v1:0",
        "spanvas.retries": 2,
        "aws.request_id": "3f2a9c0e-61b7-4f0a-9d53-8c1f5b1f2f11",
    }
    retried = [
        event(
            "spanvas.retry",
            at * MILLISECOND,
            {"spanvas.retry.number": number, "error.type": kind, "http.response.status_code": code,
             "rpc.method": "BedrockRuntime/Converse"},
        )
        for number, at, kind, code in (
            (1, 6_100, "ThrottlingException", 429), (2, 7_900, "ModelTimeoutException", 408)
        )
    ]  # fmt: skip
    spans = [
        span(rows[8], attributes=attributes, events=retried, content={
            "input_messages": [message("user", "Summarise the week's 214 tickets.")],
            "output_messages": [message("assistant", "Refunds rose by a third; two carriers were late.")],
        }),
        span(rows[10], attributes={"http.request.method": "POST", "spanvas.truncated": "deadline"}),
    ]  # fmt: skip
    return Stub(
        rows=rows,
        spans={item["span_id"]: item for item in spans},
        execution=execution(
            workflow_id="weekly-digest",
            workflow_name="Weekly digest",
            status="failed",
            ended_at_unix_nano=str(START + 30 * SECOND),
            cause={
                "node_id": "publish",
                "span_id": span_id(10),
                "error_type": TIMED_OUT["type"],
                "message": TIMED_OUT["message"],
            },
            counters=counters(rows),
        ),
    )


def deep_run(levels: int = 300) -> Stub:
    """An agent that called itself, and itself, and itself."""
    rows = [
        row(number, f"delegate to agent {number}" if number else "Recursive planner",
            number - 1 if number else None, depth=number, kind="agent" if number else "workflow",
            start_time_unix_nano=str(START + number * 20 * MILLISECOND),
            end_time_unix_nano=str(START + 9 * SECOND - number * 10 * MILLISECOND))
        for number in range(levels)
    ]  # fmt: skip
    rows[-1] |= {
        "status": "error",
        "error": {"type": "RecursionError", "message": "Gave up at level 299."},
    }
    return Stub(
        rows=rows,
        execution=execution(
            workflow_name="Recursive planner",
            status="failed",
            cause={
                "span_id": span_id(levels - 1),
                "error_type": "RecursionError",
                "message": "Gave up at level 299.",
            },
            counters=counters(rows),
        ),
    )


LETTER = (
    "The carrier's terms of 3 November say that a parcel without a scan for five days counts as lost,"
    " and that the sender may claim its price. "
)


def long_prompt_run() -> Stub:
    """One call whose prompt is 200 KB of text."""
    rows = [
        timed(0, "Contract review", None, 0, 9_000, kind="workflow"),
        timed(1, "chat nova-pro", 0, 100, 8_900, **MODEL | {"model": "amazon.nova-pro-v1:0"}, cost_nano_usd=41_600_000,
              usage=usage(input_tokens=51_200, output_tokens=212)),
    ]  # fmt: skip
    paragraphs = "\n\n".join(f"{number}. {LETTER * 3}" for number in range(1, 500))
    content = {
        "system_instructions": [
            {"type": "text", "content": "Find every clause about lost parcels."}
        ],
        "input_messages": [message("user", paragraphs[:204_800])],
        "output_messages": [
            message("assistant", "Clauses **3**, **17** and **201** speak of lost parcels.")
        ],
    }
    spans = {span_id(1): span(rows[1], content=content)}
    return Stub(rows=rows, spans=spans, execution=execution(counters=counters(rows)))


def denied_run() -> Stub:
    """The agent's run for a role without `trace:content`."""
    stub = agent_run()
    for item in stub.spans.values():
        item["content_access"] = "denied"
        item.pop("content")
    stub.trace["content_access"] = "denied"
    return stub


def media_run() -> Stub:
    """A model call that was given a picture and a file, with a cost that the gateway told."""
    rows = [
        timed(0, "Damage report", None, 0, 4_000, kind="workflow"),
        timed(1, "chat gpt-4o", 0, 100, 3_900, kind="model", model="gpt-4o", provider="openai",
              usage=usage(input_tokens=1_420, output_tokens=61), cost_nano_usd=4_160_000),
    ]  # fmt: skip
    asked = message(
        "user",
        "Is the parcel in the picture damaged?",
        {"type": "image", "mime_type": "image/png", "uri": "https://files.example/parcel-4711.png"},
        {"type": "image", "mime_type": "image/png", "content": base64.b64encode(png()).decode()},
        {"type": "file", "mime_type": "application/pdf", "name": "terms.pdf", "file_id": "file-8Qx"},
    )  # fmt: skip
    answer = message("assistant", "Its corner is torn.")
    content = {"input_messages": [asked], "output_messages": [answer]}
    reported = {"what": "reported", "tokens": 0, "nano_usd_per_token": 0.0, "nano_usd": 4_160_000}
    cost = {"nano_usd": 4_160_000, "lines": [reported]}
    return Stub(
        rows=rows,
        spans={span_id(1): span(rows[1], content=content, cost=cost)},
        execution=execution(counters=counters(rows)),
    )
