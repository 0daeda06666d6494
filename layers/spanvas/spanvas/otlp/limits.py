"""How much of a request is taken, and what of a span that has more is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Event

_LIST_ITEM: Final = re.compile(r"\.\d+(?=\.|$)")


@dataclass(frozen=True, slots=True)
class Limits:
    """`values` counts every attribute value of a request, nested ones too, and every event and link: it bounds the
    memory that decoding takes up."""

    spans: int = 10_000
    attributes: int = 128
    events: int = 64
    links: int = 128
    depth: int = 20
    values: int = 300_000


def within(attributes: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """Returns the first attributes, as many as the limit allows; a flattened list counts as one.

    `llm.input_messages.0.message.content` and all that begins with `llm.input_messages.` and a number is one attribute
    that its instrumentation wrote in pieces: counted singly, the limit would cut conversations short.
    """
    kept: dict[str, Any] = {}
    lists: set[str] = set()
    for name, value in attributes.items():
        item = _LIST_ITEM.search(name)
        key = name if item is None else name[: item.start()] + "."
        if key not in lists:
            if len(lists) >= limit:
                continue
            lists.add(key)
        kept[name] = value
    return kept


def first_events(events: Sequence[Event], limit: int) -> Sequence[Event]:
    """Returns the first events, but exceptions before all others.

    Streams write an event a token and fail at the end.
    """
    if len(events) <= limit:
        return events
    ranked = sorted(
        range(len(events)), key=lambda index: (events[index].name != names.EXCEPTION_EVENT, index)
    )
    return [events[index] for index in sorted(ranked[:limit])]
