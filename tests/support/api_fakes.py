"""What stands behind the API in its tests, beside the store's own fake."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from spanvas.model.access import Access
from spanvas_api.errors import ExecutorUnavailableError
from tests.support.memory_store import MemoryTraceStore

TRIAGE = {
    "id": "support-triage",
    "name": "Support triage",
    "version": "7",
    "description": "Sorts a ticket and drafts the reply.",
    "nodes": [
        {"id": "classify", "kind": "transform", "expression": "@"},
        {"id": "reply", "name": "Draft the reply", "kind": "template", "template": "Hello"},
    ],
    "edges": [["classify", "reply"]],
    "sample_input": {"ticket": "My order has not come."},
}


@dataclass
class RecordingExecutor:
    """Takes every execution, unless it is down."""

    events: list[Mapping[str, Any]] = field(default_factory=list)
    is_down: bool = False
    before_start: Callable[[], object] = lambda: None

    def start(self, event: Mapping[str, Any]) -> None:
        self.before_start()
        if self.is_down:
            raise ExecutorUnavailableError("TooManyRequestsException")
        self.events.append(event)


class AuditedStore(MemoryTraceStore):
    """A store whose accesses can be read, and can fail alone."""

    audit_failure: Exception | None = None

    def record_access(self, access: Access) -> None:
        if self.audit_failure is not None:
            raise self.audit_failure
        super().record_access(access)

    def accesses(self, execution_id: str = "exec_1", tenant: str = "acme") -> list[Access]:
        """Oldest first."""
        return self.list_accesses(tenant, execution_id).items[::-1]
