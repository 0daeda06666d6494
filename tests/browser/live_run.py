"""An execution that goes on while the page is open."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from local.stack import Stack
from spanvas.model.execution import Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from tests.support.builders import SECOND, make_execution, make_span
from tests.support.local_stack import TENANT, store_of

LINES = 80


def letters(number: int) -> str:
    """Names without digits, so that the steps are not told as one line."""
    return chr(97 + number // 26) + chr(97 + number % 26)


class Run:
    """An execution that somebody else's function is at work on, as the store sees it."""

    def __init__(self, stack: Stack) -> None:
        self._store = store_of(stack)
        self.now = time.time_ns()
        self.id = f"live-{uuid4().hex[:8]}"
        self.execution: Execution = make_execution(
            self.id,
            tenant=TENANT,
            trace_id=trace_id_for(TENANT, self.id),
            workflow_id="order-lookup",
            started_at_unix_nano=self.now,
            deadline_unix_nano=self.now + 900 * SECOND,
            expected_nodes=(),
            started_by="somebody else",
        )
        self._store.start_execution(self.execution)
        self.write(self.span("run", kind="workflow", end_time_unix_nano=None))
        self.write(*(self.span(f"step {letters(n)}", "run", n) for n in range(LINES)))

    def span(self, name: str, parent: str | None = None, after: int = 0, **more: Any) -> Span:
        start = self.now + after * SECOND // 1000
        times = {"start_time_unix_nano": start, "end_time_unix_nano": start + SECOND // 1000}
        label = name[-8:]
        made: dict[str, Any] = {"trace_id": self.execution.trace_id, "name": name, **times, **more}
        return make_span(label, parent, **made)

    def write(self, *spans: Span) -> None:
        self._store.write(SpanBatch(TENANT, self.id, spans))

    def end(self) -> None:
        self.write(self.span("run", kind="workflow", recorded_at_unix_nano=self.now + SECOND))
        self._store.end_execution(TENANT, self.id, "succeeded", self.now + SECOND)
