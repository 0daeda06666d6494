"""The dialects, in the order in which they are believed, and how each is recognised without being imported."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Final

from spanvas.semantics.dialect import Dialect

ORDER: Final = (
    "own",
    "otel",
    "openinference",
    "traceloop",
    "langsmith",
    "pydantic_ai",
    "vercel",
    "strands",
    "google_adk",
    "mlflow",
    "aws_durable",
)
"""Of two that give a value, the first is believed: a span that speaks two dialects is counted once."""

BY_FIRST_WORD: Final = {
    "spanvas": ("own",),
    "gen_ai": ("otel",),
    **dict.fromkeys(
        (
            "openinference", "input", "output", "embedding", "retrieval", "reranker", "document", "graph", "tool",
            "session", "message", "metadata",
        ),
        ("openinference",),
    ),
    "llm": ("openinference", "traceloop"),
    "traceloop": ("traceloop",),
    "db": ("traceloop",),
    "langsmith": ("langsmith",),
    **dict.fromkeys(
        (
            "pydantic_ai", "logfire", "operation", "all_messages_events", "events", "final_result", "tool_arguments",
            "tool_response", "request_data", "response_data", "model_request_parameters", "agent_name", "model_name",
        ),
        ("pydantic_ai",),
    ),
    "ai": ("vercel",),
    "gcp": ("google_adk",),
    "system_prompt": ("strands",),
    "mlflow": ("mlflow",),
    "durable": ("aws_durable",),
}  # fmt: skip
"""First word of an attribute's name -> dialects that write such names."""

BY_SCOPE: Final = {
    "strands.telemetry.tracer": ("strands",),
    "gcp.vertex.agent": ("google_adk",),
    "ai": ("vercel",),
}
"""Instrumentation scope -> dialects whose names do not tell."""


def dialects_of(first_words: Iterable[str], scope_name: str) -> tuple[Dialect, ...]:
    """The dialects of a span, in order."""
    words = set(first_words)
    named = {name for word in words for name in BY_FIRST_WORD.get(word, ())}
    if "llm" in words and "openinference" in words and not words & {"traceloop", "gen_ai", "db"}:
        named.discard("traceloop")
    named.update(BY_SCOPE.get(scope_name, ()))
    return tuple(load(name) for name in ORDER if name in named)


def load(name: str) -> Dialect:
    module = import_module(f"spanvas.semantics.dialects.{name}")
    dialect: Dialect = module.DIALECT
    return dialect
