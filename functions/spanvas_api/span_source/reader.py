"""Executions and their spans: those of the store, and where it has none, those of the operator's backend."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Final, NamedTuple

from aws_lambda_powertools import Logger

from spanvas.model.execution import OPEN, Execution
from spanvas.model.ids import is_trace_id, trace_id_for
from spanvas.model.span import Span
from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.privacy.redact import Redactor
from spanvas.settings import Settings
from spanvas.storage.codec import weight_of
from spanvas.storage.details import position
from spanvas.storage.pages import Page
from spanvas.storage.port import TraceReader
from spanvas.storage.stored_trace import SpanOrigin, StoredTrace
from spanvas_api.errors import SpanSourceError, SpanSourceTooLargeError
from spanvas_api.received.cleaning import cleaned
from spanvas_api.span_source.answers import MAX_BYTES
from spanvas_api.span_source.client import SourceClient
from spanvas_api.span_source.traces import Kept, SourceTrace, Wanted, marked, own_spans, trace_of

OPEN_SECONDS: Final = 2
"""For how long an answer counts: the tab asks every second while an execution runs, for it and for spans of it."""
ENDED_SECONDS: Final = 30
MOST_KEPT: Final = 16
MOST_SECONDS: Final = 10
"""Of redaction: a call has 20."""
CHECKED_EVERY: Final = 64
UNREGISTERED: Final = -1
"""Stands for the revision of what is not in the store."""
FRESH_NANO: Final = 30 * NANO
"""A registered execution that runs for no longer is shown without spans where the backend fails: those of the store may
be on their way."""

logger = Logger(service="trace-api", child=True)


class _Found(NamedTuple):
    """What the backend had at a time; None: nothing that is the execution's.

    It counts until a time, and as long as what is registered of the execution has this revision.
    """

    trace: SourceTrace | None
    until_unix_nano: int
    revision: int


class SourcedReader:
    """Reads executions from the store, and from a backend those whose spans the store has not.

    A few traces are kept for as long as they may be taken for what the backend has now. The store's own are read from
    it every time.
    """

    def __init__(
        self,
        store: TraceReader,
        client: SourceClient,
        make_redactor: Callable[[], Redactor],
        settings: Settings,
        clock: Callable[[], int],
    ) -> None:
        self._store = store
        self._client = client
        self._make_redactor = make_redactor
        self._settings = settings
        self._clock = clock
        self._found: OrderedDict[tuple[str, str], _Found] = OrderedDict()

    @cached_property
    def _redactor(self) -> Redactor:
        """Made with the first trace of the backend: compiling its rules takes some 100 ms."""
        return self._make_redactor()

    def read_execution(self, tenant: str, execution_id: str) -> Execution | None:
        """Returns an execution as `read_trace` does. One whose spans are known to be in the store costs no more."""
        known = self._store.read_execution(tenant, execution_id)
        if known is not None and _has_spans(known):
            return known
        trace = self.read_trace(tenant, execution_id)
        return None if trace is None else trace.execution

    def read_trace(self, tenant: str, execution_id: str) -> StoredTrace | None:
        """Returns the store's trace where that has any span, else the backend's. Raises SpanSourceError."""
        stored = self._store.read_trace(tenant, execution_id)
        if stored is not None and _is_of_store(stored):
            return stored
        now = self._clock()
        known = None if stored is None else stored.execution
        try:
            found = self._sourced(tenant, execution_id, known, now)
        except SpanSourceError:
            if stored is None or not _is_fresh(stored.execution, now):
                raise
            return stored
        if found is not None:
            return found.trace
        if stored is None:
            return None
        return replace(stored, origin=SpanOrigin(self._settings.span_source))

    def read_versions(
        self, tenant: str, execution_id: str, span_id: str, known: StoredTrace | None = None
    ) -> list[Span]:
        """Returns the versions of a span, from where its trace is."""
        if known is not None and known.origin is None:
            return self._store.read_versions(tenant, execution_id, span_id, known)
        trace, found = self._from_where_it_is(tenant, execution_id)
        if found is not None:
            return found.versions(span_id)
        return self._store.read_versions(tenant, execution_id, span_id, trace)

    def read_spans(
        self, tenant: str, execution_id: str, *, max_bytes: int, after: str | None = None
    ) -> Page[Span]:
        """Returns a page of spans, from where the trace is. The span that makes it `max_bytes` is the last."""
        known = self._store.read_execution(tenant, execution_id)
        found = None
        if known is None or not _has_spans(known):
            _, found = self._from_where_it_is(tenant, execution_id)
        if found is None:
            return self._store.read_spans(tenant, execution_id, max_bytes=max_bytes, after=after)
        spans = found.in_order()
        if not found.has_content:
            return Page([], None, expired=len(spans))
        return _page(spans, max_bytes, after)

    def _from_where_it_is(
        self, tenant: str, execution_id: str
    ) -> tuple[StoredTrace | None, SourceTrace | None]:
        """Returns the trace, and what it was made of where it is the backend's."""
        trace = self.read_trace(tenant, execution_id)
        if trace is None or trace.origin is None:
            return trace, None
        return trace, self._found[tenant, execution_id].trace

    def _sourced(
        self, tenant: str, execution_id: str, known: Execution | None, now: int
    ) -> SourceTrace | None:
        """Returns the backend's trace. `known`: what is registered of the execution."""
        key = (tenant, execution_id)
        revision = UNREGISTERED if known is None else known.revision
        found = self._found.get(key)
        if found is None or found.until_unix_nano <= now or found.revision != revision:
            trace = self._ask(tenant, execution_id, known, now)
            is_over = trace is not None and trace.trace.execution.ended_at_unix_nano is not None
            seconds = ENDED_SECONDS if is_over else OPEN_SECONDS
            found = _Found(trace, self._clock() + seconds * NANO, revision)
            self._keep(key, found)
        return found.trace

    def _ask(
        self, tenant: str, execution_id: str, known: Execution | None, now: int
    ) -> SourceTrace | None:
        ids = frozenset((execution_id, known.execution_id if known else execution_id))
        wanted = Wanted(tenant, ids, self._client.keeps_tenants_apart)
        for trace_id in _trace_ids(tenant, execution_id, known):
            answer = self._client.trace(tenant, trace_id)
            if answer is None:
                continue
            spans = own_spans(answer.spans, trace_id, wanted)
            if left_out := len(answer.spans) - len(spans):
                logger.warning(
                    "spans left out", execution_id=execution_id, tenant=tenant, spans=left_out
                )
            if not spans:
                continue
            origin = SpanOrigin(
                self._settings.span_source, answer.unread, answer.is_part, known is not None
            )
            return trace_of(
                self._redacted(spans),
                origin,
                answer.size,
                (tenant, known.execution_id if known else execution_id),
                known,
                self._kept(now),
                now,
            )
        return None

    def _redacted(self, spans: list[Span]) -> list[Span]:
        until = self._clock() + MOST_SECONDS * NANO
        found = []
        for index, span in enumerate(cleaned(spans)):
            if index % CHECKED_EVERY == 0 and self._clock() >= until:
                raise SpanSourceTooLargeError(
                    f"The trace at {self._client.backend.title} is larger than can be redacted in {MOST_SECONDS} s."
                )
            found.append(self._redactor.redact(marked(span)))
        return found

    def _kept(self, now: int) -> Kept:
        settings = self._settings
        days = settings.content_retention_days or settings.retention_days
        return Kept(
            now - days * DAY_SECONDS * NANO, now - settings.retention_days * DAY_SECONDS * NANO
        )

    def _keep(self, key: tuple[str, str], found: _Found) -> None:
        self._found[key] = found
        self._found.move_to_end(key)
        while len(self._found) > MOST_KEPT or (
            len(self._found) > 1 and sum(map(_size, self._found.values())) > MAX_BYTES
        ):
            self._found.popitem(last=False)


def _size(found: _Found) -> int:
    return 0 if found.trace is None else found.trace.size


def _has_spans(execution: Execution) -> bool:
    """Whether it is known without its rows that the store's is all that is to be said."""
    return bool(execution.counters.spans) or execution.deletion is not None


def _is_of_store(stored: StoredTrace) -> bool:
    """Whether the store's is all that is to be said: it has spans, or what it had was deleted."""
    return bool(stored.chunks or stored.unreadable) or _has_spans(stored.execution)


def _is_fresh(execution: Execution, now_unix_nano: int) -> bool:
    begun = execution.queued_until_unix_nano or execution.started_at_unix_nano
    return execution.status in OPEN and now_unix_nano - begun < FRESH_NANO


def _trace_ids(tenant: str, execution_id: str, known: Execution | None) -> list[str]:
    """Returns the trace ids under which a backend may have an execution, the likeliest first.

    Spanvas makes it of tenant and id, unless what is registered says another one. Where the id of an execution that is
    not registered is a trace id, it may be that of a trace whose spans name no execution.
    """
    if known is not None:
        made = trace_id_for(tenant, known.execution_id)
        return [known.trace_id] if known.trace_id == made else [known.trace_id, made]
    made = trace_id_for(tenant, execution_id)
    return [execution_id, made] if is_trace_id(execution_id) else [made]


def _page(spans: list[Span], max_bytes: int, after: str | None) -> Page[Span]:
    """Returns a page of spans that are in order. Positions are those of the store's pages: an export goes on where its
    spans have come to the store meanwhile."""
    places = [position(span.start_time_unix_nano, span.span_id) for span in spans]
    start = 0 if after is None else bisect_right(places, after)
    size = 0
    for end in range(start, len(spans) - 1):
        size += weight_of(spans[end : end + 1])
        if size >= max_bytes:
            return Page(spans[start : end + 1], places[end])
    return Page(spans[start:], None)
