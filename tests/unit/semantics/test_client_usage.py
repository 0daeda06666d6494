"""Tokens as client libraries report them, each in its own words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from spanvas.semantics.client_usage import usage_in

CASES: dict[str, tuple[dict[str, Any], dict[str, int]]] = {
    "openai chat": (
        {
            "prompt_tokens": 11,
            "completion_tokens": 7,
            "total_tokens": 18,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": None},
            "completion_tokens_details": {"reasoning_tokens": 2},
        },
        {"input_tokens": 11, "output_tokens": 7, "cache_read_tokens": 4, "reasoning_tokens": 2},
    ),
    "openai responses": (
        {
            "input_tokens": 11,
            "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 7,
            "output_tokens_details": {"reasoning_tokens": 2},
        },
        {"input_tokens": 11, "output_tokens": 7, "cache_read_tokens": 4, "reasoning_tokens": 2},
    ),
    "anthropic, whose input leaves the cache out": (
        {
            "input_tokens": 11,
            "output_tokens": 7,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 30,
        },
        {
            "input_tokens": 141,
            "output_tokens": 7,
            "cache_read_tokens": 100,
            "cache_write_tokens": 30,
        },
    ),
    "cohere, whose bill is what costs": (
        {
            "billed_units": {"input_tokens": 11.0, "output_tokens": 7.0},
            "tokens": {"input_tokens": 75.0, "output_tokens": 9.0},
            "cached_tokens": 4.0,
        },
        {"input_tokens": 11, "output_tokens": 7, "cache_read_tokens": 4},
    ),
    "cohere without a bill": (
        {"billed_units": None, "tokens": {"input_tokens": 75, "output_tokens": 9}},
        {"input_tokens": 75, "output_tokens": 9},
    ),
    "anthropic without a cache": (
        {
            "input_tokens": 11,
            "output_tokens": 7,
            "cache_read_input_tokens": None,
            "cache_creation_input_tokens": 0,
        },
        {"input_tokens": 11, "output_tokens": 7, "cache_write_tokens": 0},
    ),
    "bedrock converse": (
        {
            "inputTokens": 11,
            "outputTokens": 7,
            "totalTokens": 118,
            "cacheReadInputTokens": 100,
            "cacheWriteInputTokens": 0,
        },
        {
            "input_tokens": 111,
            "output_tokens": 7,
            "cache_read_tokens": 100,
            "cache_write_tokens": 0,
        },
    ),
    "gemini, whose output leaves thoughts out": (
        {
            "prompt_token_count": 11,
            "candidates_token_count": 7,
            "thoughts_token_count": 20,
            "cached_content_token_count": 4,
            "tool_use_prompt_token_count": 3,
        },
        {"input_tokens": 14, "output_tokens": 27, "cache_read_tokens": 4, "reasoning_tokens": 20},
    ),
    "gemini over http": (
        {"promptTokenCount": 11, "candidatesTokenCount": 7},
        {"input_tokens": 11, "output_tokens": 7},
    ),
    "ollama": ({"prompt_eval_count": 11, "eval_count": 7}, {"input_tokens": 11, "output_tokens": 7}),
    "langchain": (
        {
            "input_tokens": 11,
            "output_tokens": 7,
            "input_token_details": {"cache_read": 4, "cache_creation": 1},
            "output_token_details": {"reasoning": 2},
        },
        {
            "input_tokens": 11,
            "output_tokens": 7,
            "cache_read_tokens": 4,
            "cache_write_tokens": 1,
            "reasoning_tokens": 2,
        },
    ),
    "ours": (
        {"input_tokens": 11, "output_tokens": 7, "cache_read_tokens": 4, "reasoning_tokens": 0},
        {"input_tokens": 11, "output_tokens": 7, "cache_read_tokens": 4, "reasoning_tokens": 0},
    ),
    "litellm, whose prompt has the cache in it": (
        {"prompt_tokens": 111, "completion_tokens": 7, "cache_read_input_tokens": 100},
        {"input_tokens": 111, "output_tokens": 7},
    ),
    "whole numbers in other types": (
        {"input_tokens": 11.0, "output_tokens": Decimal(7), "reasoning_tokens": " 2 "},
        {"input_tokens": 11, "output_tokens": 7, "reasoning_tokens": 2},
    ),
    "half a report": ({"completion_tokens": 7}, {"output_tokens": 7}),
    "none": ({}, {}),
    "what is no count": (
        {"input_tokens": 1.5, "output_tokens": True, "cache_read_tokens": "many", "reasoning_tokens": -1},
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_usage_is_read_in_the_terms_of_the_conventions(case: str) -> None:
    usage, expected = CASES[case]
    assert usage_in(usage) == expected
