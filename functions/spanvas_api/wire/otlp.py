"""The OTLP endpoint: the part of the protocol that a caller needs to know."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class OtlpModel(BaseModel):
    """What the shapes of OTLP have in common: names in lowerCamelCase. Unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore")


class ExportTraceRequest(OtlpModel):
    """Spans in OTLP's JSON encoding (ExportTraceServiceRequest), as any OTLP/HTTP endpoint takes and sends them."""

    resourceSpans: list[dict[str, Any]] = Field(
        description="ResourceSpans of opentelemetry-proto: a resource and its scopes, each with its spans."
    )


class PartialSuccess(OtlpModel):
    """What of a request was not kept as it was."""

    rejectedSpans: str = Field(description="How many spans were not kept, decimal.")
    errorMessage: str = Field(
        description="Why, what of those that were kept was cut off, and which fields are not known."
    )


class ExportTraceResponse(OtlpModel):
    """An ExportTraceServiceResponse: the spans are durable."""

    partialSuccess: PartialSuccess | None = None


class OtlpStatus(OtlpModel):
    """A google.rpc.Status: why an OTLP request was refused."""

    code: int = Field(description="Of google/rpc/code.proto.")
    message: str
    details: list[dict[str, Any]] | None = Field(
        default=None, description="A google.rpc.BadRequest that names what could not be decoded."
    )
