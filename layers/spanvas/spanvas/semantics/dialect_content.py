"""The words in a span: which attributes and events the dialects say hold what a person, a model or a tool wrote.

Their registry lists them. These are what is read and shown as messages, arguments and results, what the mode `full`
keeps as it is, and what a row has previews of. Whether something may be seen, kept or searched is another question, and
`content_split` answers it: there, everything else that is not known to be structure is content, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.lazy_pattern import LazyPattern
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
_PATTERN: Final = LazyPattern("|".join(f"(?:{pattern})" for pattern in CONTENT_PATTERNS))
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


class SpanParts(NamedTuple):
    """All attributes of a span and its events, in two parts. Both keep the span's order."""

    rest: SpanAttributes
    words: SpanAttributes


@lru_cache(maxsize=8192)
def is_words_name(name: str) -> bool:
    """Returns whether a dialect says that an attribute of this name holds words, whatever span or event it is on."""
    return (
        name in CONTENT_NAMES
        or name.startswith(CONTENT_PREFIXES)
        or _PATTERN.fullmatch(name) is not None
    )


def is_words_event(name: str) -> bool:
    """Returns whether every attribute of an event of this name holds words."""
    return name.startswith(CONTENT_EVENT_PREFIXES) and name not in PLAIN_EVENTS


def split_words(span: Span) -> SpanParts:
    """Separates the words in a span and its events from the rest."""
    rest, words = _split(span.attributes)
    if not span.events:
        return SpanParts(SpanAttributes(rest, ()), SpanAttributes(words, ()))
    plain_events: list[Attributes] = []
    word_events: list[Attributes] = []
    plain: Attributes
    held: Attributes
    for event in span.events:
        if is_words_event(event.name):
            plain, held = {}, event.attributes
        else:
            plain, held = _split(event.attributes)
        plain_events.append(plain)
        word_events.append(held)
    return SpanParts(SpanAttributes(rest, plain_events), SpanAttributes(words, word_events))


def _split(attributes: Attributes) -> tuple[Attributes, Attributes]:
    held = [name for name in attributes if is_words_name(name)]
    if not held:
        return attributes, {}
    rest = dict(attributes)
    return rest, {name: rest.pop(name) for name in held}


def has_words(span: Span) -> bool:
    """Returns whether `split_words` finds any. Stops at the first: rows ask this of every span."""
    return any(map(is_words_name, span.attributes)) or any(
        event.attributes
        and (is_words_event(event.name) or any(map(is_words_name, event.attributes)))
        for event in span.events
    )
