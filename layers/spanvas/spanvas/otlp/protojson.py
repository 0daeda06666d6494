"""ExportTraceServiceRequest in OTLP's JSON encoding.

Fields have their JSON names or their original ones (`traceId`, `trace_id`), also mixed, as parsers of protobuf's JSON
take them. Ids are hex in any case, or base64, as protobuf's own JSON writes them. 64-bit numbers are text or number,
enums numbers or names; null is a field that is not there. Fields that are not known are passed over, and where they
hold something, the answer names them. What JSON itself does not allow, but JSON writers write (NaN, lone surrogates,
endless integers), is read as well as it can be.

Sources: OTLP specification, "JSON Protobuf Encoding"; protobuf.dev, "ProtoJSON Format".
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.ids import SPAN_ID, TRACE_ID
from spanvas.model.span import Event, Link
from spanvas.otlp.errors import MalformedError
from spanvas.otlp.intake import Intake, Scope
from spanvas.otlp.jsontext import parse_json
from spanvas.otlp.kept_fields import note_group
from spanvas.otlp.limits import Limits
from spanvas.otlp.scalars import any_value, list_of, number_of, object_of, text_of

REQUEST: Final = frozenset({"resourceSpans"})
RESOURCE_SPANS: Final = frozenset({"resource", "scopeSpans", "schemaUrl"})
SCOPE_SPANS: Final = frozenset({"scope", "spans", "schemaUrl"})
SPAN: Final = frozenset(
    {
        "traceId", "spanId", "traceState", "parentSpanId", "flags", "name", "kind", "startTimeUnixNano",
        "endTimeUnixNano", "attributes", "droppedAttributesCount", "events", "droppedEventsCount", "links",
        "droppedLinksCount", "status",
    }
)  # fmt: skip
GROUP: Final = frozenset({"name", "version", "attributes", "droppedAttributesCount", "entityRefs"})
"""Of a resource and of a scope."""
EVENT: Final = frozenset({"timeUnixNano", "name", "attributes", "droppedAttributesCount"})
LINK: Final = frozenset(
    {"traceId", "spanId", "traceState", "attributes", "droppedAttributesCount", "flags"}
)
"""The fields of each message. Source: opentelemetry-proto, trace.proto."""

NO_SPAN: Final = frozenset({"", "0" * 16, "AAAAAAAAAAA=", "AAAAAAAAAAA"})
BASE64_LENGTHS: Final = (11, 22)
"""Characters of 8 and of 16 bytes in base64, without padding."""
NOTHING: Final[tuple[Any, ...]] = (None, "", [], {}, 0, False)
UINT32: Final = 0xFFFFFFFF
KIND_PREFIX: Final = "SPAN_KIND_"
KINDS: Final = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
STATUS_PREFIX: Final = "STATUS_CODE_"
STATUSES: Final = ("UNSET", "OK", "ERROR")
"""Names of enums without their prefixes, by number."""


def decode_json(body: bytes, limits: Limits | None = None) -> Intake:
    """Returns the spans of a request. Raises MalformedError for what is none, TooManyError past the limits."""
    value = parse_json(body)
    if value is None:
        raise MalformedError("body", "is null")
    return decode_json_value(value, limits)


def decode_json_value(value: Any, limits: Limits | None = None) -> Intake:
    """Returns the spans of a request whose JSON has been parsed. Raises as `decode_json`."""
    intake = Intake(limits or Limits())
    decoder = _Decoder(intake)
    request = decoder.fields(object_of(value, "body"), REQUEST)
    for group in list_of(request.get("resourceSpans"), "resourceSpans"):
        decoder.resource_spans(object_of(group, "resourceSpans"))
    return intake


class _Decoder:
    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def fields(self, message: Mapping[str, Any], known: frozenset[str]) -> Mapping[str, Any]:
        """Returns a message's fields by their JSON names. One that is there by both its names is the JSON one's.

        What is not known and holds something is noted, so that nobody sends in vain without being told.
        """
        if known.issuperset(message):
            return message
        named: dict[str, Any] = {}
        for name, value in message.items():
            own = name if name in known else _json_name(name)
            if own not in known:
                if value not in NOTHING:
                    self._intake.note_unknown(name)
            elif value is not None and (own == name or named.get(own) is None):
                named[own] = value
        return named

    def resource_spans(self, group: Mapping[str, Any]) -> None:
        self._intake.count_group()
        group = self.fields(group, RESOURCE_SPANS)
        resource = object_of(group.get("resource"), "resource")
        attributes = self._group(resource, group, names.RESOURCE_SCHEMA_URL)
        for item in list_of(group.get("scopeSpans"), "scopeSpans"):
            self._intake.count_group()
            scope_spans = self.fields(object_of(item, "scopeSpans"), SCOPE_SPANS)
            scope = object_of(scope_spans.get("scope"), "scope")
            found = Scope(
                text_of(scope.get("name"), "name"),
                text_of(scope.get("version"), "version"),
                self._group(scope, scope_spans, names.SCOPE_SCHEMA_URL),
            )
            for span in list_of(scope_spans.get("spans"), "spans"):
                self._intake.count_span()
                self._span(object_of(span, "spans"), attributes, found)

    def _group(
        self, described: Mapping[str, Any], group: Mapping[str, Any], schema_name: str
    ) -> dict[str, Any]:
        """Returns the attributes of a resource or a scope, and what its other fields say of it."""
        described = self.fields(described, GROUP)
        attributes = self._attributes(described.get("attributes"))
        dropped = _count(described.get("droppedAttributesCount"), "droppedAttributesCount")
        note_group(attributes, dropped, text_of(group.get("schemaUrl"), "schemaUrl"), schema_name)
        return attributes

    def _span(self, span: Mapping[str, Any], resource: Mapping[str, Any], scope: Scope) -> None:
        get = self.fields(span, SPAN).get
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
            kind=_enum(get("kind"), KIND_PREFIX, KINDS, "kind"),
            start=number_of(get("startTimeUnixNano"), "startTimeUnixNano"),
            end=number_of(get("endTimeUnixNano"), "endTimeUnixNano"),
            status=_enum(status.get("code"), STATUS_PREFIX, STATUSES, "code"),
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
        event = self.fields(event, EVENT)
        return self._intake.event(
            text_of(event.get("name"), "name"),
            max(number_of(event.get("timeUnixNano"), "timeUnixNano"), 0),
            self._attributes(event.get("attributes")),
            _count(event.get("droppedAttributesCount"), "droppedAttributesCount"),
        )

    def _link(self, link: Mapping[str, Any], links: list[Link]) -> bool:
        link = self.fields(link, LINK)
        return self._intake.link(
            _id(link.get("traceId"), TRACE_ID),
            _id(link.get("spanId"), SPAN_ID),
            self._attributes(link.get("attributes")),
            _count(link.get("droppedAttributesCount"), "droppedAttributesCount"),
            links,
            trace_state=text_of(link.get("traceState"), "traceState"),
            flags=number_of(link.get("flags"), "flags") & UINT32,
        )


def _json_name(name: str) -> str:
    """Returns the JSON name of a field's original name: `traceId` of `trace_id`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _id(value: Any, form: re.Pattern[str]) -> str:
    """Returns an id in lower-case hex, of hex or base64; empty for what is no id."""
    if not isinstance(value, str):
        return ""
    text = value.lower()
    if form.fullmatch(text):
        return text
    text = _hex_of_base64(value)
    return text if form.fullmatch(text) else ""


def _hex_of_base64(text: str) -> str:
    """Returns an id in base64 as hex; empty for what is none. No id in hex has the length of one in base64."""
    if len(text.rstrip("=")) not in BASE64_LENGTHS:
        return ""
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(standard + "=" * (-len(standard) % 4), validate=True).hex()
    except (Base64Error, ValueError):
        return ""


def _parent(value: Any) -> str | None:
    is_none = value is None or (isinstance(value, str) and value in NO_SPAN)
    return None if is_none else _id(value, SPAN_ID)


def _enum(value: Any, prefix: str, enum_names: tuple[str, ...], field: str) -> int:
    """By number, or by name with or without its prefix, which OTLP forbids and writers use. Unknown names are 0, as for
    any enum."""
    if isinstance(value, str) and not value.lstrip("-").isdecimal():
        name = value.upper().removeprefix(prefix)
        return enum_names.index(name) if name in enum_names else 0
    return number_of(value, field)


def _count(value: Any, field: str) -> int:
    number = number_of(value, field)
    if not 0 <= number <= UINT32:
        raise MalformedError(field, "is no 32-bit number")
    return number
