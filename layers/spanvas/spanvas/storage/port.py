"""The store as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from spanvas.model.execution import Cause, Counters, Execution
from spanvas.model.span import Span

if TYPE_CHECKING:
    # What executors never see, or not often: their cold start does without it.
    from spanvas.model.access import Access
    from spanvas.model.artifact import Artifact
    from spanvas.model.errors import UnreadableItem
    from spanvas.model.execution_update import ExecutionUpdate
    from spanvas.storage.deletion_port import Deletions
    from spanvas.storage.pages import Listing, Overdue, Page
    from spanvas.storage.stored_trace import StoredTrace


class SpanBatch(NamedTuple):
    """Spans of one execution that are written together. `dropped`: how many were dropped before, for want of space.

    `is_last`: the writer calls `end_execution` next, with another status than `lost`; the totals may wait for that.
    """

    tenant: str
    execution_id: str
    spans: Sequence[Span]
    dropped: int = 0
    is_last: bool = False


class WriteResult(NamedTuple):
    """The chunks that a write has stored, in order; those that were stored before are among them."""

    chunk_ids: tuple[str, ...]


class Binding(NamedTuple):
    """The execution that a trace belongs to.

    `is_new`: no item of it was found; another writer may create one at any time. `apart`: names of the trace's spans
    that stay executions of their own; spans with such a name belong to that execution.
    """

    execution_id: str
    is_new: bool = False
    apart: frozenset[str] = frozenset()


class CountedEnd(NamedTuple):
    """What the metrics are to be told of an end that the store has taken.

    `execution` is as it is stored then. `is_first`: no end of it was counted before. `counters`: what of its totals has
    not been told before, all of them with the first end, later what this process has written since.
    """

    execution: Execution
    is_first: bool
    counters: Counters


class TraceReader(Protocol):
    """What reads an execution and its spans. Every method may raise StoreUnavailableError and UnreadableItemError."""

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        """None when it is absent, expired or another tenant's. An overdue one is returned as `lost`."""

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        """Returns the execution with all its rows; None as `read_execution`."""

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        """Returns the span as it is shown, then its other ended versions that differ, the latest first.

        At most `MAX_VERSIONS`; empty where the span is not stored. `known`: the trace, where it has just been read.
        """

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        """Returns a page of whole spans, each once. The detail that makes it `max_bytes`, uncompressed, is the last."""


class TraceStore(TraceReader, Protocol):
    """Every method may raise StoreUnavailableError; nothing was acknowledged then, and all may be called again.

    One item that cannot be decoded does not fail a list or a trace: it is left out, counted in the result, and passed
    to `on_unreadable`. Methods that are asked for that very item raise UnreadableItemError.
    """

    on_unreadable: Callable[[UnreadableItem], None]

    @property
    def deletions(self) -> Deletions:
        """What deletes executions of this store."""

    def start_execution(self, execution: Execution) -> None:
        """Creates an execution, moves it on from `queued`, or continues it.

        Which of these: `storage.executions.ExecutionItems.start`.
        """

    def begin_execution(self, execution: Execution, sent: Callable[[], None]) -> bool:
        """Creates a provisional execution, which `start_execution` completes. Returns whether it was created.

        A queued execution stays queued and is marked as begun; any other known execution stays as it is. `sent` is
        called when the request has left the process, at the latest when it has been answered.
        """

    def withdraw_execution(self, tenant: str, execution_id: str) -> None:
        """Lets what `begin_execution` has created expire at once, unless it has been completed meanwhile."""

    def prepare(self) -> None:
        """Opens a connection in advance, so that the first call need not wait for one."""

    def end_execution(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: dict[str, str] | None = None,
        counted_as: str = "",
    ) -> CountedEnd | None:
        """Closes an execution. Of several ends the latest stays; any end replaces `lost`.

        `counted_as`: a random name of this end. With one, the answer is what the metrics are to be told of it; None
        where that is nothing: a later end is stored, or the status is one of `execution.UNCOUNTED`.
        """

    def write(self, batch: SpanBatch) -> WriteResult:
        """Stores spans durably. A batch may be written twice: nothing is counted twice."""

    def bind_trace(self, tenant: str, trace_id: str, names: Collection[str]) -> Binding:
        """Joins a trace and the execution ids that its spans name, with all that is there, and returns the execution
        that they are now. All of the ids lead to it.

        A trace without names belongs to the execution that has the trace's id. A trace that an execution was registered
        with belongs to that one; then all names stay apart. So does the name of a second registered execution.
        """

    def receive(self, batch: SpanBatch, update: ExecutionUpdate, *, is_new: bool) -> str:
        """Stores spans of an execution that nobody registers, and what they say of it, durably.

        Returns the id of the execution that has them: another one than the batch's where that has been moved. Where the
        hint `is_new` is right it saves a request, else it costs one.
        """

    def repair_counters(self, execution: Execution, counters: Counters) -> bool:
        """Replaces the totals. Returns False, with nothing replaced, where they were written since they were read."""

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
        workflows: Sequence[str] | None = None,
    ) -> Listing:
        """Newest first, by the start, or where that is out of sight by when it was first seen (`items.listed_at`).

        Bounds are unix nanoseconds, `started_from` inclusive, `started_to` exclusive. Of the statuses, `lost` finds
        what has been closed as lost: an overdue execution is shown as lost at once, and closed by the next sweep.
        `workflows`: globs of those whose executions may be listed; the others are neither listed nor counted.
        """

    def executions_of_trace(self, tenant: str, trace_id: str, limit: int) -> list[Execution]:
        """Returns at most `limit` executions that have spans of a trace, the earliest first, each as `read_execution`.

        One that has just been registered may be missing for a moment: the index lags behind.
        """

    def put_artifact(self, artifact: Artifact, body: bytes | BinaryIO) -> Artifact:
        """Stores a file. Returns the artifact with size, sha256, key and version of what was stored."""

    def refer_to_artifact(self, artifact: Artifact) -> Artifact:
        """Stores a reference to a file that stays in its `bucket`, with the size, type, version and ETag it has now.

        Raises StoreUnavailableError where it is not there, or may not be read.
        """

    def list_artifacts(self, tenant: str, execution_id: str) -> Page[Artifact]:
        """All on one page, the oldest first."""

    def read_artifact(self, tenant: str, execution_id: str, artifact_id: str) -> Artifact | None:
        """Returns one artifact; None where it is absent, expired or another tenant's."""

    def sign_artifact_url(self, artifact: Artifact, disposition: str, expires_seconds: int) -> str:
        """Returns a URL of the stored version of an artifact. `disposition` is part of the signature."""

    def record_access(self, access: Access) -> None:
        """Stores who has read what, for a time of its own; it is called before the answer is given."""

    def list_accesses(
        self,
        tenant: str,
        execution_id: str,
        *,
        limit: int = 100,
        after: str | None = None,
        span_id: str | None = None,
    ) -> Page[Access]:
        """Newest first, of expired executions too. With `span_id`, those of the span: a page may then be short."""

    def note_status_index(self) -> None:
        """Stores since when failed and lost executions have an index of their own, unless it is stored.

        Those that started before are looked for in the whole history.
        """

    def overdue(self) -> Iterator[Overdue]:
        """Yields the executions past their deadline, the longest overdue first.

        These are open ones and those that their own function has given up. Executions that were set aside and whose
        next try is due come last.
        """

    def open_beyond(self, deadline_unix_nano: int, part: int) -> Iterator[Overdue]:
        """Yields the open executions whose deadline is after this time: a fixed part of them, chosen by their ids.

        `part` is any number; as many numbers in a row as the index has partitions (`items.RUNNING_SHARDS`) yield each
        of these executions once.
        """

    def to_recount(self) -> Iterator[Overdue]:
        """Yields ended executions whose totals are to be counted again: several processes have written them."""

    def note_recounted(self, execution: Execution) -> bool:
        """Notes that the totals are right. Returns False, with nothing noted, where they were written since."""

    def set_aside(self, overdue: Overdue) -> bool:
        """Postpones the closing of an execution: by two minutes, twice as long every further time, at most a day.

        Returns False where it has ended or gone on meanwhile.
        """

    def count_set_aside(self) -> int:
        """Returns how many executions are set aside, whether their next try is due or not."""

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        """Closes an overdue execution. Returns False where it has ended or gone on meanwhile."""
