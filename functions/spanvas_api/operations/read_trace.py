"""The span tree of an execution."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Final

from spanvas.model.errors import NotFoundError, StoreUnavailableError
from spanvas.model.execution import OPEN, Execution, completeness_of, count
from spanvas.model.inference import repeated_calls
from spanvas.model.loss import explained
from spanvas.model.tree import build_tree
from spanvas.storage.port import StoredTrace
from spanvas_api import parameters
from spanvas_api.audit import record_read
from spanvas_api.auth import authorize, may_read_content
from spanvas_api.cursors import Cursors
from spanvas_api.encoding import entity_tag, matches
from spanvas_api.operations.found import authorized_execution
from spanvas_api.representation import execution_body, row_bodies
from spanvas_api.request import Answer, Request
from spanvas_api.routes import MAX_ROWS
from spanvas_api.services import Services
from spanvas_api.trace_parts import WholeTrace, encoded

WIRE_VERSION: Final = 2
"""Part of every tag: raised when the same rows are answered differently."""
OPEN_TAG_NANO: Final = 20 * 1_000_000_000
"""Open spans turn lost by time alone, without a write: the tag of an open execution lives no longer than this."""


def read_trace(request: Request, services: Services) -> Answer:
    """`wire.TraceResponse`, a part of it where it is large; or 304 when the caller's tag still holds, which costs one
    read of one item."""
    authorize(request.principal, "read_trace")
    execution_id = parameters.execution_id(request.path)
    parameters.only(request.query, "limit", "cursor")
    limit = parameters.limit(request.query, most=MAX_ROWS, default=MAX_ROWS)
    cursor = request.query.get("cursor")
    known = request.headers.get("if-none-match")
    whole: WholeTrace | None = None
    if known or cursor:
        execution = authorized_execution(request, services, "read_trace")
        tag = _tag(execution, request)
        if known and matches(known, tag):
            return Answer(None, status=304, headers={"ETag": tag})
        kept = services.kept_trace
        whole = kept if kept is not None and kept.is_of(execution) else None
    if whole is None:
        stored = services.store.read_trace(request.principal.tenant, execution_id)
        if stored is None:
            raise NotFoundError("no such execution")
        authorize(request.principal, "read_trace", stored.execution)
        whole = _whole(stored, services)
    return _part(whole, cursor, limit, request, services)


def _whole(stored: StoredTrace, services: Services) -> WholeTrace:
    execution = explained(_repaired(stored, services), stored.rows)
    return WholeTrace(
        stored.execution,
        execution,
        completeness_of(execution, stored.rows),
        build_tree(stored.rows),
    )


def _part(
    whole: WholeTrace, cursor: str | None, limit: int, request: Request, services: Services
) -> Answer:
    """From the cursor on, as many rows as can be answered at once. The tree is kept while there is a next part."""
    cursors = Cursors(
        services.settings.table,
        whole.stored.tenant,
        "read_trace",
        {"execution_id": whole.stored.execution_id},
    )
    start = 0 if cursor is None else whole.start_at(cursors.unseal(cursor))
    execution, tree = whole.execution, whole.tree
    with_content = may_read_content(request.principal, execution)
    status = whole.status(request.now_unix_nano)
    template = services.settings.trace_url_template
    while True:
        end = min(start + limit, len(tree))
        rows = row_bodies(
            tree[start:end], execution, request.now_unix_nano, with_content=with_content
        )
        has_next = end < len(tree)
        body = {
            "execution": execution_body(execution, whole.completeness, template),
            "status": status.status,
            "content_access": "granted" if with_content else "denied",
            "total_rows": len(tree),
            "rows": rows.bodies,
            "next_cursor": cursors.seal(whole.position_after(end)) if has_next else None,
        }
        if status.reason:
            body["reason"] = status.reason
        answer, fits = encoded(body, request.headers.get("accept-encoding"))
        if fits or end - start <= 1:
            break
        limit = (end - start) // 2
    services.kept_trace = whole if has_next else None
    if rows.has_content:
        record_read(services.store, request, execution, "trace", is_allowed=True)
    return answer._replace(headers={**answer.headers, "ETag": _tag(whole.stored, request)})


def _repaired(stored: StoredTrace, services: Services) -> Execution:
    """Totals that a crash between two writes left short are corrected by whoever reads the closed trace next, and
    those that count twice: spans that came again in another batch, and a model call whose wrapper did."""
    execution = stored.execution
    if execution.status in OPEN:
        return execution
    ended = sum(row.end_time_unix_nano is not None for row in stored.rows)
    if execution.counters.spans == ended and not repeated_calls(stored.rows):
        return execution
    counters = count(stored.rows, execution.counters.dropped)
    if counters == execution.counters:
        return execution
    # The answer is right without it; where it fails, the next reader repairs.
    with suppress(StoreUnavailableError):
        services.store.repair_counters(execution, counters)
    return replace(execution, counters=counters)


def _tag(execution: Execution, request: Request) -> str:
    is_open = execution.status in OPEN
    return entity_tag(
        WIRE_VERSION,
        execution.tenant,
        execution.execution_id,
        execution.revision,
        execution.status,
        may_read_content(request.principal, execution),
        request.now_unix_nano // OPEN_TAG_NANO if is_open else 0,
        sorted(request.query.items()),
    )
