"""A search through the history, newest first: a bounded amount of work, whatever is asked for.

Executions come from the history's indexes, a page at a time. What the execution's own item says against the condition
is passed over at once; of the others the rows are read, several at a time. Where the bounds are reached before the
limit, the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from urllib.parse import quote

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.errors import InvalidInputError, UnreadableItemError
from spanvas.model.execution import Execution
from spanvas.model.row import Row
from spanvas.model.units import NANO
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.withheld import shown_execution, shown_span
from spanvas.storage.stored_trace import StoredTrace
from spanvas_api.access import MOST_OF_A_TRACE
from spanvas_api.auth import Principal
from spanvas_api.http import parameters
from spanvas_api.http.trace_ids import trace_id_of
from spanvas_api.services import Services
from spanvas_api.tempo.fields import OF_SERVICE, Candidate
from spanvas_api.tempo.query import SearchQuery

MOST_EXECUTIONS: Final = 300
"""That a search looks at, as one page of the history does."""
MOST_READ: Final = 100
"""Executions of which a search reads the rows."""
MOST_ROWS: Final = 100_000
"""Rows that a search reads, by the executions' totals."""
MAX_NANO: Final = 8 * NANO
THREADS: Final = 8


class Found(NamedTuple):
    """An execution with spans that were searched for."""

    candidate: Candidate
    rows: list[Row]


@dataclass(slots=True)
class SearchResult:
    """What a search has found, the newest first. `looked_at` counts executions, `rows` spans.

    `is_complete`: there is no more, or as much as was asked for was found.
    """

    found: list[Found] = field(default_factory=list)
    looked_at: int = 0
    read: int = 0
    rows: int = 0
    is_complete: bool = True


def search(services: Services, principal: Principal, asked: SearchQuery) -> SearchResult:
    """Returns the executions that the caller may see and that have spans which fulfil the condition."""
    result = SearchResult()
    until = services.clock() + MAX_NANO
    for page in _pages(services, principal, asked, result):
        wanted = [one for one in page if _may_match(one, asked)]
        for batch in _batches(wanted, THREADS):
            if _is_over(result) or services.clock() >= until:
                result.is_complete = False
                return result
            for one, rows in _read(services, asked, batch):
                result.read += 1
                result.rows += len(one.rows)
                if rows and len(result.found) < asked.limit:
                    result.found.append(Found(one, rows))
            if len(result.found) >= asked.limit:
                result.is_complete = True
                return result
    return result


def executions_named(services: Services, principal: Principal, called: str) -> list[Candidate]:
    """Returns the execution that a text names, by its id or by the one that its sender uses, if the caller sees it."""
    with suppress(InvalidInputError):
        for execution_id in parameters.execution_ids({"execution_id": quote(called, safe="")}):
            with suppress(UnreadableItemError):
                found = services.store.read_execution(principal.tenant, execution_id)
                if found is not None:
                    return _candidates(principal, [found], called)
    return []


def _pages(
    services: Services, principal: Principal, asked: SearchQuery, result: SearchResult
) -> Iterator[list[Candidate]]:
    """Yields the executions to look at, the newest first, and notes whether these were all."""
    called = asked.condition.required(names.EXECUTION_ID)
    trace_id = asked.condition.required("trace:id")
    if called is not None:
        yield _in_range(executions_named(services, principal, called), asked, result)
    elif trace_id is not None:
        known = trace_id_of(trace_id)
        found: list[Execution] = []
        if known:
            found = services.store.executions_of_trace(principal.tenant, known, MOST_OF_A_TRACE)
        yield _in_range(_candidates(principal, found), asked, result)
    else:
        yield from _pages_of_history(services, principal, asked, result)


def _pages_of_history(
    services: Services, principal: Principal, asked: SearchQuery, result: SearchResult
) -> Iterator[list[Candidate]]:
    workflow_id = parameters.optional_workflow_id(_workflow_in(asked))
    if principal.workflows == () or (workflow_id and not principal.sees_workflow(workflow_id)):
        return
    after: str | None = None
    limit = asked.limit
    while True:
        page = services.store.list_executions(
            principal.tenant,
            workflow_id=workflow_id,
            started_from=asked.start,
            started_to=asked.end,
            limit=min(limit, MOST_EXECUTIONS - result.looked_at),
            after=after,
            workflows=principal.workflows,
        )
        result.looked_at += len(page.items) + page.passed_over
        yield _candidates(principal, page.items)
        after, limit = page.next_position, MOST_READ
        if after is None:
            return
        if result.looked_at >= MOST_EXECUTIONS:
            result.is_complete = False
            return


def _workflow_in(asked: SearchQuery) -> dict[str, str]:
    workflow = asked.condition.required(names.WORKFLOW_ID)
    return {"workflow_id": workflow} if workflow and workflow.strip() else {}


def _candidates(
    principal: Principal, executions: Sequence[Execution], called: str = ""
) -> list[Candidate]:
    return [
        Candidate(shown_execution(execution, FieldClass.STRUCTURE), called)
        for execution in executions
        if principal.sees(execution)
    ]


def _in_range(
    candidates: list[Candidate], asked: SearchQuery, result: SearchResult
) -> list[Candidate]:
    result.looked_at += len(candidates)
    return [
        one
        for one in candidates
        if (asked.start is None or one.execution.started_at_unix_nano >= asked.start)
        and (asked.end is None or one.execution.started_at_unix_nano < asked.end)
    ]


def _may_match(candidate: Candidate, asked: SearchQuery) -> bool:
    duration = candidate.duration_nano
    if asked.shortest and (duration is None or duration < asked.shortest):
        return False
    if asked.longest is not None and (duration is None or duration > asked.longest):
        return False
    return asked.condition.of_execution(candidate) is not False


def _is_over(result: SearchResult) -> bool:
    return result.read >= MOST_READ or result.rows >= MOST_ROWS


def _batches(candidates: Sequence[Candidate], size: int) -> Iterator[Sequence[Candidate]]:
    for first in range(0, len(candidates), size):
        yield candidates[first : first + size]


def _read(
    services: Services, asked: SearchQuery, batch: Sequence[Candidate]
) -> list[tuple[Candidate, list[Row]]]:
    """Returns the candidates with their rows, and those of them that fulfil the condition."""
    read = _reader(services, asked)
    if len(batch) == 1:
        return [read(batch[0])]
    with ThreadPoolExecutor(len(batch), "spanvas-search") as pool:
        return list(pool.map(read, batch))


def _reader(
    services: Services, asked: SearchQuery
) -> Callable[[Candidate], tuple[Candidate, list[Row]]]:
    def read(candidate: Candidate) -> tuple[Candidate, list[Row]]:
        execution = candidate.execution
        trace = services.store.read_trace(execution.tenant, execution.execution_id)
        if trace is None or not trace.rows:
            return candidate, []
        candidate.rows = _root_first(trace.rows)
        if asked.condition.asks(OF_SERVICE):
            candidate.service = _service_of(services, candidate, trace)
        rows = asked.condition.matched(candidate)
        if rows and candidate.service is None:
            candidate.service = _service_of(services, candidate, trace)
        return candidate, rows

    return read


def _root_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Returns the rows by their start, but the root first: of those without a parent here the workflow's, or else the
    earliest."""
    ordered = sorted(rows, key=lambda row: (row.start_time_unix_nano, row.span_id))
    known = {row.span_id for row in rows}
    tops = [row for row in ordered if row.parent_span_id not in known] or ordered
    root = next((row for row in tops if row.kind == kinds.WORKFLOW), tops[0])
    return (root, *(row for row in ordered if row is not root))


def _service_of(services: Services, candidate: Candidate, trace: StoredTrace) -> str:
    """Returns the service that has recorded the root; "" where it does not say, or cannot be read."""
    place = (candidate.execution.tenant, candidate.execution.execution_id)
    with suppress(UnreadableItemError):
        for span in services.store.read_versions(*place, candidate.root.span_id, trace)[:1]:
            service = shown_span(span, FieldClass.STRUCTURE).resource.get(names.SERVICE_NAME)
            return service if isinstance(service, str) else ""
    return ""
