"""Attributes as any OTLP backend can take them.

Tempo cuts attributes at 2,048 bytes and Grafana shows objects as empty, so long texts become previews that say how
long they were, what their digest is and where the whole is kept, and structures become JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

from spanvas.model.span import Span
from spanvas.model.values import INT_LIMIT, encodable, jsonable

PREVIEW_BYTES: Final = 2_048
PREVIEW: Final = "spanvas.preview."
"""What the names of a preview's companions begin with: OpenTelemetry's namespaces are its own."""


def place_of(execution_id: str, span: Span) -> str:
    """Returns the path of the API where the whole of a span can be read."""
    return f"/v1/executions/{execution_id}/spans/{span.span_id}"


def export_safe(attributes: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Returns the attributes with every value cut to a preview.

    A text that was cut has three companions, `spanvas.preview.NAME` and `.bytes`, its size in UTF-8, `.sha256`, and
    `.ref`, where the whole can be read. None has no form in OTLP and is left out.
    """
    safe: dict[str, Any] = {}
    for name, value in attributes.items():
        if value is None:
            continue
        name = encodable(name)  # noqa: PLW2901 - the name under which it is exported
        plain = _plain(value)
        if isinstance(plain, str) and len(plain) * 4 > PREVIEW_BYTES:
            data = plain.encode()
            if len(data) > PREVIEW_BYTES:
                plain = data[:PREVIEW_BYTES].decode("utf-8", "ignore")
                preview = f"{PREVIEW}{name}"
                safe[f"{preview}.bytes"] = len(data)
                safe[f"{preview}.sha256"] = sha256(data).hexdigest()
                if place:
                    safe[f"{preview}.ref"] = f"{place}#{name}"
        safe[name] = plain
    return safe


def with_previews(spans: Iterable[Span], place_of: Callable[[Span], str]) -> Iterator[Span]:
    """Yields the spans with all their attributes as `export_safe` makes them.

    `place_of` says where the whole of a span can be read. Spans that share a resource go on sharing it.
    """
    resources: dict[int, tuple[Mapping[str, Any], dict[str, Any]]] = {}
    for span in spans:
        place = place_of(span)
        known = resources.get(id(span.resource))
        if known is None:  # kept with the result, so that its id is not given to another one
            known = resources[id(span.resource)] = (span.resource, export_safe(span.resource, ""))
        yield replace(
            span,
            attributes=export_safe(span.attributes, place),
            events=tuple(
                replace(event, attributes=export_safe(event.attributes, place))
                for event in span.events
            ),
            links=tuple(
                replace(link, attributes=export_safe(link.attributes, place)) for link in span.links
            ),
            resource=known[1],
        )


def _plain(value: Any) -> Any:
    """Returns a value as a scalar, a short list of scalars, or a text."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if -INT_LIMIT <= value < INT_LIMIT else _json(value)
    if isinstance(value, (list, tuple)) and _is_short(value):
        return [_plain(item) for item in value]
    return _json(value)


def _is_short(values: list[Any] | tuple[Any, ...]) -> bool:
    """Returns whether a list of one scalar type fits in a preview: then it stays a list."""
    kinds = {type(item) for item in values}
    if len(kinds) > 1 or not kinds <= {str, int, float, bool}:
        return False
    return sum(len(item) * 4 if isinstance(item, str) else 8 for item in values) <= PREVIEW_BYTES


def _json(value: Any) -> str:
    return json.dumps(jsonable(value), ensure_ascii=False, separators=(",", ":"))
