"""How the tracing engine is put together: who writes which state, and how far a span has to go."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Any

import spanvas
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.tracing import buffer
from spanvas.tracing.context import Invocation
from spanvas.tracing.execution_state import ExecutionState, ExportState
from tests.support.recording import recording

PACKAGE = Path(spanvas.__file__).parent
MAX_FRAMES = 12


def assigned_in(module: Path) -> set[str]:
    """Attributes that a module assigns: of other objects, and of its own classes' instances where they are state."""
    is_state = module.stem in ("execution_state", "context")
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            is_own = isinstance(node.value, ast.Name) and node.value.id == "self"
            if is_state or not is_own:
                found.add(node.attr)
    return found


def test_each_field_of_an_execution_is_assigned_by_one_module() -> None:
    writers: dict[str, set[str]] = defaultdict(set)
    for module in (PACKAGE / "tracing").glob("*.py"):
        for name in assigned_in(module):
            writers[name].add(module.stem)
    names = [f.name for kind in (ExecutionState, ExportState, Invocation) for f in fields(kind)]
    assert {name: writers[name] for name in names if len(writers[name]) > 1} == {}
    assert (writers["is_discarded"], writers["written_end"], writers["missing"]) == (
        {"processor"},
        {"store_exporter"},
        {"children"},
    )


def own_frames() -> list[str]:
    """Names of our own functions that are on the stack, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    found = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(str(PACKAGE)):
            found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


class FakeDynamoDB:
    """Keeps the stack of every `put_item`, by the kind of item."""

    class exceptions:
        class ConditionalCheckFailedException(Exception):
            pass

    def __init__(self) -> None:
        self.stacks: dict[str, list[str]] = {}

    def put_item(self, Item: dict[str, Any], **_: Any) -> None:
        self.stacks.setdefault(Item["sk"]["S"].partition("#")[0], own_frames())

    def update_item(self, **_: Any) -> dict[str, Any]:
        return {"Attributes": {"status": {"S": "running"}}}


def test_a_span_passes_at_most_twelve_of_our_frames_from_the_processor_to_put_item(
    monkeypatch: Any,
) -> None:
    dynamodb = FakeDynamoDB()
    to_buffer: list[list[str]] = []
    waiting = buffer.Waiting

    def noted(*arguments: Any) -> Any:
        if "on_end" in own_frames():
            to_buffer.append(own_frames())
        return waiting(*arguments)

    monkeypatch.setattr(buffer, "Waiting", noted)
    store = DynamoTraceStore("t", "b", dynamodb=dynamodb)  # type: ignore[arg-type]
    with recording(store=store), spanvas.workflow("brief", execution_id="e1"):
        with spanvas.node("draft"):
            pass
        assert spanvas.flush()
    (before, *_) = to_buffer
    before = before[: before.index("on_end") + 1]
    assert before == ["append", "emit", "on_end"]
    # The thread of the store begins with its loop, so its whole stack is the span's way.
    assert dynamodb.stacks["DETAIL"][-3:] == ["_write_batches", "work", "_loop"]
    assert len(before) + len(dynamodb.stacks["DETAIL"]) <= MAX_FRAMES
    assert len(before) + len(dynamodb.stacks["ROWS"]) <= MAX_FRAMES


def test_the_engine_is_put_together_of_parts_that_inherit_from_nothing() -> None:
    with recording() as recorded:
        parts = [
            recorded.engine.spans,
            recorded.engine.generations,
            recorded.engine.artifacts,
            recorded.engine.executions,
            recorded.engine.messages,
            recorded.engine.delivery,
            recorded.engine,
        ]
    assert [type(part).__bases__ for part in parts] == [(object,)] * 7
