"""The story that every captured and every live trace of a GenAI library tells, and what has to be understood of it.

A user asks for a parcel, the model calls `lookup_parcel`, and answers from its result; some also embed a text. Whatever
library told it, the same messages, tokens and costs must be there. What a library leaves out is listed by its test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.model import kinds
from spanvas.model.inference import may_count, repeated_calls
from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics.summary import row_of
from tests.support.normal_form import normal_form

SYSTEM: Final = [{"type": "text", "content": "You answer questions about parcels."}]
QUESTION: Final = {
    "role": "user",
    "parts": [{"type": "text", "content": "Where is parcel 4711?"}],
}
CALL: Final = {
    "role": "assistant",
    "parts": [
        {
            "type": "tool_call",
            "id": "call_parcel_1",
            "name": "lookup_parcel",
            "arguments": {"parcel_id": "4711"},
        }
    ],
}
RESULT: Final = {"city": "Lyon", "status": "in transit"}
RESPONSE: Final = {
    "role": "tool",
    "parts": [{"type": "tool_call_response", "id": "call_parcel_1", "response": RESULT}],
}
ANSWER: Final = {
    "role": "assistant",
    "parts": [{"type": "text", "content": "Parcel 4711 is in Lyon, on its way to you."}],
}

FIRST: Final[Mapping[str, Any]] = {
    "provider": "openai",
    "request_model": "gpt-4o",
    "response_model": "gpt-4o-2024-08-06",
    "usage": Usage(812, 24, 512, 0, 8),
    # 300 x $2.50 + 512 x $1.25 + 24 x $10, per million
    "cost_nano_usd": 750_000 + 640_000 + 240_000,
    "finish_reasons": ("tool_calls",),
    "system_instructions": SYSTEM,
    "input_messages": [QUESTION],
    "output_messages": [CALL],
    "tools": ["lookup_parcel"],
}
SECOND: Final[Mapping[str, Any]] = {
    **FIRST,
    "usage": Usage(870, 31, 768, 0, 0),
    # 102 x $2.50 + 768 x $1.25 + 31 x $10, per million
    "cost_nano_usd": 255_000 + 960_000 + 310_000,
    "finish_reasons": ("stop",),
    "input_messages": [QUESTION, CALL, RESPONSE],
    "output_messages": [ANSWER],
}
TOOL: Final = {
    "name": "lookup_parcel",
    "call_id": "call_parcel_1",
    "arguments": {"parcel_id": "4711"},
    "result": RESULT,
}
EMBEDDING: Final = {"model": "text-embedding-3-small", "usage": Usage(5), "cost_nano_usd": 100}


def calls_but(**both: Any) -> list[dict[str, Any]]:
    """The two calls, with what a library tells otherwise; a pair is for the first and the second."""
    return [
        {
            **expected,
            **{key: value[i] if isinstance(value, Pair) else value for key, value in both.items()},
        }
        for i, expected in enumerate((FIRST, SECOND))
    ]


FORM: Final = frozenset({"type", "content", "id", "name", "arguments", "response", "is_error"})
"""Fields of the parts that the story has."""


class Pair(tuple[Any, Any]):
    """What differs between the two calls."""


ALL: Final[Mapping[str, Any]] = {
    "calls": calls_but(),
    "tools": [TOOL],
    "embeddings": [EMBEDDING],
    "agents": [],
    "sessions": [],
}
"""Everything, as a library tells that leaves nothing out."""


def told(spans: Sequence[Span]) -> dict[str, Any]:
    """What was understood of a trace, without repetitions."""
    rows = [row_of(span) for span in spans]
    repeated = repeated_calls(rows, [row for row in rows if may_count(row)])
    forms = [(normal_form(span), row) for span, row in zip(spans, rows, strict=True)]
    models = [
        (form, row)
        for form, row in forms
        if row.kind == kinds.MODEL and (row.span_id not in repeated)
    ]
    is_embedding = [
        "embedding" in str(form.request_model or form.response_model) for form, _ in models
    ]
    return {
        "calls": [
            {
                "provider": form.provider,
                "request_model": form.request_model,
                "response_model": form.response_model,
                "usage": form.usage,
                "cost_nano_usd": row.cost_nano_usd,
                "finish_reasons": form.finish_reasons,
                "system_instructions": form.content.get("system_instructions"),
                "input_messages": _bare(form.content.get("input_messages")),
                "output_messages": _bare(form.content.get("output_messages")),
                "tools": [tool["name"] for tool in form.content.get("tool_definitions", ())],
            }
            for (form, row), embeds in zip(models, is_embedding, strict=True)
            if not embeds
        ],
        "tools": [form.content["tool"] for form, row in forms if row.kind == kinds.TOOL],
        "embeddings": [
            {"model": row.model, "usage": form.usage, "cost_nano_usd": row.cost_nano_usd}
            for (form, row), embeds in zip(models, is_embedding, strict=True)
            if embeds
        ],
        "agents": sorted({form.agent for form, _ in forms if form.agent}),
        "sessions": sorted({form.session for form, _ in forms if form.session}),
    }


def outline(spans: Sequence[Span]) -> list[str]:
    """The tree as lines: kind, name and node of each span, indented by depth."""
    depth: dict[str | None, int] = {}
    lines = []
    for span in spans:
        level = depth[span.span_id] = depth.get(span.parent_span_id, -1) + 1
        node = row_of(span).node_id
        lines.append("  " * level + f"{span.kind} {span.name}" + (f" [{node}]" if node else ""))
    return lines


def _bare(messages: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """Messages without what only some libraries add: ids and flags, the tool's name beside its response, the finish
    reason."""
    if messages is None:
        return None
    return [
        {
            "role": message["role"],
            "parts": [
                {
                    key: value
                    for key, value in part.items()
                    if key in FORM and (key != "name" or part["type"] != "tool_call_response")
                }
                for part in message["parts"]
            ],
        }
        for message in messages
    ]
