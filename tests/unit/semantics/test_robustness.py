"""Spans come from anybody: whatever their attributes hold, they are read, and in time."""

from __future__ import annotations

import json
import sys
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model import kinds
from spanvas.model.span import Event, Span
from spanvas.semantics.content import content_of
from spanvas.semantics.dialect import FIELDS, Kinds, Read
from spanvas.semantics.dialects import BY_FIRST_WORD, BY_SCOPE, ORDER, load
from spanvas.semantics.prices import cost_lines
from spanvas.semantics.summary import row_of
from spanvas.storage.chunks import plan
from tests.support.builders import T0, make_span
from tests.support.normal_form import normal_form, with_kind
from tests.support.property_size import examples

PLAIN = {
    source
    for name in ORDER
    for field in FIELDS
    for source in load(name).fields.get(field, ())
    if not isinstance(source, Read)
}
READ = {
    attribute
    for name in ORDER
    for field in FIELDS
    for source in load(name).fields.get(field, ())
    if isinstance(source, Read)
    for attribute in source.attributes
}
KIND_VALUES = {
    (rule.attribute, value)
    for name in ORDER
    for rule in load(name).kinds
    if isinstance(rule, Kinds)
    for value in rule.kinds
}
FLATTENED = (
    "gen_ai.prompt.{}.content", "gen_ai.completion.{}.tool_calls.0.arguments", "llm.input_messages.{}.message.role",
    "llm.input_messages.{}.message.contents.0.message_content.text", "llm.tools.{}.tool.json_schema",
    "llm.output_messages.{}.message.tool_calls.1.tool_call.function.arguments", "llm.request.functions.{}.parameters",
    "retrieval.documents.{}.document.content", "embedding.embeddings.{}.embedding.text",
)  # fmt: skip
WORDS = (
    "role", "parts", "content", "type", "text", "tool_calls", "function", "name", "arguments", "id", "messages",
    "message", "lc", "kwargs", "data", "generations", "choices", "inputs", "outputs", "output", "tags", "toolUse",
    "toolResult", "usage", "input_tokens", "prompt_tokens_details", "cached_tokens", "documents", "query", "image",
    "source", "inlineData", "reasoningContent", "system", "user", "human", "assistant", "tool", "tool_call", "file",
    "model", "input", "thinking", "url", "tool_result", "parts", "functionCall", "contents", "config", "tools",
)  # fmt: skip

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(WORDS),
    st.binary(max_size=8),
)  # fmt: skip
structures = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    ),
    max_leaves=20,
)
json_texts = structures.map(lambda value: json.dumps(value, default=repr))
values = st.one_of(structures, json_texts, st.text(max_size=40))
names = st.one_of(
    st.sampled_from(sorted(PLAIN | READ)),
    st.builds(str.format, st.sampled_from(FLATTENED), st.sampled_from(["0", "1", "007", "x", "99999999"])),
    st.builds("{}.{}".format, st.sampled_from(sorted(BY_FIRST_WORD)), st.text(max_size=8)),
    st.text(max_size=20),
)  # fmt: skip
soups = st.dictionaries(names, values, max_size=12)
kind_soups = st.lists(st.sampled_from(sorted(KIND_VALUES)), max_size=3).map(dict)
EVENT_NAMES = (
    "gen_ai.user.message", "gen_ai.tool.message", "gen_ai.choice", "db.query.result", "memory.query",
    "gen_ai.client.inference.operation.details", "gen_ai.content.prompt", "exception",
)  # fmt: skip
EVENT_ATTRIBUTES = (
    "content",
    "message",
    "role",
    "id",
    "tool_calls",
    "finish_reason",
    "gen_ai.prompt",
)
event_soups = st.dictionaries(st.sampled_from(EVENT_ATTRIBUTES), values, max_size=4)
events = st.lists(
    st.builds(Event, st.sampled_from(EVENT_NAMES), st.just(T0), event_soups), max_size=3
)


@settings(max_examples=examples(600), deadline=None)
@given(
    soups,
    kind_soups,
    events,
    st.sampled_from(["", *BY_SCOPE]),
    st.sampled_from([None, *kinds.KINDS]),
)
def test_any_soup_of_attributes_is_read(
    soup: dict[str, Any],
    kind_soup: dict[str, str],
    given_events: list[Event],
    scope_name: str,
    kind: str | None,
) -> None:
    span = make_span(
        attributes={**soup, **kind_soup},
        events=tuple(given_events),
        scope_name=scope_name,
        kind=kind or "other",
    )
    if kind is None:
        span = with_kind(span)

    check(span)


def check(span: Span) -> None:
    """All that is understood of a span has the shapes that the wire promises."""
    row, content = row_of(span), content_of(span)
    form = normal_form(span)
    assert span.kind in kinds.KINDS
    assert form.content == content or json.dumps(content, default=str)
    for text in (row.model, row.provider, row.node_id, row.input_preview, row.output_preview):
        assert text is None or (type(text) is str and len(text) <= 160)
    if row.usage is not None:
        input_tokens, output_tokens, read, write, reasoning = row.usage
        assert all(number is None or number >= 0 for number in row.usage)
        assert read + write <= (input_tokens or 0)
        assert reasoning <= (output_tokens or 0)
    if row.cost_nano_usd is not None:
        assert sum(line.nano_usd for line in cost_lines(span)) == row.cost_nano_usd
    for message in (*content.get("input_messages", ()), *content.get("output_messages", ())):
        assert isinstance(message["role"], str)
        assert all(isinstance(part["type"], str) for part in message["parts"])
    assert all(isinstance(part["type"], str) for part in content.get("system_instructions", ()))
    assert isinstance(content.get("query", ""), str)
    assert isinstance(content.get("tool", {"name": ""})["name"], str)
    plan([span])


def test_nesting_without_end_is_read() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = {"message": [deep], "content": [deep], "output": deep, "parts": [deep]}
        if len(json.dumps(deep)) > 2_000_000:
            break
    narrow: Any = "x"
    for _ in range(900):
        narrow = {"output": narrow}
    for value in (deep, narrow, json.dumps(deep), json.dumps(narrow), "[" * 50_000):
        for name in (
            "gen_ai.input.messages",
            "input.value",
            "gen_ai.tool.call.result",
            "ai.prompt",
        ):
            attributes = {"gen_ai.operation.name": "chat", name: value}
            row_of(make_span(kind="model", attributes=attributes))
            content_of(make_span(kind="tool", attributes=attributes))


def test_many_attributes_take_linear_time() -> None:
    few, many = (calls_of_row_with(messages) for messages in (25_000, 100_000))
    assert many < 4.2 * few


def calls_of_row_with(messages: int) -> int:
    """Function calls that it takes to make a row of a span with so many messages."""
    attributes = {f"llm.input_messages.{number}.message.role": "user" for number in range(messages)}
    span = make_span(kind="model", attributes={"openinference.span.kind": "LLM", **attributes})
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        row_of(span)
    finally:
        sys.setprofile(None)
    return calls
