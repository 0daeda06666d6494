from __future__ import annotations

from typing import Any

import pytest

from spanvas.semantics.retrieved import documents_of
from spanvas.semantics.tool_content import arguments_of, definitions_of

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
DEFINED = {"type": "function", "name": "f", "description": "F.", "parameters": SCHEMA}


@pytest.mark.parametrize(
    "given",
    [
        DEFINED,
        {"type": "function", "function": {"name": "f", "description": "F.", "parameters": SCHEMA}},
        {"toolSpec": {"name": "f", "description": "F.", "inputSchema": {"json": SCHEMA}}},
        {"name": "f", "description": "F.", "input_schema": SCHEMA},
        {"name": "f", "description": "F.", "inputSchema": {"json": SCHEMA}, "outputSchema": None},
        {"name": "f", "description": "F.", "parameters_json_schema": SCHEMA},
    ],
)
def test_a_tool_of_any_api_is_defined_in_one_form(given: dict[str, Any]) -> None:
    assert definitions_of([given]) == [DEFINED]
    assert definitions_of(given) == [DEFINED]


def test_odd_definitions_are_kept() -> None:
    assert definitions_of(None) is None
    assert definitions_of([]) is None
    assert definitions_of(["f", {"x": 1}, '{"name": "f", "type": 5}']) == [
        "f",
        {"x": 1},
        {"type": "function", "name": "f"},
    ]


@pytest.mark.parametrize(
    ("given", "document"),
    [
        (
            {"id": "d1", "score": 0.9, "content": "Lyon"},
            {"id": "d1", "score": 0.9, "content": "Lyon"},
        ),
        ({"page_content": "Lyon", "metadata": {"p": 1}}, {"content": "Lyon", "metadata": {"p": 1}}),
        ({"document": {"text": "Lyon"}, "relevance_score": 0.9}, {"content": "Lyon", "score": 0.9}),
        ({"document": "Lyon", "index": 2}, {"content": "Lyon", "id": 2}),
        ({"lc": 1, "kwargs": {"page_content": "Lyon"}}, {"content": "Lyon"}),
        ({"lc": 1, "kwargs": None, "text": "Lyon"}, {"content": "Lyon"}),
        ("Lyon", {"content": "Lyon"}),
        ('{"text": "Lyon"}', {"content": "Lyon"}),
        ({"x": 1}, {"x": 1}),
    ],
)
def test_a_document_of_any_retriever_has_one_form(given: Any, document: dict[str, Any]) -> None:
    assert documents_of([given]) == [document]


def test_documents_come_in_lists_in_answers_and_alone() -> None:
    assert documents_of({"documents": [{"text": "Lyon"}]}) == [{"content": "Lyon"}]
    assert documents_of({"text": "Lyon"}) == [{"content": "Lyon"}]
    assert documents_of("Lyon") == "Lyon"
    assert documents_of([]) is None


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ({"args": [], "sanitize_inputs_outputs": True, "kwargs": {"a": 1}}, {"a": 1}),
        ({"kwargs": {"a": 1}}, {"a": 1}),
        ({"args": ["4711"], "kwargs": {}}, ["4711"]),
        ({"args": ["4711"]}, ["4711"]),
        ({"args": [1], "kwargs": {"a": 1}}, {"args": [1], "kwargs": {"a": 1}}),
        ({"args": [], "kwargs": {}}, {}),
        ({"tool_name": "f", "arguments": {"a": 1}}, {"a": 1}),
        ({"name": "Ada", "arguments": "none"}, {"name": "Ada", "arguments": "none"}),
        ({"arguments": {"a": 1}, "path": "/"}, {"arguments": {"a": 1}, "path": "/"}),
        ('{"a": 1}', {"a": 1}),
        ("Lyon", "Lyon"),
        (None, None),
    ],
)
def test_what_frameworks_wrap_around_arguments_is_taken_off(given: Any, arguments: Any) -> None:
    assert arguments_of(given) == arguments
