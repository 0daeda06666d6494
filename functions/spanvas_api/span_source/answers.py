"""What a backend answers, as spans: OTLP in protobuf or JSON, bare or inside of the backend's own message.

Which of them it is, the body tells: Jaeger calls its JSON text/plain, and Tempo has two forms of the same message.
Sources: Tempo, `tempo.proto` (`Trace`, `TraceByIDResponse`); Jaeger, `api_v3/query_service.proto`, whose gateway writes
a stream as one JSON object after the other.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from spanvas.model.errors import InvalidInputError, TooLargeError
from spanvas.model.span import Span
from spanvas.otlp.errors import MalformedError
from spanvas.otlp.intake import Intake
from spanvas.otlp.jsontext import parse_json
from spanvas.otlp.limits import Limits
from spanvas.otlp.protobuf import decode_protobuf
from spanvas.otlp.protojson import decode_json_value
from spanvas.otlp.wire import LEN, VARINT, WireReader
from spanvas_api.errors import SpanSourceError, SpanSourceTooLargeError

LIMITS: Final = Limits(spans=20_000, values=600_000)
MAX_BYTES: Final = 16_000_000
"""Of an answer, inflated. Tempo keeps 5,000,000 of a trace by default."""
GZIP_WINDOW: Final = 31
TRACE, STATUS = 1, 3
"""Fields of Tempo's TraceByIDResponse."""
PART: Final = 1
"""Its status where Tempo has left spans out."""
GROUPS: Final = ("resourceSpans", "resource_spans", "batches")
"""What lists of spans are called: by OTLP, and by Tempo's first API."""
WRAPPED: Final = ("result", "trace")
"""What Jaeger and Tempo call the message around them."""
NOT_FOUND: Final = 404
GRPC_NOT_FOUND: Final = 5


class BackendTrace(NamedTuple):
    """The spans of a trace as a backend has them. `unread` of them could not be read; `is_part`: it says that it has
    left some out. `size` is that of the answer, in bytes."""

    spans: list[Span]
    unread: int = 0
    is_part: bool = False
    size: int = 0


def answer_of(body: bytes, media_type: str, title: str) -> BackendTrace | None:
    """Returns the spans of an answer; None where it has none.

    Raises SpanSourceError for what is no trace, SpanSourceTooLargeError past `LIMITS`. `title` is the backend's.
    """
    form = form_of(body, media_type)
    if form == "empty":
        return None
    if form not in ("json", "protobuf"):
        raise SpanSourceError(f"{title} has answered {form} in the place of a trace.")
    try:
        intake, is_part = (_of_json if form == "json" else _of_protobuf)(body)
    except TooLargeError as error:
        raise SpanSourceTooLargeError(
            f"{title} has more of this trace than can be read at once: {LIMITS.spans:,} spans and"
            f" {MAX_BYTES // 1_000_000} MB."
        ) from error
    except InvalidInputError as error:
        raise SpanSourceError(
            f"{title} has answered what is no trace, or a part of one: the message cannot be read."
        ) from error
    if not intake.spans and not intake.rejected:
        return None
    return BackendTrace(intake.spans, intake.rejected_spans, is_part, len(body))


def form_of(body: bytes, media_type: str) -> str:
    """Returns `json`, `protobuf` or `empty`, or what else it is, with its article."""
    if not body or (not body.strip() and "protobuf" not in media_type):
        return "empty"
    if "protobuf" in media_type or (not media_type and body[:1] == b"\x0a"):
        return "protobuf"
    begin = body[:256].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begin == b"<" or "html" in media_type:
        return "a web page"
    if begin in (b"{", b"[") or "json" in media_type:
        return "json"
    return "protobuf" if body[:1] == b"\x0a" else "a text"


def inflated(body: bytes, coding: str, title: str) -> bytes:
    """Returns a body without its content coding. Raises as `answer_of`."""
    if coding in ("", "identity"):
        return body
    if coding not in ("gzip", "x-gzip"):
        raise SpanSourceError(f"{title} has answered in a content coding that is not read.")
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        data = inflater.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise SpanSourceError(f"{title} has answered what is no gzip.") from error
    if len(data) > MAX_BYTES:
        raise too_long(title)
    if not inflater.eof:
        raise SpanSourceError(f"{title}'s answer breaks off.")
    return data


def too_long(title: str) -> SpanSourceTooLargeError:
    """Returns the error for an answer of more than `MAX_BYTES`."""
    return SpanSourceTooLargeError(
        f"{title} has more than {MAX_BYTES // 1_000_000} MB of this trace, which is more than can be read at once."
    )


def _of_protobuf(body: bytes) -> tuple[Intake, bool]:
    try:
        trace, is_part = _TempoMessage(body).trace()
    except IndexError:
        raise MalformedError("body", "the message is cut off") from None
    return decode_protobuf(trace, LIMITS), is_part


class _TempoMessage(WireReader):
    """Tells a Trace from a TraceByIDResponse, which begin alike: only what is in a Trace has lists of spans."""

    def trace(self) -> tuple[bytes, bool]:
        """Returns the Trace, which is an ExportTraceServiceRequest, and whether Tempo has left spans out."""
        i, end = 0, len(self.data)
        parts: list[tuple[int, int]] = []
        is_part = False
        while i < end:
            field, wire, i = self.tag(i)
            if field == TRACE and wire == LEN:
                i, stop = self.length(i, end)
                parts.append((i, stop))
                i = stop
            elif field == STATUS and wire == VARINT:
                status, i = self.varint(i)
                is_part = status == PART
            else:
                i = self.skip(wire, field, i, end)
        if any(self._has_scopes(*part) for part in parts):
            return self.data, is_part
        return b"".join(self.data[start:stop] for start, stop in parts), is_part

    def _has_scopes(self, i: int, end: int) -> bool:
        """Whether a message has a second field, as a ResourceSpans has that holds any span."""
        while i < end:
            field, wire, i = self.tag(i)
            if field == 2 and wire == LEN:
                return True
            i = self.skip(wire, field, i, end)
        return False


def _of_json(body: bytes) -> tuple[Intake, bool]:
    groups: list[Any] = []
    is_part = False
    for value in _values(body):
        if not isinstance(value, dict):
            raise MalformedError("body", "is no object")
        is_part = is_part or value.get("status") in (PART, "PARTIAL")
        if (error := value.get("error")) is not None and not _is_absent(error):
            raise MalformedError("body", "is an error")
        groups += _groups(value)
    return decode_json_value({"resourceSpans": groups}, LIMITS), is_part


def _values(body: bytes) -> Iterator[Any]:
    """Yields the JSON values of a body: one, or one after the other, with or without line breaks between."""
    try:
        yield parse_json(body)
    except TooLargeError:
        raise
    except MalformedError:
        text, at = body.decode("utf-8-sig", "replace"), 0
        decode = json.JSONDecoder().raw_decode
        while at < len(text):
            try:
                value, at = decode(text, at)
            except (ValueError, RecursionError):
                raise MalformedError("body", "is not JSON") from None
            yield value
            while at < len(text) and text[at].isspace():
                at += 1


def _groups(value: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    for name in GROUPS:
        listed = value.get(name)
        if isinstance(listed, list):
            found += listed
        elif listed is not None:
            raise MalformedError(name, "is no list")
    for name in WRAPPED:
        if isinstance(inner := value.get(name), dict):
            found += _groups(inner)
    return found


def _is_absent(error: Any) -> bool:
    """Whether an error in an answer says that there is no such trace."""
    if not isinstance(error, dict):
        return False
    return NOT_FOUND in (error.get("httpCode"), error.get("http_code")) or (
        GRPC_NOT_FOUND in (error.get("grpcCode"), error.get("grpc_code"), error.get("code"))
    )
