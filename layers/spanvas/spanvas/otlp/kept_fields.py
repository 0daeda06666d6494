"""Fields of OTLP that our span has no place for: kept among its attributes where a request is read, and fields again
where one is written.

Their names are those of `spanvas.attributes`. Source: opentelemetry-proto, `trace/v1/trace.proto`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Span

PARENT_ORIGIN_KNOWN: Final = 0x100
PARENT_IS_REMOTE: Final = 0x200
"""Bits of a span's flags (opentelemetry-proto, trace.proto, SpanFlags)."""
CALLED_BY_OTHERS: Final = frozenset({"server", "consumer"})
"""Kinds of spans whose parent is another service's. They tell where the sender is too old to write the flags."""

DROPPED: Final = (names.DROPPED_ATTRIBUTES, names.DROPPED_EVENTS, names.DROPPED_LINKS)
SPAN_FIELDS: Final = frozenset({*DROPPED, names.TRACE_STATE})
STAND_FOR_FIELDS: Final = SPAN_FIELDS | {names.PARENT_ORIGIN}
"""Attributes of a span that may be something else in OTLP; most spans have none of them."""
EVENT_FIELDS: Final = frozenset({names.DROPPED_ATTRIBUTES})
LINK_FIELDS: Final = frozenset({names.DROPPED_ATTRIBUTES, names.TRACE_STATE})
RESOURCE_FIELDS: Final = frozenset({names.DROPPED_ATTRIBUTES, names.RESOURCE_SCHEMA_URL})
SCOPE_FIELDS: Final = frozenset({names.DROPPED_ATTRIBUTES, names.SCOPE_SCHEMA_URL})
COUNT_LIMIT: Final = 2**32
PARENT_FLAGS: Final[Mapping[Any, int]] = {
    names.LOCAL: PARENT_ORIGIN_KNOWN,
    names.REMOTE: PARENT_ORIGIN_KNOWN | PARENT_IS_REMOTE,
}


def split_kept(
    attributes: Mapping[str, Any], kept: frozenset[str]
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Separates attributes from those that stand for fields: the rest, and the fields by their names as attributes.

    What a field could not hold is a sender's own attribute of that name, and stays one.
    """
    if kept.isdisjoint(attributes):
        return attributes, {}
    fields = {
        name: attributes[name]
        for name in kept & attributes.keys()
        if _fits_field(name, attributes[name])
    }
    return {name: value for name, value in attributes.items() if name not in fields}, fields


def _fits_field(name: str, value: Any) -> bool:
    """Returns whether a value is of the field's type: a text, or a number of 32 bits that is not 0."""
    if name in DROPPED:
        return type(value) is int and 0 < value < COUNT_LIMIT
    return type(value) is str and value != ""


def split_origin(span: Span, attributes: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    """Returns the attributes without the origin of the parent, and the flags of the span, which say it."""
    if not span.parent_span_id or names.PARENT_ORIGIN not in attributes:
        return attributes, span.flags
    origin = attributes[names.PARENT_ORIGIN]
    if (
        not isinstance(origin, str) or origin not in PARENT_FLAGS
    ):  # an attribute of the sender's own
        return attributes, span.flags
    rest = {name: value for name, value in attributes.items() if name != names.PARENT_ORIGIN}
    is_implied = origin == parent_origin(0, span.otel_kind)
    return rest, span.flags or (0 if is_implied else PARENT_FLAGS[origin])


def parent_origin(flags: int, otel_kind: str) -> str:
    """Returns who recorded a span's parent, by its flags, else by its kind: `attributes.REMOTE` or `LOCAL`.

    Empty where it is local and the kind says so too: most spans need no attribute for it.
    """
    if not flags & PARENT_ORIGIN_KNOWN:
        return names.REMOTE if otel_kind in CALLED_BY_OTHERS else ""
    if flags & PARENT_IS_REMOTE:
        return names.REMOTE
    return names.LOCAL if otel_kind in CALLED_BY_OTHERS else ""


def note_group(attributes: dict[str, Any], dropped: int, schema_url: str, schema_name: str) -> None:
    """Adds to the attributes of a resource or a scope what OTLP says of it in other fields."""
    if dropped:
        attributes[names.DROPPED_ATTRIBUTES] = dropped
    if schema_url:
        attributes[schema_name] = schema_url


def note_dropped(attributes: dict[str, Any], dropped: tuple[int, int, int]) -> None:
    """Adds to the attributes of a span how many attributes, events and links its sender has dropped."""
    counts = zip(DROPPED, dropped, strict=True)
    attributes.update({name: count for name, count in counts if count})
