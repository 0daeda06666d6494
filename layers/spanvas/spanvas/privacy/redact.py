"""Redaction of a span: decoded structures are walked, so that a secret inside JSON inside a string is found as well.

Fails closed on content and open on the span: what cannot be scanned, for lack of time or of google-re2, is replaced
by `[REDACTED:unscanned]`, and the span is kept. Each removal leaves a receipt (rule and count), never the value or a
hash of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import thread_time_ns
from typing import Any, Final

from spanvas.model.span import Event, Link, Span
from spanvas.privacy.content import FREE_TEXT_NAMES, IDENTIFIERS, is_content, is_content_event
from spanvas.privacy.keys import is_secret_key, is_secret_number_key
from spanvas.privacy.known import KnownTexts
from spanvas.privacy.scan import Scanner

NONE: Final = "none"
REDACTED: Final = "redacted"
FULL: Final = "full"

RECEIPT: Final = "spanvas.redaction"
KEY_RULE: Final = "key"
UNSCANNED: Final = "unscanned"
MARKER: Final = "[REDACTED:{}]"
MESSAGE: Final = "exception.message"
"""Stands for texts that have no name of their own: they are dropped where free text is."""

MAX_TEXT_CHARACTERS: Final = 2_000_000
MAX_DEPTH: Final = 64
MAX_JSON_DEPTH: Final = 5
NANO_PER_MS: Final = 1_000_000

SCHEMA_TYPES: Final = frozenset(
    {"string", "number", "integer", "boolean", "object", "array", "null"}
)


class Redactor:
    """Redacts spans in one content mode: `none` drops content, `redacted` scans it, `full` keeps it as it is.

    What is not content (URLs, headers, error messages, names) is scanned in every mode. Without a scanner only key
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
    ) -> None:
        self.mode = mode
        self._known = KnownTexts(_is_secret_item, IDENTIFIERS) if is_remembering else None
        self._budget_nano = budget_ms * NANO_PER_MS
        self._scanner = scanner
        self._clock = clock
        self._resource: tuple[Mapping[str, Any], Mapping[str, Any]] | None = None

    def redact(self, span: Span) -> Span:
        """The span without what may not be kept, with its receipt. Never raises for anything that a span holds."""
        job = _Job(self._scanner, self._clock, self._clock() + self._budget_nano, self._known)
        plain = {name: value for name, value in span.attributes.items() if not is_content(name)}
        events = [(event.name, _plain_of_event(event)) for event in span.events]
        links = [dict(link.attributes) for link in span.links]
        message = {MESSAGE: span.status_message}
        name, message, plain, events, links = job.machine_text(
            [span.name, message, plain, events, links]
        )
        attributes = {**plain, **self._content(job, span.attributes, is_content)}
        redacted_events = tuple(
            Event(
                event_name,
                event.time_unix_nano,
                {**rest, **self._content(job, event.attributes, _content_test(event))},
            )
            for event, (event_name, rest) in zip(span.events, events, strict=True)
        )
        if job.receipt:
            attributes[RECEIPT] = _added(attributes.get(RECEIPT), job.receipt)
        return replace(
            span,
            name=name,
            status_message=message[MESSAGE],
            attributes=attributes,
            events=redacted_events,
            links=tuple(
                Link(link.trace_id, link.span_id, link_attributes)
                for link, link_attributes in zip(span.links, links, strict=True)
            ),
            resource=self._redact_resource(span.resource),
        )

    def redact_text(self, text: str) -> str:
        """A text that is kept beside the spans: the message of a cause, the name of a file."""
        job = _Job(self._scanner, self._clock, self._clock() + self._budget_nano, self._known)
        redacted: str = job.machine_text([{MESSAGE: text}])[0][MESSAGE]
        return redacted

    def _content(
        self, job: _Job, attributes: Mapping[str, Any], is_content: Callable[[str], bool]
    ) -> dict[str, Any]:
        """What the mode lets stay of the content among some attributes."""
        if self.mode == NONE:
            return {}
        return {
            name: value if self.mode == FULL else job.content(name, value)
            for name, value in attributes.items()
            if is_content(name)
        }

    def _redact_resource(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """Spans share their resource: it is scanned once."""
        if self._resource is None or self._resource[0] is not resource:
            job = _Job(self._scanner, self._clock, self._clock() + self._budget_nano, self._known)
            self._resource = (resource, job.machine_text([resource])[0])
        return self._resource[1]


class _OverBudgetError(Exception):
    """Time is up, or the text is too large to start with."""


class _Job:
    """The redaction of one span: one budget, one receipt."""

    def __init__(
        self,
        scanner: Scanner | None,
        clock: Callable[[], int],
        deadline: int,
        known: KnownTexts | None,
    ) -> None:
        self.receipt: dict[str, int] = {}
        self._known = known
        self._scanner = scanner
        self._clock = clock
        self._deadline = deadline
        self._texts: list[bytes] = []
        self._characters = 0
        self._rules: tuple[int, ...] = ()
        self._decoded: dict[str, Any] = {}

    def content(self, name: str, value: Any) -> Any:
        """One content value, redacted, or the marker in its place."""
        if _is_secret_item(name, value):
            return self._replaced(KEY_RULE)
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)
        except _OverBudgetError:
            pass
        return self._dropped()

    def machine_text(self, value: list[Any]) -> list[Any]:
        """Everything that is not content: scanned, or else with key rules alone and its free text dropped."""
        try:
            if self._scanner is not None:
                return self._cleaned(self._scanner, value)  # type: ignore[no-any-return]
        except _OverBudgetError:
            pass
        return [self._without_free_text(item) for item in value]

    def _cleaned(self, scanner: Scanner, value: Any) -> Any:
        if self._known is not None and self._known.covers(value):
            return value
        self._texts, self._characters = [], 0
        before = dict(self.receipt)
        try:
            value = self._walk(value, self._note, 0, 0)
            self._rules = scanner.rules_in(self._texts)
            if self._rules:
                return self._walk(value, self._scrub, 0, 0)
            if self._known is not None:
                self._known.update(self._texts)
            return value
        except _OverBudgetError:
            self.receipt = before
            raise
        finally:
            self._decoded.clear()

    def _walk(self, value: Any, text: Callable[[str], str], depth: int, json_depth: int) -> Any:
        """The value with `text` applied to every string in it; the very same object where nothing changed."""
        if isinstance(value, str):
            return self._walk_text(value, text, depth, json_depth)
        if isinstance(value, (bytes, bytearray)):
            string = value.decode("utf-8", "replace")
            changed = text(string)
            return value if changed is string else changed
        if not isinstance(value, (dict, list, tuple, Mapping)):
            return value
        if depth >= MAX_DEPTH:
            return self._dropped()
        if isinstance(value, Mapping):
            return self._walk_mapping(value, text, depth + 1, json_depth)
        walked = [self._walk(item, text, depth + 1, json_depth) for item in value]
        same = all(one is other for one, other in zip(walked, value, strict=True))
        return value if same else walked

    def _walk_text(
        self, value: str, text: Callable[[str], str], depth: int, json_depth: int
    ) -> str:
        if json_depth < MAX_JSON_DEPTH and value[:64].lstrip()[:1] in {"{", "[", '"'}:
            decoded = self._decode(value)
            if decoded is not value:
                walked = self._walk(decoded, text, depth, json_depth + 1)
                if walked is decoded:
                    return value
                return json.dumps(walked, ensure_ascii=False, separators=(",", ":"))
        return text(value)

    def _walk_mapping(
        self, value: Mapping[Any, Any], text: Callable[[str], str], depth: int, json_depth: int
    ) -> Mapping[Any, Any]:
        walked, same = {}, True
        for key, item in value.items():
            if not isinstance(key, str):
                walked[key] = new = self._walk(item, text, depth, json_depth)
            elif key in IDENTIFIERS:
                walked[key] = new = item
            else:
                new_key = text(key)
                new = self._walk_item(key, item, text, depth, json_depth)
                walked[new_key] = new
                same = same and new_key is key
            same = same and new is item
        return value if same else walked

    def _walk_item(
        self, key: str, item: Any, text: Callable[[str], str], depth: int, json_depth: int
    ) -> Any:
        if _is_secret_item(key, item):
            return self._replaced(KEY_RULE)
        return self._walk(item, text, depth, json_depth)

    def _note(self, text: str) -> str:
        self._characters += len(text)
        if self._characters > MAX_TEXT_CHARACTERS:
            raise _OverBudgetError
        self._look()
        self._texts.append(text.encode("utf-8", "surrogatepass"))
        return text

    def _look(self) -> None:
        if self._clock() > self._deadline:
            raise _OverBudgetError

    def _scrub(self, text: str) -> str:
        self._look()
        assert self._scanner is not None
        data = text.encode("utf-8", "surrogatepass")
        hits = self._scanner.hits(data, self._rules, self._look)
        if not hits:
            if self._known is not None:
                self._known.add(text)
            return text
        pieces, end = [], 0
        for hit in hits:
            pieces += [data[end : hit.start], MARKER.format(hit.rule).encode()]
            end = hit.end
            self._count(hit.rule)
        return b"".join((*pieces, data[end:])).decode("utf-8", "surrogatepass")

    def _decode(self, text: str) -> Any:
        """The value of a JSON text; the text itself where it is none."""
        if text not in self._decoded:
            if len(text) > MAX_TEXT_CHARACTERS:
                raise _OverBudgetError
            try:
                self._decoded[text] = json.loads(text)
            except (ValueError, RecursionError):
                self._decoded[text] = text
        return self._decoded[text]

    def _without_free_text(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: self._without_free_value(key, item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._without_free_text(item) for item in value]
        return value

    def _without_free_value(self, key: Any, item: Any) -> Any:
        if key in FREE_TEXT_NAMES:
            return self._dropped() if item else item
        if isinstance(key, str) and key not in IDENTIFIERS and _is_secret_item(key, item):
            return self._replaced(KEY_RULE)
        return self._without_free_text(item)

    def _dropped(self) -> str:
        return self._replaced(UNSCANNED)

    def _replaced(self, rule: str) -> str:
        self._count(rule)
        return MARKER.format(rule)

    def _count(self, rule: str) -> None:
        self.receipt[rule] = self.receipt.get(rule, 0) + 1


def _content_test(event: Event) -> Callable[[str], bool]:
    """Of an event that carries a message, every attribute is content."""
    return (lambda name: True) if is_content_event(event.name) else is_content


def _plain_of_event(event: Event) -> dict[str, Any]:
    is_content_here = _content_test(event)
    return {name: value for name, value in event.attributes.items() if not is_content_here(name)}


def _is_secret_item(key: str, item: Any) -> bool:
    if item is None or isinstance(item, bool) or item in ("", b"", (), [], {}):
        return False
    if not is_secret_key(key):
        return False
    if isinstance(item, (int, float)):
        return is_secret_number_key(key)
    if isinstance(item, str):
        return not item.startswith("[REDACTED:")
    # The JSON schema of a tool may have a parameter called `password`: the schema is no secret.
    return not (isinstance(item, Mapping) and str(item.get("type")) in SCHEMA_TYPES)


def _added(earlier: Any, receipt: Mapping[str, int]) -> dict[str, int]:
    total = dict(earlier) if isinstance(earlier, Mapping) else {}
    for rule, count in receipt.items():
        total[rule] = total.get(rule, 0) + count
    return dict(sorted(total.items()))
