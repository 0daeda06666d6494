"""Two runs of one workflow: a good one, and a failed one after its prompt was changed."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

from tests.browser.stubs import (
    EXECUTION_ID,
    SECOND,
    START,
    Json,
    Stub,
    counters,
    execution,
    message,
    span,
    span_id,
    usage,
)
from tests.browser.tab_runs import MODEL, THROTTLED, completeness, timed

GOOD_ID = "exec-good"
LETTER = "My lamp never came. " + "I have written to you twice, and nobody answered me. " * 30
RULES = "Answer in {} sentences. Name the carrier, and say what happens next."


def called(rows: list[Json], number: int, sentences: str, answer: Json) -> Json:
    """The model call of the draft: prompts differ in a word, answers in most of theirs."""
    content = {
        "system_instructions": [{"type": "text", "content": RULES.format(sentences)}],
        "input_messages": [message("user", LETTER)],
    }
    return span(rows[number], content=content | answer)


def good_run() -> Stub:
    rows = [
        timed(0, "Support triage", None, 0, 4_800, kind="workflow"),
        timed(1, "Classify the ticket", 0, 20, 1_020, node_id="classify"),
        timed(2, "Look up the order", 0, 1_040, 1_700, node_id="look-up"),
        timed(3, "Draft an answer", 0, 1_720, 4_000, node_id="draft"),
        timed(4, "chat nova-lite", 3, 1_740, 3_980, depth=2, **MODEL, cost_nano_usd=222_000,
              usage=usage(input_tokens=2_140, output_tokens=390)),
        timed(5, "Review it", 0, 4_020, 4_300, node_id="review"),
        timed(6, "Notify the desk", 0, 4_320, 4_780, node_id="notify"),
    ]  # fmt: skip
    answer = "The carrier Nordpost lost your parcel. We send you a new lamp today."
    spans = [
        span(
            rows[1],
            content={"input": {"ticket": 4711}, "output": {"category": "lost", "sure": 0.9}},
        ),
        called(rows, 4, "two", {"output_messages": [message("assistant", answer)]}),
    ]
    return Stub(
        rows=rows,
        spans={item["span_id"]: item for item in spans},
        execution_id=GOOD_ID,
        execution=execution(
            execution_id=GOOD_ID,
            started_at_unix_nano=str(START - 3_600 * SECOND),
            ended_at_unix_nano=str(START - 3_600 * SECOND + 4_800 * SECOND // 1_000),
            completeness=completeness(),
            counters=counters(rows),
        ),
    )


def bad_run() -> Stub:
    rows = [
        timed(0, "Support triage", None, 0, 9_400, kind="workflow", status="error", error=THROTTLED),
        timed(1, "Classify the ticket", 0, 20, 1_320, node_id="classify"),
        timed(2, "Look up the order", 0, 1_340, 1_990, node_id="look-up"),
        timed(3, "Draft an answer", 0, 2_010, 9_380, node_id="draft", status="error", error=THROTTLED),
        timed(4, "attempt 1", 3, 2_020, 4_000, depth=2, kind="attempt", attempt=1, status="error", error=THROTTLED),
        timed(5, "chat nova-lite", 4, 2_030, 3_990, depth=3, **MODEL, status="error", error=THROTTLED,
              usage=usage(input_tokens=2_144, output_tokens=0), cost_nano_usd=128_000),
        timed(6, "attempt 2", 3, 6_000, 9_370, depth=2, kind="attempt", attempt=2, status="error", error=THROTTLED),
    ]  # fmt: skip
    spans = [
        span(
            rows[1],
            content={"input": {"ticket": 4711}, "output": {"category": "late", "sure": 0.6}},
        ),
        called(rows, 5, "six", {}),
    ]
    return Stub(
        rows=rows,
        spans={item["span_id"]: item for item in spans},
        execution=execution(
            status="failed",
            ended_at_unix_nano=str(START + 9_400 * SECOND // 1_000),
            cause={
                "node_id": "draft",
                "span_id": span_id(5),
                "error_type": THROTTLED["type"],
                "message": THROTTLED["message"],
            },
            completeness=completeness("review", "notify"),
            counters=counters(rows),
        ),
    )


def serve(context: BrowserContext, *stubs: Stub) -> None:
    """The runs, and a history in which they are all that there is; it filters by status as the API does."""

    def listed(asked: str) -> Json:
        wanted = [
            stub.execution
            for stub in stubs
            if "status=succeeded" not in asked or stub.execution["status"] == "succeeded"
        ]
        return {"items": wanted, "next_cursor": None}

    for stub in stubs:
        stub.serve(context)
    context.route("**/v1/executions?*", lambda route: route.fulfill(json=listed(route.request.url)))


def both(context: BrowserContext) -> str:
    """Serves both and gives the place of their comparison."""
    serve(context, bad_run(), good_run())
    return f"/?workflow=support-triage&execution={EXECUTION_ID}&with={GOOD_ID}"
