from __future__ import annotations

from typing import Any

import pytest

from spanvas.model import kinds
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.span_names import shown_name, stored_name
from spanvas.semantics.summary import row_of
from tests.support.builders import make_span


def name_of(kind: str, name: str, attributes: dict[str, Any] | None = None) -> str:
    span = make_span(name=name, kind=kind, attributes=attributes or {})
    shown = shown_name(SpanReader(span), kind)
    assert row_of(span).name == shown
    return shown


@pytest.mark.parametrize(
    ("kind", "recorded", "shown"),
    [
        ("tool", "execute_tool lookup", "lookup"),
        ("tool", "tool_call lookup", "lookup"),
        ("tool", "tools/call lookup", "lookup"),
        ("tool", "MCP send tools/call lookup", "lookup"),
        ("tool", "lookup.tool", "lookup"),
        ("tool", "lookup.run", "lookup"),
        ("model", "chat gpt-4o", "gpt-4o"),
        ("model", "generate_content gemini-2.5-flash", "gemini-2.5-flash"),
        ("model", "embeddings text-embedding-3-small", "text-embedding-3-small"),
        ("model", "decide house-judge", "house-judge"),
        ("retrieval", "rerank rerank-v3.5", "rerank-v3.5"),
        ("agent", "invoke_agent Clerk", "Clerk"),
        ("agent", "Clerk.agent", "Clerk"),
        ("agent", "Parcel clerk._execute_core", "Parcel clerk"),
        ("workflow", "invoke_workflow parcels", "parcels"),
        ("workflow", "parcel desk.workflow", "parcel desk"),
        ("workflow", "Parcel crew.kickoff", "Parcel crew"),
        ("node", "executor.process Clerk", "Clerk"),
        ("node", "workflow_step left", "left"),
        ("node", "retrieve.task", "retrieve"),
        # what says more than the kind stays
        ("agent", "create_agent Clerk", "create_agent Clerk"),
        ("other", "create_memory notes", "create_memory notes"),
        ("other", "chat gpt-4o", "chat gpt-4o"),
        ("model", "openai.chat", "openai.chat"),
        ("node", "chat gpt-4o", "chat gpt-4o"),
        # and so does what says nothing else
        ("model", "chat", "chat"),
        ("model", "chat ", "chat "),
        ("tool", ".tool", ".tool"),
        ("tool", "execute_tool ", "execute_tool "),
    ],
)
def test_a_name_does_not_say_the_kind_again(kind: str, recorded: str, shown: str) -> None:
    found = shown_name(SpanReader(make_span(name=recorded, kind=kind)), kind)

    assert found == shown


@pytest.mark.parametrize(
    "attributes",
    [
        {"gen_ai.tool.name": "lookup"},
        {"openinference.span.kind": "TOOL", "tool.name": "lookup"},
        {"ai.toolCall.name": "lookup"},
    ],
)
@pytest.mark.parametrize("recorded", ["ai.toolCall", "SimpleTool", "execute_tool lookup"])
def test_a_tool_has_its_own_name(attributes: dict[str, Any], recorded: str) -> None:
    assert name_of("tool", recorded, attributes) == "lookup"


def test_a_tool_without_a_name_and_a_handoff_have_that_of_their_span() -> None:
    assert name_of("tool", "handoff to Clerk", {"gen_ai.tool.name": ""}) == "handoff to Clerk"
    assert name_of("tool", "execute_tool lookup", {"gen_ai.tool.name": 5}) == "lookup"


def test_a_resource_that_was_read_is_called_by_its_uri() -> None:
    uri = "postgres://database/customers/schema"
    attributes = {"mcp.method.name": "resources/read", "mcp.resource.uri": uri}

    assert name_of("retrieval", "resources/read", attributes) == uri
    assert name_of("other", "resources/list", attributes) == "resources/list"


@pytest.mark.parametrize("kind", sorted(kinds.KINDS))
def test_a_name_is_shortened_once_and_never_away(kind: str) -> None:
    for recorded in ("chat chat gpt-4o", "execute_tool x.tool", "a", "   ", "x.run.run"):
        shown = shown_name(SpanReader(make_span(name=recorded, kind=kind)), kind)

        assert shown
        assert shown in recorded


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("execute_tool lookup", "tool", "lookup"),
        ("chat gpt-4o", "model", "gpt-4o"),
        ("invoke_agent Clerk", "agent", "Clerk"),
        ("lookup", "tool", "lookup"),
        ("code.run", "tool", "code.run"),
        ("chat with support", "node", "chat with support"),
        ("execute_tool ", "tool", "execute_tool "),
    ],
)
def test_a_row_that_was_stored_with_a_long_name_is_read_with_a_short_one(
    name: str, kind: str, shown: str
) -> None:
    assert stored_name(name, kind) == shown
