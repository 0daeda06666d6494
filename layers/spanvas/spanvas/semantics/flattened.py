"""Messages that a sender wrote as an attribute for each field, and what it left out of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from spanvas import attributes as names
from spanvas.semantics.dialect import Read, Reading
from spanvas.semantics.messages import says_something
from spanvas.semantics.values import nested, numbered_items_of

MISSING_BEFORE: Final = "missing_before"
TRUNCATED: Final = "truncated"


def flattened_messages(
    reading: Reading, prefix: str, form: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]] | None:
    """Returns the messages below `prefix`, each as `form` makes it of its nested fields; None where there is none.

    SDKs drop attributes over their limit. A message before which others are missing has `missing_before`, their
    number; one of which nothing is left but its role has `truncated`.
    """
    items = numbered_items_of(reading.attributes, prefix)
    if items is None:
        return None
    is_cut = bool(reading.attributes.get(names.DROPPED_ATTRIBUTES))
    found, expected = [], 0
    for number, item in items.items():
        message = form(nested(item))
        missing = number - expected
        # some count from one
        if missing > 1 or (missing and (is_cut or expected)):
            message[MISSING_BEFORE] = missing
        if is_cut and not says_something(message):
            message[TRUNCATED] = True
        found.append(message)
        expected = number + 1
    return found


def flattened(prefix: str, form: Callable[[dict[str, Any]], dict[str, Any]]) -> Read:
    """Returns the source of a dialect's table for messages below `prefix`."""
    return Read(f"`{prefix}N.*`", lambda reading: flattened_messages(reading, prefix, form))
