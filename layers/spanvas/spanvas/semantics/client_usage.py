"""The usage of a model call as client libraries report it, in the conventions' terms.

Read are OpenAI's (chat and Responses), Anthropic's, Bedrock Converse's, Gemini's, Cohere's, Ollama's, LangChain's and
ours. In the conventions, input includes what was read from and written into the cache, and output includes reasoning.
Anthropic and Bedrock leave the cache out of their input, and Gemini reasoning out of its output: these are added.
Sources: the API references of these, of autumn 2026; LangChain's `UsageMetadata`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spanvas.semantics.values import at, count

Path = tuple[str, ...]


class Names(NamedTuple):
    """Where one way to report usage has its numbers: each path is tried in turn."""

    input: tuple[Path, ...]
    output: tuple[Path, ...]
    cache_read: tuple[Path, ...] = ()
    cache_write: tuple[Path, ...] = ()
    reasoning: tuple[Path, ...] = ()
    besides_input: tuple[Path, ...] = ()
    """Tokens that this input leaves out."""
    besides_output: tuple[Path, ...] = ()
    """Tokens that this output leaves out."""


def _names(*names: str) -> tuple[Path, ...]:
    return tuple(tuple(name.split("/")) for name in names)


OPENAI: Final = Names(
    _names("prompt_tokens", "promptTokens"),
    _names("completion_tokens", "completionTokens"),
    _names("prompt_tokens_details/cached_tokens", "cached_tokens", "prompt_cache_hit_tokens"),
    _names(
        "prompt_tokens_details/cache_write_tokens", "prompt_tokens_details/cache_creation_tokens"
    ),
    _names("completion_tokens_details/reasoning_tokens"),
)
BEDROCK: Final = Names(
    _names("inputTokens"),
    _names("outputTokens"),
    _names("cacheReadInputTokens", "cacheReadInputTokenCount"),
    _names("cacheWriteInputTokens", "cacheWriteInputTokenCount"),
    besides_input=_names("cacheReadInputTokens", "cacheWriteInputTokens"),
)
ANTHROPIC: Final = Names(
    _names("input_tokens"),
    _names("output_tokens"),
    _names("cache_read_input_tokens"),
    _names("cache_creation_input_tokens"),
    _names("output_tokens_details/thinking_tokens"),
    besides_input=_names("cache_read_input_tokens", "cache_creation_input_tokens"),
)
RESPONSES: Final = Names(
    _names("input_tokens"),
    _names("output_tokens"),
    _names(
        "cache_read_tokens", "input_tokens_details/cached_tokens", "input_token_details/cache_read",
        "cache_read_input_tokens",
    ),
    _names("cache_write_tokens", "input_tokens_details/cache_write_tokens", "input_token_details/cache_creation"),
    _names("reasoning_tokens", "output_tokens_details/reasoning_tokens", "output_token_details/reasoning"),
)  # fmt: skip
"""Of OpenAI's Responses, LangChain's and ours."""
GEMINI: Final = Names(
    _names("prompt_token_count", "promptTokenCount"),
    _names("candidates_token_count", "candidatesTokenCount", "response_token_count", "responseTokenCount"),
    _names("cached_content_token_count", "cachedContentTokenCount"),
    reasoning=_names("thoughts_token_count", "thoughtsTokenCount"),
    besides_input=_names("tool_use_prompt_token_count", "toolUsePromptTokenCount"),
    besides_output=_names("thoughts_token_count", "thoughtsTokenCount"),
)  # fmt: skip
COHERE: Final = Names(
    _names("billed_units/input_tokens", "tokens/input_tokens"),
    _names("billed_units/output_tokens", "tokens/output_tokens"),
    _names("cached_tokens"),
)
"""What is billed goes before what was processed: the cost is of that."""
OLLAMA: Final = Names(_names("prompt_eval_count"), _names("eval_count"))
WAYS: Final = (OPENAI, BEDROCK, GEMINI, COHERE, OLLAMA)
TOP_NAMES: Final = frozenset(
    path[0] for way in (*WAYS, ANTHROPIC, RESPONSES) for paths in way for path in paths
)
"""Every field of a usage that is read."""


def usage_in(usage: Mapping[str, Any]) -> dict[str, int]:
    """Returns `input_tokens`, `output_tokens`, `cache_read_tokens`, `cache_write_tokens` and `reasoning_tokens`, as far
    as they were reported; nothing where that is said in no way that is known."""
    for way in (*WAYS, ANTHROPIC if _is_anthropics(usage) else RESPONSES):
        found = _read(usage, way)
        if "input_tokens" in found or "output_tokens" in found:
            return found
    return _read(usage, RESPONSES)


def _is_anthropics(usage: Mapping[str, Any]) -> bool:
    return "cache_read_input_tokens" in usage or "cache_creation_input_tokens" in usage


def _read(usage: Mapping[str, Any], way: Names) -> dict[str, int]:
    numbers = {
        "input_tokens": _sum(_first(usage, way.input), usage, way.besides_input),
        "output_tokens": _sum(_first(usage, way.output), usage, way.besides_output),
        "cache_read_tokens": _first(usage, way.cache_read),
        "cache_write_tokens": _first(usage, way.cache_write),
        "reasoning_tokens": _first(usage, way.reasoning),
    }
    return {name: number for name, number in numbers.items() if number is not None}


def _sum(number: int | None, usage: Mapping[str, Any], besides: tuple[Path, ...]) -> int | None:
    if number is None:
        return None
    return number + sum(found for path in besides if (found := _number(usage, path)) is not None)


def _first(usage: Mapping[str, Any], paths: tuple[Path, ...]) -> int | None:
    for path in paths:
        found = _number(usage, path)
        if found is not None:
            return found
    return None


def _number(usage: Mapping[str, Any], path: Path) -> int | None:
    return count(at(usage, *path))
