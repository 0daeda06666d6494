"""Spans, rows and executions for tests: sensible defaults, overridden by name."""

from __future__ import annotations

from typing import Any

from spanvas.model.artifact import Artifact
from spanvas.model.execution import Execution
from spanvas.model.execution_update import ExecutionUpdate
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas_api.received.updates import Group, update_of

SECOND = 1_000_000_000
T0 = 1_790_000_000 * SECOND
"""2026-09-21 14:13:20 UTC: when tests begin."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = T0) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


def span_id(name: str) -> str:
    """A span id that a reader can recognise: the name's first bytes in hex."""
    return name.encode().ljust(8, b"\x2e")[:8].hex()


def make_span(
    label: str = "a", parent: str | None = None, start: float = 0, **overrides: Any
) -> Span:
    """Starts `start` seconds after T0 and lasts one second, unless `end_time_unix_nano` says otherwise."""
    begin = T0 + round(start * SECOND)
    values: dict[str, Any] = {
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "span_id": span_id(label),
        "parent_span_id": span_id(parent) if parent else None,
        "name": label,
        "kind": "node",
        "start_time_unix_nano": begin,
        "end_time_unix_nano": begin + SECOND,
        "status": "ok",
        "recorded_at_unix_nano": begin + SECOND,
    }
    return Span(**{**values, **overrides})


def make_row(
    label: str = "a", parent: str | None = None, start: float = 0, **overrides: Any
) -> Row:
    begin = T0 + round(start * SECOND)
    values: dict[str, Any] = {
        "span_id": span_id(label),
        "parent_span_id": span_id(parent) if parent else None,
        "name": label,
        "kind": "node",
        "start_time_unix_nano": begin,
        "end_time_unix_nano": begin + SECOND,
        "status": "ok",
    }
    return Row(**{**values, **overrides})


def make_execution(execution_id: str = "exec_1", start: float = 0, **overrides: Any) -> Execution:
    values: dict[str, Any] = {
        "tenant": "acme",
        "execution_id": execution_id,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "workflow_id": "support-triage",
        "workflow_name": "Support triage",
        "workflow_version": "7",
        "started_at_unix_nano": T0 + round(start * SECOND),
        "deadline_unix_nano": T0 + round((start + 60) * SECOND),
        "expected_nodes": ("classify", "reply"),
        "started_by": "ada",
    }
    return Execution(**{**values, **overrides})


def make_artifact(**overrides: Any) -> Artifact:
    """Of span a; nothing of it is stored yet."""
    values: dict[str, Any] = {
        "tenant": "acme",
        "execution_id": "exec_1",
        "artifact_id": "art_1",
        "span_id": span_id("a"),
        "node_id": "report",
        "name": "Q3 “report”.csv",
        "media_type": "text/csv; charset=utf-8",
        "bytes": 0,
        "sha256": "",
        "created_at_unix_nano": T0,
    }
    return Artifact(**{**values, **overrides})


def update_of_span(span: Span, execution_id: str, tenant: str = "acme") -> ExecutionUpdate:
    """What one span says of an execution that nobody registered."""
    group = Group(execution_id, spans=[span])
    return update_of(group, tenant, "collector", T0, 900)
