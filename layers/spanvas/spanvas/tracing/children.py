"""Spans of processes that a function forks while its execution is open.

A child has no threads, no connections and no say in how the execution ends. So it hands each span that has ended to its
parent, over a socket that both have had since the fork. What has been handed to the kernel is not lost when the child
ends, however it ends: `os._exit` and a kill are the rule here. The parent adds the spans to its own, and counts those
that a child had begun and has not ended when it is gone.

On the socket: messages of one byte, the run's number (8 bytes), a length (4 bytes) and so many bytes of content.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from opentelemetry.sdk.trace import Span as SdkSpan

from spanvas.model.span import Span
from spanvas.tracing.execution_state import ExecutionState
from spanvas.tracing.health import Health

HEAD: Final = struct.Struct("!cQI")
THREAD: Final = "spanvas-child"
STARTED: Final = b"S"
ENDED: Final = b"E"
FLUSH: Final = b"F"
ALL: Final = b"1"
NOT_ALL: Final = b"0"
BLOCK: Final = 1 << 18
LOCKED: Final = ("_attributes", "_events", "_links")
"""What of an SDK's span has a lock of its own, besides the span."""
SEND_SECONDS: Final = 5.0
"""For a parent that does not read. What it has not got by then is missing, and it knows so."""


class Children:
    """The parent's side. `open_runs` are the executions that go on here; `started` and `emit` are told of a child's
    spans, `flush` writes them.

    `os.register_at_fork` calls `before`, and then `in_parent` or `in_child`, in the thread that forks.
    """

    def __init__(
        self,
        open_runs: Callable[[], list[ExecutionState]],
        started: Callable[[ExecutionState], None],
        emit: Callable[[ExecutionState, Span], None],
        flush: Callable[[], bool],
        health: Health,
    ) -> None:
        self._open_runs = open_runs
        self._started = started
        self._emit = emit
        self._flush = flush
        self._health = health
        self._forking = threading.local()
        self._known: dict[int, Child] = {}
        self._inherited: list[ExecutionState] = []
        self.parent: Parent | None = None
        """In a child: who gets its spans of the executions that were open when it was forked."""

    def before(self) -> None:
        """Makes the socket, before the fork."""
        self._forking.made = None
        runs = [*self._open_runs(), *self._inherited]
        if runs:
            with suppress(OSError):  # no file descriptor is left: the child's spans are lost
                self._forking.made = (*socket.socketpair(), runs)

    def in_parent(self) -> None:
        """Listens to the new child."""
        made, self._forking.made = getattr(self._forking, "made", None), None
        if made is None:
            return
        ours, theirs, runs = made
        theirs.close()
        child = Child(ours, runs, self._started, self._emit)
        self._known[id(child)] = child
        with suppress(RuntimeError):  # no thread can be started: read at the end of the execution
            threading.Thread(target=self._listen, args=(child,), name=THREAD, daemon=True).start()

    def in_child(self) -> None:
        """Keeps the connection to the parent, and drops those of its other children."""
        made, self._forking = getattr(self._forking, "made", None), threading.local()
        for child in self._known.values():
            child.leave()
        if self.parent is not None:
            self.parent.leave()
        self._known, self._inherited, self.parent = {}, [], None
        if made is not None:
            ours, theirs, self._inherited = made
            ours.close()
            self.parent = Parent(theirs, self._health)

    def receive(self) -> None:
        """Reads what the children have sent by now."""
        for child in list(self._known.values()):
            child.pump()
            self._forget_gone(child)

    def close(self, run: ExecutionState) -> None:
        """Counts the spans that children have begun and not ended of an execution that ends. They may still come."""
        self.receive()
        for child in list(self._known.values()):
            child.count_missing(run)

    def _listen(self, child: Child) -> None:
        while not child.is_gone:
            child.wait()
            child.pump()
            child.answer(self._flush)
        self._forget_gone(child)

    def _forget_gone(self, child: Child) -> None:
        if not child.is_gone:
            return
        # Counted while it is still known: the end of an execution, in another thread, looks at those that are.
        for run in child.runs.values():
            child.count_missing(run)
        if self._known.pop(id(child), None) is not None:
            child.leave()


class Child:
    """One child, as its parent sees it. Thread-safe: its own thread reads, and the end of an execution does."""

    def __init__(
        self,
        connection: socket.socket,
        runs: list[ExecutionState],
        started: Callable[[ExecutionState], None],
        emit: Callable[[ExecutionState, Span], None],
    ) -> None:
        self.runs = {id(run): run for run in runs}
        self.is_gone = False
        self._connection = connection
        self._started = started
        self._emit = emit
        self._lock = threading.Lock()
        self._data = bytearray()
        self._open: Counter[int] = Counter()
        self._counted: Counter[int] = Counter()
        self._flushes = 0

    def wait(self) -> None:
        """Blocks until there is something to read, or the child is gone."""
        poll = select.poll()
        with suppress(OSError, ValueError):  # it is closed meanwhile
            poll.register(self._connection, select.POLLIN)
            poll.poll()

    def pump(self) -> None:
        """Reads and handles what has arrived."""
        with self._lock:
            while not self.is_gone:
                try:
                    data = self._connection.recv(BLOCK, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return
                except OSError:
                    data = b""
                self.is_gone = not data
                self._data += data
                self._handle_messages()

    def answer(self, flush: Callable[[], bool]) -> None:
        """Sends the result of a flush to the child for each that it has requested."""
        while self._flushes:
            self._flushes -= 1
            result = ALL if flush() else NOT_ALL
            with suppress(OSError):
                self._connection.send(result, socket.MSG_DONTWAIT)

    def count_missing(self, run: ExecutionState) -> None:
        """Counts the spans that the child has begun and not ended: more of them than before, or fewer."""
        with self._lock:
            number = self._open[id(run)] - self._counted[id(run)]
            self._counted[id(run)] += number
            run.export.missing += number

    def leave(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _handle_messages(self) -> None:
        while len(self._data) >= HEAD.size:
            what, number, size = HEAD.unpack_from(self._data)
            end = HEAD.size + size
            if len(self._data) < end:
                return
            content = bytes(self._data[HEAD.size : end])
            del self._data[:end]
            self._handle(what, self.runs.get(number), content)

    def _handle(self, what: bytes, run: ExecutionState | None, content: bytes) -> None:
        if run is None:
            self._flushes += what == FLUSH
        elif what == STARTED:
            self._open[id(run)] += 1
            self._started(run)
        else:
            import pickle  # not at the top: most functions do not fork

            self._open[id(run)] -= 1
            # Written by a copy of this process, on a socket that nobody else has.
            self._emit(run, pickle.loads(content))  # noqa: S301


class Parent:
    """Sends a forked child's spans to its parent. What cannot be sent is missing, which the parent counts."""

    def __init__(self, connection: socket.socket, health: Health) -> None:
        self._connection = connection
        self._connection.settimeout(SEND_SECONDS)
        self._health = health
        self._lock = threading.Lock()

    def started(self, run: ExecutionState) -> None:
        """Reports that a span has begun."""
        self._send(STARTED, id(run))

    def ended(self, run: ExecutionState, span: Span) -> None:
        """Sends a span that has ended."""
        import pickle

        self._send(ENDED, id(run), pickle.dumps(span, pickle.HIGHEST_PROTOCOL))

    def flush(self, seconds: float) -> bool:
        """Asks the parent to flush. Returns whether it has written everything."""
        with self._lock:
            if not self._sent(HEAD.pack(FLUSH, 0, 0)):
                return False
            self._connection.settimeout(seconds)
            try:
                return self._connection.recv(1) == ALL
            except OSError:
                return False
            finally:
                self._connection.settimeout(SEND_SECONDS)

    def leave(self) -> None:
        """Closes the socket to the parent."""
        self._connection.close()

    def _send(self, what: bytes, number: int, content: bytes = b"") -> None:
        with self._lock:
            if not self._sent(HEAD.pack(what, number, len(content)) + content):
                self._health.count("spans.without_parent")

    def _sent(self, message: bytes) -> bool:
        try:
            self._connection.sendall(message)
        except OSError:
            # A message may be there in part: nothing that comes after it could be read.
            self._connection.close()
            return False
        return True


def make_usable(span: SdkSpan) -> None:
    """Gives the SDK's span new locks, in a process that has none of the threads which may hold them."""
    owners: list[Any] = [span, *(getattr(span, name, None) for name in LOCKED)]
    for owner in owners:
        held = getattr(owner, "_lock", None)
        if held is not None:
            owner._lock = threading.RLock() if "RLock" in type(held).__name__ else threading.Lock()
