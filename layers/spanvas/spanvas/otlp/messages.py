"""The answers: ExportTraceServiceResponse and google.rpc.Status, in both encodings.

Sources: opentelemetry-proto, collector/trace/v1/trace_service.proto; googleapis, google/rpc/status.proto,
error_details.proto (a BadRequest belongs into the details of a 400: OTLP specification, "Bad Data").
"""

from __future__ import annotations

import json
from typing import Any, Final

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"


def response(media_type: str, rejected_spans: int = 0, message: str = "") -> bytes:
    """Success; partial where something was rejected, or where there is something to say."""
    is_whole = not rejected_spans and not message
    if media_type == PROTOBUF:
        if is_whole:
            return b""
        return _field(1, _number(1, rejected_spans) + _text(2, message))
    if is_whole:
        return b"{}"
    partial: dict[str, Any] = {"rejectedSpans": str(rejected_spans), "errorMessage": message}
    return _json({"partialSuccess": partial})


def status(media_type: str, code: int, message: str, field: str = "") -> bytes:
    """A google.rpc.Status; `field` names what of the request was bad. Codes: google/rpc/code.proto."""
    if media_type == PROTOBUF:
        body = _number(1, code) + _text(2, message)
        if field:
            violation = _text(1, field) + _text(2, message)
            body += _field(3, _text(1, BAD_REQUEST) + _field(2, _field(1, violation)))
        return body
    value: dict[str, Any] = {"code": code, "message": message}
    if field:
        violations = [{"field": field, "description": message}]
        value["details"] = [{"@type": BAD_REQUEST, "fieldViolations": violations}]
    return _json(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _number(field: int, value: int) -> bytes:
    """Nothing where it is 0, as for every default."""
    return bytes([field << 3]) + _varint(value) if value else b""


def _text(field: int, value: str) -> bytes:
    return _field(field, value.encode("utf-8", "replace")) if value else b""


def _field(field: int, payload: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(payload)) + payload


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
