"""Every call of the API in one table: the handler routes by it and the reference is written from it.

Schemas are named, not imported, so that the handler does not load pydantic to answer a trace.
"""

from __future__ import annotations

from typing import Final

from spanvas.model.execution import FILTERS
from spanvas_api.deletion_routes import DELETION_ROUTES
from spanvas_api.route_schema import (
    ANY_TEXT,
    ARTIFACT_PARAMETER,
    AUDIT_READ,
    CURSOR_PARAMETER,
    EXECUTION_PARAMETER,
    EXECUTIONS_READ,
    EXECUTIONS_START,
    EXPORT_CONTENTS,
    EXPORT_FORMATS,
    IF_NONE_MATCH_PARAMETER,
    LIMIT_PARAMETER,
    MAX_QUERY,
    MAX_ROWS,
    MIN_QUERY,
    NANO_SCHEMA,
    NEWEST_FIRST,
    ORDERS,
    READ_ERRORS,
    SPAN_PARAMETER,
    TRACE_ARTIFACT,
    TRACE_INGEST,
    TRACE_READ,
    WORKFLOW_PARAMETER,
    Parameter,
    Route,
)
from spanvas_api.tempo_routes import TEMPO_ROUTES

ROUTES: Final = (
    Route(
        "GET",
        "/v1/workflows",
        "list_workflows",
        EXECUTIONS_READ,
        "The workflows that can be started",
        "WorkflowsResponse",
        is_read_by_tab=True,
    ),
    Route(
        "GET",
        "/v1/executions",
        "list_executions",
        EXECUTIONS_READ,
        "The history",
        "ExecutionsResponse",
        is_read_by_tab=True,
        parameters=(
            Parameter(
                "workflow_id",
                "query",
                "Only executions of this workflow: its id, or the name that its sender uses.",
                ANY_TEXT,
            ),
            Parameter(
                "status",
                "query",
                "Only executions in this state. `succeeded_with_errors`: spans below a good root have failed.",
                {"type": "string", "enum": list(FILTERS)},
            ),
            Parameter("from", "query", "Started at or after, unix nanoseconds.", NANO_SCHEMA),
            Parameter(
                "to",
                "query",
                "Started before, unix nanoseconds. Where it is not after `from`, there is nothing.",
                NANO_SCHEMA,
            ),
            Parameter(
                "order",
                "query",
                "By the time of the start.",
                {"type": "string", "enum": list(ORDERS), "default": NEWEST_FIRST},
            ),
            LIMIT_PARAMETER,
            CURSOR_PARAMETER,
        ),
        errors=(400, 401, 403, 503),
        description="A page may hold fewer items than `limit`, or none, while `next_cursor` is set: a request looks at "
        "300 executions at most, and `looked_through_unix_nano` says how far. Failed and lost executions are found "
        "without looking at others; an execution whose deadline has passed is among the lost ones when the sweep has "
        "closed it, within a minute. "
        "Newest first, no execution is missed or returned twice while others start; oldest first, one "
        "that is known by its spans is missed if an earlier span moves its start to before the page.",
    ),
    Route(
        "POST",
        "/v1/workflows/{workflow_id}/executions",
        "start_execution",
        EXECUTIONS_START,
        "Start an execution",
        "StartExecutionResponse",
        status=202,
        request="StartExecutionRequest",
        parameters=(WORKFLOW_PARAMETER,),
        errors=(400, 401, 403, 404, 413, 422, 503),
        description="Answers as soon as the execution is queued; its trace grows while it runs. When the executor "
        "cannot be reached the answer is 503 and the execution is kept as failed, with its cause.",
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}",
        "read_execution",
        EXECUTIONS_READ,
        "One execution",
        "Execution",
        is_read_by_tab=True,
        parameters=(EXECUTION_PARAMETER,),
        errors=READ_ERRORS,
    ),
    *DELETION_ROUTES,
    Route(
        "GET",
        "/v1/executions/{execution_id}/trace",
        "read_trace",
        TRACE_READ,
        "The execution's spans as a tree",
        "TraceResponse",
        is_read_by_tab=True,
        parameters=(
            EXECUTION_PARAMETER,
            Parameter(
                "limit",
                "query",
                "The most rows to answer; fewer come where an answer would be larger than 6 MB.",
                {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": MAX_ROWS},
            ),
            Parameter(
                "cursor",
                "query",
                "`next_cursor` of the page before; good for the same caller and execution only.",
                {"type": "string", "maxLength": 2048},
            ),
            Parameter(
                "since",
                "query",
                "`version` of the answer that the caller has; good for the same execution only, and not together "
                "with `cursor`. The answer then holds `positions` and what has changed, or the whole where that "
                "cannot be told.",
                {"type": "string", "maxLength": 2048},
            ),
            IF_NONE_MATCH_PARAMETER,
        ),
        errors=READ_ERRORS,
        description="Rows in pre-order. A large trace comes in pages: their rows one after the other are all "
        "rows, and every other field is about the whole trace. Pages that name the same `version` are of "
        "the same state of the trace; what is written meanwhile is what has changed since. Previews of content only "
        "with `trace:content`; the read is recorded as an access first. With `If-None-Match` the answer is 304 while "
        "nothing has changed, which makes polling cheap; `since` makes it cheap where something has. Spans that "
        "only the operator's backend has are read from there (`spans_from`), where one is set; 502 and 504 are its "
        "failures.",
        response_headers={
            "ETag": "Changes with every span that arrives and every change of the execution."
        },
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}/spans/{span_id}",
        "read_span",
        TRACE_READ,
        "Everything about one span",
        "SpanResponse",
        is_read_by_tab=True,
        parameters=(EXECUTION_PARAMETER, SPAN_PARAMETER),
        errors=READ_ERRORS,
        description="Content only with `trace:content`; the read is recorded as an access first.",
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}/export",
        "export_execution",
        TRACE_READ,
        "The execution's spans as OTLP",
        "ExportTraceRequest",
        parameters=(
            EXECUTION_PARAMETER,
            Parameter(
                "format",
                "query",
                "OTLP in its JSON encoding, the only one there is.",
                {"type": "string", "enum": list(EXPORT_FORMATS), "default": EXPORT_FORMATS[0]},
            ),
            Parameter(
                "content",
                "query",
                "`full`: values as they are stored. `preview`: the first 2,048 bytes of each, as executors send them "
                "to an OTLP endpoint, with size, digest and place of the whole. `none`: structure alone.",
                {"type": "string", "enum": list(EXPORT_CONTENTS), "default": EXPORT_CONTENTS[0]},
            ),
            CURSOR_PARAMETER,
        ),
        errors=READ_ERRORS,
        description="Can be posted to any OTLP/HTTP endpoint as it is, `POST /v1/traces` included. Content only with "
        "`trace:content`, whatever `content` asks for; the read is recorded as an access first. A large execution "
        "comes in pages, each of them a request of its own.",
        response_headers={
            "Spanvas-Unreadable": "How many stored details cannot be read and are not on this page; absent if none.",
            "Spanvas-Expired": "How many spans have expired before their execution and are not on this page; absent if "
            "none.",
            "Link": 'Where the next page is, with `rel="next"`; absent at the last one.',
        },
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}/search",
        "search_execution",
        TRACE_READ,
        "The spans that hold the words of a query",
        "SearchResponse",
        is_read_by_tab=True,
        parameters=(
            EXECUTION_PARAMETER,
            Parameter(
                "q",
                "query",
                "Words that a span must hold, all of them, whatever their case.",
                {"type": "string", "minLength": MIN_QUERY, "maxLength": MAX_QUERY},
                is_required=True,
            ),
        ),
        errors=READ_ERRORS,
        description="Looks in names, attributes and events; with `trace:content` also in what people, models and "
        "tools wrote. The search is recorded as an access first. How much is looked through has a bound.",
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}/artifacts",
        "list_artifacts",
        TRACE_READ,
        "The execution's files",
        "ArtifactsResponse",
        is_read_by_tab=True,
        parameters=(EXECUTION_PARAMETER,),
        errors=READ_ERRORS,
    ),
    Route(
        "POST",
        "/v1/executions/{execution_id}/artifacts/{artifact_id}/link",
        "link_artifact",
        TRACE_ARTIFACT,
        "A short-lived link to a file",
        "LinkArtifactResponse",
        request="LinkArtifactRequest",
        parameters=(EXECUTION_PARAMETER, ARTIFACT_PARAMETER),
        errors=(400, 401, 403, 404, 409, 413, 422, 502, 503, 504),
        description="Recorded as an access before the link is given or refused. Types that a browser would run are "
        "always answered as `attachment`. 409: the file is in a bucket that this deployment makes no links to.",
    ),
    Route(
        "GET",
        "/v1/executions/{execution_id}/accesses",
        "list_accesses",
        AUDIT_READ,
        "Who has seen what of the execution",
        "AccessesResponse",
        is_read_by_tab=True,
        parameters=(
            EXECUTION_PARAMETER,
            Parameter(
                "span_id",
                "query",
                "Only reads of this span and of its files, without those of the whole execution: trace, search, "
                "export.",
                SPAN_PARAMETER.schema,
            ),
            LIMIT_PARAMETER,
            CURSOR_PARAMETER,
        ),
        errors=READ_ERRORS,
        description="Also when the execution has expired: records are kept for `AuditRetentionDays`. With `span_id`, a "
        "page may hold fewer items than `limit`, or none, while `next_cursor` is set. Repeated reads of the trace, "
        "repeated reads without content and repeated refusals of one caller within a minute are one record with a "
        "`count`.",
    ),
    *TEMPO_ROUTES,
)

OTLP_ROUTES: Final = (
    Route(
        "POST",
        "/v1/traces",
        "ingest_traces",
        TRACE_INGEST,
        "Send spans over OTLP",
        "ExportTraceResponse",
        request="ExportTraceRequest",
        is_request_required=True,
        errors=(400, 401, 403, 405, 409, 413, 415, 429, 503),
        description="OTLP/HTTP, answered only when the spans are durable. The tenant is the token's, whatever the "
        "spans say. In JSON, fields have their JSON names or their original ones (`trace_id`), ids are hex or base64, "
        "enums numbers or names; what is not read of a request is told by `partialSuccess`. "
        "`Content-Encoding: gzip` is understood. 429 and 503 say in `Retry-After` when to send the same "
        "again.",
        other_media_types=("application/x-protobuf",),
        error="OtlpStatus",
        error_media_type="application/json",
    ),
)
"""What the OTLP endpoint's own function answers."""

ALL_ROUTES: Final = (*ROUTES, *OTLP_ROUTES)
