"""Runs a document's graph: each node when those before it have ended, in threads, each as a span.

A node that fails fails the execution. What depends on it does not run; branches that do not depend on it run to their
end, so that what ran never depends on which thread was faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from executor.attempts import with_attempts
from executor.document import AnyNode, WorkflowDocument
from executor.errors import NodeError
from executor.expressions import evaluate
from executor.inputs import values_of
from executor.nodes import run_node
from executor.resources import Resources
from executor.rules import ancestors_of, predecessors_of

MAX_PARALLEL_NODES = 8


@dataclass(slots=True)
class ExecutionOutcome:
    """How an execution ended. `outputs` is empty and `error` set when it failed; `results` are the nodes' outputs."""

    results: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    error: NodeError | None = None


def run_workflow(
    document: WorkflowDocument, workflow_input: Mapping[str, Any], resources: Resources
) -> ExecutionOutcome:
    """Runs a document that keeps the rules; never raises for what a node does."""
    outcome = ExecutionOutcome()
    failures = _run_graph(document, workflow_input, resources, outcome.results)
    if failures:
        # the first of the document's order, so that two failures at once have one cause
        first = next(node.id for node in document.nodes if node.id in failures)
        outcome.error = failures[first]
        return outcome
    try:
        outcome.outputs = _outputs(document, workflow_input, outcome.results)
    except NodeError as error:
        outcome.error = error
    return outcome


def _run_graph(
    document: WorkflowDocument,
    workflow_input: Mapping[str, Any],
    resources: Resources,
    results: dict[str, Any],
) -> dict[str, NodeError]:
    nodes = {node.id: node for node in document.nodes}
    ancestors = ancestors_of(document)
    failures: dict[str, NodeError] = {}
    graph = TopologicalSorter(predecessors_of(document))
    graph.prepare()
    running: dict[Future[Any], str] = {}
    with ThreadPoolExecutor(max_workers=MAX_PARALLEL_NODES) as pool:
        while True:
            # a failed node is never done, so nothing that depends on it gets ready
            for node_id in graph.get_ready():
                visible = {name: results[name] for name in ancestors[node_id]}
                scope = {"input": workflow_input, "nodes": visible}
                run = resources.tracing.bind(_run_traced)
                running[pool.submit(run, nodes[node_id], scope, resources)] = node_id
            if not running:
                return failures
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                node_id = running.pop(future)
                try:
                    results[node_id] = future.result()
                    graph.done(node_id)
                except NodeError as error:
                    failures[node_id] = error


def _run_traced(node: AnyNode, scope: Mapping[str, Any], resources: Resources) -> Any:
    values: dict[str, Any] = {}
    unfit: NodeError | None = None
    try:
        values = values_of(node, scope)
    except NodeError as error:
        unfit = error
    with resources.tracing.node(node.id, name=node.title, kind=node.kind, input=values) as span:
        try:
            if unfit is not None:
                raise unfit
            if resources.seconds_left() <= 0:
                raise NodeError("Timeout", "was not begun: the function's time is over")
            output = with_attempts(
                node.retry, resources, lambda: run_node(node, values, resources, span)
            )
        except NodeError as error:
            error.node_id = node.id
            raise
        except Exception as error:
            defect = NodeError(type(error).__name__, str(error))
            defect.node_id = node.id
            raise defect from error
        span.set_output(output)
        return output


def _outputs(
    document: WorkflowDocument, workflow_input: Mapping[str, Any], results: Mapping[str, Any]
) -> dict[str, Any]:
    if not document.outputs:
        followed = {before for before, _ in document.edges}
        return {name: value for name, value in results.items() if name not in followed}
    scope = {"input": workflow_input, "nodes": results}
    return {
        name: evaluate(f"outputs.{name}", expression, scope)
        for name, expression in document.outputs.items()
    }
