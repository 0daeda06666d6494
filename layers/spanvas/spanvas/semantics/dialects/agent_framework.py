"""Microsoft's Agent Framework: OpenTelemetry's names, and its own for workflows and their executors."""

from __future__ import annotations

from typing import Final

from spanvas.model import kinds
from spanvas.semantics.dialect import Dialect, Reading, Rule

EXECUTOR: Final = "executor.id"
WORKFLOW: Final = "workflow.name"
RUNS: Final = ("workflow.run", "workflow.session", "workflow_invoke")


def _kind(reading: Reading) -> str | None:
    if reading.name.startswith("executor.process") and EXECUTOR in reading.attributes:
        return kinds.NODE
    return kinds.WORKFLOW if reading.name.partition(" ")[0] in RUNS else None


DIALECT = Dialect(
    name="agent_framework",
    title="Microsoft Agent Framework",
    origin="agent-framework-core 1.23.0",
    kinds=(
        Rule(
            f"a span `executor.process` with `{EXECUTOR}`: node; {', '.join(f'`{n}`' for n in RUNS)}: workflow",
            _kind,
        ),
    ),
    fields={
        "input": ("executor.input", "message.content"),
        "output": ("executor.output",),
        "node_id": (EXECUTOR,),
        "workflow": (WORKFLOW,),
    },
)
