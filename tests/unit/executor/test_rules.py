"""The rules beside the shape: cycles, references, syntax, inputs and connections, all found before the run."""

from __future__ import annotations

from typing import Any

import pytest

from executor.catalogue import find_document, load_catalogue, workflow_ids
from executor.document import read_document
from executor.errors import InvalidWorkflowError, UnknownWorkflowError
from executor.rules import check_run, parse_document
from tests.support.executor_builders import (
    document_of,
    generate,
    http,
    template,
    transform,
    workflow_of,
)


def problems_in(*nodes: dict[str, Any], **fields: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidWorkflowError) as raised:
        parse_document(document_of(*nodes, **fields))
    return [(problem.node, problem.field, problem.message) for problem in raised.value.problems]


def test_a_cycle_is_shown_in_the_direction_of_its_edges() -> None:
    nodes = [template("a"), template("b"), template("c")]
    ((node, field, message),) = problems_in(*nodes, edges=[["a", "b"], ["b", "c"], ["c", "a"]])
    assert field == "edges"
    assert message == {
        "a": "is part of a cycle: a -> b -> c -> a",
        "b": "is part of a cycle: b -> c -> a -> b",
        "c": "is part of a cycle: c -> a -> b -> c",
    }.get(node)


def test_a_node_that_leads_to_itself_is_a_cycle() -> None:
    found = problems_in(template("a"), edges=[["a", "a"]])
    assert found == [("a", "edges", "is part of a cycle: a -> a")]


def test_two_nodes_of_one_id_are_refused() -> None:
    found = problems_in(template("a"), template("a"))
    assert found == [("a", "id", "is used by more than one node")]


def test_an_edge_to_an_unknown_node_names_the_node_and_the_edge() -> None:
    found = problems_in(template("a"), template("b"), edges=[["a", "b"], ["b", "gone"]])
    assert found == [("gone", "edges.1", "the edge b -> gone leads to a node that does not exist")]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("nodes.b", "refers to node 'b', from which no edge leads here"),
        ("nodes.gone.text", "refers to node 'gone', from which no edge leads here"),
        ("length(nodes.b)", "refers to node 'b', from which no edge leads here"),
        ("input.x || nodes.b", "refers to node 'b', from which no edge leads here"),
        ("inputs.x", "refers to 'inputs'; known are 'input' and 'nodes'"),
        ("", "is empty"),
    ],
)
def test_an_input_that_cannot_be_had_is_refused(expression: str, message: str) -> None:
    found = problems_in(template("a", inputs={"x": expression}), template("b"))
    assert found == [("a", "inputs.x", message)]


def test_an_expression_that_does_not_compile_is_refused_in_one_line() -> None:
    ((node, field, message),) = problems_in(template("a", inputs={"x": "input."}))
    assert (node, field) == ("a", "inputs.x")
    assert message.startswith("is no JMESPath expression: ")
    assert "\n" not in message


def test_an_ancestor_may_be_referred_to_over_several_edges() -> None:
    last = template("c", inputs={"x": "nodes.a", "y": "nodes"})
    workflow_of(template("a"), template("b"), last, edges=[["a", "b"], ["b", "c"]])


def test_a_descendant_may_not_be_referred_to() -> None:
    first = template("a", inputs={"x": "nodes.b"})
    found = problems_in(first, template("b"), edges=[["a", "b"]])
    assert [(node, field) for node, field, _ in found] == [("a", "inputs.x")]


def test_outputs_may_refer_to_every_node_that_exists() -> None:
    found = problems_in(template("a"), outputs={"good": "nodes.a", "bad": "nodes.b"})
    assert found == [
        ("", "outputs.bad", "refers to node 'b', from which no edge leads here"),
    ]


def test_a_template_that_does_not_compile_is_refused_with_its_line() -> None:
    found = problems_in(template("a", template="Dear\n{% if %}"))
    assert found[0][:2] == ("a", "template")
    assert found[0][2].startswith("is no template: line 2: ")


def test_a_template_sees_its_nodes_inputs_and_nothing_else() -> None:
    found = problems_in(
        template("a", template="{{ name }} {{ range(3) }}", inputs={"n": "input.n"})
    )
    assert found == [("a", "template", "uses 'name', which is no input here; known are: n")]


def artifact(**content: Any) -> dict[str, Any]:
    return {"id": "a", "kind": "artifact", "filename": "a", "content": content}


@pytest.mark.parametrize(
    ("node", "field"),
    [
        (transform("a", "x.y"), "expression"),
        (http("a", path="/orders/{{ x }}"), "path"),
        (http("a", query={"q": "x"}), "query.q"),
        (http("a", body="{id: x}"), "body"),
        (generate("a", system="{{ x }}"), "system"),
        (generate("a", content="{{ x }}"), "messages.0.content"),
        ({"id": "a", "kind": "map", "items": "x", "node": template("i")}, "items"),
        (
            {
                "id": "a",
                "kind": "map",
                "items": "item",
                "inputs": {"item": "input.i"},
                "node": template("i", inputs={"y": "x"}),
            },
            "node.inputs.y",
        ),
        (
            {
                "id": "a",
                "kind": "map",
                "items": "item",
                "inputs": {"item": "input.i"},
                "node": template("i", template="{{ x }}", inputs={"y": "[item, index]"}),
            },
            "node.template",
        ),
        (artifact(format="markdown", template="{{ x }}"), "content.template"),
        (artifact(format="html", template="{{ x }}"), "content.template"),
        (artifact(format="json", value="x"), "content.value"),
        (artifact(format="csv", rows="x", columns=[{"title": "T", "value": "t"}]), "content.rows"),
        (artifact(format="png", title="{{ x }}", bars="`[]`"), "content.title"),
        (artifact(format="png", title="t", bars="x"), "content.bars"),
    ],
)
def test_a_name_that_is_no_input_is_found_wherever_it_stands(
    node: dict[str, Any], field: str
) -> None:
    found = problems_in(node)
    assert [(name, place) for name, place, _ in found] == [("a", field)]
    assert "uses 'x', which is no input here" in found[0][2]


def test_a_columns_expression_must_compile() -> None:
    columns = [{"title": "Good", "value": "a.b"}, {"title": "Bad", "value": "a["}]
    found = problems_in(artifact(format="csv", rows="`[]`", columns=columns))
    assert [(name, place) for name, place, _ in found] == [("a", "content.columns.1.value")]


def test_a_tool_sees_the_arguments_that_its_schema_names() -> None:
    tool = {
        "name": "find",
        "description": "Finds.",
        "input_schema": {"type": "object", "properties": {"number": {"type": "string"}}},
        "http": {
            "connection": "shop",
            "path": "/{{ number }}/{{ nummer }}",
            "query": {"q": "number", "r": "nummer"},
        },
    }
    found = problems_in(generate("a", tools=[tool]))
    assert found == [
        ("a", "tools.0.http.query.r", "uses 'nummer', which is no input here; known are: number"),
        ("a", "tools.0.http.path", "uses 'nummer', which is no input here; known are: number"),
    ]


def test_all_problems_are_found_at_once() -> None:
    found = problems_in(template("a", template="{{ x }}"), template("a"), edges=[["a", "b"]])
    assert [(node, field) for node, field, _ in found] == [
        ("a", "id"),
        ("b", "edges.0"),
        ("a", "template"),
    ]


def refusals(document: Any, workflow_input: Any, connections: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(InvalidWorkflowError) as raised:
        check_run(document, workflow_input, connections)
    return [(problem.node, problem.field, problem.message) for problem in raised.value.problems]


def test_an_input_that_the_execution_lacks_is_refused_before_the_run() -> None:
    document = workflow_of(template("a", inputs={"x": "input.order.id"}))
    assert refusals(document, {"ordre": 1}, []) == [
        ("a", "inputs.x", "needs 'order', which the execution's input does not have")
    ]


def test_an_input_with_something_to_use_instead_may_be_missing() -> None:
    expressions = {"x": "input.tone || 'plain'", "y": "input", "z": "input.size && input.size"}
    document = workflow_of(template("a", inputs=expressions))
    check_run(document, {"size": 3}, [])


def test_a_document_that_breaks_a_rule_does_not_run() -> None:
    document = read_document(document_of(template("a", template="{{ x }}")))
    assert [place for _, place, _ in refusals(document, {}, [])] == ["template"]


def test_connections_that_are_not_configured_are_refused_before_the_run() -> None:
    tool = {
        "name": "find",
        "description": "Finds.",
        "input_schema": {},
        "http": {"connection": "stock", "path": "/"},
    }
    document = workflow_of(
        http("a"),
        generate("b", tools=[tool]),
        {"id": "c", "kind": "map", "items": "`[]`", "node": http("i", connection="bank")},
    )
    assert refusals(document, {}, ["mail"]) == [
        ("a", "connection", "no connection 'shop' is configured; known are: mail"),
        ("b", "tools.0.http.connection", "no connection 'stock' is configured; known are: mail"),
        ("c", "node.connection", "no connection 'bank' is configured; known are: mail"),
    ]
    check_run(document, {}, ["shop", "stock", "bank"])


def test_at_least_four_workflows_ship_and_keep_every_rule() -> None:
    connections = ["library", "orders", "shipping"]
    assert set(workflow_ids()) >= {
        "document-table",
        "research-brief",
        "shipping-notice",
        "support-triage",
    }
    for workflow_id, document in load_catalogue().items():
        assert document.id == workflow_id
        check_run(document, document.sample_input, connections)


def test_a_shipped_workflow_maps_over_at_least_fifty_items() -> None:
    assert len(find_document("document-table").sample_input["entries"]) >= 50


@pytest.mark.parametrize("name", ["gone", "../catalogue", ""])
def test_a_workflow_that_does_not_ship_is_unknown(name: str) -> None:
    with pytest.raises(UnknownWorkflowError, match="known are document-table, "):
        find_document(name)
