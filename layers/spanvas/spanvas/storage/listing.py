"""What a list of executions is asked for, how much work one page may be, and where the next page goes on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, NamedTuple

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution, is_of
from spanvas.model.globs import matches
from spanvas.storage.pages import Listing

TIME_DIGITS: Final = 20
"""Of the time that a key of the history begins with."""
REMEMBERED: Final = 80
"""Executions that a position remembers."""
DIGEST_BYTES: Final = 5


@dataclass(frozen=True, slots=True)
class Budget:
    """What one page may cost: calls that wait for one another, executions that are read, and index entries that are
    passed over without reading what they stand for.

    An execution of up to 4 KB is half a read unit, 4 KB of index entries (about 20 of them) are another half. So a page
    costs some 150 read units for executions and at most 75 for entries, whatever is filtered.
    """

    rounds: int = 12
    executions: int = 300
    entries: int = 3_000


class HistoryQuery(NamedTuple):
    """Bounds are unix nanoseconds, `started_from` inclusive, `started_to` exclusive. `after` is a `next_position`.

    `workflows`: globs of the workflows that may be listed; None for all.
    """

    tenant: str
    workflow_id: str | None = None
    status: str | None = None
    started_from: int | None = None
    started_to: int | None = None
    limit: int = 50
    after: str | None = None
    oldest_first: bool = False
    workflows: Sequence[str] | None = None

    def may_list(self, execution: Execution) -> bool:
        """Returns whether an execution is the tenant's, and of a workflow that may be listed."""
        return execution.tenant == self.tenant and (
            self.workflows is None or matches(execution.workflow_id, self.workflows)
        )


class Position(NamedTuple):
    """Where a page ends: the key of the last execution that was looked at, or a time as a key.

    An execution that is known by its spans moves to an earlier start when an earlier span comes. A walk from the newest
    on could then meet it twice: `returned` are digests of those that it has returned last.
    """

    key: str
    returned: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The position as a text, which `of` reads."""
        return f"{self.key}~{''.join(self.returned)}" if self.returned else self.key

    @staticmethod
    def of(text: str) -> Position:
        """Returns the position of a text that `text` has written."""
        key, _, digests = text.partition("~")
        width = 2 * DIGEST_BYTES
        return Position(key, tuple(digests[i : i + width] for i in range(0, len(digests), width)))

    def reached(self, key: str, found: Iterable[Execution]) -> Position:
        """Returns the position at `key`, after a page with these executions."""
        digests = (digest_of(execution) for execution in found if may_move(execution))
        return Position(key, (*self.returned, *digests)[-REMEMBERED:])

    def has_returned(self, execution: Execution) -> bool:
        """Whether one of the last pages has returned this execution already."""
        return may_move(execution) and digest_of(execution) in self.returned


def may_move(execution: Execution) -> bool:
    """Returns whether an execution can still move to an earlier start: one that is known by its spans."""
    return execution.origin is not None


def digest_of(execution: Execution) -> str:
    """Returns a short digest of the execution's id, in hex."""
    return blake2b(execution.execution_id.encode(), digest_size=DIGEST_BYTES).hexdigest()


def time_of(key: str) -> int:
    """Returns the unix nanoseconds of a key of the history."""
    return int(key[:TIME_DIGITS])


def following(key: str) -> str:
    """Returns the lower bound of the keys after an execution's; of a key that is a time, the key itself."""
    # `$` follows `#`, which is in no id: the bound sorts after this key and before that of every later execution.
    return f"{key}$" if "#" in key else key


class Found(NamedTuple):
    """An entry of a page: an execution, or an item that could not be decoded."""

    key: str
    execution: Execution | UnreadableItem
    passed_over: int
    """Entries that had been passed over when it was found."""


class Finds:
    """The page that is being filled. It is full when one more was found than it holds, so that there is a next one."""

    def __init__(self, query: HistoryQuery) -> None:
        self._query = query
        self._start = Position("") if query.after is None else Position.of(query.after)
        self._found: list[Found] = []
        self._passed_over = 0

    @property
    def is_full(self) -> bool:
        """Whether there is one entry more than the page holds."""
        return len(self._found) > self._query.limit

    @property
    def missing(self) -> int:
        """How many more are needed until the page is full."""
        return self._query.limit + 1 - len(self._found)

    def pass_over(self, entries: int = 1) -> None:
        """Counts entries of an index that were looked at and are not on the page.

        Not where only some workflows may be listed: nothing says of which ones the entries are.
        """
        if self._query.workflows is None:
            self._passed_over += entries

    def look_at(self, key: str, execution: Execution | UnreadableItem | None) -> None:
        """Adds what stands at a key to the page, or counts it as passed over; None: it is gone."""
        if execution is None:
            self.pass_over()
        elif isinstance(execution, Execution) and not self._query.may_list(execution):
            pass  # it is in no count either
        elif not self._passes(execution):
            self._passed_over += 1
        elif not self.is_full:
            self._found.append(Found(key, execution, self._passed_over))

    def _passes(self, execution: Execution | UnreadableItem) -> bool:
        if isinstance(execution, UnreadableItem):
            # It may have any status, and be of any workflow, if none was asked for.
            return self._query.workflows is None or self._query.workflow_id is not None
        wanted = self._query.status
        return (wanted is None or is_of(execution, wanted)) and (
            self._query.oldest_first or not self._start.has_returned(execution)
        )

    def listing(self, reached: str | None) -> Listing:
        """Returns the page. `reached`: the key up to which all was looked through; None at the end of the list."""
        passed_over = self._passed_over
        page = self._found[: self._query.limit]
        if self.is_full:
            passed_over = self._found[self._query.limit].passed_over
            reached = page[-1].key
        executions = [one.execution for one in page if isinstance(one.execution, Execution)]
        unreadable = tuple(
            one.execution for one in page if isinstance(one.execution, UnreadableItem)
        )
        if reached is None:
            return Listing(executions, None, unreadable, passed_over=passed_over)
        position = self._start.reached(reached, executions)
        return Listing(
            executions,
            position.text,
            unreadable,
            passed_over=passed_over,
            looked_through_unix_nano=time_of(reached),
        )
