"""The answers, read with protobuf's own classes."""

from __future__ import annotations

import json

from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from spanvas.otlp.messages import JSON, PROTOBUF, response, status


def test_success_leaves_partial_success_unset() -> None:
    answer = ExportTraceServiceResponse.FromString(response(PROTOBUF))
    assert not answer.HasField("partial_success")
    assert response(JSON) == b"{}"


def test_partial_success_says_how_many_and_why() -> None:
    why = "300 rejected: the span id is not 8 bytes — é"
    answer = ExportTraceServiceResponse.FromString(response(PROTOBUF, 300, why))
    assert answer.partial_success.rejected_spans == 300
    assert answer.partial_success.error_message == why
    assert json.loads(response(JSON, 300, why)) == {
        "partialSuccess": {"rejectedSpans": "300", "errorMessage": why}
    }


def test_a_warning_rejects_nothing() -> None:
    answer = ExportTraceServiceResponse.FromString(response(PROTOBUF, 0, "1 cut"))
    assert answer.HasField("partial_success")
    assert (answer.partial_success.rejected_spans, answer.partial_success.error_message) == (
        0,
        "1 cut",
    )
    assert json.loads(response(JSON, 0, "1 cut"))["partialSuccess"]["rejectedSpans"] == "0"


def test_a_status_has_code_and_message() -> None:
    answer = Status.FromString(status(PROTOBUF, 14, "try again"))
    assert (answer.code, answer.message, len(answer.details)) == (14, "try again", 0)
    assert json.loads(status(JSON, 14, "try again")) == {"code": 14, "message": "try again"}


def test_a_bad_request_names_the_field() -> None:
    answer = Status.FromString(status(PROTOBUF, 3, "is not text", "name"))
    detail = BadRequest()
    assert answer.details[0].Unpack(detail)
    assert [(v.field, v.description) for v in detail.field_violations] == [("name", "is not text")]
    assert json.loads(status(JSON, 3, "is not text", "name"))["details"] == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "name", "description": "is not text"}],
        }
    ]
