"""How much of one execution is sent to an OTLP endpoint: backends bound the bytes of a trace and discard what is over.

Tempo takes 5,000,000 bytes of a trace by default and discards the rest, silently: the spans that end last, so the root
and the nodes. The budget is spent on previews of content first, then on structure, and its last part is kept for the
spans that a trace cannot do without. The store has all of it whatever is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.kinds import DURABLE_AT_START
from spanvas.model.span import Span
from spanvas.otlp.export_safe import PREVIEW_BYTES
from spanvas.semantics.content_split import split_content

PREVIEWS: Final = 0.6
"""Of the budget, the part in which content is sent."""
STRUCTURE: Final = 0.85
"""Of the budget, the part in which spans of every kind are sent; the rest is for `DURABLE_AT_START`."""
SPAN_BYTES: Final = 110
"""Of a span as it is encoded, without its texts: ids, times, status, kind."""
ATTRIBUTE_BYTES: Final = 14
COMPANIONS_BYTES: Final = 400
"""Of a text that is cut: its size, its digest and where the whole is, with their names."""


def within_budget(span: Span, used: int, budget: int) -> Span | None:
    """Returns the span as it may be sent where `used` bytes of the budget are spent; None where it may not be.

    `budget` is in bytes; 0 is no limit.
    """
    if not budget or used < budget * PREVIEWS:
        return span
    is_needed = span.kind in DURABLE_AT_START
    if not is_needed and used >= budget * STRUCTURE:
        return None
    structure = split_content(span).structure
    events = zip(span.events, structure.events, strict=True)
    return replace(
        span,
        attributes={**structure.attributes, names.PREVIEWS_WITHHELD: True},
        events=tuple(replace(event, attributes=kept) for event, kept in events),
    )


def exported_bytes(span: Span) -> int:
    """Returns about how many bytes a span takes in a request, a little too many rather than too few."""
    size = SPAN_BYTES + len(span.name) + len(span.status_message) + _size(span.attributes)
    size += sum(20 + len(event.name) + _size(event.attributes) for event in span.events)
    return size + sum(40 + _size(link.attributes) for link in span.links)


def _size(attributes: Mapping[str, Any]) -> int:
    size = 0
    for name, value in attributes.items():
        text = value if isinstance(value, str) else str(value)
        length = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        if length > PREVIEW_BYTES:
            length = PREVIEW_BYTES + COMPANIONS_BYTES + 3 * len(name)
        size += ATTRIBUTE_BYTES + len(name) + length
    return size
