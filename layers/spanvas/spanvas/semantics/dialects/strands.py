"""Strands: OpenTelemetry's names and events, whose content is JSON of Bedrock's content blocks."""

from __future__ import annotations

from typing import Any

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import EVENTS, Dialect, Kinds, Read, Reading


def _event(name: str) -> Read:
    def read(reading: Reading) -> Any:
        for event in reading.events:
            if event.name == name:
                return event.attributes.get("content")
        return None

    return Read(f"event `{name}`: `content`", read, needs=(EVENTS,))


DIALECT = Dialect(
    name="strands",
    title="Strands Agents",
    origin="strands-agents 1.62.0, both of its conventions",
    kinds=(
        Kinds(
            names.OPERATION,
            {"execute_event_loop_cycle": kinds.OTHER},
        ),
    ),
    fields={
        "system_instructions": ("system_prompt",),
        "tool_arguments": ("tool.parameters",),
        "tool_result": ("tool.result",),
        "query": (_event("memory.query"),),
        "documents": (_event("memory.results"),),
        "session": ("session.id",),
    },
    notes=(
        "Messages are read as OpenTelemetry's events or attributes; `strands-agents` is no provider, so the model's id "
        "tells whose it is.",
    ),
)
