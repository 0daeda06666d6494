"""Names of providers in OpenTelemetry's spelling, from the many that are written."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

SPELLINGS: Final = {
    "amazon": "aws.bedrock",
    "amazon-bedrock": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock",
    "anthropic_bedrock": "aws.bedrock",
    "aws": "aws.bedrock",
    "az.ai.inference": "azure.ai.inference",
    "az.ai.openai": "azure.ai.openai",
    "azure": "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "chatbedrock": "aws.bedrock",
    "fireworks-ai": "fireworks",
    "gcp.gemini": "gcp.gemini",
    "gemini": "gcp.gemini",
    "google": "gcp.gen_ai",
    "google-gla": "gcp.gemini",
    "google-vertex": "gcp.vertex_ai",
    "google.generative-ai": "gcp.gemini",
    "google.vertex": "gcp.vertex_ai",
    "google_anthropic_vertex": "gcp.vertex_ai",
    "google_genai": "gcp.gen_ai",
    "google_vertexai": "gcp.vertex_ai",
    "ibm": "ibm.watsonx.ai",
    "mistral": "mistral_ai",
    "mistral-ai": "mistral_ai",
    "mistralai": "mistral_ai",
    "moonshot": "moonshot_ai",
    "moonshotai": "moonshot_ai",
    "vertex": "gcp.vertex_ai",
    "vertex_ai": "gcp.vertex_ai",
    "vertexai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "x-ai": "x_ai",
    "xai": "x_ai",
}
"""Lower case -> https://opentelemetry.io/schemas/gen-ai/1.42.0, `gen_ai.provider.name`."""

FRAMEWORKS: Final = frozenset(
    {
        "agent", "gcp.vertex.agent", "langchain", "langgraph", "litellm", "llama_index", "llamaindex",
        "microsoft.agent_framework", "none", "openai-agents", "pydantic_ai", "spring_ai", "strands", "strands-agents",
        "unknown",
    }
)  # fmt: skip
"""What frameworks write in the place of a provider: it says nothing about who ran the model."""

INTERFACES: Final = frozenset(
    {
        "chat", "completion", "completions", "embedding", "embeddings", "image", "messages", "responses", "speech",
        "transcription",
    }
)  # fmt: skip
"""The AI SDK adds which of a provider's interfaces was called: `openai.chat`."""


@lru_cache(maxsize=1024)
def spelt(provider: str) -> str | None:
    """Returns OpenTelemetry's name of a provider; None for a framework. Unknown names are kept, in lower case."""
    name = provider[:200].strip().lower()
    head, _, interface = name.rpartition(".")
    if interface in INTERFACES:
        name = head
    if name in FRAMEWORKS:
        return None
    return SPELLINGS.get(name, name) or None
