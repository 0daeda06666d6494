"""What a `workflow()` says of itself, and what its span says of the execution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from spanvas.model import kinds
from spanvas.model.ids import as_execution_id, as_name, display_name
from spanvas.semantics import attributes as names
from spanvas.tracing.recorder import present
from spanvas.tracing.run import Run


class Workflow(NamedTuple):
    workflow_id: str
    name: str
    version: str
    expected_nodes: tuple[str, ...]

    def give_to(self, run: Run) -> None:
        run.workflow_id = self.workflow_id
        run.workflow_name = self.name
        run.workflow_version = self.version
        run.expected_nodes = self.expected_nodes
        run.is_adopted = True

    def attributes(self) -> dict[str, Any]:
        return {
            names.KIND: kinds.WORKFLOW,
            names.WORKFLOW_ID: self.workflow_id,
            names.WORKFLOW_NAME: self.name,
            **present(
                {
                    names.WORKFLOW_VERSION: self.version,
                    names.WORKFLOW_EXPECTED_NODES: list(self.expected_nodes),
                }
            ),
        }


def make_workflow(
    workflow_id: str, name: str = "", version: str = "", expected_nodes: Iterable[str] = ()
) -> Workflow:
    """Returns a workflow by the id that its caller uses, which is its name where it has no other."""
    nodes = tuple(as_name(node) for node in expected_nodes)
    shown = str(name) or display_name(workflow_id)
    return Workflow(as_name(workflow_id), shown, str(version), nodes)


def workflow_of(run: Run) -> Workflow:
    return Workflow(
        run.workflow_id,
        run.workflow_name or run.workflow_id,
        run.workflow_version,
        run.expected_nodes,
    )


def root_attributes(run: Run) -> dict[str, Any]:
    return {
        **workflow_of(run).attributes(),
        names.TENANT: run.tenant,
        names.EXECUTION_ID: run.execution_id,
    }


def is_meant(run: Run, execution_id: str | None, tenant: str | None) -> bool:
    """Whether a `workflow()` names the execution that is open, or leaves it to us."""
    if as_execution_id(execution_id) not in ("", run.execution_id):
        return False
    return tenant is None or as_name(tenant) == run.tenant
