from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from spanvas.model.span import Span
from spanvas.semantics import dialects, plan
from spanvas.semantics.dialect import CONTENT_FIELDS, EVENTS, FIELDS, USAGE_FIELDS, Kinds, Read
from spanvas.semantics.dialects import ORDER, REGISTRY, Registered, dialects_of, load
from spanvas.semantics.reader import SpanReader, kind_of
from tests.support.captured import FOLDER, SENDERS, spans_of

LAYER = Path(plan.__file__).parents[2]
WITHOUT_CAPTURE = {"own", "braintrust"}
"""What we write ourselves, and what Braintrust sends from other languages alone."""


def attributes_of(field: str) -> tuple[str, ...]:
    """Names of the attributes that hold a field as it is, over all dialects, the most believed first."""
    sources = [source for name in ORDER for source in load(name).fields.get(field, ())]
    return tuple(dict.fromkeys(source for source in sources if not isinstance(source, Read)))


def attributes_read_by(name: str) -> set[str]:
    """Names of the attributes that a dialect's table reads."""
    dialect = load(name)
    read = {rule.attribute for rule in dialect.kinds if isinstance(rule, Kinds)}
    for sources in dialect.fields.values():
        for source in sources:
            read |= set(source.attributes) if isinstance(source, Read) else {source}
    return read


def test_every_module_of_the_package_is_registered_and_has_a_table() -> None:
    modules = {path.stem for path in Path(dialects.__file__).parent.glob("*.py")} - {"__init__"}

    assert modules - set(ORDER) == set(), "add an entry to REGISTRY in semantics/dialects"
    assert set(ORDER) - modules == set(), "add a module to semantics/dialects, or drop the entry"
    assert [load(name).name for name in ORDER] == list(ORDER)


@pytest.mark.parametrize("dialect", REGISTRY, ids=lambda dialect: dialect.name)
def test_a_dialect_is_recognised_by_what_it_reads(dialect: Registered) -> None:
    read = {name.partition(".")[0] for name in attributes_read_by(dialect.name)}
    table = load(dialect.name)

    assert dialect.first_words or dialect.scopes, "add first_words or scopes to its entry"
    assert read & set(dialect.first_words) or dialect.scopes, f"first_words: none of {sorted(read)}"
    assert set(table.fields) <= set(FIELDS), "add the field to FIELDS in semantics/dialect.py"
    assert table.kinds


@pytest.mark.parametrize("name", [name for name in ORDER if name not in WITHOUT_CAPTURE])
def test_a_library_of_every_dialect_was_captured(name: str) -> None:
    """Add what the library really sent to `tests/fixtures/otlp` or `senders`, as their READMEs say."""
    spoken = {
        dialect.name
        for folder in (FOLDER, SENDERS)
        for path in folder.glob("*.pb")
        for span in spans_of(path.read_bytes())
        for dialect in SpanReader(span).plan.dialects
    }

    assert name in spoken, test_a_library_of_every_dialect_was_captured.__doc__


def test_fields_that_are_counted_or_content_are_fields() -> None:
    assert {*CONTENT_FIELDS, *USAGE_FIELDS} < set(FIELDS)


def test_dialects_are_believed_in_their_order() -> None:
    words = ["ai", "traceloop", "gen_ai", "spanvas", "openinference"]

    assert [dialect.name for dialect in dialects_of(words, "")] == [
        "own",
        "otel",
        "openinference",
        "traceloop",
        "vercel",
    ]


def test_plans_are_made_once_and_never_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_plans", {})
    monkeypatch.setattr(plan, "MAX_PLANS", 2)

    for attributes in ({"gen_ai.x": 1}, {"ai.x": 1}, {"mlflow.x": 1}, {"mlflow.x": 2}):
        kind_of(attributes)

    assert len(plan._plans) == 1


def test_no_plan_is_kept_for_names_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_plans", {})

    kind_of({"gen_ai." + "x" * 8_000: 1})

    assert plan._plans == {}


def test_nothing_is_read_of_a_span_without_what_a_source_needs() -> None:
    spans = [
        span
        for folder in (FOLDER, SENDERS)
        for path in folder.glob("*.pb")
        for span in spans_of(path.read_bytes())
    ]
    needing = [
        source
        for name in ORDER
        for sources in load(name).fields.values()
        for source in sources
        if isinstance(source, Read) and source.needs
    ]

    for span in spans:
        for source in needing:
            assert source.read(without(span, source.needs)) is None, source.shown


def without(span: Span, needs: tuple[str, ...]) -> Span:
    """A span without the attributes, and without the events, that a source needs."""
    beginnings = tuple(need for need in needs if need.endswith("."))
    attributes = {
        name: value
        for name, value in span.attributes.items()
        if name not in needs and not (beginnings and name.startswith(beginnings))
    }
    return replace(span, attributes=attributes, events=() if EVENTS in needs else span.events)


def test_a_span_of_no_dialect_loads_none() -> None:
    program = (
        "import sys; from spanvas.semantics.reader import kind_of; kind_of({'http.request.method': 'GET', 'x': 1});"
        "print([name for name in sys.modules if name.startswith('spanvas.semantics.dialects.')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(LAYER)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"


def test_the_names_of_places_are_known() -> None:
    assert attributes_of("session")[:2] == ("gen_ai.conversation.id", "session.id")
    assert attributes_of("node_id")[1:3] == ("graph.node.name", "graph.node.id")
    assert "traceloop.workflow.name" in attributes_of("workflow")
    assert "gen_ai.agent.name" in attributes_of("agent")
