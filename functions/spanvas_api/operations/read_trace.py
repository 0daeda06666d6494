"""The span tree of an execution: the whole, a page of it, or what has changed since it was read."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from spanvas.model.access import ALLOWED, STRUCTURE
from spanvas.model.clock import span_of_time
from spanvas.model.completeness import completeness_of
from spanvas.model.errors import InvalidInputError, StoreUnavailableError
from spanvas.model.execution import OPEN, Execution, totalled
from spanvas.model.loss import with_loss_cause
from spanvas.model.row import Row
from spanvas.model.tree import TreeRow, build_tree
from spanvas.model.units import NANO
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.withheld import shown_completeness, shown_execution
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.access import may_call, read_authorized, record_read
from spanvas_api.access_records import TRACE
from spanvas_api.auth import readable
from spanvas_api.http import parameters
from spanvas_api.http.cursors import Cursors
from spanvas_api.http.encoding import entity_tag, matches
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.representation import execution_body, row_bodies
from spanvas_api.route_schema import MAX_ROWS
from spanvas_api.services import Services
from spanvas_api.trace.diff import changed_positions
from spanvas_api.trace.page import WholeTrace, encoded
from spanvas_api.trace.status import ChunkCounts
from spanvas_api.trace.version import (
    WIRE_VERSION,
    Version,
    Versions,
    rows_of,
    version_from,
    version_of,
)

OPEN_TAG_NANO: Final = 20 * NANO
"""Open spans become lost by time alone, without a write: the tag of an open execution lives no longer than this."""


def read_trace(request: ApiRequest, services: Services) -> ApiResponse:
    """Returns `wire.TraceResponse`: the whole trace, a page of a large one, or what has changed since a version.

    Returns 304 if the caller's tag is still current, which costs one read of one item.
    """
    may_call(request, services, "read_trace")
    parameters.only(request.query, "limit", "cursor", "since")
    limit = parameters.limit(request.query, most=MAX_ROWS, default=MAX_ROWS)
    cursor, since = request.query.get("cursor"), request.query.get("since")
    if cursor and since:
        raise InvalidInputError("since", "does not go with a cursor")
    known_tag = request.headers.get("if-none-match")
    stored: StoredTrace | None = None
    if cursor or known_tag:
        execution = read_authorized(request, services, "read_trace", services.traces.read_execution)
    else:
        stored = read_authorized(request, services, "read_trace", services.traces.read_trace)
        execution = stored.execution
    up_to = readable(request.principal, execution)
    answering = _Answering(request, services, limit, up_to)
    if known_tag and matches(known_tag, tag := answering.tag(execution)):
        return ApiResponse(None, status=304, headers={"ETag": tag})
    if cursor:
        return answering.next_page(execution, cursor)
    stored = stored or read_authorized(request, services, "read_trace", services.traces.read_trace)
    whole = answering.whole(stored, stored.rows, answering.version(stored))
    changes = answering.changes(whole, stored, since) if since is not None else None
    return changes or answering.page(whole, 0)


class _Answering(NamedTuple):
    """One request that is being answered. `up_to`: the fields that the caller may read."""

    request: ApiRequest
    services: Services
    limit: int
    up_to: FieldClass

    def version(self, stored: StoredTrace) -> Version:
        return version_of(stored, self.request.now_unix_nano, up_to=self.up_to)

    def whole(self, stored: StoredTrace, rows: list[Row], version: Version) -> WholeTrace:
        """Builds the tree of `rows`: all that is stored, or what of it belongs to an older version."""
        execution = stored.execution
        if stored.is_whole:
            execution = totalled(execution, rows, version.now_unix_nano)
            if rows is stored.rows and stored.origin is None:
                self._repair(stored.execution, execution)
        if not stored.unreadable:
            execution = with_loss_cause(execution, rows)
        completeness = completeness_of(execution, rows)
        latest = stored if rows is stored.rows else None
        tree = _tree(rows, stored.execution, version)
        chunks = ChunkCounts(len(stored.unreadable), stored.newer_chunks)
        return WholeTrace(
            stored.execution,
            execution,
            completeness,
            tree,
            version,
            latest,
            chunks,
            stored.origin,
        )

    def next_page(self, execution: Execution, cursor: str) -> ApiResponse:
        """Returns a later page, of the first page's version as long as that can be rebuilt, else of the latest."""
        position = self._cursors(execution).unseal(cursor)
        version = version_from(position[-1])
        whole = self.services.kept_trace
        if whole is None or not whole.is_of(execution, version):
            stored = read_authorized(
                self.request, self.services, "read_trace", self.services.traces.read_trace
            )
            rows = version and rows_of(version, stored)
            if version is None or rows is None or version.status != stored.execution.status:
                rows, version = stored.rows, self.version(stored)
            whole = self.whole(stored, rows, version)
        return self.page(whole, whole.start_at(position))

    def page(self, whole: WholeTrace, start: int) -> ApiResponse:
        """Returns as many rows from `start` on as fit into one response.

        The tree of a large trace is kept in this process, for the next page and for whoever asks for a span of it.
        """
        cursors = self._cursors(whole.stored)
        limit = self.limit
        while True:
            end = min(start + limit, len(whole.tree))
            has_next = end < len(whole.tree)
            more = {"next_cursor": cursors.seal(whole.position_after(end)) if has_next else None}
            response = self._response(whole, whole.tree[start:end], more)
            if response is not None:
                self.services.kept_trace = whole if has_next or start else None
                return response
            limit = (end - start) // 2

    def changes(self, whole: WholeTrace, stored: StoredTrace, since: str) -> ApiResponse | None:
        """Returns the rows that have changed since a version; None if that version is not known any more, or if too
        much has changed."""
        before = self._versions(stored.execution).unseal(since)
        if before is None or before.up_to != whole.version.up_to:
            return None
        rows = rows_of(before, stored)
        if rows is None:
            return None
        tree = _tree(rows, stored.execution, before)
        positions = changed_positions(tree, before, whole.tree, whole.version)
        if positions is None or len(positions) > self.limit:
            return None
        more = {"positions": positions, "next_cursor": None}
        return self._response(whole, [whole.tree[position] for position in positions], more)

    def tag(self, execution: Execution) -> str:
        """Returns the ETag of the trace that this request is answered with."""
        is_open = execution.status in OPEN
        return entity_tag(
            WIRE_VERSION,
            execution.tenant,
            execution.execution_id,
            execution.revision,
            execution.status,
            int(self.up_to),
            self.request.now_unix_nano // OPEN_TAG_NANO if is_open else 0,
            # Whatever the caller had: what is tagged is the trace that it has now.
            sorted(item for item in self.request.query.items() if item[0] != "since"),
        )

    def _response(
        self, whole: WholeTrace, tree: Sequence[TreeRow], more: dict[str, Any]
    ) -> ApiResponse | None:
        """Returns these rows and the fields that describe the whole trace; None if Lambda cannot return that much."""
        execution = shown_execution(whole.execution, self.up_to)
        completeness = shown_completeness(whole.completeness, self.up_to)
        rows = row_bodies(tree, execution, whole.version.now_unix_nano, self.up_to)
        status = whole.status()
        template = self.services.settings.trace_url_template
        body = {
            "execution": execution_body(execution, completeness, template, whole.spans_from),
            "status": status.status,
            "content_access": "granted" if self.up_to else "denied",
            "total_rows": len(whole.tree),
            "version": self._versions(whole.stored).seal(whole.version),
            "rows": rows.bodies,
            **more,
        }
        if self.up_to is FieldClass.CONTENT:
            body["restricted_access"] = "denied"
        if status.reason:
            body["reason"] = status.reason
        if whole.chunks.unreadable:
            body["unreadable_chunks"] = whole.chunks.unreadable
        if whole.chunks.newer:
            body["newer_chunks"] = whole.chunks.newer
        response, fits = encoded(body, self.request.headers.get("accept-encoding"))
        if not fits and len(tree) > 1:
            return None
        outcome = ALLOWED if rows.has_content else STRUCTURE
        record_read(self.request, self.services, execution.execution_id, TRACE, outcome)
        headers = {**response.headers, "ETag": self.tag(whole.stored)}
        return response._replace(headers=headers)

    def _repair(self, stored: Execution, right: Execution) -> None:
        """Corrects the stored totals of a closed trace, for the history.

        They are wrong where a crash between two writes left them short, where spans came twice in different batches,
        where a model call and its wrapper did, and where spans never ended. Whoever cannot read all of the trace leaves
        the totals as they are.
        """
        if stored.status in OPEN or stored.counters == right.counters:
            return
        # The response is right without it; where it fails, the next reader repairs.
        with suppress(StoreUnavailableError):
            self.services.store.repair_counters(stored, right.counters)

    def _cursors(self, execution: Execution) -> Cursors:
        query = {"execution_id": execution.execution_id}
        return Cursors(
            self.services.settings.table, self.request.principal.identity, "trace_part", query
        )

    def _versions(self, execution: Execution) -> Versions:
        return Versions(self.services.settings.table, execution.tenant, execution.execution_id)


def _tree(rows: list[Row], execution: Execution, version: Version) -> list[TreeRow]:
    """Builds the tree of a version."""
    start, end = execution.started_at_unix_nano, execution.ended_at_unix_nano
    return build_tree(rows, span_of_time(start, end, version.now_unix_nano))
