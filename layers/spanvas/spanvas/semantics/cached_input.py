"""Whose input tokens leave out what was read from or written into the cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

EXCLUSIVE_SCOPES: Final = frozenset({"opentelemetry.instrumentation.botocore.bedrock-runtime"})
"""Instrumentations that pass on Bedrock's own counts: `inputTokens` without what came from or went into the cache."""

AI_SDK: Final = "ai.model.provider"
DETAILS: Final = tuple(
    f"ai.usage.inputTokenDetails.{name}Tokens" for name in ("noCache", "cacheRead", "cacheWrite")
)


def leaves_cache_out(attributes: Mapping[str, Any], scope_name: str) -> bool:
    """Returns whether input tokens are the provider's own, without what was cached.

    The AI SDK passes on those of Anthropic and Bedrock up to version 5. Version 6 adds cached tokens to them, and says
    so by details of the input.
    """
    if scope_name in EXCLUSIVE_SCOPES:
        return True
    provider = attributes.get(AI_SDK)
    if not isinstance(provider, str) or any(name in attributes for name in DETAILS):
        return False
    return "anthropic" in provider or "bedrock" in provider
