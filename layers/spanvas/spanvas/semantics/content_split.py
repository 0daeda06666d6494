"""Content or structure: which attributes of a span hold what a person, a model or a tool wrote, in any dialect.

This is the only home of the rule. Redaction scans or drops content; the API reads it out, exports it and searches it
only for callers who may read content, and records that; a row has previews of nothing else; storage keeps long content
once. What the content means is said by the tables of `dialects/`; their registry lists which names hold it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model.span import Span
from spanvas.semantics.dialects import REGISTRY

CONTENT_NAMES: Final = frozenset(
    name for dialect in REGISTRY for name in (*dialect.content, *dialect.content_lists)
)
CONTENT_PREFIXES: Final = tuple(
    start
    for dialect in REGISTRY
    for start in (*dialect.content_prefixes, *(f"{name}." for name in dialect.content_lists))
)
CONTENT_PATTERNS: Final = tuple(
    pattern for dialect in REGISTRY for pattern in dialect.content_patterns
)
_PATTERN: Final = re.compile("|".join(f"(?:{pattern})" for pattern in CONTENT_PATTERNS))
CONTENT_EVENT_PREFIXES: Final = tuple(
    start for dialect in REGISTRY for start in dialect.content_events
)
"""Events that carry messages, documents or memories: every attribute of theirs is content, their name is not."""
PLAIN_EVENTS: Final = frozenset({names.EVALUATION_EVENT})
"""Events that begin so, and of whose attributes each is content or structure by its own name."""


Attributes = Mapping[str, Any]


class SpanAttributes(NamedTuple):
    """Some of a span's attributes, and some of each of its events' attributes, in the order of its events."""

    attributes: Attributes
    events: Sequence[Attributes]


class SplitSpan(NamedTuple):
    """All attributes of a span and its events, each either structure or content. Both keep the span's order."""

    structure: SpanAttributes
    content: SpanAttributes


@lru_cache(maxsize=8192)
def is_content(name: str) -> bool:
    """Returns whether an attribute of this name is content, whatever span or event it is on."""
    return (
        name in CONTENT_NAMES
        or name.startswith(CONTENT_PREFIXES)
        or _PATTERN.fullmatch(name) is not None
    )


def is_content_event(name: str) -> bool:
    """Returns whether every attribute of an event of this name is content."""
    return name.startswith(CONTENT_EVENT_PREFIXES) and name not in PLAIN_EVENTS


def split_content(span: Span) -> SplitSpan:
    """Separates the content of a span and its events from their structure."""
    structure, content = _split(span.attributes)
    if not span.events:
        return SplitSpan(SpanAttributes(structure, ()), SpanAttributes(content, ()))
    plain_events: list[Attributes] = []
    content_events: list[Attributes] = []
    plain: Attributes
    hidden: Attributes
    for event in span.events:
        if is_content_event(event.name):
            plain, hidden = {}, event.attributes
        else:
            plain, hidden = _split(event.attributes)
        plain_events.append(plain)
        content_events.append(hidden)
    return SplitSpan(
        SpanAttributes(structure, plain_events), SpanAttributes(content, content_events)
    )


def _split(attributes: Attributes) -> tuple[Attributes, Attributes]:
    held = [name for name in attributes if is_content(name)]
    if not held:
        return attributes, {}
    structure = dict(attributes)
    return structure, {name: structure.pop(name) for name in held}


def has_content(span: Span) -> bool:
    """Returns whether `split_content` finds any content. Stops at the first: rows ask this of every span."""
    return any(map(is_content, span.attributes)) or any(
        event.attributes
        and (is_content_event(event.name) or any(map(is_content, event.attributes)))
        for event in span.events
    )


def without_content(span: Span) -> Span:
    """Returns the span as callers see it who may not read content. Its events stay, with their structure alone."""
    structure = split_content(span).structure
    return replace(
        span,
        attributes=structure.attributes,
        events=tuple(
            replace(event, attributes=plain)
            for event, plain in zip(span.events, structure.events, strict=True)
        ),
    )
