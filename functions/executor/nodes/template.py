"""`template`: Jinja2 over the node's inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from executor.document import TemplateNode
from executor.resources import Resources
from executor.templates import render
from executor.tracing import SpanHandle


def run(
    node: TemplateNode, variables: Mapping[str, Any], _resources: Resources, _span: SpanHandle
) -> str:
    """Returns the text that the node's template makes of its inputs. Raises NodeError."""
    return render("template", node.template, variables)
