"""What a dialect reads from: a span, or what is known of one before it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from spanvas.model.span import Event


class Reading(Protocol):
    """The fields of `model.span.Span` that say what a span means."""

    @property
    def attributes(self) -> Mapping[str, Any]: ...
    @property
    def name(self) -> str: ...
    @property
    def scope_name(self) -> str: ...
    @property
    def parent_span_id(self) -> str | None: ...
    @property
    def events(self) -> Sequence[Event]: ...
    @property
    def start_time_unix_nano(self) -> int | None: ...


class Seen(NamedTuple):
    """A span that is not one yet. `parent_span_id` is unknown unless given, which is not a root."""

    attributes: Mapping[str, Any]
    name: str = ""
    scope_name: str = ""
    parent_span_id: str | None = "?"
    events: Sequence[Event] = ()
    start_time_unix_nano: int | None = None


def reading_of(span: Reading | Mapping[str, Any]) -> Reading:
    """The span itself, or one that has these attributes alone."""
    return Seen(span) if isinstance(span, Mapping) else span
