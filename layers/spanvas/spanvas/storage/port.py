"""The store as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final, Generic, NamedTuple, Protocol, TypeVar

from spanvas.model.artifact import Artifact
from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Cause, Counters, Execution
from spanvas.model.loss import with_loss_cause
from spanvas.model.row import Row, merge_duplicates, versions
from spanvas.model.span import Span

if TYPE_CHECKING:
    # What executors never see: their cold start does without it.
    from spanvas.model.access import Access
    from spanvas.model.execution_update import ExecutionUpdate

Item = TypeVar("Item")
MAX_VERSIONS: Final = 10
"""Of one span that are read at once."""


@dataclass(frozen=True, slots=True)
class SpanBatch:
    """Spans of one execution that are written together. `dropped` counts those that had to be given up before."""

    tenant: str
    execution_id: str
    spans: Sequence[Span]
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class WriteResult:
    """`chunk_ids` are durable; `new_chunks` of them were not there before."""

    chunk_ids: tuple[str, ...]
    new_chunks: int


@dataclass(frozen=True, slots=True)
class Binding:
    """The execution that a trace belongs to. `is_new` is a guess: nobody has written to it yet, as far as was seen.

    `apart` are those of the names that stay executions of their own: spans that have such a name belong there.
    """

    execution_id: str
    is_new: bool = False
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredTrace:
    """An execution and the rows of its trace, in no particular order: merged, and by id of the chunk as they came.

    `unreadable` are chunks that could not be decoded, `newer_chunks` counts those among `chunks` that a newer version
    has written.
    """

    execution: Execution
    rows: list[Row]
    chunks: Mapping[str, list[Row]]
    unreadable: tuple[UnreadableItem, ...] = ()
    newer_chunks: int = 0

    @staticmethod
    def of(
        execution: Execution,
        chunks: Mapping[str, list[Row]],
        unreadable: Sequence[UnreadableItem] = (),
        newer_chunks: int = 0,
    ) -> StoredTrace:
        rows = merge_duplicates(list(chain(*chunks.values())))
        return StoredTrace(execution, rows, chunks, tuple(unreadable), newer_chunks)

    @property
    def is_whole(self) -> bool:
        """Whether all that is stored could be decoded, by a reader that knows all of it."""
        return not (self.unreadable or self.newer_chunks or self.execution.is_newer)

    def execution_with_loss_cause(self) -> Execution:
        """Returns the execution with the cause that its rows show; unchanged where a row could not be decoded."""
        return self.execution if self.unreadable else with_loss_cause(self.execution, self.rows)

    def versions(self, span_id: str) -> list[Row]:
        """As `model.row.versions`, `MAX_VERSIONS` at most; none where the span is not there."""
        rows = [row for row in chain(*self.chunks.values()) if row.span_id == span_id]
        return versions(rows)[:MAX_VERSIONS] if rows else []


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next_position` continues the same listing; None at its end. `unreadable` are those of this page that could not
    be decoded; they count for its length."""

    items: list[Item]
    next_position: str | None
    unreadable: tuple[UnreadableItem, ...] = ()

    @staticmethod
    def of(
        entries: Iterable[Item | UnreadableItem],
        next_position: str | None,
        report: Callable[[UnreadableItem], None],
    ) -> Page[Item]:
        """A page of what was decoded and what could not be, which is reported."""
        found: list[Item] = []
        unreadable: list[UnreadableItem] = []
        for entry in entries:
            if isinstance(entry, UnreadableItem):
                report(entry)
                unreadable.append(entry)
            else:
                found.append(entry)
        return Page(found, next_position, tuple(unreadable))


class Overdue(NamedTuple):
    """An execution that nobody has ended in time, as far as its index says."""

    tenant: str
    execution_id: str


@dataclass(frozen=True, slots=True)
class Listing(Page[Execution]):
    """A page of the history. It may be short, or empty, and have a next one: a page is a bounded amount of work.

    `looked_through_unix_nano` says how far: all that passes the filter and has its place after that time (before it,
    where the oldest come first) is on this page or on those before. It is None at the end of the list.
    """

    passed_over: int = 0
    """Entries that were looked at for this page and are not on it."""
    looked_through_unix_nano: int | None = None


class TraceStore(Protocol):
    """Every method may raise StoreUnavailableError; nothing was acknowledged then, and all may be called again.

    One item that cannot be decoded does not fail a list or a trace: it is left out, told in the answer, and handed to
    `on_unreadable`. Methods that are asked for that very item raise UnreadableItemError.
    """

    on_unreadable: Callable[[UnreadableItem], None]

    def start_execution(self, execution: Execution) -> None:
        """Make the mapping, move it on from `queued`, or continue it: see `storage.executions.ExecutionItems`."""

    def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
        """Make it known that an execution is running, before all is known of it: `start_execution` completes it.

        One that is queued stays queued, and is marked as begun; any other that is known stays as it is. `sent` is
        called when the request has left the process, at the latest when it has been answered. Whether this call has
        made it.
        """

    def withdraw_execution(self, tenant: str, execution_id: str) -> None:
        """Take back what `begin_execution` has made, unless it has been completed meanwhile."""

    def prepare(self) -> None:
        """Connect, so that the first call need not."""

    def end_execution(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: dict[str, str] | None = None,
    ) -> None:
        """Close an execution. The latest end wins; an end replaces `lost`."""

    def write(self, batch: SpanBatch) -> WriteResult:
        """Keep spans. Durable when it returns; any batch may be sent twice and nothing doubles."""

    def bind_trace(self, tenant: str, trace_id: str, names: Collection[str]) -> Binding:
        """Joins a trace and the execution ids that its spans name, with all that is there, and returns the execution
        that they are now. All of the ids lead to it.

        A trace without names belongs to the execution that has the trace's id. A trace that an execution was registered
        with belongs to that one; then all names stay apart. So does the name of a second registered execution.
        """

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        """Keep spans of an execution that nobody registers, and what they say of it; where they are kept.

        Durable when it returns. That is another execution than the batch's where the latter has been moved.
        `is_new` saves a write where it is right, and costs one where it is not.
        """

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        """None when it is absent, expired or another tenant's. An overdue one is returned as `lost`."""

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None: ...

    def read_span(self, tenant: str, execution_id: str, span_id: str) -> Span | None:
        """The first of `read_versions`."""

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        """The span as it is shown, then other versions of it that had ended too and say something else, the latest
        first, `MAX_VERSIONS` in all; empty where it is not there.

        `known` is the trace when it has just been read and need not be again.
        """

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        """Whole spans, each once; a page holds at most one detail more than `max_bytes` of them, uncompressed."""

    def repair_counters(self, execution: Execution, counters: Counters) -> None:
        """Correct totals that a crash between two writes left short, unless the execution has moved on since."""

    def list_executions(
        self,
        tenant: str,
        *,
        workflow_id: str | None = None,
        status: str | None = None,
        started_from: int | None = None,
        started_to: int | None = None,
        limit: int = 50,
        after: str | None = None,
        oldest_first: bool = False,
    ) -> Listing:
        """Newest first, by the start, or where that is out of sight by when it was first seen (`items.listed_at`).

        Bounds are unix nanoseconds, `started_from` inclusive, `started_to` exclusive. Of the statuses, `lost` finds
        what has been closed as lost: an overdue execution is shown as lost at once, and closed by the next sweep.
        """

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        """Keep a file; size, sha256, key and version of the answer are those of what was stored."""

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        """List a file that stays in its `bucket` under its `key`; size, type, version and ETag are what it has now.

        Raises StoreUnavailableError where it is not there, or may not be read.
        """

    def list_artifacts(self, tenant: str, execution_id: str) -> Page[Artifact]:
        """All of them on one page, the oldest first."""

    def read_artifact(
        self, tenant: str, execution_id: str, artifact_id: str
    ) -> Artifact | None: ...

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        """A URL that serves the artifact once-stored version for so long; disposition is part of the signature."""

    def record_access(self, access: Access) -> None: ...

    def list_accesses(
        self, tenant: str, execution_id: str, *, limit: int = 100, after: str | None = None
    ) -> Page[Access]:
        """Newest first."""

    def note_status_index(self) -> None:
        """Note when failed and lost executions are first kept in an index of their own, unless that is known: those
        that started before are looked for in the whole history."""

    def overdue(self) -> Iterator[Overdue]:
        """All executions past their deadline, open or given up by their own function, the longest overdue first. After
        them those that were set aside, as far as their time has come."""

    def set_aside(self, overdue: Overdue) -> bool:
        """Put one that cannot be closed behind the others: for two minutes, twice as long every further time, at most
        a day. False where it has ended or gone on meanwhile."""

    def count_set_aside(self) -> int:
        """How many executions are set aside, whether their time has come or not."""

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        """Close an overdue execution, unless it has ended or gone on meanwhile; whether it was closed by this call."""
