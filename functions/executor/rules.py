"""What a document must keep beside its shape, checked before it runs.

Every rule yields problems instead of raising, so that an author sees all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from executor import expressions, templates
from executor.document import (
    AnyNode,
    ArtifactNode,
    CsvContent,
    GenerateNode,
    HttpCall,
    HttpNode,
    InnerNode,
    JsonContent,
    MapNode,
    PngContent,
    TemplateNode,
    TransformNode,
    WorkflowDocument,
    read_document,
)
from executor.errors import DocumentProblem, InvalidWorkflowError

ITEM_NAMES = frozenset({"item", "index"})


def parse_document(data: object) -> WorkflowDocument:
    """A document that can run. Raises InvalidWorkflowError with every problem found."""
    document = read_document(data)
    if problems := list(problems_of(document)):
        raise InvalidWorkflowError(problems)
    return document


def check_run(
    document: WorkflowDocument, workflow_input: Mapping[str, Any], connections: Collection[str]
) -> None:
    """Whether this document can run now: on this input, in a deployment with these connections.

    Raises InvalidWorkflowError with every problem found, those of the document itself included.
    """
    problems = list(problems_of(document))
    if not problems:
        problems = [
            *missing_input(document, workflow_input),
            *_unconfigured(document, connections),
        ]
    if problems:
        raise InvalidWorkflowError(problems)


def problems_of(document: WorkflowDocument) -> Iterator[DocumentProblem]:
    """Yields everything that is wrong with a document that has the right shape."""
    yield from _duplicate_ids(document)
    yield from _loose_edges(document)
    yield from _cycles(document)
    ancestors = ancestors_of(document)
    for node in document.nodes:
        yield from _unreachable_references(node.id, "inputs", node.inputs, ancestors[node.id])
        yield from _problems_inside(node, node.id, "")
    known = {node.id for node in document.nodes}
    yield from _unreachable_references("", "outputs", document.outputs, known)


def predecessors_of(document: WorkflowDocument) -> dict[str, set[str]]:
    """The graph as graphlib takes it: every node, with those that an edge leads from. Loose edges are left out."""
    graph: dict[str, set[str]] = {node.id: set() for node in document.nodes}
    for before, after in document.edges:
        if before in graph and after in graph:
            graph[after].add(before)
    return graph


def ancestors_of(document: WorkflowDocument) -> dict[str, set[str]]:
    """All nodes that have ended before a node starts; in a cycle, all nodes of the cycle."""
    graph = predecessors_of(document)
    found: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(graph[name])
        found[start] = seen
    return found


def _duplicate_ids(document: WorkflowDocument) -> Iterator[DocumentProblem]:
    seen: set[str] = set()
    for node in document.nodes:
        if node.id in seen:
            yield DocumentProblem(node.id, "id", "is used by more than one node")
        seen.add(node.id)


def _loose_edges(document: WorkflowDocument) -> Iterator[DocumentProblem]:
    known = {node.id for node in document.nodes}
    for number, edge in enumerate(document.edges):
        for name in edge:
            if name not in known:
                message = f"the edge {edge[0]} -> {edge[1]} leads to a node that does not exist"
                yield DocumentProblem(name, f"edges.{number}", message)


def _cycles(document: WorkflowDocument) -> Iterator[DocumentProblem]:
    try:
        TopologicalSorter(predecessors_of(document)).prepare()
    except CycleError as error:
        names = error.args[1]  # in the edges' direction, its first node twice
        yield DocumentProblem(names[0], "edges", f"is part of a cycle: {' -> '.join(names)}")


def _unreachable_references(
    node_id: str, field: str, written: Mapping[str, str], reachable: Collection[str]
) -> Iterator[DocumentProblem]:
    for name, expression in written.items():
        place = f"{field}.{name}"
        if fault := expressions.fault_of(expression):
            yield DocumentProblem(node_id, place, fault)
            continue
        for reference in expressions.references(expression):
            root, *rest = reference.path
            if root not in ("input", "nodes"):
                yield DocumentProblem(
                    node_id, place, f"refers to {root!r}; known are 'input' and 'nodes'"
                )
            elif root == "nodes" and rest and rest[0] not in reachable:
                message = f"refers to node {rest[0]!r}, from which no edge leads here"
                yield DocumentProblem(node_id, place, message)


def _problems_inside(
    node: AnyNode | InnerNode, node_id: str, prefix: str
) -> Iterator[DocumentProblem]:
    """Problems of what only sees the node's own inputs."""
    visible = set(node.inputs)
    for field, expression in _expressions(node):
        yield from _hidden_names(node_id, prefix + field, expression, visible, _expression_names)
    for field, template in _templates(node):
        yield from _hidden_names(node_id, prefix + field, template, visible, _template_names)
    if isinstance(node, GenerateNode):
        for number, tool in enumerate(node.tools):
            arguments = set(tool.input_schema.get("properties", {}))
            place = f"{prefix}tools.{number}.http."
            for field, expression in _call_expressions(tool.http):
                yield from _hidden_names(
                    node_id, place + field, expression, arguments, _expression_names
                )
            yield from _hidden_names(
                node_id, place + "path", tool.http.path, arguments, _template_names
            )
    if isinstance(node, ArtifactNode) and isinstance(node.content, CsvContent):
        for number, column in enumerate(node.content.columns):
            if fault := expressions.fault_of(column.value):
                yield DocumentProblem(node_id, f"content.columns.{number}.value", fault)
    if isinstance(node, MapNode):
        outer = visible | ITEM_NAMES
        for name, expression in node.node.inputs.items():
            place = f"node.inputs.{name}"
            yield from _hidden_names(node_id, place, expression, outer, _expression_names)
        yield from _problems_inside(node.node, node_id, "node.")


def _expression_names(text: str) -> tuple[str | None, set[str]]:
    fault = expressions.fault_of(text)
    return fault, set() if fault else {found.path[0] for found in expressions.references(text)}


def _template_names(text: str) -> tuple[str | None, set[str]]:
    fault = templates.fault_of(text)
    return fault, set() if fault else templates.names_in(text)


def _hidden_names(
    node_id: str,
    field: str,
    text: str,
    visible: Collection[str],
    names_of: Callable[[str], tuple[str | None, set[str]]],
) -> Iterator[DocumentProblem]:
    fault, names = names_of(text)
    if fault:
        yield DocumentProblem(node_id, field, fault)
    for name in sorted(names.difference(visible)):
        known = ", ".join(sorted(visible)) or "none"
        yield DocumentProblem(
            node_id, field, f"uses {name!r}, which is no input here; known are: {known}"
        )


def _expressions(node: AnyNode | InnerNode) -> Iterator[tuple[str, str]]:
    if isinstance(node, TransformNode):
        yield "expression", node.expression
    elif isinstance(node, HttpNode):
        yield from _call_expressions(node)
    elif isinstance(node, MapNode):
        yield "items", node.items
    elif isinstance(node, ArtifactNode):
        content = node.content
        if isinstance(content, JsonContent):
            yield "content.value", content.value
        elif isinstance(content, CsvContent):
            yield "content.rows", content.rows
        elif isinstance(content, PngContent):
            yield "content.bars", content.bars


def _call_expressions(call: HttpCall) -> Iterator[tuple[str, str]]:
    for name, expression in call.query.items():
        yield f"query.{name}", expression
    if call.body is not None:
        yield "body", call.body


def _templates(node: AnyNode | InnerNode) -> Iterator[tuple[str, str]]:
    if isinstance(node, TemplateNode):
        yield "template", node.template
    elif isinstance(node, HttpNode):
        yield "path", node.path
    elif isinstance(node, GenerateNode):
        yield "system", node.system
        for number, message in enumerate(node.messages):
            yield f"messages.{number}.content", message.content
    elif isinstance(node, ArtifactNode):
        yield "filename", node.filename
        content = node.content
        if isinstance(content, PngContent):
            yield "content.title", content.title
        elif not isinstance(content, JsonContent | CsvContent):
            yield "content.template", content.template


def missing_input(
    document: WorkflowDocument, workflow_input: Mapping[str, Any]
) -> list[DocumentProblem]:
    """What the nodes need of the execution's input and do not find there; a problem a place that needs it."""
    return [
        DocumentProblem(
            node.id,
            f"inputs.{name}",
            f"needs {reference.path[1]!r}, which the execution's input does not have",
        )
        for node in document.nodes
        for name, expression in node.inputs.items()
        for reference in expressions.references(expression)
        if len(reference.path) > 1
        and reference.path[0] == "input"
        and not reference.is_optional
        and reference.path[1] not in workflow_input
    ]


def _unconfigured(
    document: WorkflowDocument, connections: Collection[str]
) -> Iterator[DocumentProblem]:
    for node in document.nodes:
        for field, call in _calls(node):
            if call.connection not in connections:
                known = ", ".join(sorted(connections)) or "none"
                message = f"no connection {call.connection!r} is configured; known are: {known}"
                yield DocumentProblem(node.id, f"{field}connection", message)


def _calls(node: AnyNode | InnerNode) -> Iterator[tuple[str, HttpCall]]:
    if isinstance(node, HttpNode):
        yield "", node
    elif isinstance(node, GenerateNode):
        for number, tool in enumerate(node.tools):
            yield f"tools.{number}.http.", tool.http
    elif isinstance(node, MapNode):
        for field, call in _calls(node.node):
            yield f"node.{field}", call
