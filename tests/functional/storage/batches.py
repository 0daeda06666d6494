"""Batches of spans as the layer writes them, for the tests of every store."""

from __future__ import annotations

from spanvas.storage.port import SpanBatch
from tests.builders import make_span


def batch(*spans, execution_id="exec_1", tenant="acme", dropped=0):
    return SpanBatch(tenant, execution_id, spans, dropped)


def model_span(name="chat", **overrides):
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
