"""From the SDK's spans to ours, and from any value to the JSON text of content."""

from __future__ import annotations

import json
import traceback
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple

from opentelemetry import trace as trace_api
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import StatusCode

from spanvas import attributes as names
from spanvas.model.span import ERROR, OK, UNSET, Event, Link, Span
from spanvas.model.values import jsonable
from spanvas.otlp.kept_fields import (
    PARENT_IS_REMOTE,
    PARENT_ORIGIN_KNOWN,
    note_dropped,
    note_group,
)
from spanvas.semantics.reader import kind_of
from spanvas.tracing.bounded_values import Unfolding, Weight
from spanvas.tracing.plain_values import described, fields_of

STATUSES: Final = {StatusCode.UNSET: UNSET, StatusCode.OK: OK, StatusCode.ERROR: ERROR}
MAX_TYPE: Final = 200
MAX_MESSAGE: Final = 1_000
MAX_STACK: Final = 20_000
"""Characters of an exception's type, message and stack trace."""
COPIES: Final = 5
NONE_DROPPED: Final = (0, 0, 0)
NO_ATTRIBUTES: Final[Mapping[str, Any]] = {}
MAX_SCOPES: Final = 64
WRITTEN_AS_TEXT: Final = (names.ARTIFACTS, names.REDACTION)
"""SDKs before 1.45 take no objects and no lists of them."""
SCALARS: Final = frozenset({str, int, float, bool})
MAX_CHARACTERS: Final = 1_000_000
"""Longer content is cut: no reader of a trace reads a megabyte, and every copy of it costs the function memory."""


class Placement(NamedTuple):
    """The ids that a span has in its execution, where they are others than its own."""

    trace_id: str
    parent_span_id: str | None


class Converter:
    """Turns SDK spans into ours. Resources and scopes are converted once and shared, as their spans share them."""

    def __init__(self) -> None:
        self._resource: tuple[Resource, dict[str, Any]] | None = None
        self._scopes: dict[int, tuple[InstrumentationScope, dict[str, Any]]] = {}

    def convert(
        self,
        span: ReadableSpan,
        *,
        recorded_at_unix_nano: int,
        node_id: str | None = None,
        deadline_unix_nano: int | None = None,
        placement: Placement | None = None,
    ) -> Span:
        """Returns our span of an SDK's span, ended or open. `node_id` is that of its enclosing node, `placement` its
        ids in the execution where they are not its own."""
        context, parent, scope = span.context, span.parent, span.instrumentation_scope
        assert context is not None
        attributes = copied(span.attributes)
        if context.trace_state:
            attributes[names.TRACE_STATE] = context.trace_state.to_header()
        dropped = (span.dropped_attributes, span.dropped_events, span.dropped_links)
        if dropped != NONE_DROPPED:
            note_dropped(attributes, dropped)
        if node_id is not None:
            attributes.setdefault(names.NODE_ID, node_id)
        for name in WRITTEN_AS_TEXT:
            if isinstance(attributes.get(name), str):
                with suppress(ValueError):  # anybody may set it
                    attributes[name] = json.loads(attributes[name])
        scope_name = scope.name if scope else ""
        flags = int(context.trace_flags)
        if placement is None:
            trace_id = f"{context.trace_id:032x}"
            parent_span_id = f"{parent.span_id:016x}" if parent is not None else None
            if parent is not None:
                flags |= _origin(parent)
        else:
            trace_id, parent_span_id = placement
        events = tuple(
            Event(event.name, event.timestamp, _counted(event.attributes)) for event in span.events
        )
        return Span(
            trace_id=trace_id,
            span_id=f"{context.span_id:016x}",
            parent_span_id=parent_span_id,
            name=span.name,
            kind=kind_of(attributes, span.name, scope_name, parent_span_id, events),
            otel_kind=span.kind.name.lower(),
            start_time_unix_nano=span.start_time or recorded_at_unix_nano,
            end_time_unix_nano=span.end_time,
            status=STATUSES[span.status.status_code],
            status_message=span.status.description or "",
            attributes=attributes,
            events=events,
            links=tuple(map(_link, span.links)),
            resource=self._resource_of(span.resource),
            scope_name=scope_name,
            scope_version=(scope.version or "") if scope else "",
            deadline_unix_nano=deadline_unix_nano,
            recorded_at_unix_nano=recorded_at_unix_nano,
            scope_attributes=self._scope_attributes(scope),
            flags=flags,
        )

    def _resource_of(self, resource: Resource) -> dict[str, Any]:
        known = self._resource
        if known is None or known[0] is not resource:
            attributes = _counted(resource.attributes)
            note_group(attributes, 0, resource.schema_url, names.RESOURCE_SCHEMA_URL)
            known = self._resource = (resource, attributes)
        return known[1]

    def _scope_attributes(self, scope: InstrumentationScope | None) -> Mapping[str, Any]:
        given = getattr(scope, "attributes", None)  # SDKs before 1.27 have none
        if scope is None or not (given or scope.schema_url):
            return NO_ATTRIBUTES
        known = self._scopes.get(id(scope))
        if known is None:  # kept with the result, so that its id is not given to another one
            attributes = _counted(given)
            note_group(attributes, 0, scope.schema_url or "", names.SCOPE_SCHEMA_URL)
            if len(self._scopes) >= MAX_SCOPES:
                self._scopes.clear()
            known = self._scopes[id(scope)] = (scope, attributes)
        return known[1]


def _link(link: trace_api.Link) -> Link:
    context = link.context
    attributes = _counted(link.attributes)
    if context.trace_state:
        attributes[names.TRACE_STATE] = context.trace_state.to_header()
    flags = int(context.trace_flags) | _origin(context)
    return Link(f"{context.trace_id:032x}", f"{context.span_id:016x}", attributes, flags)


def _origin(context: trace_api.SpanContext) -> int:
    """Returns the flags of OTLP that say whether a context came from outside of the process."""
    return PARENT_ORIGIN_KNOWN | PARENT_IS_REMOTE if context.is_remote else PARENT_ORIGIN_KNOWN


def _counted(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns a copy of attributes that do not change, with the number of those that the SDK has dropped."""
    found = copied(attributes)
    if isinstance(attributes, BoundedAttributes) and attributes.dropped:
        found[names.DROPPED_ATTRIBUTES] = attributes.dropped
    return found


def size_of(span: Span) -> int:
    """Returns the bytes that a span takes up in memory, roughly: its texts."""
    size = 500 + len(span.name) + len(span.status_message) + _size(span.attributes)
    return size + sum(100 + _size(event.attributes) for event in span.events)


def _size(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, Mapping):
        size = 0
        for key, item in value.items():
            size += 60 + len(str(key)) + (len(item) if type(item) is str else _size(item))
        return size
    if isinstance(value, (list, tuple)):
        return sum(16 + _size(item) for item in value)
    return 24


def copied(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns a copy, with lists for tuples. Repeats it while the span's own thread is writing, up to `COPIES`
    times."""
    for _ in range(COPIES - 1):
        try:
            return _copied(attributes or {})
        except RuntimeError:  # changed while it was copied
            continue
    return _copied(attributes or {})


def _copied(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value if type(value) in SCALARS else _listed(value)
        for key, value in attributes.items()
    }


def _listed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_listed(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return value


def json_text(value: Any) -> str:
    """Returns JSON for any value. Models and dataclasses become objects, sets lists.

    What has no form in JSON is marked or described. Content over the limit becomes `{"$truncated": its first
    characters, "characters": its length}`, without the length where that was never counted.
    """
    is_whole = True
    try:
        text = _json(value)
    except (TypeError, ValueError, RecursionError):
        # NaN, a cycle, keys that are no strings, endless nesting, far too much of it.
        unfolding = Unfolding(MAX_CHARACTERS, _plain)
        text = json.dumps(jsonable(unfolding.of(value)), ensure_ascii=False)
        is_whole = not unfolding.is_cut
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if is_whole and len(text) <= MAX_CHARACTERS:
        return text
    cut: dict[str, Any] = {"$truncated": text[:MAX_CHARACTERS]}
    if is_whole:
        cut["characters"] = len(text)
    return json.dumps(cut, ensure_ascii=False)


def _json(value: Any) -> str:
    """Returns the JSON of a value. Raises what `json.dumps` raises, and ValueError where it would never end."""
    if type(value) is str:
        return json.dumps(value, ensure_ascii=False)
    weight = Weight()
    weight.add(value)

    def account(item: Any) -> Any:
        found = _plain(item)
        weight.add(found)
        return found

    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=account)


def _plain(value: Any) -> Any:
    """Returns what stands for a value that `json` does not know: what it says of itself, else its type."""
    if isinstance(value, (set, frozenset, deque)):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": len(value)}
    fields = None if isinstance(value, type) else fields_of(value)
    return described(value) if fields is None else fields


def error_type(error: BaseException | str) -> str:
    """Returns what the exception calls itself (`error_type`), else the full name of its class."""
    if isinstance(error, str):
        return "Error"
    named = None
    with suppress(Exception):  # a property of the user's own making
        named = getattr(error, "error_type", None)
    if isinstance(named, str) and named:
        return named[:MAX_TYPE]
    kind = type(error)
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def message_of(error: BaseException | str) -> str:
    """Returns an exception's message, or a text that stands for one, cut at `MAX_MESSAGE`."""
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception:  # noqa: BLE001 - a message of the user's own making
        return f"{type(error).__name__} whose message cannot be read"


def exception_attributes(error: BaseException) -> dict[str, Any]:
    """Returns the attributes of the exception's event."""
    attributes = {
        names.EXCEPTION_TYPE: error_type(error),
        names.EXCEPTION_MESSAGE: message_of(error),
    }
    with suppress(Exception):  # formatting calls the user's code
        stack = "".join(traceback.format_exception(error))
        attributes[names.EXCEPTION_STACKTRACE] = stack[-MAX_STACK:]
    return attributes
