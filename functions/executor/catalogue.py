"""The workflows that ship: JSON documents beside this module.

Shapes are checked when they are read, the other rules when a document is run (and by the tests for all that ship),
so that listing them costs neither Jinja2 nor the compilation of every expression.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from executor.document import WorkflowDocument, read_document
from executor.errors import UnknownWorkflowError

WORKFLOWS = Path(__file__).parent / "workflows"


def workflow_ids() -> list[str]:
    """Returns the ids of the workflows that ship, in alphabetical order."""
    return sorted(path.stem for path in WORKFLOWS.glob("*.json"))


def load_catalogue() -> dict[str, WorkflowDocument]:
    """Every workflow that ships, by id, in the order of their ids."""
    return {workflow_id: find_document(workflow_id) for workflow_id in workflow_ids()}


@cache
def find_document(workflow_id: str) -> WorkflowDocument:
    """Raises UnknownWorkflowError; only ids that ship are ever made part of a path."""
    known = workflow_ids()
    if workflow_id not in known:
        raise UnknownWorkflowError(workflow_id, known)
    text = (WORKFLOWS / f"{workflow_id}.json").read_text("utf-8")
    return read_document(json.loads(text))
