"""LiveKit's voice agents: `lk.*`, whose content is marked by `lk.pii.` since 2026 and was not before."""

from __future__ import annotations

from typing import Any, Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Read, Reading, Rule, inside
from spanvas.semantics.values import at, parsed

METRICS: Final = "lk.llm_metrics"
KINDS: Final = {
    "llm_request": kinds.MODEL,
    "function_tool": kinds.TOOL,
    "agent_turn": kinds.AGENT,
    "agent_session": kinds.WORKFLOW,
    "job_entrypoint": kinds.OTHER,
    "llm_node": kinds.OTHER,
    "llm_request_run": kinds.OTHER,
}
"""Names of spans; `llm_node` is around a request and `llm_request_run` is one try of it."""
CHAT, TEXT, CALLS = "chat_ctx", "response.text", "response.function_calls"


def _content(name: str) -> tuple[str, str]:
    """Today's name of an attribute, and its former one."""
    return f"lk.pii.{name}", f"lk.{name}"


def _first(reading: Reading, name: str) -> Any:
    attributes = reading.attributes
    return next((attributes[key] for key in _content(name) if key in attributes), None)


def _kind(reading: Reading) -> str | None:
    if not any(name.startswith("lk.") for name in reading.attributes):
        return None
    return KINDS.get(reading.name)


def _asked(reading: Reading) -> list[Any] | None:
    items = at(_first(reading, CHAT), "items")
    return [_message(item) for item in items] if isinstance(items, list) else None


def _message(item: Any) -> Any:
    """An item of a chat context: a message, a call of a function, or its output."""
    if not isinstance(item, dict):
        return item
    kind = item.get("type")
    if kind == "function_call":
        call = {
            "type": "tool_call",
            "id": item.get("call_id"),
            "name": item.get("name"),
            "arguments": item.get("arguments"),
        }
        return {"role": "assistant", "content": [call]}
    if kind == "function_call_output":
        return {
            "role": "tool",
            "tool_call_id": item.get("call_id"),
            "name": item.get("name"),
            "content": item.get("output"),
        }
    return item


def _answered(reading: Reading) -> list[Any] | None:
    text, calls = _first(reading, TEXT), parsed(_first(reading, CALLS))
    items = map(parsed, calls) if isinstance(calls, (list, tuple)) else ()
    found = [call for call in items if isinstance(call, dict)]
    if not text and not found:
        return None
    return [
        {
            "role": "assistant",
            "content": [
                *([{"type": "text", "text": text}] if text else []),
                *(
                    {
                        "type": "tool_call",
                        "id": call.get("call_id"),
                        "name": call.get("name"),
                        "arguments": call.get("arguments"),
                    }
                    for call in found
                ),
            ],
        }
    ]


DIALECT = Dialect(
    name="livekit",
    title="LiveKit Agents",
    origin="livekit-agents 1.6",
    kinds=(
        Rule(
            "by the name of a span with `lk.*`: "
            + "; ".join(f"{name}: {kind}" for name, kind in KINDS.items()),
            _kind,
        ),
    ),
    fields={
        "provider": (inside(METRICS, "metadata/model_provider"),),
        "request_model": (inside(METRICS, "metadata/model_name"),),
        "input_tokens": (inside(METRICS, "prompt_tokens"),),
        "output_tokens": (inside(METRICS, "completion_tokens"),),
        "total_tokens": (inside(METRICS, "total_tokens"),),
        "cache_read_tokens": (inside(METRICS, "prompt_cached_tokens"),),
        "first_token_seconds": ("lk.response.ttft", inside(METRICS, "ttft")),
        "system_instructions": _content("instructions"),
        "input_messages": (Read(f"`lk.pii.{CHAT}`, `lk.{CHAT}`", _asked, _content(CHAT)),),
        "output_messages": (
            Read(
                f"`lk.pii.{TEXT}`, `lk.pii.{CALLS}`, and the same without `pii`",
                _answered,
                (*_content(TEXT), *_content(CALLS)),
            ),
        ),
        "tool_name": ("lk.function_tool.name",),
        "tool_call_id": ("lk.function_tool.id",),
        "tool_arguments": _content("function_tool.arguments"),
        "tool_result": _content("function_tool.output"),
        "input": (*_content("user_input"), *_content("input_text"), *_content("user_transcript")),
        "agent": ("lk.agent_name", "lk.agent_label"),
        "session": ("lk.room_sid", "lk.job_id"),
    },
)
