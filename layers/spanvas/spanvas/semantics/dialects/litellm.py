"""LiteLLM's own callback: OpenTelemetry's names, and the raw request and response as Python writes them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Kinds, Read, Reading, Rule, inside
from spanvas.semantics.values import at, parsed

RAW: Final = "raw_gen_ai_request"
USAGE: Final = "metadata.usage_object"
LONGEST_LITERAL: Final = 200_000
"""Characters of a Python literal that is read; a longer one is shown as it is."""
MODEL_CALLS: Final = (
    "completion", "text_completion", "embedding", "responses", "anthropic_messages", "generate_content",
    "generate_content_stream", "image_generation", "image_edit", "transcription", "speech",
)  # fmt: skip
"""LiteLLM's names of its functions, which stand for operations; an awaited one begins with `a`."""
ASKED: Final = ("messages", "contents", "input", "prompt")
ANSWERED: Final = ("choices", "content", "candidates", "output")


def literal(value: Any) -> Any:
    """The value of a text that Python's `repr` made: `{'a': None}`; any other value as it is, JSON as its value."""
    value = parsed(value)
    if not isinstance(value, str) or value[:1] not in ("[", "{") or len(value) > LONGEST_LITERAL:
        return value
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


def _raw(shown: str, members: tuple[str, ...], *, is_listed: bool = True) -> Read:
    """A member of the raw request or response, whose name has the provider's in it: `llm.openai.messages`."""

    def read(reading: Reading) -> Any:
        if reading.name != RAW:
            return None
        for member in members:
            for name, value in reading.attributes.items():
                if name.startswith("llm.") and name.endswith(f".{member}") and name.count(".") == 2:
                    found = literal(value)
                    return found if not is_listed or isinstance(found, (list, tuple)) else [found]
        return None

    return Read(shown, read, tuple(f"llm.x.{member}" for member in members))


def _answered(reading: Reading) -> Any:
    found = _RAW_ANSWER.read(reading)
    if isinstance(found, list) and found and all(_is_block(item) for item in found):
        return [{"role": "assistant", "content": found}]  # Anthropic's: the blocks of one message
    return found


def _is_block(item: Any) -> bool:
    return isinstance(item, Mapping) and "type" in item and "role" not in item


_RAW_ANSWER: Final = _raw("", ANSWERED)


def _usage(*paths: str) -> Read:
    def read(reading: Reading) -> Any:
        given = reading.attributes.get(USAGE)
        found = literal(given) if given else None
        for path in paths:
            number = at(found, *path.split("/"))
            if number is not None:
                return number
        return None

    shown = ", ".join(f"`{path.replace('/', '.')}`" for path in paths)
    return Read(f"`{USAGE}`: {shown}", read, (USAGE,))


def _kind(reading: Reading) -> str | None:
    return kinds.OTHER if reading.name == RAW else None


DIALECT = Dialect(
    name="litellm",
    title="LiteLLM",
    origin="litellm 1.110.2, its callback `otel`",
    kinds=(
        Rule(f"the span `{RAW}`, which repeats the call above it: other", _kind),
        Kinds(
            names.OPERATION,
            {
                **{form + call: kinds.MODEL for call in MODEL_CALLS for form in ("", "a")},
                **dict.fromkeys(("rerank", "arerank", "search", "asearch"), kinds.RETRIEVAL),
            },
        ),
    ),
    fields={
        "cost": ("gen_ai.cost.total_cost", inside("hidden_params", "response_cost")),
        "input_tokens": (_usage("prompt_tokens"),),
        "output_tokens": (_usage("completion_tokens"),),
        "total_tokens": (_usage("total_tokens"),),
        "cache_read_tokens": (
            _usage("prompt_tokens_details/cached_tokens", "cache_read_input_tokens"),
        ),
        "cache_write_tokens": (
            _usage("prompt_tokens_details/cache_creation_tokens", "cache_creation_input_tokens"),
        ),
        "reasoning_tokens": (_usage("completion_tokens_details/reasoning_tokens"),),
        "input_messages": (
            _raw(f"`llm.N.{'`, `llm.N.'.join(ASKED)}` of `{RAW}`, where N is the provider", ASKED),
        ),
        "output_messages": (
            Read(
                f"`llm.N.{'`, `llm.N.'.join(ANSWERED)}` of `{RAW}`",
                _answered,
                tuple(f"llm.x.{member}" for member in ANSWERED),
            ),
        ),
        "tool_definitions": (_raw(f"`llm.N.tools` of `{RAW}`", ("tools",)),),
        "session": ("metadata.litellm_session_id", "litellm.session_id"),
    },
)
