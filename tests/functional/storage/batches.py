"""Batches of spans as the layer writes them, for the tests of every store."""

from __future__ import annotations

from typing import Any

from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from tests.support.builders import make_span


def batch(
    *spans: Span, execution_id: str = "exec_1", tenant: str = "acme", dropped: int = 0
) -> SpanBatch:
    return SpanBatch(tenant, execution_id, spans, dropped)


def model_span(name: str = "chat", **overrides: Any) -> Span:
    return make_span(
        name,
        kind="model",
        attributes={
            "gen_ai.request.model": "anthropic.claude-sonnet-4-20250514-v1:0",
            "gen_ai.usage.input_tokens": 1000,
            "gen_ai.usage.output_tokens": 100,
            **overrides.pop("attributes", {}),
        },
        **overrides,
    )
