"""Real libraries run, send what they send, and are understood. Needs `.venv-dialects`: `make test-dialects`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dialects.live import node_bodies, python_bodies
from tests.support import story, story_expected
from tests.support.captured import spans_of

STRANDS_LATEST = {
    "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental,gen_ai_span_attributes_only"
}
OLD_FORMAT = {"PYTHONWARNINGS": "ignore"}

PROGRAMS: list[tuple[str, str, dict[str, str]]] = [
    ("openai-genai", "openai_genai", {}),
    ("openai-openinference", "openai_openinference", {}),
    ("openai-traceloop", "openai_traceloop", {}),
    ("langchain-openinference", "langchain_openinference", {}),
    ("langchain-traceloop", "langchain_traceloop", {}),
    ("langchain-langsmith", "langchain_langsmith", {}),
    ("pydantic-agent", "pydantic_agent", {}),
    *(
        ("pydantic-agent", "pydantic_agent", {"STORY_VERSION": version, **OLD_FORMAT})
        for version in "236"
    ),
    ("logfire-openai", "logfire_openai", {}),
    ("strands-bedrock", "strands_bedrock", {}),
    ("strands-bedrock-latest", "strands_bedrock", STRANDS_LATEST),
    ("bedrock-botocore", "bedrock_botocore", {}),
    ("mlflow-spans", "mlflow_spans", {}),
]


@pytest.mark.parametrize(
    ("name", "producer", "environment"),
    PROGRAMS,
    ids=[f"{producer}-{next(iter(env.values()), '')}" for _, producer, env in PROGRAMS],
)
def test_what_a_library_sends_is_understood(
    name: str, producer: str, environment: dict[str, str]
) -> None:
    told = story.told(spans_of(*python_bodies(producer, environment)))

    assert told == _expected(name, told)


def test_what_the_ai_sdk_sends_is_understood() -> None:
    script = Path(__file__).parent / "vercel" / "story.mjs"

    spans = spans_of(*node_bodies(script))

    assert story.told(spans) == story_expected.expected("vercel-6")
    assert story.outline(spans) == list(story_expected.OUTLINES["vercel-6"])


def _expected(name: str, told: dict[str, Any]) -> dict[str, Any]:
    expected = story_expected.expected(name)
    if name.startswith("pydantic"):  # which makes up an id for each run
        expected["sessions"] = told["sessions"]
    return expected
