from __future__ import annotations

import pytest

from spanvas.semantics.providers import FRAMEWORKS, SPELLINGS, spelt

KNOWN = {
    "openai", "anthropic", "aws.bedrock", "azure.ai.openai", "azure.ai.inference", "gcp.gemini", "gcp.vertex_ai",
    "gcp.gen_ai", "cohere", "deepseek", "groq", "ibm.watsonx.ai", "mistral_ai", "moonshot_ai", "perplexity", "x_ai",
    "fireworks",
}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("openai", "openai"),
        (" OpenAI ", "openai"),
        ("openai.chat", "openai"),
        ("openai.responses", "openai"),
        ("anthropic.messages", "anthropic"),
        ("google.generative-ai", "gcp.gemini"),
        ("google.vertex.chat", "gcp.vertex_ai"),
        ("amazon-bedrock", "aws.bedrock"),
        ("mistralai", "mistral_ai"),
        ("mistral.chat", "mistral_ai"),
        ("xai", "x_ai"),
        ("az.ai.openai", "azure.ai.openai"),
        ("azure.chat", "azure.ai.openai"),
        ("aws.bedrock", "aws.bedrock"),
        ("somebody.new", "somebody.new"),
        ("langchain", None),
        ("strands-agents", None),
        ("unknown", None),
        ("", None),
        (".chat", None),
    ],
)
def test_a_provider_has_one_name(written: str, name: str | None) -> None:
    assert spelt(written) == name


def test_every_spelling_leads_to_a_name_of_the_conventions() -> None:
    assert set(SPELLINGS.values()) <= KNOWN
    assert not FRAMEWORKS & KNOWN
    assert all(spelt(name) == name for name in KNOWN)
