"""Content or structure: content is everything in a span that is not known to be structure.

This is the only home of the rule. Structure are numbers, booleans, and values under names that promise structure
(`structure_names`) where they have the shape that their name promises (`shapes`). Everything else is content: for the
mode `none`, for callers who may not read content, for search, export and the record of reads. `withheld` applies the
rule to rows and executions.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, NamedTuple

from spanvas.model.span import Event, Span
from spanvas.semantics.dialect_content import (
    Attributes,
    SpanAttributes,
    is_words_event,
)
from spanvas.semantics.shapes import (
    CONTENT,
    KNOWN_NAMES,
    NOTHING,
    NUMBERS,
    WITHHELD,
    is_plain_name,
    is_token,
)
from spanvas.semantics.structure_names import shape_of

__all__ = [
    "SplitSpan",
    "has_content",
    "is_structure",
    "split_content",
    "structural_name",
    "without_content",
]

MAX_VERSION: Final = 100


class SplitSpan(NamedTuple):
    """All attributes of a span and its events, by structure and content. Both keep the span's order.

    A value that is structure in part (a URL with a query) is in both: cut, and whole.
    """

    structure: SpanAttributes
    content: SpanAttributes


def is_structure(name: str, value: Any) -> bool:
    """Returns whether an attribute is structure, all of it."""
    shape = shape_of(name)
    return shape is not CONTENT if type(value) in NUMBERS else shape(value) is value


def split_content(span: Span) -> SplitSpan:
    """Separates the content of a span and its events from their structure."""
    structure, content = split_attributes(span.attributes)
    if not span.events:
        return SplitSpan(SpanAttributes(structure, ()), SpanAttributes(content, ()))
    plain: list[Attributes] = []
    hidden: list[Attributes] = []
    for event in span.events:
        one, other = split_event(event)
        plain.append(one)
        hidden.append(other)
    return SplitSpan(SpanAttributes(structure, plain), SpanAttributes(content, hidden))


def split_attributes(attributes: Attributes) -> tuple[Attributes, Attributes]:
    """Separates attributes of any place into structure and content."""
    structure: dict[str, Any] = {}
    content: dict[str, Any] = {}
    for name, value in attributes.items():
        shape = shape_of(name)
        if type(value) in NUMBERS:
            if shape is CONTENT:
                content[name] = value
            else:
                structure[name] = value
            continue
        kept = shape(value)
        if kept is not value:
            content[name] = value
        if kept is not NOTHING:
            structure[name] = kept
    return (structure, content) if content else (attributes, content)


def split_event(event: Event) -> tuple[Attributes, Attributes]:
    """Separates an event's attributes. Of events that carry words, every attribute is content."""
    if is_words_event(event.name):
        return {}, event.attributes
    return split_attributes(event.attributes)


def has_content(span: Span) -> bool:
    """Returns whether anything of a span is content. Stops at the first."""
    if span.status_message or not is_plain_name(span.name, span.kind):
        return True
    if not all(map(is_structure, span.attributes, span.attributes.values())):
        return True
    for event in span.events:
        if _event_name(event.name) != event.name or (
            event.attributes
            and (is_words_event(event.name) or split_attributes(event.attributes)[1])
        ):
            return True
    if any(split_attributes(link.attributes)[1] for link in span.links):
        return True
    shared = (span.resource, span.scope_attributes)
    return any(split_attributes(held)[1] for held in shared) or _scope(span) != (
        span.scope_name,
        span.scope_version,
    )


def structural_name(name: str, kind: str = "") -> str:
    """Returns the name of a span, a workflow or a node of this kind where it is structure, else a mark for it."""
    return name if _is_plain_name(name, kind) else WITHHELD


@lru_cache(maxsize=4096)
def _is_plain_name(name: str, kind: str) -> bool:
    return is_plain_name(name, kind)


def without_content(span: Span) -> Span:
    """Returns the structure of a span: as the mode `none` keeps it, and callers see it who may not read content.

    Its events stay, with their structure alone.
    """
    structure = split_content(span).structure
    scope_name, scope_version = _scope(span)
    return replace(
        span,
        name=structural_name(span.name, span.kind),
        status_message="",
        attributes=structure.attributes,
        events=tuple(
            replace(event, name=_event_name(event.name), attributes=plain)
            for event, plain in zip(span.events, structure.events, strict=True)
        ),
        links=tuple(
            replace(link, attributes=split_attributes(link.attributes)[0]) for link in span.links
        ),
        resource=split_attributes(span.resource)[0],
        scope_attributes=split_attributes(span.scope_attributes)[0],
        scope_name=scope_name,
        scope_version=scope_version,
    )


def _event_name(name: str) -> str:
    return name if name in KNOWN_NAMES or is_token(name) else WITHHELD


def _scope(span: Span) -> tuple[str, str]:
    """Returns name and version of the instrumentation scope, as far as they are structure."""
    name, version = span.scope_name, span.scope_version
    is_named = not name or is_plain_name(name, "") or name in KNOWN_SCOPES
    is_version = not version or (len(version) <= MAX_VERSION and is_token(version))
    return name if is_named else WITHHELD, version if is_version else WITHHELD


KNOWN_SCOPES: Final = frozenset({"autogen SingleThreadedAgentRuntime"})
"""Scopes of several words, as their libraries name themselves."""
