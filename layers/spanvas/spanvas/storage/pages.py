"""Parts of lists, as the store gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from spanvas.model.errors import UnreadableItem
from spanvas.model.execution import Execution

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of the items of a list.

    `next_position` continues the list; None at its end. `unreadable`: items of this page that could not be decoded;
    they count for its length.
    """

    items: list[Item]
    next_position: str | None
    unreadable: tuple[UnreadableItem, ...] = ()
    expired: int = 0
    """Spans of this page whose content has expired before their execution."""

    @staticmethod
    def of(
        entries: Iterable[Item | UnreadableItem],
        next_position: str | None,
        report: Callable[[UnreadableItem], None],
    ) -> Page[Item]:
        """Returns a page of decoded and undecodable items; the latter are reported."""
        known = list(entries)
        unreadable = tuple(entry for entry in known if isinstance(entry, UnreadableItem))
        for entry in unreadable:
            report(entry)
        found = [entry for entry in known if not isinstance(entry, UnreadableItem)]
        return Page(found, next_position, unreadable)


class Overdue(NamedTuple):
    """The key of an execution that the sweep looks after, by the index, which may lag behind the item."""

    tenant: str
    execution_id: str


@dataclass(frozen=True, slots=True)
class Listing(Page[Execution]):
    """A page of the history. It may be short, or empty, and have a next one: a page is a bounded amount of work.

    `looked_through_unix_nano`: all that passes the filter and is listed after that time (before it, where the oldest
    come first) is on this page or an earlier one. None at the end of the list.
    """

    passed_over: int = 0
    """Entries that were looked at for this page and are not on it."""
    looked_through_unix_nano: int | None = None
