"""Reads a span by the tables of the dialects that it speaks: its kind, model, provider, usage, cost and names.

This is the only way from attributes to these facts. The layer asks `kind_of` when a span starts, the intake of OTLP
when it arrives; rows, costs and content are read through `SpanReader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.span import Event, Span
from spanvas.model.units import NANO
from spanvas.model.usage import Usage
from spanvas.semantics.dialect import (
    PartialSpan,
    Read,
    Reading,
    Source,
)
from spanvas.semantics.plan import plan_of
from spanvas.semantics.providers import spelt
from spanvas.semantics.sender_counts import leaves_cache_out
from spanvas.semantics.values import count, number, parsed, text

MAX_COST_USD: Final = 1_000_000
PLACEHOLDERS: Final = frozenset({"unknown", "none", "null", "undefined"})
"""What senders write in the place of a model that they do not know."""
MAX_SECONDS: Final = 100_000.0


def kind_of(
    attributes: Mapping[str, Any],
    name: str = "",
    scope_name: str = "",
    parent_span_id: str | None = "?",
    events: Sequence[Event] = (),
) -> str:
    """Returns the kind of a span that is not made yet. Several dialects tell more with its name, its scope and whether
    it has a parent: give what is known (`parent_span_id` is None for a root)."""
    own = attributes.get(names.KIND)
    if own in kinds.KINDS:
        # before any dialect, and without looking through the names of all attributes
        return str(own)
    return SpanReader(PartialSpan(attributes, name, scope_name, parent_span_id, events)).kind()


class SpanReader:
    """Reads the facts of one span. Nothing is kept: a caller that needs a fact twice holds on to it."""

    __slots__ = ("plan", "span")

    def __init__(self, span: Reading) -> None:
        self.span = span
        self.plan = plan_of(span)

    def kind(self) -> str:
        """Returns what the span stands for; `other` where nothing tells."""
        span, plan = self.span, self.plan
        for kind_of in plan.kinds:
            kind = kind_of(span)
            if kind is not None:
                return kind
        attributes = span.attributes
        if names.HTTP_METHOD in attributes or names.HTTP_METHOD_OLD in attributes:
            return kinds.HTTP
        if names.OPERATION in attributes or not plan.dialects or self.agent() is not None:
            return kinds.OTHER
        return kinds.OTHER if self.model() is None else kinds.MODEL

    def model(self) -> str | None:
        """Returns the model that answered, else the one that was asked for."""
        for field in ("response_model", "request_model"):
            model = self.model_in(field)
            if model is not None:
                return model
        return None

    def model_in(self, field: str) -> str | None:
        """Returns the model in `request_model` or in `response_model`."""
        for value in self.plan.values(field, self.span):
            if isinstance(value, str) and value.lower() not in PLACEHOLDERS:
                return value
        return None

    def provider(self) -> str | None:
        """Returns the provider in OpenTelemetry's spelling; a framework is no provider."""
        for value in self.plan.values("provider", self.span):
            provider = spelt(value) if isinstance(value, str) else None
            if provider is not None:
                return provider
        return None

    def usage(self) -> Usage | None:
        """Returns the token counts of the first dialect that has any, or None.

        Parts of them that it does not report are taken from the next, where they fit: counts of two dialects are
        never added. Cached tokens that were left out of the input are added to it. Counts that are all 0 are none,
        unless a cost is reported with them: a call reads something, and senders write 0 where they were not told.
        """
        counts: list[int | None] = [None] * 6
        for sources in self.plan.usages:
            if counts[0] is None and counts[1] is None:
                counts = [self._count(of_field) for of_field in sources]
                continue
            for index in (2, 3, 4, 5):
                if counts[index] is None and sources[index]:
                    counts[index] = self._count(sources[index])
        if not any(counts[:5]) and (
            all(number is None for number in counts[:5]) or self.reported_cost() is None
        ):
            return None
        span = self.span
        is_cached = counts[2] or counts[3]
        return _usage(
            counts, bool(is_cached and leaves_cache_out(span.attributes, span.scope_name, counts))
        )

    def reported_cost(self) -> int | None:
        """Returns what the call cost by the instrumentation's own account, in 1e-9 USD."""
        own = self.span.attributes.get(names.COST)
        if own is not None and (nano_usd := count(own)) is not None:
            return nano_usd
        for value in self.plan.values("cost", self.span):
            usd = number(value)
            if usd is not None and 0 <= usd < MAX_COST_USD:
                return round(usd * NANO)
        return None

    def finish_reasons(self) -> tuple[str, ...]:
        """Returns why the model stopped, one reason for each answer."""
        value = parsed(self.plan.value("finish_reasons", self.span))
        if isinstance(value, str):
            return (value,)
        if isinstance(value, (list, tuple)):
            return tuple(str(reason) for reason in value if reason)
        return ()

    def response_id(self) -> str | None:
        """Returns what the provider calls the answer."""
        return text(self.span.attributes.get(names.RESPONSE_ID))

    def service_tier(self) -> str | None:
        """Returns the tier of service that answered, where it has a price of its own."""
        return text(self.plan.value("service_tier", self.span))

    def agent(self) -> str | None:
        """Returns the name of the agent."""
        return text(self.plan.value("agent", self.span))

    def node_id(self) -> str | None:
        """Returns the step of the workflow's graph."""
        return text(self.plan.value("node_id", self.span))

    def agent_version(self) -> str | None:
        """Returns the version of the agent."""
        return _name(self.plan.value("agent_version", self.span))

    def prompt(self) -> tuple[str | None, str | None]:
        """Returns the name and the version of the prompt that was taken from a library of prompts."""
        name, version = (
            _name(self.plan.value(field, self.span)) for field in ("prompt_name", "prompt_version")
        )
        return name, version

    def modal_tokens(self) -> dict[str, dict[str, int]]:
        """Returns tokens by modality, as far as they are reported: parts of the input, the output and the cache."""
        found: dict[str, dict[str, int]] = {}
        for counts in self.plan.values("modal_tokens", self.span):
            for modality, given in counts.items():
                known = found.setdefault(modality, {})
                for key, value in given.items():
                    number_ = count(value)
                    if number_:
                        known.setdefault(key, number_)
        return {modality: counts for modality, counts in found.items() if counts}

    def time_to_first_token(self) -> int | None:
        """Returns nanoseconds from the request to the first piece of the answer."""
        for value in self.plan.values("first_token_seconds", self.span):
            seconds = number(value)
            if seconds is not None and 0 <= seconds < MAX_SECONDS:
                return round(seconds * NANO)
        return None

    def workflow(self) -> str | None:
        """Returns the name of the workflow."""
        return text(self.plan.value("workflow", self.span))

    def session(self) -> str | None:
        """Returns the conversation that the span is part of."""
        return text(self.plan.value("session", self.span))

    def _count(self, sources: tuple[Source, ...]) -> int | None:
        """Returns the first value that is a count."""
        attributes = self.span.attributes
        for source in sources:
            value = source.read(self.span) if isinstance(source, Read) else attributes.get(source)
            if value is not None and (number_ := count(value)) is not None:
                return number_
        return None


def _name(value: Any) -> str | None:
    """Names and versions as text: some senders count versions."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def workflow_of(span: Span) -> str | None:
    """Returns what the span's dialect calls the workflow, else the agent; None where it names neither."""
    reader = SpanReader(span)
    return reader.workflow() or reader.agent()


def session_of(span: Span) -> str | None:
    """Returns the session or conversation that the span is part of, by its dialect; None where it says none."""
    return SpanReader(span).session()


def _usage(counts: list[int | None], is_exclusive: bool) -> Usage:
    """Counts as OpenTelemetry has them: input with what was cached, output with reasoning.

    Providers that leave those out are known by their parts being more than the whole, or by the total. None stays
    None where no part of it is known either.
    """
    input_, output, read, write, reasoning, total = (number or 0 for number in counts)
    cached = read + write
    if cached and (is_exclusive or cached > input_ or total == input_ + output + cached):
        input_ += cached
    if reasoning and (reasoning > output or total == input_ + output + reasoning):
        output += reasoning
    return Usage(
        None if counts[0] is None and not input_ else input_,
        None if counts[1] is None and not output else output,
        read,
        write,
        reasoning,
    )
