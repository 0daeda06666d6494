"""What senders mean by their token counts, where that is not what the conventions say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas.semantics.values import at, count, parsed

EXCLUSIVE_SCOPES: Final = frozenset({"opentelemetry.instrumentation.botocore.bedrock-runtime"})
"""Instrumentations that pass on Bedrock's own counts: `inputTokens` without what came from or went into the cache."""

AI_SDK: Final = "ai.model.provider"
AI_SDK_METADATA: Final = "ai.response.providerMetadata"
DETAILS: Final = tuple(
    f"ai.usage.inputTokenDetails.{name}Tokens" for name in ("noCache", "cacheRead", "cacheWrite")
)
EXCLUSIVE_PROVIDERS: Final = ("anthropic", "bedrock")


def leaves_cache_out(
    attributes: Mapping[str, Any], scope_name: str, counts: Sequence[int | None]
) -> bool:
    """Returns whether input tokens are the provider's own, without what was cached.

    The AI SDK passes on those of Anthropic and Bedrock up to version 5. Version 6 adds cached tokens to them, and says
    so by details of the input. What Anthropic itself reported, which the provider's metadata hold, tells of any
    version. `counts`: input, output, cache read and cache write.
    """
    if scope_name in EXCLUSIVE_SCOPES:
        return True
    provider = attributes.get(AI_SDK)
    if not isinstance(provider, str) or any(name in attributes for name in DETAILS):
        return False
    metadata = parsed(attributes.get(AI_SDK_METADATA))
    reported = count(at(metadata, "anthropic", "usage", "input_tokens"))
    given, _, read, write = counts[:4]
    if reported is not None and given is not None:
        if given == reported:
            return True
        if given == reported + (read or 0) + (write or 0):
            return False
    of_metadata = metadata if isinstance(metadata, dict) else ()
    return any(name in provider or name in of_metadata for name in EXCLUSIVE_PROVIDERS)
