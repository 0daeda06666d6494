"""Redaction of a span: decoded structures are walked, so that a secret inside JSON inside a string is found as well.

Fails closed on content and open on the span: what cannot be scanned, for lack of time or of google-re2, is replaced
by `[REDACTED:unscanned]`, and the span is kept. Each removal leaves a receipt (rule and count), never the value or a
hash of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import thread_time_ns
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Event, Span
from spanvas.model.units import MS
from spanvas.privacy.clean_texts import MAX_CHARACTERS, CleanTextCache
from spanvas.privacy.keys import is_secret_item
from spanvas.privacy.scan import Scanner
from spanvas.privacy.span_redaction import SpanRedaction
from spanvas.privacy.walk import IDENTIFIERS
from spanvas.semantics.content_split import split_attributes, without_content
from spanvas.semantics.dialect_content import split_words

NONE: Final = "none"
REDACTED: Final = "redacted"
FULL: Final = "full"

MESSAGE: Final = names.EXCEPTION_MESSAGE
"""Stands for texts that have no name of their own: they are dropped where free text is."""
TEXT: Final = "text"
PIECE_BUDGET_NANO: Final = 20_000 * MS
"""CPU time for a piece of a file; over it the piece is dropped."""
MAX_SHARED: Final = 64
"""Resources and scopes that are remembered with what redaction left of them."""
NAME, ATTRIBUTES, EVENTS, LINKS = "called", "attributes", "events", "links"
FIELDS: Final = frozenset({NAME, MESSAGE, ATTRIBUTES, EVENTS, LINKS})
"""Names of `fields_of`, which are ours and need no search."""


class Redactor:
    """Redacts spans in one content mode: `none` keeps structure alone, `redacted` scans everything, `full` keeps the
    words that the dialects know of as they are.

    All else (URLs, headers, error messages, names) is scanned in every mode. Without a scanner only key
    names are known: content and free text are dropped then.

    The budget is the thread's own CPU time: on a busy machine, or on a small function whose share of a CPU comes in
    slices, a thread waits for longer than the budget without having scanned anything, and harmless content was lost.
    """

    def __init__(
        self,
        mode: str = REDACTED,
        budget_ms: int = 20,
        scanner: Scanner | None = None,
        clock: Callable[[], int] = thread_time_ns,
        *,
        is_remembering: bool = False,
        max_remembered: int = MAX_CHARACTERS,
    ) -> None:
        self.mode = mode
        cache = CleanTextCache(is_secret_item, IDENTIFIERS, max_remembered)
        self._clean_texts = cache if is_remembering else None
        self._budget_nano = budget_ms * MS
        self._scanner = scanner
        self._is_scanner_inherited = False
        self._clock = clock
        self._shared: dict[int, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        self._whole_resource: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None
        self._clean_names: set[str] = set(FIELDS)

    def after_fork(self) -> None:
        """Threads of the parent may hold locks inside of RE2: a child makes a scanner of its own when it needs one."""
        self._is_scanner_inherited = self._scanner is not None

    def redact(self, span: Span) -> Span:
        """Returns the span without what may not be kept, with its receipt.

        Never raises for anything that a span holds.
        """
        redaction = self._start()
        if self.mode == NONE:
            span = self._structure_of(span)
        if self.mode == REDACTED and redaction.is_clean(texts_of(span)):
            resource = self._redact_shared(span.resource)
            scope = self._redact_shared(span.scope_attributes)
            if resource is span.resource and scope is span.scope_attributes:
                return span
            return replace(span, resource=resource, scope_attributes=scope)
        structure, content = split_words(span)
        kept = redaction.machine_text(fields_of(span, structure.attributes, structure.events))
        attributes = in_order(
            span.attributes,
            {**kept[ATTRIBUTES], **self._content(redaction, content.attributes)},
        )
        redacted_events = tuple(
            Event(
                rest[NAME],
                event.time_unix_nano,
                in_order(
                    event.attributes, {**rest[ATTRIBUTES], **self._content(redaction, hidden)}
                ),
            )
            for event, rest, hidden in zip(span.events, kept[EVENTS], content.events, strict=True)
        )
        if redaction.receipt:
            attributes[names.REDACTION] = _added(attributes.get(names.REDACTION), redaction.receipt)
        return replace(
            span,
            name=kept[NAME],
            status_message=kept[MESSAGE],
            attributes=attributes,
            events=redacted_events,
            links=tuple(
                replace(link, attributes=rest[ATTRIBUTES])
                for link, rest in zip(span.links, kept[LINKS], strict=True)
            ),
            resource=self._redact_shared(span.resource),
            scope_attributes=self._redact_shared(span.scope_attributes),
        )

    def _start(self) -> SpanRedaction:
        return SpanRedaction(
            self._own_scanner(),
            self._clock,
            self._budget_nano,
            self._clean_texts,
            self._clean_names,
        )

    def _own_scanner(self) -> Scanner | None:
        """Returns the scanner of this process."""
        if self._is_scanner_inherited and self._scanner is not None:
            self._is_scanner_inherited, self._scanner = False, self._scanner.for_child()
        return self._scanner

    def redact_text(self, text: str) -> str:
        """Redacts a text that is kept beside the spans: the message of a cause, the name of a file.

        Such texts are content, and nothing of them is kept in the mode `none`.
        """
        return "" if self.mode == NONE else self._kept(MESSAGE, text)

    def redact_name(self, text: str) -> str:
        """Redacts a name that is kept beside the spans. What is left of it in the mode `none` the caller decides."""
        return self._kept(NAME, text)

    def redact_piece(self, text: str) -> tuple[str, dict[str, int]]:
        """Redacts a piece of a file, of up to a million characters, whatever the mode. Returns it with its receipt.

        A piece has a budget of its own; one that cannot be searched is replaced by a marker.
        """
        redaction = SpanRedaction(self._own_scanner(), self._clock, PIECE_BUDGET_NANO, None, set())
        return redaction.content(TEXT, text), redaction.receipt

    def _kept(self, field: str, text: str) -> str:
        redacted: str = self._start().machine_text({field: text})[field]
        return redacted

    def _structure_of(self, span: Span) -> Span:
        """Returns the structure of a span. Spans that share a resource share what is left of it."""
        from spanvas.semantics.kept_figures import with_figures  # other modes do without it

        resource = span.resource
        if self._whole_resource is None or self._whole_resource[0] is not resource:
            self._whole_resource = (resource, split_attributes(resource)[0])
        bare = replace(span, resource={})
        return replace(with_figures(without_content(bare), bare), resource=self._whole_resource[1])

    def _content(self, redaction: SpanRedaction, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns what the mode lets stay of some content attributes."""
        if self.mode == FULL:
            return content
        return {name: redaction.content(name, value) for name, value in content.items()}

    def _redact_shared(self, attributes: Mapping[str, Any]) -> Mapping[str, Any]:
        """Redacts the attributes of a resource or a scope, once for all spans that share them."""
        if not attributes:
            return attributes
        known = self._shared.get(id(attributes))
        if known is None:  # kept with the result, so that its id is not given to another one
            redacted = self._start().machine_text({ATTRIBUTES: attributes})[ATTRIBUTES]
            if len(self._shared) >= MAX_SHARED:
                self._shared.clear()
            known = self._shared[id(attributes)] = (attributes, redacted)
        return known[1]


def texts_of(span: Span) -> dict[str, Any]:
    """Returns everything of a span that is scanned, besides its resource."""
    if span.events or span.links:
        return fields_of(span, span.attributes, [event.attributes for event in span.events])
    return {NAME: span.name, MESSAGE: span.status_message, ATTRIBUTES: span.attributes}


def fields_of(
    span: Span, attributes: Mapping[str, Any], event_attributes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Returns a span's fields, each under a name of its own.

    In a list, a span that is called `--password` would be taken for an option, and what follows for the password.
    """
    return {
        NAME: span.name,
        MESSAGE: span.status_message,
        ATTRIBUTES: attributes,
        EVENTS: [
            {NAME: event.name, ATTRIBUTES: held}
            for event, held in zip(span.events, event_attributes, strict=True)
        ],
        LINKS: [{ATTRIBUTES: link.attributes} for link in span.links],
    }


def in_order(original: Mapping[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Returns the values in the order of the original, where no name was redacted.

    The order is stable, so that a span that is sent twice has the same digest whatever the cache of clean texts held.
    """
    if values.keys() != original.keys():
        return values
    return {name: values[name] for name in original}


def _added(earlier: Any, receipt: Mapping[str, int]) -> dict[str, int]:
    """The receipt of an earlier redaction may have been written by anybody: what is no count is left out."""
    total = {
        rule: count
        for rule, count in (earlier.items() if isinstance(earlier, Mapping) else ())
        if isinstance(rule, str) and isinstance(count, int)
    }
    for rule, count in receipt.items():
        total[rule] = total.get(rule, 0) + count
    return dict(sorted(total.items()))
