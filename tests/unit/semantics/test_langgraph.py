"""Two LangGraph runs that real instrumentations recorded: every message, tool call and token count that is in them is
understood.

The expectation is taken from the files by OpenTelemetry's protobuf classes and Python's `json` alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas.model import kinds
from spanvas.model.completeness import completeness_of
from spanvas.model.execution import count
from spanvas.semantics.content import content_of
from spanvas.semantics.summary import row_of
from tests.support.builders import make_execution
from tests.support.captured import FOLDER, captured, value_of
from tests.support.normal_form import normal_form

FILES = ("langgraph-openinference", "langgraph-traceloop")


def raw_spans(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Span id, name and attributes as the file has them."""
    request = ExportTraceServiceRequest.FromString((FOLDER / f"{name}.pb").read_bytes())
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                values = {pair.key: value_of(pair.value) for pair in span.attributes}
                yield span.span_id.hex(), span.name, values


def flattened_messages(values: dict[str, Any], side: str) -> list[tuple[Any, ...]]:
    """(role, text, call id, [(id, name, arguments)]) of each message of OpenInference."""
    pattern = re.compile(rf"llm\.{side}_messages\.(\d+)\.message\.(.+)")
    found: dict[int, dict[str, Any]] = {}
    for key, value in values.items():
        if match := pattern.fullmatch(key):
            found.setdefault(int(match[1]), {})[match[2]] = value
    messages = []
    for _, fields in sorted(found.items()):
        calls = []
        number = 0
        while f"tool_calls.{number}.tool_call.id" in fields:
            prefix = f"tool_calls.{number}.tool_call"
            arguments = json.loads(fields[f"{prefix}.function.arguments"])
            calls.append((fields[f"{prefix}.id"], fields[f"{prefix}.function.name"], arguments))
            number += 1
        messages.append((fields["role"], fields.get("content"), fields.get("tool_call_id"), calls))
    return messages


def json_messages(values: dict[str, Any], side: str) -> list[tuple[Any, ...]]:
    """The same of OpenTelemetry's JSON messages, as OpenLLMetry writes them."""
    messages = []
    for message in json.loads(values[f"gen_ai.{side}.messages"]):
        parts = message["parts"]
        texts = [part["content"] for part in parts if part["type"] == "text"]
        responses = [part for part in parts if part["type"] == "tool_call_response"]
        calls = [
            (part["id"], part["name"], part["arguments"])
            for part in parts
            if part["type"] == "tool_call"
        ]
        text = texts[0] if texts else responses[0]["response"] if responses else None
        messages.append((message["role"], text, responses[0]["id"] if responses else None, calls))
    return messages


def understood_messages(messages: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = []
    for message in messages:
        by_type: dict[str, list[dict[str, Any]]] = {}
        for part in message["parts"]:
            by_type.setdefault(part["type"], []).append(part)
        responses = by_type.get("tool_call_response", [])
        texts = [part["content"] for part in by_type.get("text", [])]
        texts += [part["response"] for part in responses]
        calls = [
            (part["id"], part["name"], part["arguments"]) for part in by_type.get("tool_call", [])
        ]
        assert set(by_type) <= {"text", "tool_call", "tool_call_response"}
        found.append(
            (
                message["role"],
                texts[0] if texts else None,
                responses[0]["id"] if responses else None,
                calls,
            )
        )
    return found


READERS = {"langgraph-openinference": flattened_messages, "langgraph-traceloop": json_messages}


@pytest.mark.parametrize("name", FILES)
def test_every_message_and_tool_call_of_every_model_call_is_there(name: str) -> None:
    read = READERS[name]
    spans = {span.span_id: span for span in captured(name)}
    messages = calls = 0
    for span_id, span_name, values in raw_spans(name):
        if not span_name.startswith("GenericFakeChatModel"):
            continue
        content = content_of(spans[span_id])
        for side in ("input", "output"):
            there = read(values, side)
            assert understood_messages(content[f"{side}_messages"]) == there
            messages += len(there)
            calls += sum(len(message[3]) for message in there)
    # 9 calls; each is given 2 messages more than the one before, and answers one
    assert messages == sum(1 + 2 * turn for turn in range(9)) + 9
    # 8 tool calls are answered, and each comes again in every later call
    assert calls == 8 + sum(range(9))


@pytest.mark.parametrize("name", FILES)
def test_every_tool_was_called_as_the_model_asked_and_gave_back_what_it_was_told(name: str) -> None:
    spans = captured(name)
    asked: dict[str, Any] = {}
    answered: dict[str, Any] = {}
    for span in spans:
        if span.kind == kinds.MODEL:
            for message in content_of(span)["input_messages"]:
                for part in message["parts"]:
                    if part["type"] == "tool_call":
                        asked[part["id"]] = part["arguments"]
                    if part["type"] == "tool_call_response":
                        answered[part["id"]] = part["response"]
    tools = [content_of(span)["tool"] for span in spans if span.kind == kinds.TOOL]

    assert len(tools) == len(asked) == len(answered) == 8
    assert [tool["result"] for tool in tools] == list(answered.values())
    # OpenInference keeps the value of the first argument alone.
    wanted = [
        arguments["query"] if name == "langgraph-openinference" else arguments
        for arguments in asked.values()
    ]
    assert [tool["arguments"] for tool in tools] == wanted
    assert {tool["name"] for tool in tools} == {"lookup"}


@pytest.mark.parametrize("name", FILES)
def test_every_token_count_is_there(name: str) -> None:
    """The scripted model reports none, and none is made up."""
    counts = re.compile(r"(llm\.token_count|gen_ai\.usage)\.")
    reported = [key for _, _, values in raw_spans(name) for key in values if counts.match(key)]

    assert reported == []
    assert all(row_of(span).usage is None for span in captured(name))


@pytest.mark.parametrize("name", FILES)
def test_the_graph_and_its_nodes_are_seen(name: str) -> None:
    rows = [row_of(span) for span in captured(name)]
    execution = make_execution(expected_nodes=("agent", "tools"))
    nodes = [row.node_id for row in rows if row.kind == kinds.NODE]

    assert completeness_of(execution, rows).missing == ()
    assert (nodes.count("agent"), nodes.count("tools"), len(nodes)) == (9, 8, 17)
    assert {row.node_id for row in rows if row.kind == kinds.MODEL} == {"agent"}
    assert {row.node_id for row in rows if row.kind == kinds.TOOL} == {"tools"}
    assert count(rows).unpriced == 9


@pytest.mark.parametrize("name", FILES)
def test_the_two_recordings_read_the_same(name: str) -> None:
    """Their runs differ, their shapes do not."""
    forms = [normal_form(span) for span in captured(name)]

    assert {form.kind for form in forms} >= {kinds.NODE, kinds.MODEL, kinds.TOOL, kinds.OTHER}
    assert all(form.provider != "langchain" for form in forms)
    assert all(form.request_model != "unknown" for form in forms)
