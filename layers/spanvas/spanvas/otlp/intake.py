"""What both decoders share: the limits of a request, and how raw fields become spans or are rejected.

A request that cannot be read fails as a whole; a span that cannot be kept is rejected and counted with its reason; a
span that is too large is cut, marked and kept. Nothing here depends on the time of arrival, so that a request sent
twice gives the same spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model.span import STATUSES, UNSET, Event, Link, Span
from spanvas.otlp.errors import TooManyError
from spanvas.otlp.kept_fields import note_dropped, parent_origin
from spanvas.otlp.limits import Limits, first_events, within
from spanvas.semantics.reader import kind_of

KINDS: Final = ("internal", "internal", "server", "client", "producer", "consumer")
"""By number; 0 is unspecified, which the protocol lets a receiver take for internal."""
KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS)}
STATUS_NUMBERS: Final = {status: number for number, status in enumerate(STATUSES)}
"""What OTLP writes for our words."""
TIME_LIMIT: Final = 2**63
"""Unix nanoseconds beyond it are past the year 2262, and more than other systems hold."""

VALUES_OF_A_GROUP: Final = 5
"""What a resource or a scope counts for: millions of empty ones take seconds to read, and hold nothing."""

VALUES_OF_AN_EVENT: Final = 3
"""What an event or a link counts for, besides its attributes: as much memory."""

MAX_UNKNOWN: Final = 20
UNKNOWN_CHARACTERS: Final = 80


class Scope(NamedTuple):
    """The instrumentation scope of spans. Its schema's URL and its dropped count are among its attributes."""

    name: str = ""
    version: str = ""
    attributes: Mapping[str, Any] = {}


@dataclass(slots=True)
class Intake:
    """The spans of one request, and what was not taken: reason -> how many; `unknown`: field -> how many."""

    limits: Limits = field(default_factory=Limits)
    spans: list[Span] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    seen_spans: int = 0
    seen_values: int = 0

    @property
    def rejected_spans(self) -> int:
        """How many spans were rejected, for all reasons together."""
        return sum(self.rejected.values())

    def explanation(self) -> str:
        """Returns in English what was rejected or cut, and why; empty where everything was taken as it is."""
        parts = [f"{count} rejected: {reason}" for reason, count in self.rejected.items()]
        parts += [f"{count} cut: {reason}" for reason, count in self.cut.items()]
        parts += [f"{count} not read: {name!r}" for name, count in self.unknown.items()]
        return "; ".join(parts)

    def count_group(self) -> None:
        """Counts a resource or a scope, before it is decoded. Raises TooManyError past the limit."""
        self.count_values(VALUES_OF_A_GROUP)

    def count_span(self) -> None:
        """Counts a span, before it is decoded. Raises TooManyError past the limit."""
        self.seen_spans += 1
        if self.seen_spans > self.limits.spans:
            raise TooManyError(
                "spans", f"more than {self.limits.spans:,} spans; send them in smaller requests"
            )

    def count_values(self, number: int) -> None:
        """Counts values against the limit of the request. Raises TooManyError past it."""
        self.seen_values += number
        if self.seen_values > self.limits.values:
            raise TooManyError(
                "attributes",
                f"more than {self.limits.values:,} attribute values; send them in smaller requests",
            )

    def reject(self, reason: str) -> None:
        """Counts a span that is rejected for this reason."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1

    def note_unknown(self, name: str) -> None:
        """Counts a field that is not known; of many different ones, the first are named."""
        name = name[:UNKNOWN_CHARACTERS]
        if name in self.unknown or len(self.unknown) < MAX_UNKNOWN:
            self.unknown[name] = self.unknown.get(name, 0) + 1

    def add(
        self,
        *,
        trace_id: str,
        span_id: str,
        parent_span_id: str | None,
        name: str,
        kind: int,
        start: int,
        end: int,
        status: int,
        status_message: str,
        attributes: dict[str, Any],
        events: Sequence[Event],
        links: Sequence[Link],
        resource: Mapping[str, Any],
        scope: Scope,
        dropped: tuple[int, int, int],
        trace_state: str,
        flags: int,
    ) -> None:
        """Keeps a span, or rejects it. An id is `""` where it was no id; an end of 0 is a span that is still open."""
        if not trace_id:
            self.reject("the trace id is not 16 bytes, or all zero")
        elif not span_id:
            self.reject("the span id is not 8 bytes, or all zero")
        elif parent_span_id == "":
            self.reject("the parent span id is not 8 bytes")
        elif not 0 < start < TIME_LIMIT or not 0 <= end < TIME_LIMIT:
            self.reject("its times are missing or past the year 2262")
        else:
            if names.OPEN in attributes and attributes.pop(names.OPEN) is True:
                end = 0
            if (
                len(attributes) > self.limits.attributes
                or len(events) > self.limits.events
                or len(links) > self.limits.links
            ):
                attributes, events, links, dropped = self._cut(attributes, events, links, dropped)
            if trace_state:
                attributes[names.TRACE_STATE] = trace_state
            if dropped != (0, 0, 0):
                note_dropped(attributes, dropped)
            otel_kind = KINDS[kind] if 0 <= kind < len(KINDS) else KINDS[0]
            if parent_span_id and (origin := parent_origin(flags, otel_kind)):
                attributes[names.PARENT_ORIGIN] = origin
            self.spans.append(
                Span(
                    trace_id,
                    span_id,
                    parent_span_id,
                    name,
                    kind_of(attributes, name, scope.name, parent_span_id, events),
                    start,
                    end or None,
                    otel_kind,
                    STATUSES[status] if 0 <= status < len(STATUSES) else UNSET,
                    status_message,
                    attributes,
                    tuple(events),
                    tuple(links),
                    resource,
                    scope.name,
                    scope.version,
                    None,
                    end or start,
                    scope.attributes,
                    flags,
                )
            )

    def event(self, name: str, time: int, attributes: dict[str, Any], dropped: int) -> Event:
        """Returns an event with bounded attributes and time. Raises as `count_values`."""
        self.count_values(VALUES_OF_AN_EVENT)
        return Event(name, min(time, TIME_LIMIT - 1), self._bounded(attributes, dropped))

    def link(
        self,
        trace_id: str,
        span_id: str,
        attributes: dict[str, Any],
        dropped: int,
        links: list[Link],
        *,
        trace_state: str,
        flags: int,
    ) -> bool:
        """Keep a link; whether its ids are ids, without which nobody can follow it."""
        self.count_values(VALUES_OF_AN_EVENT)
        if not trace_id or not span_id:
            return False
        attributes = self._bounded(attributes, dropped)
        if trace_state:
            attributes[names.TRACE_STATE] = trace_state
        links.append(Link(trace_id, span_id, attributes, flags))
        return True

    def too_deep(self, value: Any) -> dict[str, str]:
        """Returns what stands for a value that is nested deeper than the limit, as `model.values` marks it."""
        self._count_cut(f"values nested deeper than {self.limits.depth}")
        return {"$deep": type(value).__name__}

    def _cut(
        self,
        attributes: dict[str, Any],
        events: Sequence[Event],
        links: Sequence[Link],
        dropped: tuple[int, int, int],
    ) -> tuple[dict[str, Any], Sequence[Event], Sequence[Link], tuple[int, int, int]]:
        limits = self.limits
        kept = within(attributes, limits.attributes)
        gone = (
            len(attributes) - len(kept),
            max(len(events) - limits.events, 0),
            max(len(links) - limits.links, 0),
        )
        bounds = (limits.attributes, limits.events, limits.links)
        for number, what, bound in zip(
            gone, ("attributes", "events", "links"), bounds, strict=True
        ):
            if number:
                self._count_cut(f"more than {bound} {what}")
        if any(gone):
            kept[names.TRUNCATED] = True
        total = (dropped[0] + gone[0], dropped[1] + gone[1], dropped[2] + gone[2])
        return kept, first_events(events, limits.events), links[: limits.links], total

    def _bounded(self, attributes: dict[str, Any], dropped: int) -> dict[str, Any]:
        """Returns at most as many attributes of an event or a link as the limit allows.

        `dropped`: by the sender already.
        """
        if len(attributes) > self.limits.attributes:
            kept = within(attributes, self.limits.attributes)
            if len(kept) < len(attributes):
                self._count_cut(f"more than {self.limits.attributes} attributes")
                dropped += len(attributes) - len(kept)
            attributes = kept
        if dropped:
            attributes[names.DROPPED_ATTRIBUTES] = dropped
        return attributes

    def _count_cut(self, reason: str) -> None:
        self.cut[reason] = self.cut.get(reason, 0) + 1
