"""An execution's spans as OTLP: to be posted to another backend, or back to this one.

A page at a time. One document of everything would be larger than Lambda can answer and than any OTLP endpoint takes,
ours included; kept in the bucket for a link, it would be one more copy of all content. So each page is a request of
its own, and the header `Link` says where the next one is (RFC 8288).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlencode

from spanvas.model.access import ALLOWED, STRUCTURE
from spanvas.model.execution import Execution
from spanvas.model.span import Span
from spanvas.otlp.conventions import as_exported
from spanvas.otlp.export import encode_json
from spanvas.otlp.export_safe import place_of, with_previews
from spanvas.semantics.content_split import has_content
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.withheld import shown_span
from spanvas.storage.pages import Page
from spanvas_api import route_schema
from spanvas_api.access import EXPORT, authorized_execution, record_read
from spanvas_api.auth import readable
from spanvas_api.exported_labels import labels_shown
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.encoding import MAX_CODED_BYTES, accepted_codings, compressed
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services

PAGE_BYTES: Final = 1_500_000
"""Of stored details that make up a page; the last may be as large again, and quotes are escaped on the way."""
CODED_PAGE_BYTES: Final = 6_000_000
"""The same for callers that read compressed answers: traces shrink to a fifth and less."""

UNREADABLE_HEADER: Final = "Spanvas-Unreadable"
"""How many stored details of this page cannot be read, and are not on it: the body is OTLP, and has no place for it."""

EXPIRED_HEADER: Final = "Spanvas-Expired"
"""How many spans of this page have expired before their execution, and are not on it."""


def export_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """`wire.ExportTraceRequest`, one page of it, recorded as an access first."""
    execution = authorized_execution(request, services, "export_execution")
    parameters.only(request.query, "format", "content", "cursor")
    parameters.one_of(request.query, "format", route_schema.EXPORT_FORMATS)
    content = parameters.one_of(request.query, "content", route_schema.EXPORT_CONTENTS)
    cursors = Cursors(
        services.settings.table,
        request.principal.identity,
        "export_execution",
        {"execution_id": execution.execution_id},
    )
    cursor = request.query.get("cursor")
    after = None if cursor is None else cursors.unseal(cursor)
    up_to = _asked_for(content, readable(request.principal, execution))
    is_cut = content == route_schema.PREVIEW
    answer, page = _answer_page(request, services, execution, after, up_to, is_cut=is_cut)
    outcome = ALLOWED if up_to and any(map(has_content, page.items)) else STRUCTURE
    record_read(request, services, execution.execution_id, EXPORT, outcome)
    headers = dict(answer.headers)
    if page.unreadable:
        headers[UNREADABLE_HEADER] = str(len(page.unreadable))
    if page.expired:
        headers[EXPIRED_HEADER] = str(page.expired)
    if page.next_position is not None:
        headers["Link"] = _next(execution, content, cursors.seal(page.next_position))
    return answer._replace(headers=headers)


def _asked_for(content: str, allowed: FieldClass) -> FieldClass:
    """Returns the class of fields up to which the answer goes: no caller gets more than it is allowed."""
    return FieldClass.STRUCTURE if content == route_schema.NO_CONTENT else allowed


def _answer_page(
    request: ApiRequest,
    services: Services,
    execution: Execution,
    after: str | None,
    up_to: FieldClass,
    *,
    is_cut: bool,
) -> tuple[ApiResponse, Page[Span]]:
    """As many spans as can be answered at once. Where they compress worse than spans do, fewer.

    `is_cut`: as the execution's function sends them to a backend, each value cut to its preview.
    """
    accept = request.headers.get("accept-encoding")
    is_coded = accept is None or max(accepted_codings(accept).values()) > 0
    limit = CODED_PAGE_BYTES if is_coded else PAGE_BYTES
    labels = labels_shown(execution, up_to)
    while True:
        page = services.traces.read_spans(
            execution.tenant, execution.execution_id, max_bytes=limit, after=after
        )
        spans: Iterable[Span] = (shown_span(span, up_to) for span in page.items)
        if is_cut:
            sent = (as_exported(span, labels) for span in spans) if labels else spans
            spans = with_previews(sent, lambda span: place_of(execution.execution_id, span))
        body = encode_json(spans, lambda _: labels)
        coded = compressed(body, accept)
        if coded is not None and len(coded[1]) > MAX_CODED_BYTES and limit > PAGE_BYTES:
            limit = PAGE_BYTES
            continue
        if coded is None:
            return ApiResponse(body), page
        return ApiResponse(coded[1], headers={"Content-Encoding": coded[0]}), page


def _next(execution: Execution, content: str, cursor: str) -> str:
    query = urlencode({"format": "otlp", "content": content, "cursor": cursor})
    return f'</v1/executions/{quote(execution.execution_id)}/export?{query}>; rel="next"'
