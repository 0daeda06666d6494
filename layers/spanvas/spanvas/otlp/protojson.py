"""ExportTraceServiceRequest in OTLP's JSON encoding.

Ids are hex in any case (protobuf's own JSON would have them in base64), 64-bit numbers text or number, enums numbers
(names are tolerated), fields that are not known are passed over, and null is a field that is not there. What JSON
itself does not allow, but JSON writers write (NaN, lone surrogates, endless integers), is read as well as it can be.

Sources: OTLP specification, "JSON Protobuf Encoding"; protobuf.dev, "ProtoJSON Format".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from spanvas.model.ids import SPAN_ID, TRACE_ID
from spanvas.model.span import Event, Link
from spanvas.otlp.errors import MalformedError
from spanvas.otlp.intake import Intake, Limits
from spanvas.otlp.jsontext import parse_json
from spanvas.otlp.scalars import any_value, list_of, number_of, object_of, text_of

NO_SPAN: Final = frozenset({"", "0" * 16})
UINT32: Final = 0xFFFFFFFF
KIND_NAMES: Final = {
    f"SPAN_KIND_{name}": number
    for number, name in enumerate(
        ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
    )
}
STATUS_NAMES: Final = {"STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}


def decode_json(body: bytes, limits: Limits | None = None) -> Intake:
    """Returns the spans of a request. Raises MalformedError for what is none, TooManyError past the limits."""
    intake = Intake(limits or Limits())
    value = parse_json(body)
    if value is None:
        raise MalformedError("body", "is null")
    request = object_of(value, "body")
    decoder = _Decoder(intake)
    for group in list_of(request.get("resourceSpans"), "resourceSpans"):
        decoder.resource_spans(object_of(group, "resourceSpans"))
    return intake


class _Decoder:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def resource_spans(self, group: Mapping[str, Any]) -> None:
        self._intake.count_group()
        resource = object_of(group.get("resource"), "resource")
        attributes = self._attributes(resource.get("attributes"))
        for item in list_of(group.get("scopeSpans"), "scopeSpans"):
            self._intake.count_group()
            scope_spans = object_of(item, "scopeSpans")
            scope = object_of(scope_spans.get("scope"), "scope")
            names = (text_of(scope.get("name"), "name"), text_of(scope.get("version"), "version"))
            for span in list_of(scope_spans.get("spans"), "spans"):
                self._intake.count_span()
                self._span(object_of(span, "spans"), attributes, names)

    def _span(
        self, span: Mapping[str, Any], resource: Mapping[str, Any], scope: tuple[str, str]
    ) -> None:
        get = span.get
        status = object_of(get("status"), "status")
        links: list[Link] = []
        dropped_links = _count(get("droppedLinksCount"), "droppedLinksCount")
        for link in list_of(get("links"), "links"):
            dropped_links += not self._link(object_of(link, "links"), links)
        self._intake.add(
            trace_id=_id(get("traceId"), TRACE_ID),
            span_id=_id(get("spanId"), SPAN_ID),
            parent_span_id=_parent(get("parentSpanId")),
            name=text_of(get("name"), "name"),
            kind=_enum(get("kind"), KIND_NAMES, "kind"),
            start=number_of(get("startTimeUnixNano"), "startTimeUnixNano"),
            end=number_of(get("endTimeUnixNano"), "endTimeUnixNano"),
            status=_enum(status.get("code"), STATUS_NAMES, "code"),
            status_message=text_of(status.get("message"), "message"),
            attributes=self._attributes(get("attributes")),
            events=[
                self._event(object_of(event, "events"))
                for event in list_of(get("events"), "events")
            ],
            links=links,
            resource=resource,
            scope=scope,
            dropped=(
                _count(get("droppedAttributesCount"), "droppedAttributesCount"),
                _count(get("droppedEventsCount"), "droppedEventsCount"),
                dropped_links,
            ),
            trace_state=text_of(get("traceState"), "traceState"),
            flags=number_of(get("flags"), "flags") & UINT32,
        )

    def _attributes(self, items: Any) -> dict[str, Any]:
        items = list_of(items, "attributes")
        self._intake.count_values(len(items))
        attributes: dict[str, Any] = {}
        for item in items:
            try:
                value = item["value"]["stringValue"]
                key = item["key"]
                if type(value) is str and type(key) is str and len(item["value"]) == 1:
                    attributes[key] = value
                    continue
            except (KeyError, TypeError, IndexError):
                pass
            entry = object_of(item, "attributes")
            key = text_of(entry.get("key"), "key")
            attributes[key] = any_value(entry.get("value"), self._intake, 1)
        return attributes

    def _event(self, event: Mapping[str, Any]) -> Event:
        return self._intake.event(
            text_of(event.get("name"), "name"),
            max(number_of(event.get("timeUnixNano"), "timeUnixNano"), 0),
            self._attributes(event.get("attributes")),
            _count(event.get("droppedAttributesCount"), "droppedAttributesCount"),
        )

    def _link(self, link: Mapping[str, Any], links: list[Link]) -> bool:
        return self._intake.link(
            _id(link.get("traceId"), TRACE_ID),
            _id(link.get("spanId"), SPAN_ID),
            self._attributes(link.get("attributes")),
            _count(link.get("droppedAttributesCount"), "droppedAttributesCount"),
            links,
        )


def _id(value: Any, form: re.Pattern[str]) -> str:
    """Returns an id in lower-case hex; empty for what is no id."""
    text = value.lower() if isinstance(value, str) else ""
    return text if form.fullmatch(text) else ""


def _parent(value: Any) -> str | None:
    is_none = value is None or (isinstance(value, str) and value in NO_SPAN)
    return None if is_none else _id(value, SPAN_ID)


def _enum(value: Any, by_name: Mapping[str, int], field: str) -> int:
    """By number; names, which OTLP forbids, are in use all the same. Unknown ones are 0, as for any enum."""
    if isinstance(value, str) and not value.lstrip("-").isdecimal():
        return by_name.get(value, 0)
    return number_of(value, field)


def _count(value: Any, field: str) -> int:
    number = number_of(value, field)
    if not 0 <= number <= UINT32:
        raise MalformedError(field, "is no 32-bit number")
    return number
