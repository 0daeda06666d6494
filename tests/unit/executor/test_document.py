"""The shape of documents: what is refused, and how the refusal names its place."""

from __future__ import annotations

from typing import Any

import pytest

from executor.document import read_document
from executor.errors import InvalidWorkflowError
from tests.support.executor_builders import document_of, generate, http, template, transform


def refusal_of(data: object) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidWorkflowError) as raised:
        read_document(data)
    return [(problem.node, problem.field, problem.message) for problem in raised.value.problems]


def test_every_kind_of_node_is_read() -> None:
    document = read_document(
        document_of(
            generate("a"),
            http("b"),
            transform("c", "@"),
            template("d"),
            {"id": "e", "kind": "map", "items": "@", "node": template("inner")},
            {
                "id": "f",
                "kind": "artifact",
                "filename": "f.md",
                "content": {"format": "markdown", "template": "text"},
            },
        )
    )
    assert [node.kind for node in document.nodes] == [
        "generate",
        "http",
        "transform",
        "template",
        "map",
        "artifact",
    ]


def test_a_node_without_a_name_is_called_by_its_id() -> None:
    document = read_document(document_of(template("a"), template("b", name="Bee")))
    assert [node.title for node in document.nodes] == ["a", "Bee"]


def test_a_text_may_be_written_as_a_list_of_its_lines() -> None:
    document = read_document(document_of(template("a", template=["Dear {{ name }},", "", "Yes."])))
    assert document.nodes[0].model_dump()["template"] == "Dear {{ name }},\n\nYes."


def test_calls_are_tried_three_times_unless_the_document_says_otherwise() -> None:
    nodes = [generate("a"), http("b"), template("c"), http("d", retry={"max_attempts": 1})]
    document = read_document(document_of(*nodes))
    assert [node.retry.max_attempts for node in document.nodes] == [3, 3, 1, 1]


def test_an_unknown_kind_is_named_with_the_known_ones() -> None:
    assert refusal_of(document_of(template("a"), {"id": "b", "kind": "agent"})) == [
        (
            "b",
            "kind",
            "unknown kind 'agent'; known are 'generate', 'http', 'transform', 'template', 'map', 'artifact'",
        )
    ]


def test_a_missing_kind_is_named() -> None:
    assert refusal_of(document_of({"id": "b"})) == [("b", "kind", "is missing")]


def test_an_unknown_kind_inside_a_map_is_named() -> None:
    inner = {"id": "c", "kind": "map"}
    found = refusal_of(document_of({"id": "b", "kind": "map", "items": "@", "node": inner}))
    assert [(node, field) for node, field, _ in found] == [("b", "node.kind")]


def test_a_missing_field_is_named_with_its_node() -> None:
    found = refusal_of(document_of({"id": "b", "kind": "http", "path": "/x"}))
    assert found == [("b", "connection", "is missing")]


def test_a_missing_field_of_an_inner_node_is_named() -> None:
    inner = {"id": "c", "kind": "template"}
    found = refusal_of(document_of({"id": "b", "kind": "map", "items": "@", "node": inner}))
    assert found == [("b", "node.template", "is missing")]


def test_a_missing_field_of_a_file_is_named() -> None:
    content = {"format": "csv", "rows": "@"}
    found = refusal_of(
        document_of({"id": "b", "kind": "artifact", "filename": "b.csv", "content": content})
    )
    assert found == [("b", "content.columns", "is missing")]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"retries": 3}, ("a", "retries", "is not a field of this node")),
        ({"retry": {"max_attempts": 0}}, ("a", "retry.max_attempts", "Input should be greater")),
        ({"inputs": {"a b": "input.x"}}, ("a", "inputs.a b", "String should match pattern")),
        ({"template": ["line", 2]}, ("a", "template", "Input should be a valid string")),
    ],
)
def test_an_unfit_field_is_named(fields: dict[str, Any], place: tuple[str, str, str]) -> None:
    node, field, message = place
    ((found_node, found_field, found_message),) = refusal_of(document_of(template("a", **fields)))
    assert (found_node, found_field.removesuffix(".[key]")) == (node, field)
    assert found_message.startswith(message)


def test_a_field_that_the_document_does_not_have_is_named() -> None:
    found = refusal_of(document_of(template("a"), egdes=[]))
    assert found == [("", "egdes", "is not a field of this document")]


@pytest.mark.parametrize("broken", [{"kind": "template"}, {"id": "", "kind": "template"}, 7])
def test_a_node_without_a_usable_id_is_named_by_its_place(broken: Any) -> None:
    found = refusal_of(document_of(template("a"), broken))
    assert {node for node, _, _ in found} == {"nodes[1]"}


def test_what_is_no_object_at_all_is_refused() -> None:
    ((node, field, _),) = refusal_of([1, 2])
    assert (node, field) == ("", "document")


def test_the_error_says_every_problem_in_one_line() -> None:
    with pytest.raises(InvalidWorkflowError) as raised:
        read_document(document_of({"id": "b", "kind": "template"}, egdes=[]))
    assert (
        str(raised.value)
        == "refused before it ran: node 'b', template: is missing; egdes: is not a field of this document"
    )
    assert raised.value.problems[0].as_dict() == {
        "node": "b",
        "field": "template",
        "message": "is missing",
    }
