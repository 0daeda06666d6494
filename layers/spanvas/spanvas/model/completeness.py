"""Which nodes of a workflow are in a trace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spanvas.model import kinds
from spanvas.model.execution import Execution
from spanvas.model.row import Row


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which nodes of the workflow are in the trace, in the order of the workflow."""

    expected: tuple[str, ...]
    received: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Expected nodes of which no span has come, in the order in which they are expected."""
        received = set(self.received)
        return tuple(node for node in self.expected if node not in received)


def completeness_of(execution: Execution, rows: Iterable[Row]) -> Completeness:
    """Returns which expected nodes have a span; nodes that nobody expected are appended."""
    seen = {row.node_id for row in rows if row.kind == kinds.NODE and row.node_id}
    known = [node for node in execution.expected_nodes if node in seen]
    extra = sorted(seen.difference(execution.expected_nodes))
    return Completeness(execution.expected_nodes, (*known, *extra))
