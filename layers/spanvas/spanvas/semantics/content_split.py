"""Content or structure: which attributes of a span hold what a person, a model or a tool wrote, in any dialect.

This is the only home of the rule. Redaction scans or drops content; the API reads it out, exports it and searches it
only for callers who may read content, and records that; a row has previews of nothing else; storage keeps long content
once. What the content means is said by the tables of `dialects/`; their registry lists which names hold it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

from spanvas.model.span import Span
from spanvas.semantics.dialects import REGISTRY

CONTENT_NAMES: Final = frozenset(name for dialect in REGISTRY for name in dialect.content)
CONTENT_PREFIXES: Final = tuple(start for dialect in REGISTRY for start in dialect.content_prefixes)
CONTENT_EVENT_PREFIXES: Final = tuple(
    start for dialect in REGISTRY for start in dialect.content_events
)
"""Events that carry messages, documents or memories: every attribute of theirs is content, their name is not."""


class SpanAttributes(NamedTuple):
    """Some of a span's attributes, and some of each of its events' attributes, in the order of its events."""

    attributes: dict[str, Any]
    events: tuple[dict[str, Any], ...]


class SplitSpan(NamedTuple):
    """All attributes of a span and its events, each either structure or content. Both keep the span's order."""

    structure: SpanAttributes
    content: SpanAttributes


@lru_cache(maxsize=8192)
def is_content(name: str) -> bool:
    """Says whether an attribute of this name is content, whatever span or event it is on."""
    return name in CONTENT_NAMES or name.startswith(CONTENT_PREFIXES)


def is_content_event(name: str) -> bool:
    """Says whether every attribute of an event of this name is content."""
    return name.startswith(CONTENT_EVENT_PREFIXES)


def split_content(span: Span) -> SplitSpan:
    """Separates the content of a span and its events from their structure."""
    structure: dict[str, Any] = {}
    content: dict[str, Any] = {}
    for name, value in span.attributes.items():
        (content if is_content(name) else structure)[name] = value
    if not span.events:
        return SplitSpan(SpanAttributes(structure, ()), SpanAttributes(content, ()))
    plain_events: list[dict[str, Any]] = []
    content_events: list[dict[str, Any]] = []
    for event in span.events:
        is_message = is_content_event(event.name)
        plain: dict[str, Any] = {}
        hidden: dict[str, Any] = {}
        for name, value in event.attributes.items():
            (hidden if is_message or is_content(name) else plain)[name] = value
        plain_events.append(plain)
        content_events.append(hidden)
    return SplitSpan(
        SpanAttributes(structure, tuple(plain_events)),
        SpanAttributes(content, tuple(content_events)),
    )


def has_content(span: Span) -> bool:
    """Says whether `split_content` finds any content. It stops at the first: rows ask this of every span."""
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
