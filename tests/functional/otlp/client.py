"""Sends OTLP requests to the endpoint's handler as the gateway does, and reads its answers as an exporter does."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.support.api_client import EVENTS, LambdaContext
from tests.support.otlp_requests import as_json

PROTOBUF = "application/x-protobuf"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        return self.headers["Content-Type"] == JSON

    @property
    def partial_success(self) -> tuple[int, str] | None:
        """Rejected spans and message; None where the field is unset."""
        assert self.status == 200, self
        if self.is_json:
            partial = json.loads(self.body).get("partialSuccess")
            return (int(partial["rejectedSpans"]), partial["errorMessage"]) if partial else None
        answer = ExportTraceServiceResponse.FromString(self.body)
        if not answer.HasField("partial_success"):
            return None
        return answer.partial_success.rejected_spans, answer.partial_success.error_message

    @property
    def refusal(self) -> tuple[int, str]:
        """Code and message of the google.rpc.Status."""
        assert self.status >= 400, self
        if self.is_json:
            value = json.loads(self.body)
            return value["code"], value["message"]
        status = Status.FromString(self.body)
        return status.code, status.message


@dataclass
class OtlpClient:
    """A service with a credential. `acting_as` makes another one on the same endpoint."""

    handler: Callable[[dict[str, Any], Any], dict[str, Any]]
    subject: str = "trip-planner"
    tenant: str | None = "acme"
    scope: str | None = "trace:ingest"
    claims: dict[str, str] = field(default_factory=dict)

    def acting_as(self, **changes: Any) -> OtlpClient:
        return replace(self, **changes)

    def send(self, request: ExportTraceServiceRequest, **options: Any) -> Reply:
        return self.post(request.SerializeToString(), PROTOBUF, **options)

    def send_json(
        self, request: ExportTraceServiceRequest | Mapping[str, Any], **options: Any
    ) -> Reply:
        value = as_json(request) if isinstance(request, ExportTraceServiceRequest) else request
        return self.post(orjson.dumps(value), JSON, **options)

    def post(
        self,
        body: bytes | None,
        content_type: str | None = PROTOBUF,
        *,
        compress: bool = False,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        as_text: bool | None = None,
    ) -> Reply:
        sent = {"host": "api.example.com", **(headers or {})}
        if content_type is not None:
            sent["content-type"] = content_type
        if compress:
            assert body is not None
            body = gzip.compress(body, mtime=0)
            sent["content-encoding"] = "gzip"
        return self.deliver(self.event(body, sent, method, as_text))

    def event(
        self,
        body: bytes | None,
        headers: Mapping[str, str],
        method: str = "POST",
        as_text: bool | None = None,
    ) -> dict[str, Any]:
        """As the gateway makes it of a request: JSON that is text is passed on as text, all else in base64."""
        event: dict[str, Any] = json.loads((EVENTS / "ingest-traces.json").read_text("utf-8"))
        claims = {"sub": self.subject, "tenant": self.tenant, "scope": self.scope, **self.claims}
        event["requestContext"]["authorizer"]["jwt"]["claims"] = {
            name: value for name, value in claims.items() if value is not None
        }
        event["requestContext"]["http"]["method"] = method
        event["headers"] = dict(headers)
        del event["body"], event["isBase64Encoded"]
        if as_text is None:
            is_json = headers.get("content-type", "").startswith(JSON)
            as_text = is_json and "content-encoding" not in headers and _is_text(body or b"")
        event["isBase64Encoded"] = not as_text
        if body is not None:
            event["body"] = body.decode() if as_text else b64encode(body).decode()
        return event

    def deliver(self, event: dict[str, Any]) -> Reply:
        answer = self.handler(event, LambdaContext())
        body = answer["body"]
        raw = b64decode(body) if answer["isBase64Encoded"] else body.encode()
        return Reply(answer["statusCode"], answer["headers"], raw)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
