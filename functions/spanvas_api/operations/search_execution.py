"""Spans of one execution that hold all words of a query: in names, in attributes, and in content for those who may.

Bounded in what is read, in time and in hits, because an execution has no upper limit; the answer says whether it is
the whole truth. Nothing is indexed: content stays in one place, and expires there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from spanvas.model.access import ALLOWED, STRUCTURE
from spanvas.model.errors import InvalidInputError
from spanvas.model.span import Span
from spanvas.model.units import NANO
from spanvas.semantics.dialect_content import split_words
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.span_names import shown_name
from spanvas.semantics.withheld import shown_span
from spanvas_api import route_schema
from spanvas_api.access import SEARCH, authorized_execution, record_read
from spanvas_api.auth import readable
from spanvas_api.http import parameters
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.services import Services

PAGE_BYTES: Final = 16_000_000
"""Of stored details that are looked through at a time."""
MAX_BYTES: Final = 64_000_000
"""Of all of them: some 15,000 spans of 4 KB."""
MAX_NANO: Final = 8 * NANO
MAX_HITS: Final = 2_000

NAME, ATTRIBUTES, CONTENT = "name", "attributes", "content"


def search_execution(request: ApiRequest, services: Services) -> ApiResponse:
    """`wire.SearchResponse`. The search is recorded as an access before anything is read."""
    execution = authorized_execution(request, services, "search_execution")
    parameters.only(request.query, "q")
    words = _words(request)
    up_to = readable(request.principal, execution)
    outcome = ALLOWED if up_to else STRUCTURE
    record_read(request, services, execution.execution_id, SEARCH, outcome)
    hits: list[dict[str, Any]] = []
    is_complete = True
    unreadable = expired = 0
    after: str | None = None
    until = request.now_unix_nano + MAX_NANO
    for left in range(MAX_BYTES // PAGE_BYTES - 1, -1, -1):
        page = services.traces.read_spans(
            execution.tenant, execution.execution_id, max_bytes=PAGE_BYTES, after=after
        )
        hits += _hits(page.items, words, up_to)
        unreadable += len(page.unreadable)
        expired += page.expired
        after = page.next_position
        if after is None:
            break
        if not left or len(hits) >= MAX_HITS or services.clock() >= until:
            is_complete = False
            break
    body = {
        "hits": hits[:MAX_HITS],
        "is_complete": is_complete and len(hits) <= MAX_HITS and not unreadable,
        "content_access": "granted" if up_to else "denied",
    }
    if unreadable:
        body["unreadable"] = unreadable
    if expired:
        body["expired"] = expired
    return ApiResponse(body)


def _words(request: ApiRequest) -> list[str]:
    query = request.query.get("q", "")
    words = query.lower().split()
    if not words or not route_schema.MIN_QUERY <= len(query) <= route_schema.MAX_QUERY:
        bounds = f"{route_schema.MIN_QUERY} to {route_schema.MAX_QUERY} characters"
        raise InvalidInputError("q", f"is no text of {bounds}")
    return words


def _hits(spans: list[Span], words: list[str], up_to: FieldClass) -> Iterator[dict[str, Any]]:
    for span in spans:
        texts = _texts(span, up_to)
        if all(any(word in text for text in texts.values()) for word in words):
            where = [place for place, text in texts.items() if any(word in text for word in words)]
            yield {"span_id": span.span_id, "where": where}


def _texts(span: Span, up_to: FieldClass) -> dict[str, str]:
    """Returns the span's texts by where they stand, in lower case, as far as they may be read."""
    span = shown_span(span, up_to)
    structure, content = split_words(span)
    attributes = [span.status_message, span.span_id, *_strings(structure.attributes)]
    for event, plain in zip(span.events, structure.events, strict=True):
        attributes += (event.name, *_strings(plain))
    texts = [*_strings([*content.attributes.values(), *content.events])] if up_to else []
    return {
        NAME: f"{span.name}\n{shown_name(SpanReader(span), span.kind)}\n{span.kind}".lower(),
        ATTRIBUTES: "\n".join(attributes).lower(),
        CONTENT: "\n".join(texts).lower(),
    }


def _strings(value: Any) -> Iterator[str]:
    """Every text and number in a value. Iterates, since what is captured may be nested as deep as its writer liked."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting.extend(found.keys())
            waiting.extend(found.values())
        elif isinstance(found, list | tuple):
            waiting.extend(found)
        elif found is not None and not isinstance(found, bytes):
            yield str(found)
