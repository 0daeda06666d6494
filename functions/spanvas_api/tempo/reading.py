"""A trace by its id: the whole spans of all executions that have some of it, as the export gives them.

The same rules as the export: what of a span the caller may see, and a record of the read before it is answered, stored
while the answer is made (ADR 58). But Tempo's API has one answer for a trace, and a function may answer 6 MB. So what
does not fit with its whole values comes with previews of them, as spans that are sent to Tempo have; and what does not
fit then is left out, and the answer says that it is partial.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from spanvas.model.access import ALLOWED, STRUCTURE
from spanvas.model.errors import InvalidInputError
from spanvas.model.execution import Execution
from spanvas.model.span import Span
from spanvas.otlp.export import LabelsOf
from spanvas.otlp.export_safe import place_of, with_previews
from spanvas.semantics.content_split import has_content
from spanvas.semantics.withheld import shown_span
from spanvas_api.access import EXPORT, authorized_executions_of_trace, record_read
from spanvas_api.auth import readable
from spanvas_api.exported_labels import labels_shown
from spanvas_api.http.encoding import (
    MAX_CODED_BYTES,
    MAX_ESCAPED_BYTES,
    compressed,
    escaped_size,
)
from spanvas_api.http.request import ApiRequest, ApiResponse
from spanvas_api.http.trace_ids import complaint_about, trace_id_of
from spanvas_api.services import Services
from spanvas_api.tempo.shapes import PROTOBUF

MOST_BYTES: Final = 24_000_000
"""Of stored details that are read for one answer."""

Encode = Callable[[Sequence[Span], str, LabelsOf], bytes]
"""Makes a body of spans, of a message that says what is missing, and of what each span says of its execution."""


PARTIAL_HEADER: Final = "Spanvas-Partial"
"""What an answer lacks, in words: Tempo's first version of the API has no place for it in the body."""


@dataclass(slots=True)
class TraceSpans:
    """The spans of a trace as the caller sees them, and what is missing of them.

    `owners`: their executions, by id. `labels`: what the spans of an execution say of it.
    """

    spans: list[Span] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    is_cut: bool = False
    unreadable: int = 0
    expired: int = 0

    def labels_of(self, span: Span) -> Mapping[str, Any]:
        """Returns what a span says of its execution."""
        return self.labels[self.owners[span.span_id]]

    @property
    def missing(self) -> list[str]:
        """What is missing, in words."""
        said = ["the trace is larger than one answer"] if self.is_cut else []
        if self.unreadable:
            said.append(f"{self.unreadable} stored details cannot be read")
        if self.expired:
            said.append(f"{self.expired} spans have expired")
        return said


class Recording:
    """Records reads in a thread of its own. When its context is left, each is durable: it is left before an answer is.

    One that could not be stored is raised there, and there is no answer.
    """

    def __init__(self, request: ApiRequest, services: Services) -> None:
        self._record = partial(record_read, request, services)
        self._started: list[Future[None]] = []

    def __enter__(self) -> Recording:
        self._thread = ThreadPoolExecutor(1, "spanvas-accesses")
        return self

    def add(self, execution_id: str, outcome: str) -> None:
        """Begins to record that an execution is read."""
        record = partial(self._record, execution_id, EXPORT, outcome)
        self._started.append(self._thread.submit(copy_context().run, record))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._thread.shutdown()
        if kind is None:
            for one in self._started:
                one.result()


def read_spans_of(
    request: ApiRequest, services: Services, operation: str, recording: Recording
) -> TraceSpans:
    """Returns the spans of the trace that a path names; the reads of them are being recorded.

    Raises ForbiddenError without the scope, and InvalidInputError. Of executions that the caller may not see there is
    nothing.
    """
    text = unquote(request.path["trace_id"])
    trace_id = trace_id_of(text)
    found = TraceSpans()
    for execution in authorized_executions_of_trace(request, services, operation, trace_id or ""):
        _add(found, request, services, execution, trace_id, recording)
    if trace_id is None:
        raise InvalidInputError("invalid trace id", complaint_about(text))
    return found


def _add(
    found: TraceSpans,
    request: ApiRequest,
    services: Services,
    execution: Execution,
    trace_id: str | None,
    recording: Recording,
) -> None:
    """Adds the spans that an execution has of a trace."""
    place = (execution.tenant, execution.execution_id)
    page = services.store.read_spans(*place, max_bytes=MOST_BYTES)
    spans = [span for span in page.items if span.trace_id == trace_id]
    if not spans and not page.unreadable and not page.expired:
        return
    up_to = readable(request.principal, execution)
    outcome = ALLOWED if up_to and any(map(has_content, spans)) else STRUCTURE
    recording.add(execution.execution_id, outcome)
    found.spans += [shown_span(span, up_to) for span in spans]
    found.labels[execution.execution_id] = labels_shown(execution, up_to)
    found.owners |= {span.span_id: execution.execution_id for span in spans}
    found.is_cut |= page.next_position is not None
    found.unreadable += len(page.unreadable)
    found.expired += page.expired


def answered(
    request: ApiRequest, found: TraceSpans, encode: Encode, media_type: str
) -> ApiResponse:
    """Returns as much of a trace as one answer holds: whole values, or previews, or fewer spans."""
    accept = request.headers.get("accept-encoding")
    spans, missing = found.spans, found.missing
    is_whole = True
    while True:
        message = "; ".join(missing)
        body = encode(spans, message, found.labels_of)
        coding, data = compressed(body, accept) or ("", body)
        share = _share(data, coding, media_type)
        if share <= 1 or not spans:
            break
        if is_whole:
            is_whole = False
            spans = list(with_previews(_by_start(spans), lambda span: _place(found, span)))
            missing = [*missing, "values are cut to previews, to fit into one answer"]
        else:
            spans = spans[: int(len(spans) * 0.9 / share)]
            fitting = f"{len(spans)} of {len(found.spans)} spans fit into one answer"
            missing = [*found.missing, f"values are cut to previews, and {fitting}"]
    headers = {"Content-Type": media_type, "Vary": "Accept, Accept-Encoding"}
    headers |= {"Content-Encoding": coding} if coding else {}
    headers |= {PARTIAL_HEADER: message} if message else {}
    return ApiResponse(data, headers=headers)


def _share(data: bytes, coding: str, media_type: str) -> float:
    """Returns how much of what Lambda can answer a body takes: more than 1 does not fit. A text is escaped there."""
    if coding or media_type == PROTOBUF:
        return len(data) / MAX_CODED_BYTES
    return max(escaped_size(data) / MAX_ESCAPED_BYTES, len(data) / MAX_CODED_BYTES)


def _by_start(spans: list[Span]) -> list[Span]:
    return sorted(spans, key=lambda span: (span.start_time_unix_nano, span.span_id))


def _place(found: TraceSpans, span: Span) -> str:
    return place_of(found.owners[span.span_id], span)
