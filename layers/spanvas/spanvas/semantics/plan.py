"""Where to look for each field of a span: the tables of the dialects that it speaks, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from spanvas.semantics.dialect import (
    EVENTS,
    FIELDS,
    USAGE_FIELDS,
    Dialect,
    Kinds,
    Read,
    Reading,
    Rule,
    Source,
)
from spanvas.semantics.dialects import BY_FIRST_WORD, BY_SCOPE, FIRST_FOR_KIND, dialects_of

MAX_PLANS: Final = 512
MAX_NAMES_CHARACTERS: Final = 8_000
"""Of all names of a span whose plan is remembered: names are the sender's choice."""

Key = tuple[tuple[str, ...], str, bool, bool]
_tables: dict[tuple[frozenset[str], str], Tables] = {}
_plans: dict[Key, Plan] = {}
_KNOWN: Final = frozenset(BY_FIRST_WORD)


class Tables:
    """The tables of some dialects put together, in the order of belief. Made once per combination of dialects."""

    __slots__ = ("dialects", "kinds", "sources", "usages")

    def __init__(self, dialects: tuple[Dialect, ...]) -> None:
        self.dialects = dialects
        self.kinds: tuple[Kinds | Rule, ...] = tuple(
            rule
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


class Plan:
    """Where to look for each field of a span whose attributes have certain names: the sources, in the order of belief,
    that can give a value. Spans with the same names share a plan; what a field needs is found out once."""

    __slots__ = ("_has_events", "_kinds", "_names", "_sources", "_tables", "_usages")

    def __init__(self, tables: Tables, names: tuple[str, ...], has_events: bool) -> None:
        self._tables = tables
        self._names = dict.fromkeys(names)
        self._has_events = has_events
        self._sources: dict[str, tuple[Source, ...]] = {}
        self._usages: tuple[tuple[tuple[Source, ...], ...], ...] | None = None
        self._kinds: tuple[Callable[[Reading], str | None], ...] | None = None

    @property
    def dialects(self) -> tuple[Dialect, ...]:
        """The dialects that the span speaks."""
        return self._tables.dialects

    @property
    def kinds(self) -> tuple[Callable[[Reading], str | None], ...]:
        """What may know the kind of the span."""
        if self._kinds is None:
            self._kinds = tuple(
                rule.kind_of
                for rule in self._tables.kinds
                if isinstance(rule, Rule) or rule.attribute in self._names
            )
        return self._kinds

    @property
    def usages(self) -> tuple[tuple[tuple[Source, ...], ...], ...]:
        """The sources of `USAGE_FIELDS`, by dialect."""
        if self._usages is None:
            found = (tuple(map(self._present, given)) for given in self._tables.usages)
            self._usages = tuple(sources for sources in found if any(sources))
        return self._usages

    def sources(self, field: str) -> tuple[Source, ...]:
        """Returns the sources of a field that can give a value."""
        found = self._sources.get(field)
        if found is None:
            found = self._sources[field] = self._present(self._tables.sources[field])
        return found

    def value(self, field: str, span: Reading) -> Any:
        """Returns the first value that any source of a field gives; None where none does."""
        sources = self._sources.get(field)
        if sources is None:
            sources = self.sources(field)
        return first_value(sources, span) if sources else None

    def values(self, field: str, span: Reading) -> Iterator[Any]:
        """Yields all values of a field, the most believed first."""
        attributes = span.attributes
        for source in self.sources(field):
            value = attributes.get(source) if type(source) is str else source.read(span)  # type: ignore[union-attr]
            if value is not None and value != "":
                yield value

    def _present(self, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        names = self._names
        return tuple(
            source
            for source in sources
            if (source in names if isinstance(source, str) else self._can_read(source))
        )

    def _can_read(self, source: Read) -> bool:
        if not source.needs:
            return True
        return any(
            self._has_events
            if needed == EVENTS
            else needed in self._names
            or (needed[-1:] == "." and any(name.startswith(needed) for name in self._names))
            for needed in source.needs
        )


def first_value(sources: tuple[Source, ...], span: Reading) -> Any:
    """Returns the first value that any of the sources gives; None where none does."""
    attributes = span.attributes
    for source in sources:
        value = attributes.get(source) if type(source) is str else source.read(span)  # type: ignore[union-attr]
        if value is not None and value != "":
            return value
    return None


def plan_of(span: Reading) -> Plan:
    """Returns the plan for the names of a span's attributes, of which the first words tell which dialects it speaks."""
    names = tuple(span.attributes)
    scope = span.scope_name if span.scope_name in BY_SCOPE else ""
    events = span.events
    is_spoken = bool(events) and any(event.name.startswith("gen_ai.") for event in events)
    key = names, scope, bool(events), is_spoken
    plan = _plans.get(key)
    if plan is not None:
        return plan
    words = _KNOWN.intersection([name.partition(".")[0] for name in names])
    plan = Plan(_tables_of(words | {"gen_ai"} if is_spoken else words, scope), names, bool(events))
    if sum(map(len, names)) <= MAX_NAMES_CHARACTERS:
        if len(_plans) >= MAX_PLANS:
            _plans.clear()
        _plans[key] = plan
    return plan


def _tables_of(words: frozenset[str], scope: str) -> Tables:
    tables = _tables.get((words, scope))
    if tables is None:
        if len(_tables) >= MAX_PLANS:
            _tables.clear()
        tables = _tables[words, scope] = Tables(dialects_of(words, scope))
    return tables
