"""Where to look for each field of a span: the tables of the dialects that it speaks, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from spanvas.semantics.dialect import (
    FIELDS,
    USAGE_FIELDS,
    Dialect,
    Read,
    Reading,
    Source,
)
from spanvas.semantics.dialects import BY_FIRST_WORD, BY_SCOPE, FIRST_FOR_KIND, dialects_of

MAX_PLANS: Final = 512
_plans: dict[tuple[frozenset[str], str], Plan] = {}
_KNOWN: Final = frozenset(BY_FIRST_WORD)


class Plan:
    """Where to look for each field of a span, in the order of belief: the tables of the dialects that it speaks, put
    together. Made once per combination of dialects, used for every span."""

    __slots__ = ("dialects", "kinds", "sources", "usages")

    def __init__(self, dialects: tuple[Dialect, ...]) -> None:
        self.dialects = dialects
        self.kinds: tuple[Callable[[Reading], str | None], ...] = tuple(
            rule.kind_of
            for dialect in sorted(dialects, key=lambda dialect: dialect.name not in FIRST_FOR_KIND)
            for rule in dialect.kinds
        )
        self.sources: dict[str, tuple[Source, ...]] = {
            field: tuple(source for dialect in dialects for source in dialect.fields.get(field, ()))
            for field in FIELDS
        }
        self.usages: tuple[tuple[tuple[Source, ...], ...], ...] = tuple(
            tuple(dialect.fields.get(field, ()) for field in USAGE_FIELDS)
            for dialect in dialects
            if any(field in dialect.fields for field in USAGE_FIELDS)
        )

    def value(self, field: str, span: Reading) -> Any:
        """Returns the first value that any source of a field gives; None where none does."""
        return first_value(self.sources[field], span)

    def values(self, field: str, span: Reading) -> Iterator[Any]:
        """Yields all values of a field, the most believed first."""
        attributes = span.attributes
        for source in self.sources[field]:
            value = source.read(span) if isinstance(source, Read) else attributes.get(source)
            if value is not None and value != "":
                yield value


def first_value(sources: tuple[Source, ...], span: Reading) -> Any:
    """Returns the first value that any of the sources gives; None where none does."""
    attributes = span.attributes
    for source in sources:
        value = source.read(span) if isinstance(source, Read) else attributes.get(source)
        if value is not None and value != "":
            return value
    return None


def plan_of(span: Reading) -> Plan:
    """Returns the plan for the dialects that a span speaks, which the first words of its attributes' names tell."""
    words = _KNOWN.intersection([name.partition(".")[0] for name in span.attributes])
    if span.events and any(event.name.startswith("gen_ai.") for event in span.events):
        words |= {"gen_ai"}
    scope = span.scope_name
    if scope not in BY_SCOPE:
        scope = ""
    plan = _plans.get((words, scope))
    if plan is None:
        if len(_plans) >= MAX_PLANS:
            _plans.clear()
        plan = _plans[words, scope] = Plan(dialects_of(words, scope))
    return plan
