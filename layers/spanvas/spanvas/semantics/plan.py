"""The tables of the dialects that a span speaks, put together: made once per combination, used for every span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from spanvas.semantics.dialect import FIELDS, USAGE_FIELDS, Dialect, Read, Source
from spanvas.semantics.dialects import BY_FIRST_WORD, BY_SCOPE, dialects_of
from spanvas.semantics.reading import Reading

FIRST_FOR_KIND: Final = ("own", "langsmith", "vercel")
"""Dialects that know a span's kind better than the `gen_ai.operation.name` that they write beside it: LangSmith calls a
retriever's run `embeddings`, and the AI SDK marks what wraps a model call with the names of one."""

MAX_PLANS: Final = 512
_plans: dict[tuple[frozenset[str], str], Plan] = {}
_KNOWN: Final = frozenset(BY_FIRST_WORD)


class Plan:
    """Where to look for each field, in the order of belief."""

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

    def value(self, field: str, reading: Reading) -> Any:
        """The first value that any source of a field gives; None where none does."""
        return first_value(self.sources[field], reading)

    def values(self, field: str, reading: Reading) -> Iterator[Any]:
        """All values of a field, the most believed first."""
        attributes = reading.attributes
        for source in self.sources[field]:
            value = source.read(reading) if isinstance(source, Read) else attributes.get(source)
            if value is not None and value != "":
                yield value


def first_value(sources: tuple[Source, ...], reading: Reading) -> Any:
    attributes = reading.attributes
    for source in sources:
        value = source.read(reading) if isinstance(source, Read) else attributes.get(source)
        if value is not None and value != "":
            return value
    return None


def plan_of(reading: Reading) -> Plan:
    """The plan for what a span speaks, which the first words of its attributes' names tell."""
    words = _KNOWN.intersection([name.partition(".")[0] for name in reading.attributes])
    if reading.events and any(event.name.startswith("gen_ai.") for event in reading.events):
        words |= {"gen_ai"}
    scope = reading.scope_name
    if scope not in BY_SCOPE:
        scope = ""
    plan = _plans.get((words, scope))
    if plan is None:
        if len(_plans) >= MAX_PLANS:
            _plans.clear()
        plan = _plans[words, scope] = Plan(dialects_of(words, scope))
    return plan
