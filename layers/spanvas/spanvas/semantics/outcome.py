"""How a span ended, as people mean it: OpenTelemetry's status, `error.type` and exceptions read together."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from spanvas import attributes as names
from spanvas.model.control_flow import MARKS, control_flow_in, control_flow_of, is_generic
from spanvas.model.row import INTERRUPTED
from spanvas.model.span import ERROR, OK, UNSET, Span


class SpanOutcome(NamedTuple):
    """`status` is `unset`, `ok` or `error`; `mark` says which control flow ended the span (`control_flow.MARKS`).
    Type and message are there for errors alone."""

    status: str
    mark: str | None = None
    error_type: str | None = None
    message: str = ""


_OK: Final = SpanOutcome(OK)
_UNSET: Final = SpanOutcome(UNSET)


def outcome_of(span: Span) -> SpanOutcome:
    """Returns how a span ended.

    It is an error by its status, or by `error.type` unless its status is `ok`; not where all that it says of the
    exception is control flow. The layer says that by itself (`spanvas.outcome`), and
    `failed` where somebody has said so of what would be control flow.
    """
    attributes, status = span.attributes, span.status
    said = attributes.get(names.OUTCOME)
    if isinstance(said, str) and said in MARKS and status != ERROR:
        return SpanOutcome(status, said)
    type_ = _text(attributes.get(names.ERROR_TYPE))
    if status != ERROR and (not type_ or status == OK):
        if span.events and _control_flow(_exception_of(span)) == INTERRUPTED:
            return SpanOutcome(status, INTERRUPTED)
        return _OK if status == OK else _UNSET
    exception = exception_type, exception_message = _exception_of(span)
    message = span.status_message or exception_message
    mark = _control_flow((type_, message), exception)
    if mark is not None and said != names.FAILED:
        return SpanOutcome(UNSET, mark)
    return SpanOutcome(ERROR, None, type_ or exception_type or "Error", message)


def _control_flow(*said: tuple[str, str]) -> str | None:
    """Returns the control flow that pairs of a type and a message say. A type that says anything else makes it an
    error; the messages count where no type says anything."""
    marks = [control_flow_of(*pair) for pair in said if not is_generic(pair[0])]
    if marks:
        return marks[0] if all(marks) else None
    return next(filter(None, (control_flow_in(message) for _, message in said if message)), None)


def _exception_of(span: Span) -> tuple[str, str]:
    """Returns type and message of the last exception that was recorded."""
    for event in reversed(span.events):
        if event.name == names.EXCEPTION_EVENT:
            attributes = event.attributes
            return (
                _text(attributes.get(names.EXCEPTION_TYPE)),
                str(attributes.get(names.EXCEPTION_MESSAGE) or ""),
            )
    return "", ""


def _text(value: Any) -> str:
    """Returns a type as text; `error.type` may be a number, as the status of an HTTP answer is."""
    is_said = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if is_said else ""
