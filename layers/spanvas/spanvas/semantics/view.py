"""A span through the eyes of the dialects it speaks: its facts, each looked up when it is asked for."""

from __future__ import annotations

from typing import Final

from spanvas import attributes as names
from spanvas.model import kinds
from spanvas.model.usage import Usage
from spanvas.semantics.dialect import Source
from spanvas.semantics.plan import first_value, plan_of
from spanvas.semantics.providers import spelt
from spanvas.semantics.reading import Reading
from spanvas.semantics.values import count, parsed, text

NANO: Final = 1_000_000_000
MAX_COST_USD: Final = 1_000_000
EXCLUSIVE_SCOPES: Final = frozenset({"opentelemetry.instrumentation.botocore.bedrock-runtime"})
"""Instrumentations that pass on Bedrock's own counts: `inputTokens` without what came from or went into the cache."""


class View:
    """Facts of one span. Nothing is kept: who needs a fact twice holds on to it."""

    __slots__ = ("plan", "reading")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.plan = plan_of(reading)

    def kind(self) -> str:
        """What the span stands for; `other` where nothing tells."""
        reading, plan = self.reading, self.plan
        for kind_of in plan.kinds:
            kind = kind_of(reading)
            if kind is not None:
                return kind
        attributes = reading.attributes
        if names.HTTP_METHOD in attributes or names.HTTP_METHOD_OLD in attributes:
            return kinds.HTTP
        if names.OPERATION in attributes or not plan.dialects or self.agent() is not None:
            return kinds.OTHER
        return kinds.OTHER if self.model() is None else kinds.MODEL

    def model(self) -> str | None:
        """The model that answered, else the one that was asked."""
        for field in ("response_model", "request_model"):
            model = self.model_in(field)
            if model is not None:
                return model
        return None

    def model_in(self, field: str) -> str | None:
        for value in self.plan.values(field, self.reading):
            if isinstance(value, str) and value != "unknown":
                return value
        return None

    def provider(self) -> str | None:
        """The provider in OpenTelemetry's spelling; a framework is none."""
        for value in self.plan.values("provider", self.reading):
            provider = spelt(value) if isinstance(value, str) else None
            if provider is not None:
                return provider
        return None

    def usage(self) -> Usage | None:
        """Token counts of the first dialect that has any, or None.

        Parts of them that it does not report are taken from the next, where they fit: counts of two dialects are
        never added. Cached tokens that were left out of the input are added to it.
        """
        counts: list[int | None] = [None] * 6
        for sources in self.plan.usages:
            if counts[0] is None and counts[1] is None:
                counts = [self._count(of_field) for of_field in sources]
                continue
            for index in (2, 3, 4, 5):
                if counts[index] is None and sources[index]:
                    counts[index] = self._count(sources[index])
        if all(number is None for number in counts[:5]):
            return None
        return _usage(counts, self.reading.scope_name in EXCLUSIVE_SCOPES)

    def reported_cost(self) -> int | None:
        """What the instrumentation says the call cost, in 1e-9 USD."""
        own = self.reading.attributes.get(names.COST)
        if isinstance(own, int) and not isinstance(own, bool) and 0 <= own < 2**62:
            return own
        for value in self.plan.values("cost", self.reading):
            if isinstance(value, (int, float)) and value is not True and 0 <= value < MAX_COST_USD:
                return round(value * NANO)
        return None

    def finish_reasons(self) -> tuple[str, ...]:
        value = parsed(self.plan.value("finish_reasons", self.reading))
        if isinstance(value, str):
            return (value,)
        if isinstance(value, (list, tuple)):
            return tuple(str(reason) for reason in value if reason)
        return ()

    def service_tier(self) -> str | None:
        return text(self.plan.value("service_tier", self.reading))

    def agent(self) -> str | None:
        return text(self.plan.value("agent", self.reading))

    def node_id(self) -> str | None:
        return text(self.plan.value("node_id", self.reading))

    def workflow(self) -> str | None:
        return text(self.plan.value("workflow", self.reading))

    def session(self) -> str | None:
        return text(self.plan.value("session", self.reading))

    def _count(self, sources: tuple[Source, ...]) -> int | None:
        return count(first_value(sources, self.reading)) if sources else None


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
