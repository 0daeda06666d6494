"""All that the product reads in a span, in one object that tests compare."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from spanvas.model.span import Span
from spanvas.model.usage import Usage
from spanvas.semantics.content import content_of
from spanvas.semantics.reader import SpanReader, kind_of


@dataclass(frozen=True, slots=True)
class NormalForm:
    """`content` as `content_of` has it, without what is under its own name (`other`); `dialects` are those that the
    span speaks, the most believed first."""

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


def with_kind(span: Span) -> Span:
    """Gives a span from outside the kind that the intake gives it."""
    kind = kind_of(span.attributes, span.name, span.scope_name, span.parent_span_id, span.events)
    return span if kind == span.kind else replace(span, kind=kind)


def normal_form(span: Span) -> NormalForm:
    """Reads a span whose kind is known: see `with_kind`."""
    reader = SpanReader(span)
    content = {name: value for name, value in content_of(span).items() if name != "other"}
    reasons = reader.finish_reasons()
    if not reasons:
        answers = content.get("output_messages", ())
        reasons = tuple(answer["finish_reason"] for answer in answers if "finish_reason" in answer)
    return NormalForm(
        kind=span.kind,
        request_model=reader.model_in("request_model"),
        response_model=reader.model_in("response_model"),
        provider=reader.provider(),
        usage=reader.usage(),
        reported_cost_nano_usd=reader.reported_cost(),
        finish_reasons=reasons,
        agent=reader.agent(),
        node_id=reader.node_id(),
        workflow=reader.workflow(),
        session=reader.session(),
        content=content,
        dialects=tuple(dialect.name for dialect in reader.plan.dialects),
    )
