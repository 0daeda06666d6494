"""What a parent makes of what its children send: whole, in pieces, half a message, nonsense."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Iterator

import pytest

from spanvas.model.span import Span
from spanvas.tracing.children import ENDED, HEAD, STARTED, Child, Parent
from spanvas.tracing.execution_state import ExecutionState, Workflow
from spanvas.tracing.health import Health
from tests.support.builders import make_span


class Family:
    """A child and its parent, in one process."""

    def __init__(self) -> None:
        ours, self.theirs = socket.socketpair()
        self.run = ExecutionState("acme", "e1", "0" * 32, Workflow("w"), 1, 2)
        self.spans: list[Span] = []
        self.begun = 0
        self.health = Health()
        self.child = Child(ours, [self.run], self._started, self._emit)
        self.parent = Parent(self.theirs, self.health)

    def _started(self, run: ExecutionState) -> None:
        assert run is self.run
        self.begun += 1

    def _emit(self, run: ExecutionState, span: Span) -> None:
        assert run is self.run
        self.spans.append(span)

    def close(self) -> None:
        self.child.leave()
        self.theirs.close()


@pytest.fixture
def family() -> Iterator[Family]:
    made = Family()
    yield made
    made.close()


def test_a_span_arrives_as_it_was(family: Family) -> None:
    span = make_span("draft", attributes={"a": [1, {"b": b"\x00"}], "text": "é"})
    family.parent.started(family.run)
    family.parent.ended(family.run, span)
    family.child.pump()
    assert (family.begun, family.spans) == (1, [span])
    family.child.count_missing(family.run)
    assert family.run.export.missing == 0


def test_messages_in_pieces_are_put_together(family: Family) -> None:
    content = pickle.dumps(make_span("draft"))
    number = id(family.run)
    message = HEAD.pack(STARTED, number, 0) + HEAD.pack(ENDED, number, len(content)) + content
    for at in range(len(message)):
        assert family.spans == []
        family.theirs.sendall(message[at : at + 1])
        family.child.pump()
    assert [span.name for span in family.spans] == ["draft"]


def test_a_child_that_dies_in_the_middle_of_a_message_is_missing_a_span(family: Family) -> None:
    family.parent.started(family.run)
    family.theirs.sendall(HEAD.pack(ENDED, id(family.run), 1_000) + b"half")
    family.theirs.close()
    family.child.pump()
    family.child.count_missing(family.run)
    family.child.count_missing(family.run)
    assert family.child.is_gone
    assert family.run.export.missing == 1


def test_what_was_counted_as_missing_is_taken_back_when_it_comes(family: Family) -> None:
    family.parent.started(family.run)
    family.child.pump()
    family.child.count_missing(family.run)
    assert family.run.export.missing == 1
    family.parent.ended(family.run, make_span("late"))
    family.child.pump()
    family.child.count_missing(family.run)
    assert family.run.export.missing == 0


def test_spans_of_an_execution_that_was_not_open_at_the_fork_are_nobodys(family: Family) -> None:
    other = ExecutionState("acme", "e2", "1" * 32, Workflow("w"), 1, 2)
    family.parent.started(other)
    family.parent.ended(other, make_span("draft"))
    family.child.pump()
    assert (family.begun, family.spans) == (0, [])


@pytest.mark.parametrize("is_durable", [True, False])
def test_a_flush_is_answered_by_what_became_of_it(family: Family, is_durable: bool) -> None:
    def listen() -> None:
        family.child.wait()
        family.child.pump()
        family.child.answer(lambda: is_durable)

    listener = threading.Thread(target=listen)
    listener.start()
    assert family.parent.flush(30.0) is is_durable
    listener.join()


def test_without_a_parent_nothing_raises_and_all_is_counted(family: Family) -> None:
    family.child.leave()
    family.parent.started(family.run)
    family.parent.ended(family.run, make_span("draft"))
    assert family.parent.flush(1.0) is False
    assert family.health.counts() == {"spans.without_parent": 2}
