"""What is overdue, as executions."""

from __future__ import annotations

from spanvas.model.execution import LOST, Execution
from spanvas.storage.port import TraceStore


def overdue(store: TraceStore) -> list[Execution]:
    found = [store.read_execution(*place) for place in store.overdue()]
    return [execution for execution in found if execution and execution.status == LOST]
