"""What of spans, rows and executions a caller sees, by the class of fields up to which it may read.

The rule of `content_split` for what is stored beside the spans, and that of `restricted`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from spanvas.model.completeness import Completeness
from spanvas.model.execution import Cause, Execution
from spanvas.model.own_messages import WITH_ERROR, WITH_PLACE
from spanvas.model.row import Row
from spanvas.model.span import Span
from spanvas.semantics.content_split import structural_name, without_content
from spanvas.semantics.field_class import FieldClass
from spanvas.semantics.restricted import (
    RESTRICTED_MARK,
    has_restricted_names,
    message_without_restricted,
    text_without_restricted,
    without_restricted,
)
from spanvas.semantics.shapes import (
    WITHHELD,
    id_without_content,
    is_label,
    is_plain_name,
    is_token,
)
from spanvas.semantics.structure_names import is_restricted

_PLACE: Final = r"(?: (?:in|after) node [A-Za-z0-9._:-]{1,128})?"
_OWN_MESSAGES: Final = re.compile(
    "|".join(
        (
            *(_PLACE.join(map(re.escape, sentence.split("{}"))) for sentence in WITH_PLACE),
            rf"(?:{'|'.join(map(re.escape, WITH_ERROR))})(?:(?:: (?P<error>\S{{1,256}}))?\.)?",
        )
    )
)
"""What Spanvas itself says of an execution that has failed; every other message is content."""

_PLACED: Final = re.compile(r"(?<= node )[A-Za-z0-9._:-]{0,127}[A-Za-z0-9]")
SESSION_NAMES: Final = ("session.id", "gen_ai.conversation.id", "conversation.id", "thread.id")
"""Attributes of conventions that name a session; dialects have more."""
_SCORE: Final = r"[\w.:/+%-]{1,60}(?: [\w.:/+%-]{1,60}){0,2}"
_SCORES: Final = re.compile(rf"{_SCORE}(?:, {_SCORE})*…?", re.ASCII)
"""Evaluations in short: names of one or two words, with a score or a label."""


def shown_span(span: Span, up_to: FieldClass) -> Span:
    """Returns a span as a caller sees it who may read all fields up to a class."""
    if up_to is FieldClass.RESTRICTED:
        return span
    return without_restricted(span) if up_to is FieldClass.CONTENT else without_content(span)


def shown_row(row: Row, up_to: FieldClass) -> Row:
    """Returns a row as a caller sees it who may read all fields up to a class."""
    if up_to is FieldClass.RESTRICTED:
        return row
    return row_without_restricted(row) if up_to is FieldClass.CONTENT else row_without_content(row)


def shown_execution(execution: Execution, up_to: FieldClass) -> Execution:
    """Returns an execution as a caller sees it who may read all fields up to a class."""
    if up_to is FieldClass.RESTRICTED:
        return execution
    if up_to is FieldClass.CONTENT:
        return execution_without_restricted(execution)
    return execution_without_content(execution)


def shown_completeness(completeness: Completeness, up_to: FieldClass) -> Completeness:
    """Returns which nodes are in the trace, as a caller sees it who may read all fields up to a class."""
    if up_to is FieldClass.STRUCTURE:
        return completeness_without_content(completeness)
    return completeness


def row_without_restricted(row: Row) -> Row:
    """Returns a row without previews: nothing says of which fields they were made."""
    if not has_restricted_names():
        return row
    return row._replace(
        name=text_without_restricted(row.name),
        error_message=row.error_message and message_without_restricted(row.error_message),
        input_preview=None,
        output_preview=None,
    )


def execution_without_restricted(execution: Execution) -> Execution:
    """Returns an execution without what its cause, its names and its session say of restricted fields."""
    if not has_restricted_names():
        return execution
    cause = execution.cause
    is_session = any(map(is_restricted, SESSION_NAMES)) and execution.session_id
    return replace(
        execution,
        workflow_name=text_without_restricted(execution.workflow_name),
        cause=cause and replace(cause, message=message_without_restricted(cause.message)),
        session_id=RESTRICTED_MARK if is_session else execution.session_id,
    )


def message_without_content(message: str) -> str:
    """Returns a message of an error where Spanvas wrote it itself; "" for any other."""
    own = _OWN_MESSAGES.fullmatch(message)
    if own is None or token_or_mark(own["error"]) != own["error"]:
        return ""
    return _PLACED.sub(lambda place: id_without_content(place[0]), message)


def row_has_content(row: Row) -> bool:
    """Returns whether anything in a row is content."""
    return (
        row.input_preview is not None
        or row.output_preview is not None
        or bool(row.error_message and message_without_content(row.error_message) == "")
        or bool(row.artifacts)
        or structural_name(row.name, row.kind) != row.name
    )


def row_without_content(row: Row) -> Row:
    """Returns a row without previews, messages and file names, and without names that are texts."""
    return row._replace(
        name=structural_name(row.name, row.kind),
        node_id=row.node_id and id_without_content(row.node_id),
        error_type=token_or_mark(row.error_type),
        error_message=row.error_message and message_without_content(row.error_message),
        model=token_or_mark(row.model),
        provider=token_or_mark(row.provider),
        input_preview=None,
        output_preview=None,
        scores=row.scores if row.scores and _SCORES.fullmatch(row.scores) else None,
        artifacts=tuple(
            artifact._replace(
                name=artifact.artifact_id, media_type=token_or_mark(artifact.media_type) or ""
            )
            for artifact in row.artifacts
        ),
    )


def execution_without_content(execution: Execution) -> Execution:
    """Returns an execution whose cause says type and place, and whose names are no texts."""
    cause = execution.cause
    name = execution.workflow_name
    return replace(
        execution,
        workflow_id=id_without_content(execution.workflow_id),
        workflow_name=name
        if is_plain_name(name, "workflow")
        else id_without_content(execution.workflow_id),
        workflow_version=token_or_mark(execution.workflow_version) or "",
        cause=None if cause is None else cause_without_content(cause),
        external_id=token_or_mark(execution.external_id) or "",
        session_id=token_or_mark(execution.session_id) or "",
        exporter_health={
            key: value
            for key, value in execution.exporter_health.items()
            if key != "otlp_reason" or is_label(value)
        },
    )


def cause_without_content(cause: Cause) -> Cause:
    """Returns the place and the type of a cause, and its message where Spanvas wrote it."""
    return replace(
        cause,
        node_id=cause.node_id and id_without_content(cause.node_id),
        error_type=token_or_mark(cause.error_type) or "Error",
        message=message_without_content(cause.message),
    )


def completeness_without_content(completeness: Completeness) -> Completeness:
    """Returns which nodes are in the trace, by ids that are no texts."""
    return Completeness(
        tuple(map(id_without_content, completeness.expected)),
        tuple(map(id_without_content, completeness.received)),
    )


def token_or_mark(text: Any) -> Any:
    """Returns a token, or what is no text, as it is, and a mark for any other text."""
    if not isinstance(text, str) or not text or is_token(text):
        return text
    return text if re.fullmatch(r"HTTP \d{3}", text) else WITHHELD
