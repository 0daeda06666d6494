"""Answers in the shapes of Tempo's API, as its `tempopb` has them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from spanvas_api.wire.otlp import OtlpModel


class TempoBuildInfo(OtlpModel):
    """Which version of Tempo's API this is."""

    version: str
    revision: str = Field(description="The version of Spanvas.")
    branch: str
    buildDate: str
    buildUser: str
    goVersion: str


class TempoTraceById(OtlpModel):
    """A trace, in the second version of Tempo's API (TraceByIDResponse); empty where it is not there."""

    trace: dict[str, Any] = Field(
        description="`resourceSpans` of opentelemetry-proto, with ids in base64 and enumerations by name."
    )
    metrics: dict[str, Any]
    status: str | None = Field(
        default=None, description="`PARTIAL`; absent where the trace is whole."
    )
    message: str | None = Field(default=None, description="What it lacks, in words.")


class TempoTrace(OtlpModel):
    """A trace, in the first version of Tempo's API."""

    batches: list[dict[str, Any]] = Field(
        description="ResourceSpans of opentelemetry-proto, with ids in base64 and enumerations by name."
    )


class TempoAttribute(OtlpModel):
    """A KeyValue of opentelemetry-proto."""

    key: str
    value: dict[str, Any]


class TempoSpan(OtlpModel):
    """A span that a search has found."""

    spanID: str
    name: str
    startTimeUnixNano: str
    durationNanos: str
    attributes: list[TempoAttribute] | None = Field(
        default=None, description="Those that the query asks for."
    )


class TempoSpanSet(OtlpModel):
    """The spans of a trace that a search has found: the first of them, and how many they are."""

    spans: list[TempoSpan]
    matched: int


class TempoTraceFound(OtlpModel):
    """A trace that a search has found."""

    traceID: str
    rootServiceName: str
    rootTraceName: str
    startTimeUnixNano: str
    durationMs: int
    spanSets: list[TempoSpanSet]


class TempoSearchMetrics(OtlpModel):
    """What a search has looked at."""

    inspectedTraces: int
    inspectedSpans: str
    completedJobs: int
    totalJobs: int


class TempoSearchResponse(OtlpModel):
    """Traces that were searched for, newest first."""

    traces: list[TempoTraceFound]
    metrics: TempoSearchMetrics


class TempoTagsResponse(OtlpModel):
    """Names that can be searched for."""

    tagNames: list[str]
    metrics: dict[str, Any]


class TempoScope(OtlpModel):
    """The names of a scope."""

    name: str
    tags: list[str]


class TempoTagsV2Response(OtlpModel):
    """Names that can be searched for, by scope."""

    scopes: list[TempoScope]
    metrics: dict[str, Any]


class TempoTagValuesResponse(OtlpModel):
    """Values of a name."""

    tagValues: list[str]
    metrics: dict[str, Any]


class TempoTagValue(OtlpModel):
    """A value with its type: `string`, `int` or `keyword`."""

    type: str
    value: str


class TempoTagValuesV2Response(OtlpModel):
    """Values of a name, with their types."""

    tagValues: list[TempoTagValue]
    metrics: dict[str, Any]
