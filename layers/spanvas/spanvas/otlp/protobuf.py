"""ExportTraceServiceRequest in protobuf's binary encoding, read without the protobuf package.

Fields that are not known are passed over. Text that is not UTF-8 is kept with replacement characters: SDKs cut texts
in the middle of a character, and one such cut must not cost a batch.

Sources: opentelemetry-proto, collector/trace/v1/trace_service.proto, trace/v1/trace.proto, common/v1/common.proto.
"""

from __future__ import annotations

from typing import Any, Final

from spanvas import attributes as names
from spanvas.model.span import Event, Link
from spanvas.otlp.errors import MalformedError
from spanvas.otlp.intake import Intake, Scope
from spanvas.otlp.kept_fields import note_group
from spanvas.otlp.limits import Limits
from spanvas.otlp.values import ValueReader
from spanvas.otlp.wire import I32, I64, LEN, VARINT, cut_off

ATTRIBUTE_TAG: Final = 0x4A
UINT32: Final = 0xFFFFFFFF
ZERO_TRACE: Final = bytes(16)
ZERO_SPAN: Final = bytes(8)


def decode_protobuf(body: bytes, limits: Limits | None = None) -> Intake:
    """Returns the spans of a request. Raises MalformedError for what is none, TooManyError past the limits."""
    intake = Intake(limits or Limits())
    try:
        _Decoder(body, intake).request()
    except IndexError:
        raise MalformedError("body", "the message is cut off") from None
    return intake


class _Decoder(ValueReader):
    def request(self) -> None:
        i, end = 0, len(self.data)
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == LEN:
                i, stop = self.length(i, end)
                self._resource_spans(i, stop)
                i = stop
            else:
                i = self.skip(wire, field, i, end)

    def _resource_spans(self, i: int, end: int) -> None:
        """The resource may stand behind its spans: places first, spans when it is known."""
        self.intake.count_group()
        resource: dict[str, Any] = {}
        scopes = []
        dropped, schema_url = 0, ""
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 2, 3):
                i, stop = self.length(i, end)
                if field == 1:
                    dropped = self._resource(i, stop, resource)
                elif field == 2:
                    scopes.append((i, stop))
                else:
                    schema_url = self.text(i, stop)
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        note_group(resource, dropped, schema_url, names.RESOURCE_SCHEMA_URL)
        for start, stop in scopes:
            self._scope_spans(start, stop, resource)

    def _resource(self, i: int, end: int, resource: dict[str, Any]) -> int:
        """Reads the attributes of a resource. Returns how many of them its sender has dropped."""
        dropped = 0
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == LEN:
                i, stop = self.length(i, end)
                self.attributes_entry(i, stop, resource)
                i = stop
            elif field == 2 and wire == VARINT:
                dropped, i = self.varint(i)
            else:
                i = self.skip(wire, field, i, end)
        return dropped & UINT32

    def _scope_spans(self, i: int, end: int, resource: dict[str, Any]) -> None:
        self.intake.count_group()
        scope_at: tuple[int, int] | None = None
        schema_url = ""
        spans = []
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 2, 3):
                i, stop = self.length(i, end)
                if field == 1:
                    scope_at = (i, stop)
                elif field == 2:
                    self.intake.count_span()
                    spans.append((i, stop))
                else:
                    schema_url = self.text(i, stop)
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        scope = self._scope(*(scope_at or (end, end)), schema_url)
        for start, stop in spans:
            self._span(start, stop, resource, scope)

    def _scope(self, i: int, end: int, schema_url: str) -> Scope:
        found = {1: "", 2: ""}
        attributes: dict[str, Any] = {}
        dropped = 0
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 2, 3):
                i, stop = self.length(i, end)
                if field == 3:
                    self.attributes_entry(i, stop, attributes)
                else:
                    found[field] = self.text(i, stop)
                i = stop
            elif wire == VARINT and field == 4:
                dropped, i = self.varint(i)
            else:
                i = self.skip(wire, field, i, end)
        note_group(attributes, dropped & UINT32, schema_url, names.SCOPE_SCHEMA_URL)
        return Scope(found[1], found[2], attributes)

    def _span(  # noqa: PLR0912, PLR0915 - a branch a field, in one loop for speed
        self, i: int, end: int, resource: dict[str, Any], scope: Scope
    ) -> None:
        data = self.data
        trace_id = span_id = name = message = trace_state = ""
        parent: str | None = None
        kind = start = finish = status = flags = 0
        attributes: dict[str, Any] = {}
        events: list[Event] = []
        links: list[Link] = []
        dropped = [0, 0, 0]
        while i < end:
            if data[i] == ATTRIBUTE_TAG:
                size = data[i + 1]
                i += 2
                if size > 127:
                    size, i = self.more(size, i)
                stop = i + size
                if stop > end:
                    raise cut_off()
                key, value = self.key_value(i, stop)
                attributes[key] = value
                i = stop
                continue
            field, wire, i = self.tag(i)
            if wire == LEN:
                i, stop = self.length(i, end)
                if field == 1:
                    trace_id = hex_id(data[i:stop], ZERO_TRACE)
                elif field == 2:
                    span_id = hex_id(data[i:stop], ZERO_SPAN)
                elif field == 3:
                    trace_state = self.text(i, stop)
                elif field == 4:
                    parent = parent_id(data[i:stop])
                elif field == 5:
                    name = self.text(i, stop)
                elif field == 11:
                    events.append(self._event(i, stop))
                elif field == 13:
                    dropped[2] += not self._link(i, stop, links)
                elif field == 15:
                    status, message = self._status(i, stop)
                i = stop
            elif wire == I64 and field in (7, 8):
                time, i = self.fixed64(i, end)
                if field == 7:
                    start = time
                else:
                    finish = time
            elif wire == VARINT:
                number, i = self.varint(i)
                if field == 6:
                    kind = number
                elif field in (10, 12, 14):
                    dropped[(field - 10) // 2] += number & UINT32
            elif wire == I32 and field == 16:
                flags, i = self.fixed32(i, end)
            else:
                i = self.skip(wire, field, i, end)
        if i != end:
            raise cut_off()
        self.intake.add(
            trace_id=trace_id,
            span_id=span_id,
            parent_span_id=parent,
            name=name,
            kind=kind,
            start=start,
            end=finish,
            status=status,
            status_message=message,
            attributes=attributes,
            events=events,
            links=links,
            resource=resource,
            scope=scope,
            dropped=(dropped[0], dropped[1], dropped[2]),
            trace_state=trace_state,
            flags=flags,
        )

    def _event(self, i: int, end: int) -> Event:
        time, name, dropped = 0, "", 0
        attributes: dict[str, Any] = {}
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (2, 3):
                i, stop = self.length(i, end)
                if field == 2:
                    name = self.text(i, stop)
                else:
                    self.attributes_entry(i, stop, attributes)
                i = stop
            elif wire == I64 and field == 1:
                time, i = self.fixed64(i, end)
            elif wire == VARINT and field == 4:
                dropped, i = self.varint(i)
            else:
                i = self.skip(wire, field, i, end)
        return self.intake.event(name, time, attributes, dropped & UINT32)

    def _link(self, i: int, end: int, links: list[Link]) -> bool:
        """Whether there was one; ids that are none cannot be followed."""
        trace_id = span_id = trace_state = ""
        dropped = flags = 0
        attributes: dict[str, Any] = {}
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 2, 3, 4):
                i, stop = self.length(i, end)
                if field == 1:
                    trace_id = hex_id(self.data[i:stop], ZERO_TRACE)
                elif field == 2:
                    span_id = hex_id(self.data[i:stop], ZERO_SPAN)
                elif field == 3:
                    trace_state = self.text(i, stop)
                else:
                    self.attributes_entry(i, stop, attributes)
                i = stop
            elif wire == VARINT and field == 5:
                dropped, i = self.varint(i)
            elif wire == I32 and field == 6:
                flags, i = self.fixed32(i, end)
            else:
                i = self.skip(wire, field, i, end)
        return self.intake.link(
            trace_id,
            span_id,
            attributes,
            dropped & UINT32,
            links,
            trace_state=trace_state,
            flags=flags,
        )

    def _status(self, i: int, end: int) -> tuple[int, str]:
        code, message = 0, ""
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field == 2:
                i, stop = self.length(i, end)
                message = self.text(i, stop)
                i = stop
            elif wire == VARINT and field == 3:
                code, i = self.varint(i)
            else:
                i = self.skip(wire, field, i, end)
        return code, message


def hex_id(raw: bytes, zero: bytes) -> str:
    """Returns an id in lower-case hex; empty where its length is not that of `zero`, or where it is `zero`."""
    return "" if len(raw) != len(zero) or raw == zero else raw.hex()


def parent_id(raw: bytes) -> str | None:
    """Returns the id as `hex_id` does; None where there is no parent (some SDKs write zeros for that)."""
    if not raw or raw == ZERO_SPAN:
        return None
    return hex_id(raw, ZERO_SPAN)
