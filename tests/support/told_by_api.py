"""What the API says of a run: names, calls, tools, messages, in the form in which tests expect them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.model import kinds
from spanvas.model.ids import as_name
from tests.support.received_runs import Run

ERRORS: Final = ("error", "status_message", "events")
COUNTS: Final = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


def named(run: Run) -> dict[str, Any]:
    """Workflow, session and status of the execution."""
    return {
        "workflow": run.summary["workflow_name"],
        "session": run.summary.get("session_id"),
        "status": run.summary["status"],
    }


def nodes(run: Run) -> list[str]:
    """Each node once, in the order of the tree."""
    return list(dict.fromkeys(row["node_id"] for row in run.rows if row.get("node_id")))


def node_ids(names: Sequence[str]) -> list[str]:
    return [as_name(name) for name in names]


def calls(run: Run) -> list[dict[str, Any]]:
    """Each span of a model, also those that say of a call what another span says."""
    return [
        {
            "model": span.get("model"),
            "usage": span.get("usage"),
            "cost_nano_usd": span["cost"]["nano_usd"] if "cost" in span else None,
            "error": json.dumps(span["error"]) if "error" in span else None,
        }
        for span in run.spans_of_kind(kinds.MODEL)
    ]


def is_told(expected: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a span says of a call what is expected; of its error a part."""
    if "error" in expected:
        is_model = "model" not in expected or said["model"] == expected["model"]
        return is_model and expected["error"] in (said["error"] or "")
    return said["error"] is None and all(said[key] == value for key, value in expected.items())


def totals(run: Run) -> dict[str, int]:
    """Tokens and cost as the row of the execution counts them."""
    counters = run.summary["counters"]
    return {key: counters.get(key, 0) for key in (*COUNTS, "cost_nano_usd", "unpriced")}


def sums(expected: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """The totals of calls, each counted once; one that reports nothing counts as unpriced."""
    usages = [call["usage"] for call in expected if call.get("usage")]
    return {
        **{key: sum(usage.get(key, 0) for usage in usages) for key in COUNTS},
        "cost_nano_usd": sum(call.get("cost_nano_usd", 0) for call in expected),
        "unpriced": sum("error" not in call and "cost_nano_usd" not in call for call in expected),
    }


def tools(run: Run) -> list[dict[str, Any]]:
    return [
        {**span.get("content", {}).get("tool", {}), "error": span.get("error", {}).get("type")}
        for span in run.spans_of_kind(kinds.TOOL)
    ]


def not_alike(
    expected: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """What is expected and not said, and what is said and not expected, whatever their order; an expectation may leave
    keys out, but not that there is no error."""
    missing: list[Mapping[str, Any]] = []
    left = list(said)
    for item in ({"error": None, **item} for item in expected):
        alike = (one for one in left if all(one.get(key) == item[key] for key in item))
        found = next(alike, None)
        if found is None:
            missing.append(item)
        else:
            left.remove(found)
    return missing, left


def parts(span: Mapping[str, Any], which: str) -> list[dict[str, Any]]:
    """The parts of all messages of a span, one after the other."""
    messages = span.get("content", {}).get(which, ())
    return [part for message in messages for part in message["parts"]]


def messages(span: Mapping[str, Any]) -> dict[str, Any]:
    """Roles, parts and tool calls of the messages of a model call."""
    came_in = span.get("content", {}).get("input_messages", ())
    came_out = parts(span, "output_messages")
    return {
        "input_roles": [message["role"] for message in came_in],
        "input_parts": [part["type"] for part in parts(span, "input_messages")],
        "output_parts": [part["type"] for part in came_out],
        "tool_calls": [
            {key: part.get(key) for key in ("name", "arguments")}
            for part in came_out
            if part["type"] == "tool_call"
        ],
    }


def texts_out(run: Run) -> list[str]:
    """Everything that came out of the run's spans, as text."""
    contents = [span.get("content", {}) for span in run.spans]
    return [
        json.dumps(content.get(key), ensure_ascii=False)
        for content in contents
        for key in ("output_messages", "output")
    ]


def without_errors(answer: Mapping[str, Any]) -> str:
    """An answer about a trace or a span as text, without what an exception says, which is no content."""
    kept = {key: value for key, value in answer.items() if key not in ERRORS}
    if "rows" in kept:
        kept["rows"] = [{k: v for k, v in row.items() if k not in ERRORS} for row in kept["rows"]]
        kept["execution"] = {k: v for k, v in kept["execution"].items() if k != "cause"}
    return json.dumps(kept, ensure_ascii=False)
