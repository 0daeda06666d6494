"""The normal form: all that is understood of a span, whatever dialect it was written in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics.content import content_of
from spanvas.semantics.view import View


@dataclass(frozen=True, slots=True)
class NormalForm:
    """`content` as `content_of` has it; `dialects` are those that the span speaks, the most believed first."""

    kind: str
    request_model: str | None = None
    response_model: str | None = None
    provider: str | None = None
    usage: Usage | None = None
    reported_cost_nano_usd: int | None = None
    finish_reasons: tuple[str, ...] = ()
    agent: str | None = None
    node_id: str | None = None
    workflow: str | None = None
    session: str | None = None
    content: dict[str, Any] = field(default_factory=dict)
    dialects: tuple[str, ...] = ()


def normalise(span: Span) -> Span:
    """The span with the kind that its dialect gives it: what every span from outside goes through first."""
    kind = View(span).kind()
    return span if kind == span.kind else replace(span, kind=kind)


def workflow_of(span: Span) -> str | None:
    """Returns what the span's dialect calls the workflow, else the agent; None where it names neither."""
    view = View(span)
    return view.workflow() or view.agent()


def session_of(span: Span) -> str | None:
    """Returns the session or conversation that the span is part of, by its dialect; None where it says none."""
    return View(span).session()


def normal_form(span: Span) -> NormalForm:
    """Everything that is understood of a span. Its kind is taken as it is: see `normalise`."""
    view = View(span)
    content = content_of(span)
    reasons = view.finish_reasons()
    if not reasons:
        answers = content.get("output_messages", ())
        reasons = tuple(answer["finish_reason"] for answer in answers if "finish_reason" in answer)
    return NormalForm(
        kind=span.kind,
        request_model=view.model_in("request_model"),
        response_model=view.model_in("response_model"),
        provider=view.provider(),
        usage=view.usage(),
        reported_cost_nano_usd=view.reported_cost(),
        finish_reasons=reasons,
        agent=view.agent(),
        node_id=view.node_id(),
        workflow=view.workflow(),
        session=view.session(),
        content=content,
        dialects=tuple(dialect.name for dialect in view.plan.dialects),
    )
