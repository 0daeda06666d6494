"""An agent's run with everything in it that a step can hold: for tests and pictures of reading one."""

from __future__ import annotations

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

ANSWER = """## Proposal

Refund **order 4711**, because the parcel was *lost* on the way:

1. the carrier lost its scan on 3 November
2. the customer has waited `17 days`

| item | price | refund |
|---|---:|---|
| Lamp | 49.00 | yes |
| Bulb | 4.50 | no |

- [x] address checked
- [ ] refund booked

```python
def refund(order: int) -> float:
    return lookup(order).total  # all of it
```

> The carrier's terms: [page 3](https://carrier.example/terms?page=3).
"""

ORDER = {
    "order": {"id": 4711, "status": "shipped", "paid": True, "note": None},
    "lines": [
        {"sku": f"SKU-{n:03}", "quantity": n, "price": {"net": n * 4, "vat": 0.19}}
        for n in range(1, 30)
    ],
    "customer": {"name": "[REDACTED:name]", "email": "[REDACTED:email]", "since": "2019-04-01"},
}

CALL = {"type": "tool_call", "id": "call_1", "name": "lookup_order", "arguments": {"id": 4711}}
RESULT = {"type": "tool_call_response", "id": "call_1", "response": ORDER}
LATER = {
    "type": "tool_call",
    "id": "call_2",
    "name": "lookup_shipment",
    "arguments": {"order": 4711},
}
LATER_RESULT = {"type": "tool_call_response", "id": "call_2", "response": "Lost since 3 November."}
SYSTEM = [
    {"type": "text", "content": "You triage support tickets.\n" + "Be exact and polite. " * 60}
]
HISTORY = [
    message("user" if n % 2 == 0 else "assistant", f"Earlier remark number {n}.") for n in range(36)
]
ASKED = message(
    "user", "My lamp never came. Write to [REDACTED:email], not to [REDACTED:unscanned]."
)


STACK = (
    "Traceback (most recent call last):\n"
    + '  File "nodes/http.py", line 41, in call\n' * 30
    + "HTTPError: 503"
)


def event(name: str, offset: int, attributes: Json) -> dict[str, Json]:
    return {"name": name, "time_unix_nano": str(START + offset), "attributes": attributes}


def agent_run() -> Stub:
    """
    0 workflow
      1 agent
        2 chat (36 earlier messages, asks for a tool)
        3 execute_tool
        4 chat (what 2 had, its answer, the tool's result)
      5 escalate: failed, with a stack
    """
    rows = [
        row(0, "Support triage", kind="workflow", end_time_unix_nano=str(START + 6 * SECOND)),
        row(1, "triage agent", 0, kind="agent", depth=1, end_time_unix_nano=str(START + 5 * SECOND)),
        row(2, "chat nova-lite", 1, kind="model", depth=2, model="amazon.nova-lite-v1:0",
            provider="aws.bedrock", usage=usage(input_tokens=3_120, output_tokens=188), cost_nano_usd=232_320),
        row(3, "execute_tool lookup_order", 1, kind="tool", depth=2),
        row(4, "chat nova-lite", 1, kind="model", depth=2, model="amazon.nova-lite-v1:0",
            provider="aws.bedrock", marks=["redacted"],
            usage=usage(input_tokens=4_120, output_tokens=312, cache_read_tokens=2_048, reasoning_tokens=96),
            cost_nano_usd=229_920),
        row(5, "escalate", 0, kind="http", status="error",
            error={"type": "HTTPError", "message": "503 from [REDACTED:url]"}),
    ]  # fmt: skip
    first = [*HISTORY, ASKED]
    then = [*first, message("assistant", CALL), message("tool", RESULT),
            message("assistant", LATER), message("tool", LATER_RESULT)]  # fmt: skip
    spans = [
        span(rows[2], content={
            "system_instructions": SYSTEM,
            "input_messages": first,
            "output_messages": [message("assistant", CALL, finish_reason="tool_use")],
        }),
        span(rows[3], content={
            "tool": {"name": "lookup_order", "call_id": "call_1", "arguments": {"id": 4711}, "result": ORDER}
        }),
        span(rows[4],
            receipts={"email": 2, "name": 1},
            cost={"nano_usd": 229_920, "lines": [
                {"what": "input", "tokens": 2_072, "nano_usd_per_token": 60.0, "nano_usd": 124_320},
                {"what": "cache_read", "tokens": 2_048, "nano_usd_per_token": 15.0, "nano_usd": 30_720},
                {"what": "output", "tokens": 312, "nano_usd_per_token": 240.0, "nano_usd": 74_880},
            ]},
            attributes={"gen_ai.request.model": "amazon.nova-lite-v1:0", "gen_ai.request.temperature": 0.2,
                        "note": "seen by [REDACTED:email]", "tags": ["a", "b"]},
            events=[event("gen_ai.choice", 4 * SECOND + 5_000_000, {"index": 0})],
            links=[{"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": span_id(2), "attributes": {}},
                   {"trace_id": "f" * 32, "span_id": "e" * 16, "attributes": {"why": "retried"}}],
            content={
                "system_instructions": SYSTEM,
                "input_messages": then,
                "output_messages": [message("assistant", {"type": "reasoning", "content": "The terms say so. " * 40},
                                            ANSWER, finish_reason="end_turn")],
                "tool_definitions": [{"name": "lookup_order", "parameters": {"id": "integer"}}],
            }),
        span(rows[5],
            attributes={"http.request.method": "POST", "url.full": "https://desk.example/tickets?it's=1"},
            events=[event("exception", 6 * SECOND, {
                "exception.type": "HTTPError", "exception.message": "503", "exception.stacktrace": STACK})],
            content={"input": {"ticket": 4711, "prompt": "long " * 40_000}, "output": "Nothing."}),
    ]  # fmt: skip
    return Stub(
        rows=rows,
        spans={item["span_id"]: item for item in spans},
        execution=execution(ended_at_unix_nano=str(START + 6 * SECOND), counters=counters(rows)),
    )
