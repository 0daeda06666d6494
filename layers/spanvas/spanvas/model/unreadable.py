"""An item of the store that this version cannot decode, or not as a whole."""

from __future__ import annotations

from typing import Final, NamedTuple

from spanvas.model.errors import SpanvasError

NEWER_VERSION: Final = "newer_version"
MALFORMED: Final = "malformed"


class UnreadableItem(NamedTuple):
    """Which item, and why. `reason` names fields and types, never a value: it is written to logs.

    `is_newer`: a newer version of Spanvas has written it. `position` is the item's place in the list that was read.
    """

    pk: str
    sk: str
    reason: str
    is_newer: bool = False
    position: str = ""

    @property
    def why(self) -> str:
        """One word for the API: `newer_version` or `malformed`."""
        return NEWER_VERSION if self.is_newer else MALFORMED


class UnreadableItemError(SpanvasError):
    """What was asked for is in the store, and cannot be decoded by this version."""

    def __init__(self, item: UnreadableItem) -> None:
        super().__init__(f"{item.pk} {item.sk}: {item.reason}")
        self.item = item


class NewerItemError(UnreadableItemError):
    """A newer version of Spanvas has written it."""
