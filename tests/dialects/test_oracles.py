"""The normal form against what others make of the same spans; where they differ, it says why, and so does
docs/explanation/how-others-read-spans.md."""

from __future__ import annotations

import json
import subprocess
from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from spanvas.model import kinds
from spanvas.model.span import Span
from tests.dialects.live import PRODUCERS, PYTHON, ROOT
from tests.support.captured import FOLDER, captured
from tests.support.normal_form import NormalForm, normal_form

PAGE = ROOT / "docs" / "explanation" / "how-others-read-spans.md"
CAPTURED = sorted(path.stem for path in FOLDER.glob("*.pb"))
OPENINFERENCE = [name for name in CAPTURED if name.endswith("openinference")]


@cache
def answered() -> dict[str, dict[str, Any]]:
    """What they make of every captured span, by its id; asked once, as their imports take seconds."""
    spans = [span for name in CAPTURED for span in captured(name)]
    asked = json.dumps([dict(span.attributes) for span in spans], default=str)
    done = subprocess.run(
        [str(PYTHON), str(PRODUCERS / "oracles.py")],
        input=asked,
        capture_output=True,
        text=True,
        check=True,
    )
    given = json.loads(done.stdout)
    return {span.span_id: answer for span, answer in zip(spans, given, strict=True)}


NOT_CONVERTED = {
    "dialects": "it is another dialect",
    "workflow": "OpenInference has none, and neither has its conversion",
    "node_id": "OpenTelemetry has no name for a graph's nodes",
    "content.input": "OpenTelemetry has no name for what is no message",
    "content.output": "OpenTelemetry has no name for what is no message",
}
OF_MODELS = {
    "content.input_messages": "the name of a tool that answers stands in its message there, and here in its result",
    "request_model": "the parameters of the call say what was asked for; it takes `llm.model_name`, which answered",
    "response_model": "it reads the answering model from OpenAI's responses alone",
    "usage": "it has no name for reasoning tokens; all other counts are the same",
    "finish_reasons": "`tool_calls` becomes `tool_call`, OpenTelemetry's spelling, or is inferred from the message",
}
OF_OTHERS = {
    "content.input_messages": "of a chain it converts the message that the chain repeats, not all that it was given",
    "content.output_messages": "of a chain it converts none, though it returned some",
    "content.tool": "it drops an argument that is no JSON object",
}


@pytest.mark.parametrize("name", OPENINFERENCE)
def test_openinference_and_its_conversion_to_opentelemetry_read_the_same(name: str) -> None:
    spans = captured(name)
    seen: set[str] = set()
    for span in spans:
        ours = normal_form(span)
        converted = answered()[span.span_id]["openinference"]
        attributes = {**converted, "spanvas.kind": span.kind}
        theirs = normal_form(
            Span(span.trace_id, span.span_id, None, span.name, span.kind, 0, attributes=attributes)
        )
        allowed = {**NOT_CONVERTED, **(OF_MODELS if span.kind == kinds.MODEL else OF_OTHERS)}
        differing = set(_differences(ours, theirs))
        assert differing <= set(allowed), (span.name, differing - set(allowed))
        seen |= differing
        if span.kind == kinds.MODEL and "llm.token_count.prompt" in span.attributes:
            assert ours.usage is not None
            assert theirs.usage == ours.usage._replace(reasoning_tokens=0)
    assert seen


def _differences(ours: NormalForm, theirs: NormalForm) -> list[str]:
    found = [
        field.name
        for field in fields(NormalForm)
        if field.name != "content" and getattr(ours, field.name) != getattr(theirs, field.name)
    ]
    for key in {*ours.content, *theirs.content}:
        if _without_names(ours.content.get(key)) != _without_names(theirs.content.get(key)):
            found.append(f"content.{key}")
    return found


def _without_names(value: Any) -> Any:
    """Its conversion leaves out a tool's name beside its response, and adds finish reasons to messages."""
    if isinstance(value, list):
        return [_without_names(item) for item in value]
    if isinstance(value, dict):
        is_response = value.get("type") == "tool_call_response"
        return {
            key: _without_names(item)
            for key, item in value.items()
            if key != "finish_reason" and not (is_response and key == "name")
        }
    return value


TYPES = {
    "AGENT": {kinds.AGENT},
    "CHAIN": {kinds.OTHER},
    "CHAT_MODEL": {kinds.MODEL},
    "EMBEDDING": {kinds.MODEL},
    "LLM": {kinds.MODEL},
    "TASK": {kinds.NODE, kinds.OTHER},
    "TOOL": {kinds.TOOL},
    "WORKFLOW": {kinds.WORKFLOW},
}
OTHERWISE = {
    ("CHAIN", kinds.NODE): "a chain named as its LangGraph node is that node",
    ("AGENT", kinds.NODE): "an agent named as its LangGraph node is that node",
    ("CHAIN", kinds.WORKFLOW): "the chain at the top is the workflow",
    ("LLM", kinds.AGENT): "ai.generateText wraps the calls below it, which report the same tokens",
    ("EMBEDDING", kinds.OTHER): "ai.embed wraps the call below it",
}


NOT_KNOWN_TO_MLFLOW = {
    "kind": "LangSmith's kinds, Strands' cycles and the spans of the Agent Development Kit itself",
    "model": "`unknown`, which an instrumentation writes where it cannot tell, it takes for a name",
    "usage": "the AI SDK's own names, and MLflow's own spans",
    "cache": "it takes Bedrock's count, which leaves out what came from the cache, for the whole input",
}


@pytest.mark.parametrize("name", CAPTURED)
def test_mlflow_takes_spans_for_the_same(name: str) -> None:
    spans = [span for span in captured(name) if not span.scope_name.startswith("mlflow")]
    for span in spans:
        theirs = answered()[span.span_id]["mlflow"]["type"]
        if theirs is None:
            continue  # as NOT_KNOWN_TO_MLFLOW says of kinds
        assert span.kind in TYPES[theirs] or (theirs, span.kind) in OTHERWISE, span.name


@pytest.mark.parametrize("name", CAPTURED)
def test_mlflow_reads_the_same_models_and_tokens(name: str) -> None:
    spans = [span for span in captured(name) if span.kind == kinds.MODEL]
    for span in spans:
        ours, theirs = normal_form(span), answered()[span.span_id]["mlflow"]
        assert theirs["model"] in (None, "unknown", ours.response_model, ours.request_model)
        usage = theirs["usage"]
        if usage is None:
            continue  # as NOT_KNOWN_TO_MLFLOW says of usage
        assert ours.usage is not None
        if span.scope_name.startswith("opentelemetry.instrumentation.botocore"):
            # as NOT_KNOWN_TO_MLFLOW says of the cache
            cached = ours.usage.cache_read_tokens + ours.usage.cache_write_tokens
            assert usage["input_tokens"] + cached == ours.usage.input_tokens
        else:
            assert usage["input_tokens"] == ours.usage.input_tokens
        assert usage.get("output_tokens") == ours.usage.output_tokens
        if "cache_read_input_tokens" in usage:
            assert usage["cache_read_input_tokens"] == ours.usage.cache_read_tokens


def test_every_difference_is_on_the_page_with_its_reason() -> None:
    page = " ".join(PAGE.read_text("utf-8").split())
    for reasons in (NOT_CONVERTED, OF_MODELS, OF_OTHERS):
        for field, reason in reasons.items():
            assert f"| `{field}` | {reason} |" in page
    for (theirs, ours), reason in OTHERWISE.items():
        assert f"| `{theirs}` | `{ours}` | {reason} |" in page
    for reason in NOT_KNOWN_TO_MLFLOW.values():
        assert reason in page
