"""The answers: ExportTraceServiceResponse and google.rpc.Status, in both encodings.

Sources: opentelemetry-proto, collector/trace/v1/trace_service.proto; googleapis, google/rpc/status.proto,
error_details.proto (a BadRequest belongs into the details of a 400: OTLP specification, "Bad Data").
"""

from __future__ import annotations

import json
from typing import Any, Final

from spanvas.otlp.wire import length_delimited, number_field

PROTOBUF: Final = "application/x-protobuf"
JSON: Final = "application/json"
BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"


def response(media_type: str, rejected_spans: int = 0, message: str = "") -> bytes:
    """Returns an ExportTraceServiceResponse: a partial success where something was rejected or there is a message."""
    is_whole = not rejected_spans and not message
    if media_type == PROTOBUF:
        if is_whole:
            return b""
        return length_delimited(1, number_field(1, rejected_spans) + _text(2, message))
    if is_whole:
        return b"{}"
    partial: dict[str, Any] = {"rejectedSpans": str(rejected_spans), "errorMessage": message}
    return _json({"partialSuccess": partial})


def status(media_type: str, code: int, message: str, field: str = "") -> bytes:
    """Returns a google.rpc.Status; `field` names what of the request was bad. Codes: google/rpc/code.proto."""
    if media_type == PROTOBUF:
        body = number_field(1, code) + _text(2, message)
        if field:
            violation = _text(1, field) + _text(2, message)
            body += length_delimited(
                3, _text(1, BAD_REQUEST) + length_delimited(2, length_delimited(1, violation))
            )
        return body
    value: dict[str, Any] = {"code": code, "message": message}
    if field:
        violations = [{"field": field, "description": message}]
        value["details"] = [{"@type": BAD_REQUEST, "fieldViolations": violations}]
    return _json(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _text(field: int, value: str) -> bytes:
    return length_delimited(field, value.encode("utf-8", "replace")) if value else b""
