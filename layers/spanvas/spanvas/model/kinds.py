"""What a span stands for in a workflow run (not OpenTelemetry's SpanKind, which is `otel_kind`)."""

from __future__ import annotations

from typing import Final

WORKFLOW: Final = "workflow"
INVOCATION: Final = "invocation"
NODE: Final = "node"
ATTEMPT: Final = "attempt"
MAP: Final = "map"
ITEM: Final = "item"
MODEL: Final = "model"
TOOL: Final = "tool"
RETRIEVAL: Final = "retrieval"
AGENT: Final = "agent"
HTTP: Final = "http"
ARTIFACT: Final = "artifact"
OTHER: Final = "other"

KINDS: Final = (
    WORKFLOW, INVOCATION, NODE, ATTEMPT, MAP, ITEM, MODEL, TOOL, RETRIEVAL, AGENT, HTTP, ARTIFACT, OTHER,
)  # fmt: skip

DURABLE_AT_START: Final = frozenset({WORKFLOW, INVOCATION, NODE})
"""Kinds that are written when they start, so that a killed function leaves a trace of where it was."""
