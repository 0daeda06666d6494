"""A whole span from its object in a detail chunk, as `codec.span_object` makes it."""

from __future__ import annotations

from itertools import product
from operator import itemgetter
from types import NoneType
from typing import Any, Final

from spanvas.model.kinds import KINDS, OTHER
from spanvas.model.span import STATUSES, UNSET, Span
from spanvas.storage.decoding import MalformedError, built, check_times, known_or, padded

SPAN_NAMES: Final = {
    "start": "start_time_unix_nano",
    "end": "end_time_unix_nano",
    "deadline": "deadline_unix_nano",
    "recorded_at": "recorded_at_unix_nano",
}
"""Members of a stored span that have another name than the field of `Span`."""

_MEMBER_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "trace_id": (str,),
    "span_id": (str,),
    "parent_span_id": (str, NoneType),
    "name": (str,),
    "kind": (str,),
    "start": (int,),
    "end": (int, NoneType),
    "otel_kind": (str,),
    "status": (str,),
    "status_message": (str,),
    "attributes": (dict,),
    "events": (list,),
    "links": (list,),
    "resource": (int,),
    "scope": (int,),
    "deadline": (int, NoneType),
    "recorded_at": (int,),
}
"""Members of a stored span that this version always writes, with the types of their values."""
_MEMBERS: Final = itemgetter(*_MEMBER_TYPES)
_PLAIN_TYPES: Final = frozenset(product(*_MEMBER_TYPES.values()))


def span_of(item: dict[str, Any], chunk: dict[str, Any]) -> Span:
    """Returns a span of a detail chunk from its object in it. Raises MalformedError."""
    span = _plain_span(item, chunk) or _any_span(item, chunk)
    end = span.end_time_unix_nano
    check_times([span.start_time_unix_nano if end is None else end, span.start_time_unix_nano])
    return span


def _plain_span(item: dict[str, Any], chunk: dict[str, Any]) -> Span | None:
    """Returns a span that stands as this version writes it, without events and links, as most do; None for any other.

    Of such a one no value has to be looked at: it is what `_any_span` returns, in half of the time.
    """
    try:
        members = _MEMBERS(item)
    except KeyError:
        return None
    if tuple(map(type, members)) not in _PLAIN_TYPES or item["events"] or item["links"]:
        return None
    scope, place, flags = item["scope"], item["resource"], item.get("flags", 0)
    resource = _at(chunk, "resources", place)
    name, version, of_scope = padded(_at(chunk, "scopes", scope), 3)
    shared = (type(name), type(version), type(resource), type(flags))
    if shared != (str, str, dict, int) or (of_scope is not None and type(of_scope) is not dict):
        return None
    trace_id, span_id, parent, title, kind, start, end, otel_kind, status, message = members[:10]
    return Span(
        trace_id,
        span_id,
        parent,
        title,
        known_or(kind, KINDS, OTHER),
        start,
        end,
        otel_kind,
        known_or(status, STATUSES, UNSET),
        message,
        _with_content(item["attributes"], chunk),
        (),
        (),
        resource,
        name,
        version,
        item["deadline"],
        item["recorded_at"],
        {} if of_scope is None else of_scope,
        flags,
    )


def _with_content(attributes: dict[str, Any], chunk: dict[str, Any]) -> dict[str, Any]:
    """Puts long contents back in their places, and returns the attributes."""
    for name, value in attributes.items():
        if isinstance(value, dict) and len(value) == 1 and "$ref" in value:
            attributes[name] = chunk.get("content", {}).get(value["$ref"], value)
    return attributes


def _any_span(item: dict[str, Any], chunk: dict[str, Any]) -> Span:
    """Returns a span, whichever version has written it. Raises MalformedError."""
    values = {SPAN_NAMES.get(name, name): value for name, value in item.items()}
    _with_content(item.get("attributes") or {}, chunk)
    scope = _at(chunk, "scopes", item.get("scope")) or []
    values["scope_name"], values["scope_version"], values["scope_attributes"] = padded(scope, 3)
    values["resource"] = _at(chunk, "resources", item.get("resource"))
    values["kind"] = known_or(values.get("kind"), KINDS, OTHER)
    values["status"] = known_or(values.get("status"), STATUSES, UNSET)
    return built(Span, values, required=("span_id",))


def _at(chunk: dict[str, Any], table: str, place: Any) -> Any:
    """What many spans share stands once in a table of the chunk; None where a span has no part in it."""
    if place is None:
        return None
    if type(place) is not int or place < 0:
        raise MalformedError(f"{table} has no such place")
    return chunk[table][place]
