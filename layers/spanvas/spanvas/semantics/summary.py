"""From a span to its row: all that the tree shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import durable, kinds
from spanvas.model.ids import as_name, display_name
from spanvas.model.inference import WRAPPERS
from spanvas.model.loss import TRUNCATED_MARK
from spanvas.model.row import ArtifactRef, Row
from spanvas.model.span import ERROR, Span
from spanvas.model.tree import LATER_PARENT, REMOTE_PARENT
from spanvas.model.usage import Usage
from spanvas.semantics.dialect_content import has_words
from spanvas.semantics.outcome import SpanOutcome, outcome_of
from spanvas.semantics.reader import SpanReader
from spanvas.semantics.span_names import shown_name
from spanvas.semantics.values import parsed, shortened

NAME_CHARACTERS: Final = 200
MESSAGE_CHARACTERS: Final = 500
SCORES_CHARACTERS: Final = 200

WAIT: Final = "wait"
"""Mark of a row in whose time nothing is at work: a timer, an answer from outside, another function."""

MARKS: Final = {
    names.TRUNCATED: TRUNCATED_MARK,
    names.DROPPED_ATTRIBUTES: TRUNCATED_MARK,
    names.DROPPED_EVENTS: TRUNCATED_MARK,
    names.PREVIEWS_ONLY: "preview",
    names.PREVIEWS_WITHHELD: "preview",
    names.REDACTION: "redacted",
    names.FAAS_COLDSTART: "cold_start",
    names.ARTIFACT_ERROR: "artifact_failed",
    names.ARTIFACTS_WITHHELD: "artifact_withheld",
    names.RETRIES: "retried",
    names.COMPACTED: "compacted",
    names.NOT_TIMED: "not_timed",
}

SESSION_NAMES: Final = (
    "session.id",
    "gen_ai.conversation.id",
    "langfuse.session.id",
    "traceloop.association.properties.session_id",
    "lmnr.association.properties.session_id",
)
USER_NAMES: Final = (
    "user.id",
    "enduser.id",
    "langfuse.user.id",
    "traceloop.association.properties.user_id",
    "lmnr.association.properties.user_id",
)
REPLACED: Final = "[REDACTED:"
"""Begins what redaction has put in the place of a text."""


def row_of(span: Span, detail: str = "") -> Row:
    """Returns the row of a span. Every text is bounded, so that a hostile span cannot make the tree large.

    `detail` says where the whole span is: see `Row`. What reads messages is loaded with the first span that has words,
    and the prices with the first call of a model.
    """
    attributes = span.attributes
    reader = SpanReader(span)
    before = after = None
    if has_words(span):
        from spanvas.semantics.previews import previews_in

        before, after = previews_in(reader, span.kind)
    outcome = outcome_of(span)
    is_error = outcome.status == ERROR
    is_call = span.kind == kinds.MODEL
    may_count = is_call or span.kind in WRAPPERS
    usage = reader.usage() if may_count else None
    return Row(
        span_id=span.span_id,
        parent_span_id=span.parent_span_id,
        name=shortened(shown_name(reader, span.kind), NAME_CHARACTERS) or "(no name)",
        kind=span.kind,
        start_time_unix_nano=span.start_time_unix_nano,
        end_time_unix_nano=span.end_time_unix_nano,
        status=outcome.status,
        node_id=as_name(called) if (called := reader.node_id()) else None,
        error_type=_short(outcome.error_type),
        error_message=shortened(outcome.message, MESSAGE_CHARACTERS) if is_error else None,
        model=_short(reader.model()),
        provider=_short(reader.provider()),
        usage=usage,
        cost_nano_usd=_cost(reader, usage) if may_count else None,
        input_preview=before,
        output_preview=after,
        attempt=_attempt(attributes),
        artifacts=_artifacts(attributes),
        marks=_marks(span, outcome),
        deadline_unix_nano=span.deadline_unix_nano,
        recorded_at_unix_nano=span.recorded_at_unix_nano,
        response_id=_short(reader.response_id()) if is_call else None,
        scope=_short(span.scope_name) if is_call else None,
        time_to_first_token_nano=reader.time_to_first_token() if is_call else None,
        scores=_scores(reader),
        detail=detail,
    )


def _cost(reader: SpanReader, usage: Usage | None) -> int | None:
    if usage is None and reader.reported_cost() is None:
        return None
    from spanvas.semantics.prices import cost_in

    return cost_in(reader, usage)


def has_remote_parent(span: Span) -> bool:
    """Returns whether the parent of a span was recorded by another service, which may never send it here."""
    return (
        span.parent_span_id is not None and span.attributes.get(names.PARENT_ORIGIN) == names.REMOTE
    )


def _marks(span: Span, outcome: SpanOutcome) -> tuple[str, ...]:
    attributes = span.attributes
    marks: tuple[str, ...] = ()
    if not MARKS.keys().isdisjoint(attributes):
        marks = tuple(dict.fromkeys(mark for name, mark in MARKS.items() if attributes.get(name)))
    if outcome.mark is not None:
        marks = (outcome.mark, *marks)
    if not durable.is_durable(attributes):
        return (*marks, REMOTE_PARENT) if has_remote_parent(span) else marks
    if durable.is_wait(attributes):
        marks = (*marks, WAIT)
    return (*marks, LATER_PARENT) if span.parent_span_id is not None else marks


def _attempt(attributes: Mapping[str, Any]) -> int | None:
    """The number of an attempt; of a durable function's step, each attempt has a span of its own that says it."""
    number = attributes.get(names.ATTEMPT)
    if number is None and durable.is_attempt(attributes):
        number = attributes.get(names.DURABLE_ATTEMPT_NUMBER)
    return _whole(number, 2**31)


def _whole(value: Any, end: int) -> int | None:
    """Returns a whole number from 0 up to before `end`, and None for anything else: what is stored as a number would be
    refused by who reads it if it were `true`."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 <= value < end else None


def _artifacts(attributes: Mapping[str, Any]) -> tuple[ArtifactRef, ...]:
    listed = parsed(attributes.get(names.ARTIFACTS))
    if not isinstance(listed, (list, tuple)):
        return ()
    found = []
    for value in listed:
        item = parsed(value)
        if isinstance(item, Mapping) and isinstance(item.get("id"), str):
            found.append(
                ArtifactRef(
                    item["id"][:128],
                    str(item.get("name") or item["id"])[:NAME_CHARACTERS],
                    str(item.get("media_type") or "")[:100],
                    _whole(item.get("bytes"), 2**63) or 0,
                )
            )
    return tuple(found)


def _scores(reader: SpanReader) -> str | None:
    """What was judged of a span; evaluations are loaded with the first span that has one."""
    if not any(reader.plan.values("evaluations", reader.span)):
        return None
    from spanvas.semantics.evaluations import scores_of

    return shortened(scores_of(reader), SCORES_CHARACTERS)


def _short(value: Any) -> str | None:
    return shortened(value, 128) if isinstance(value, str) else None


def session_in(spans: Iterable[Span]) -> str:
    """Returns the session that spans name; of several the first by text, "" where they name none."""
    return _first_text(spans, SESSION_NAMES)


def user_in(spans: Iterable[Span]) -> str:
    """Returns the user that spans name; of several the first by text, "" where they name none."""
    return _first_text(spans, USER_NAMES)


def _first_text(spans: Iterable[Span], names: tuple[str, ...]) -> str:
    """What redaction has replaced names nobody."""
    found: set[Any] = set()
    for span in spans:
        for held in (span.attributes, span.resource):
            found.update(held[name] for name in names if type(held.get(name)) is str)
    return min((text for one in found if REPLACED not in (text := display_name(one))), default="")
