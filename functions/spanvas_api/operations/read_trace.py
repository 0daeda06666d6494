"""The span tree of an execution: whole, in parts, or what has changed since it was read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from spanvas.model.errors import InvalidInputError, StoreUnavailableError
from spanvas.model.execution import OPEN, Execution, completeness_of, totalled
from spanvas.model.loss import explained
from spanvas.model.row import Row
from spanvas.model.tree import TreeRow, build_tree
from spanvas.storage.port import StoredTrace
from spanvas_api import parameters
from spanvas_api.audit import record_read
from spanvas_api.auth import authorize, may_read_content
from spanvas_api.cursors import Cursors
from spanvas_api.encoding import entity_tag, matches
from spanvas_api.operations.found import authorized_execution, read_authorized
from spanvas_api.representation import execution_body, row_bodies
from spanvas_api.request import Answer, Request
from spanvas_api.routes import MAX_ROWS
from spanvas_api.services import Services
from spanvas_api.trace_changes import changed_positions
from spanvas_api.trace_parts import WholeTrace, encoded
from spanvas_api.trace_status import Parts
from spanvas_api.trace_versions import (
    WIRE_VERSION,
    Version,
    Versions,
    rows_of,
    version_from,
    version_of,
)

OPEN_TAG_NANO: Final = 20 * 1_000_000_000
"""Open spans turn lost by time alone, without a write: the tag of an open execution lives no longer than this."""


def read_trace(request: Request, services: Services) -> Answer:
    """`wire.TraceResponse`: the whole, a part of it where it is large, or what has changed; or 304 when the caller's
    tag still holds, which costs one read of one item."""
    authorize(request.principal, "read_trace")
    parameters.only(request.query, "limit", "cursor", "since")
    limit = parameters.limit(request.query, most=MAX_ROWS, default=MAX_ROWS)
    cursor, since = request.query.get("cursor"), request.query.get("since")
    if cursor and since:
        raise InvalidInputError("since", "does not go with a cursor")
    if known := request.headers.get("if-none-match"):
        tag = _tag(authorized_execution(request, services, "read_trace"), request)
        if matches(known, tag):
            return Answer(None, status=304, headers={"ETag": tag})
    if cursor:
        return _next_part(cursor, limit, request, services)
    stored = _stored(request, services)
    version = _version(stored, request)
    whole = _whole(stored, stored.rows, version, services)
    if since is not None:
        before = _versions(stored.execution, services).unseal(since)
        answer = _changes(before, whole, stored, limit, request, services)
        if answer is not None:
            return answer
    return _part(whole, 0, limit, request, services)


def _stored(request: Request, services: Services) -> StoredTrace:
    return read_authorized(request, "read_trace", services.store.read_trace)


def _version(stored: StoredTrace, request: Request) -> Version:
    with_content = may_read_content(request.principal, stored.execution)
    return version_of(stored, request.now_unix_nano, with_content=with_content)


def _whole(
    stored: StoredTrace, rows: list[Row], version: Version, services: Services
) -> WholeTrace:
    execution = stored.execution
    if stored.is_whole:
        execution = totalled(execution, rows, version.now_unix_nano)
        if rows is stored.rows:
            _repair(stored.execution, execution, services)
    if not stored.unreadable:
        execution = explained(execution, rows)
    completeness = completeness_of(execution, rows)
    latest = stored if rows is stored.rows else None
    tree = build_tree(rows)
    parts = Parts(len(stored.unreadable), stored.newer_chunks)
    return WholeTrace(stored.execution, execution, completeness, tree, version, latest, parts)


def _next_part(cursor: str, limit: int, request: Request, services: Services) -> Answer:
    """Of the version that the first part was of, as long as it can be made again; else of what is there now."""
    execution = authorized_execution(request, services, "read_trace")
    position = _cursors(execution, services).unseal(cursor)
    version = version_from(position[-1])
    whole = services.kept_trace
    if whole is None or not whole.is_of(execution, version):
        stored = _stored(request, services)
        rows = version and rows_of(version, stored)
        if version is None or rows is None or version.status != stored.execution.status:
            rows, version = stored.rows, _version(stored, request)
        whole = _whole(stored, rows, version, services)
    return _part(whole, whole.start_at(position), limit, request, services)


def _part(
    whole: WholeTrace, start: int, limit: int, request: Request, services: Services
) -> Answer:
    """As many rows as can be answered at once. The tree of a large trace is kept for the next part, and for whoever
    asks for a span of it."""
    cursors = _cursors(whole.stored, services)
    while True:
        end = min(start + limit, len(whole.tree))
        has_next = end < len(whole.tree)
        more = {"next_cursor": cursors.seal(whole.position_after(end)) if has_next else None}
        answer = _answer(whole, whole.tree[start:end], more, request, services)
        if answer is not None:
            services.kept_trace = whole if has_next or start else None
            return answer
        limit = (end - start) // 2


def _changes(
    before: Version | None,
    whole: WholeTrace,
    stored: StoredTrace,
    limit: int,
    request: Request,
    services: Services,
) -> Answer | None:
    """None where the whole has to be read: the version is not known any more, or too much has changed."""
    if before is None or before.with_content != whole.version.with_content:
        return None
    rows = rows_of(before, stored)
    if rows is None:
        return None
    positions = changed_positions(build_tree(rows), before, whole.tree, whole.version)
    if positions is None or len(positions) > limit:
        return None
    more = {"positions": positions, "next_cursor": None}
    tree = [whole.tree[position] for position in positions]
    return _answer(whole, tree, more, request, services)


def _answer(
    whole: WholeTrace,
    tree: Sequence[TreeRow],
    more: dict[str, Any],
    request: Request,
    services: Services,
) -> Answer | None:
    """These rows, with what is said of the whole. None where Lambda cannot give an answer of that size."""
    execution = whole.execution
    with_content = may_read_content(request.principal, execution)
    now = whole.version.now_unix_nano
    rows = row_bodies(tree, execution, now, with_content=with_content)
    status = whole.status()
    template = services.settings.trace_url_template
    body = {
        "execution": execution_body(execution, whole.completeness, template),
        "status": status.status,
        "content_access": "granted" if with_content else "denied",
        "total_rows": len(whole.tree),
        "version": _versions(whole.stored, services).seal(whole.version),
        "rows": rows.bodies,
        **more,
    }
    if status.reason:
        body["reason"] = status.reason
    if whole.parts.unreadable:
        body["unreadable_chunks"] = whole.parts.unreadable
    if whole.parts.newer:
        body["newer_chunks"] = whole.parts.newer
    answer, fits = encoded(body, request.headers.get("accept-encoding"))
    if not fits and len(tree) > 1:
        return None
    if rows.has_content:
        record_read(services.store, request, execution, "trace", is_allowed=True)
    return answer._replace(headers={**answer.headers, "ETag": _tag(whole.stored, request)})


def _cursors(execution: Execution, services: Services) -> Cursors:
    query = {"execution_id": execution.execution_id}
    return Cursors(services.settings.table, execution.tenant, "trace_part", query)


def _versions(execution: Execution, services: Services) -> Versions:
    return Versions(services.settings.table, execution.tenant, execution.execution_id)


def _repair(stored: Execution, right: Execution, services: Services) -> None:
    """Correct the stored totals of a closed trace, for the history. They are wrong where a crash between two writes
    left them short, where spans came twice in different batches, where a model call and its wrapper did, and where
    spans never ended. Whoever cannot read all of it leaves the totals as they are."""
    if stored.status in OPEN or stored.counters == right.counters:
        return
    # The answer is right without it; where it fails, the next reader repairs.
    with suppress(StoreUnavailableError):
        services.store.repair_counters(stored, right.counters)


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
        # Whatever the caller had: what is tagged is the trace that it has now.
        sorted(item for item in request.query.items() if item[0] != "since"),
    )
