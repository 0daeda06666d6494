from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from spanvas.semantics import kind_of, plan
from spanvas.semantics.dialect import CONTENT_FIELDS, FIELDS, USAGE_FIELDS, Read
from spanvas.semantics.dialects import BY_FIRST_WORD, BY_SCOPE, ORDER, dialects_of, load

LAYER = Path(plan.__file__).parents[2]


def attributes_of(field: str) -> tuple[str, ...]:
    """Names of the attributes that hold a field as it is, over all dialects, the most believed first."""
    sources = [source for name in ORDER for source in load(name).fields.get(field, ())]
    return tuple(dict.fromkeys(source for source in sources if not isinstance(source, Read)))


def test_every_dialect_is_recognised_and_reads_known_fields_alone() -> None:
    recognised = {name for names in (*BY_FIRST_WORD.values(), *BY_SCOPE.values()) for name in names}

    assert recognised == set(ORDER)
    for name in ORDER:
        dialect = load(name)
        assert dialect.name == name
        assert set(dialect.fields) <= set(FIELDS)
        assert dialect.kinds
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

    for attributes in ({"gen_ai.x": 1}, {"ai.x": 1}, {"mlflow.x": 1}, {"mlflow.y": 1}):
        kind_of(attributes)

    assert len(plan._plans) == 1


def test_a_span_of_no_dialect_loads_none() -> None:
    program = (
        "import sys; from spanvas.semantics import kind_of; kind_of({'http.request.method': 'GET', 'x': 1});"
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
    assert "graph.node.id" in attributes_of("node_id")
    assert "traceloop.workflow.name" in attributes_of("workflow")
    assert "gen_ai.agent.name" in attributes_of("agent")
