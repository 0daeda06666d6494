"""`transform`: JMESPath over the node's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from executor.document import TransformNode
from executor.expressions import evaluate
from executor.resources import Resources
from executor.tracing import SpanHandle


def run(
    node: TransformNode, variables: Mapping[str, Any], _resources: Resources, _span: SpanHandle
) -> Any:
    """Returns what the node's expression finds in its inputs. Raises NodeError."""
    return evaluate("expression", node.expression, variables)
