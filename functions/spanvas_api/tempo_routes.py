"""The calls of Tempo's HTTP API that are answered, so that Grafana reads executions as it reads Tempo (ADR 50)."""

from __future__ import annotations

from functools import partial
from typing import Final

from spanvas_api.route_schema import (
    ANY_TEXT,
    EXECUTIONS_READ,
    PLAIN_TEXT,
    TEMPO,
    TRACE_READ,
    Parameter,
    Route,
)

_PROTOBUF: Final = ("application/protobuf",)
_TRACE_ID = Parameter(
    "trace_id",
    "path",
    "The trace: up to 32 hex digits of either case. Zeros at the beginning may be left out.",
    ANY_TEXT,
)
_TAG = Parameter(
    "tag",
    "path",
    "An attribute with its scope (`span.spanvas.workflow.id`, `.service.name`) or an intrinsic (`status`).",
    ANY_TEXT,
)
_TEXT: Final[dict[str, object]] = {"type": "string"}
_RANGE: Final = (
    Parameter("start", "query", "Began at or after, unix seconds. Together with `end`.", _TEXT),
    Parameter("end", "query", "Began before, unix seconds. Together with `start`.", _TEXT),
)
_SCOPE = Parameter(
    "scope",
    "query",
    "Only names of this scope: `resource`, `span` or `intrinsic`. Of Tempo's other scopes there are none.",
    _TEXT,
)
_OF_VALUES: Final = (
    _TAG,
    *_RANGE,
    Parameter("limit", "query", "The most values to answer.", _TEXT),
    Parameter(
        "q",
        "query",
        "Only values of spans that fulfil this TraceQL query. One that cannot be read is passed over.",
        _TEXT,
    ),
)
_PARTIAL_HEADER: Final = {
    "Spanvas-Partial": "What the answer lacks, in words; absent where it is whole."
}
_ABOUT_TRACES: Final = (
    "In protobuf with `Accept: application/protobuf`, which Grafana sends, else in protobuf's own JSON. Whole spans of "
    "all executions that have some of the trace, as in the export: content only with `trace:content`; the read is "
    "recorded as an access first. Where that is more than one answer holds, values are cut to previews; where that is "
    "still too much, the earliest spans come, and the answer says that it is partial."
)
_ABOUT_VALUES: Final = (
    "Of the 20 newest executions that fulfil `q`, sorted. Structure alone, whoever asks. Needs `executions:read` as "
    "well."
)
_call = partial(Route, "GET", error="", error_media_type=PLAIN_TEXT)
"""A call of Tempo's API, whose refusals are plain text."""

TEMPO_ROUTES: Final = (
    _call(
        f"{TEMPO}/echo",
        "tempo_echo",
        TRACE_READ,
        "Tempo: the word `echo`",
        "",
        errors=(401, 403, 503),
        description="What Grafana's \"Save & test\" asks: that the API is there and takes the caller's token.",
    ),
    _call(
        f"{TEMPO}/status/buildinfo",
        "tempo_build_info",
        TRACE_READ,
        "Tempo: which version of its API this is",
        "TempoBuildInfo",
        errors=(401, 403, 503),
    ),
    _call(
        f"{TEMPO}/v2/traces/{{trace_id}}",
        "tempo_trace",
        TRACE_READ,
        "Tempo: a trace by its id",
        "TempoTraceById",
        parameters=(_TRACE_ID,),
        errors=(400, 401, 403, 503),
        description=f"{_ABOUT_TRACES} A trace that is not there is an empty one.",
        response_headers=_PARTIAL_HEADER,
        other_media_types=_PROTOBUF,
    ),
    _call(
        f"{TEMPO}/traces/{{trace_id}}",
        "tempo_trace_v1",
        TRACE_READ,
        "Tempo: a trace by its id, in the first version of its API",
        "TempoTrace",
        parameters=(_TRACE_ID,),
        errors=(400, 401, 403, 404, 503),
        description=_ABOUT_TRACES,
        response_headers=_PARTIAL_HEADER,
        other_media_types=_PROTOBUF,
    ),
    _call(
        f"{TEMPO}/search",
        "tempo_search",
        TRACE_READ,
        "Tempo: traces whose spans fulfil a condition",
        "TempoSearchResponse",
        parameters=(
            Parameter(
                "q",
                "query",
                "A filter of spans in a part of TraceQL, `{ … }`; everything where there is none.",
                _TEXT,
            ),
            Parameter("tags", "query", "Instead of `q`: attributes in logfmt.", _TEXT),
            Parameter("minDuration", "query", "Of the trace, such as `1.5s`.", _TEXT),
            Parameter("maxDuration", "query", "Of the trace, such as `2m`.", _TEXT),
            *_RANGE,
            Parameter(
                "limit", "query", "The most traces to answer, up to 100; 20 by default.", _TEXT
            ),
            Parameter(
                "spss", "query", "The most spans to show of each, up to 100; 3 by default.", _TEXT
            ),
        ),
        errors=(400, 401, 403, 503),
        description="Newest first. Structure alone, whoever asks. Needs `executions:read` as well. A search looks at "
        "300 executions and reads the spans of 100 at most; where there may be more, `metrics.completedJobs` is less "
        "than `totalJobs`. What of TraceQL is not supported is answered by 400, with line and column.",
        more_scopes=(EXECUTIONS_READ,),
    ),
    _call(
        f"{TEMPO}/search/tags",
        "tempo_tags",
        TRACE_READ,
        "Tempo: the names that can be searched for",
        "TempoTagsResponse",
        parameters=(_SCOPE,),
        errors=(400, 401, 403, 503),
    ),
    _call(
        f"{TEMPO}/v2/search/tags",
        "tempo_tags_v2",
        TRACE_READ,
        "Tempo: the names that can be searched for, by scope",
        "TempoTagsV2Response",
        parameters=(_SCOPE,),
        errors=(400, 401, 403, 503),
    ),
    _call(
        f"{TEMPO}/search/tag/{{tag}}/values",
        "tempo_tag_values",
        TRACE_READ,
        "Tempo: the values that a name has had of late",
        "TempoTagValuesResponse",
        parameters=_OF_VALUES,
        errors=(400, 401, 403, 503),
        description=_ABOUT_VALUES,
        more_scopes=(EXECUTIONS_READ,),
    ),
    _call(
        f"{TEMPO}/v2/search/tag/{{tag}}/values",
        "tempo_tag_values_v2",
        TRACE_READ,
        "Tempo: the values that a name has had of late, with their types",
        "TempoTagValuesV2Response",
        parameters=_OF_VALUES,
        errors=(400, 401, 403, 503),
        description=_ABOUT_VALUES,
        more_scopes=(EXECUTIONS_READ,),
    ),
)
