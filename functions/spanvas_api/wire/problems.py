"""Answers that say what went wrong."""

from __future__ import annotations

from spanvas_api.wire.otlp import OtlpModel
from spanvas_api.wire.scalars import WireModel


class GatewayMessage(OtlpModel):
    """What the gateway says where it refuses a request by itself: no valid token, the scope, too much at once."""

    message: str


class FieldError(WireModel):
    """One field of the request that was not accepted."""

    field: str
    message: str


class Problem(WireModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: list[FieldError] | None = None
    request_id: str
