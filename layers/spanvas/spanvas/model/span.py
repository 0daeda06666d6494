"""A span: one thing that happened in an execution, as OpenTelemetry has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:

    class _Version(Protocol):
        @property
        def end_time_unix_nano(self) -> int | None: ...
        @property
        def recorded_at_unix_nano(self) -> int: ...


Value = Any
"""None, bool, int, float, str, bytes, list or dict of these: OpenTelemetry's AnyValue."""

UNSET, OK, ERROR = "unset", "ok", "error"
STATUSES: Final = (UNSET, OK, ERROR)
"""In the order of OTLP's numbers: `Status.StatusCode` of opentelemetry-proto, `trace/v1/trace.proto`."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a span, as in OpenTelemetry."""

    name: str
    time_unix_nano: int
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A link from a span to another one, as in OpenTelemetry. Ids are lower-case hex, `flags` those of OTLP."""

    trace_id: str
    span_id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """One span, started (`end_time_unix_nano` is None) or ended. Times are unix nanoseconds.

    `flags` are OTLP's: the flags of its trace, and whether its parent is remote. 0 where its sender says none.
    """

    trace_id: str
    span_id: str
    parent_span_id: str | None
    name: str
    kind: str
    start_time_unix_nano: int
    end_time_unix_nano: int | None = None
    otel_kind: str = "internal"
    status: str = UNSET
    status_message: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    links: tuple[Link, ...] = ()
    resource: Mapping[str, Value] = field(default_factory=dict)
    scope_name: str = ""
    scope_version: str = ""
    deadline_unix_nano: int | None = None
    recorded_at_unix_nano: int = 0
    scope_attributes: Mapping[str, Value] = field(default_factory=dict)
    flags: int = 0


def merge_rank(version: _Version) -> tuple[bool, int, int]:
    """Orders versions of one span, or of its row: an ended one is above a started one, then the later one counts."""
    ended = version.end_time_unix_nano
    return (ended is not None, ended or 0, version.recorded_at_unix_nano)


def merge_spans(one: Span, other: Span) -> Span:
    """Merges two versions of one span: the ended one wins, then the later one; the start is the earlier of the two.

    Commutative, associative and idempotent, so duplicated, late and shuffled deliveries end in the same span. Ties are
    broken by the content itself.
    """
    winner = max(one, other, key=merge_rank)
    if merge_rank(one) == merge_rank(other):
        winner = max(one, other, key=_content)
    earliest = min(one.start_time_unix_nano, other.start_time_unix_nano)
    if winner.start_time_unix_nano == earliest:
        return winner
    return replace(winner, start_time_unix_nano=earliest)


def _content(span: Span) -> str:
    return repr(replace(span, start_time_unix_nano=0))
