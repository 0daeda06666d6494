"""One module per kind of node, each with `run(node, variables, resources, span)`.

A module is imported when a node of its kind is met, so that a workflow pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from executor.document import AnyNode, InnerNode
from executor.resources import Resources
from executor.tracing import SpanHandle

MODULES = {
    "generate": "executor.nodes.generate",
    "http": "executor.nodes.http",
    "transform": "executor.nodes.transform",
    "template": "executor.nodes.template",
    "map": "executor.nodes.map",
    "artifact": "executor.nodes.artifact",
}


def run_node(
    node: AnyNode | InnerNode,
    variables: Mapping[str, Any],
    resources: Resources,
    span: SpanHandle,
) -> Any:
    """The node's output, from its inputs by name; `span` is the one that stands for it. Raises NodeError."""
    return import_module(MODULES[node.kind]).run(node, variables, resources, span)
