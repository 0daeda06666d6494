"""Messages that a sender wrote as an attribute for each field, and what it left out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, overload

from spanvas import attributes as names
from spanvas.semantics.dialect import Read, Reading
from spanvas.semantics.messages import says_something
from spanvas.semantics.values import items_of, nested, numbered_items_of, parsed

MISSING_BEFORE: Final = "missing_before"
TRUNCATED: Final = "truncated"


class FlattenedMessages(Sequence[dict[str, Any]]):
    """The messages below a prefix. Each is made when it is asked for: a row needs one of a hundred."""

    __slots__ = ("_form", "_is_cut", "_items", "_made", "_numbers")

    def __init__(
        self,
        items: Mapping[int, dict[str, Any]],
        form: Callable[[dict[str, Any]], dict[str, Any]],
        is_cut: bool,
    ) -> None:
        self._items, self._numbers = items, list(items)
        self._form, self._is_cut = form, is_cut
        self._made: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        number = self._numbers[index]
        at = index % len(self)
        if at in self._made:
            return self._made[at]
        message = self._made[at] = self._form(nested(self._items[number]))
        missing = number - (self._numbers[at - 1] + 1 if at else 0)
        # some count from one
        if missing > 1 or (missing and (self._is_cut or at)):
            message[MISSING_BEFORE] = missing
        if self._is_cut and not says_something(message):
            message[TRUNCATED] = True
        return message


def flattened_messages(
    reading: Reading, prefix: str, form: Callable[[dict[str, Any]], dict[str, Any]]
) -> FlattenedMessages | None:
    """Returns the messages below `prefix`, each as `form` makes it of its nested fields; None where there is none.

    SDKs drop attributes over their limit. A message before which others are missing has `missing_before`, their
    number; one of which nothing is left but its role has `truncated`.
    """
    items = numbered_items_of(reading.attributes, prefix)
    if items is None:
        return None
    return FlattenedMessages(items, form, bool(reading.attributes.get(names.DROPPED_ATTRIBUTES)))


def bare_list(reading: Reading, name: str) -> list[Any] | None:
    """Returns the items of a list that is not flattened: a JSON text or a structure in one attribute. None where there
    is none. Items whose names have dots are nested, as those of flattened lists are."""
    if name not in reading.attributes:
        return None
    value = parsed(reading.attributes[name])
    items = [value] if isinstance(value, dict) else value
    if not isinstance(items, (list, tuple)):
        return None
    found = [parsed(item) for item in items]
    return [nested(item) if isinstance(item, dict) else item for item in found] or None


def listed(reading: Reading, name: str, inside: str) -> list[Any] | None:
    """Returns what each item of a list has under `inside`, whether the list is flattened or not; an item that has no
    such field, whole. None where there is none."""
    items = items_of(reading.attributes, f"{name}.")
    found = bare_list(reading, name) if items is None else [nested(item) for item in items]
    if found is None:
        return None
    return [item.get(inside, item) if isinstance(item, dict) else item for item in found]


def flattened(prefix: str, form: Callable[[dict[str, Any]], dict[str, Any]]) -> Read:
    """Returns the source of a dialect's table for messages below `prefix`."""
    return Read(
        f"`{prefix}N.*`",
        lambda reading: flattened_messages(reading, prefix, form),
        needs=(prefix,),
    )
