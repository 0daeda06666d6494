"""Content or structure: the one rule, and what follows from it for spans, rows and executions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spanvas.model.execution import OVERDUE, Cause
from spanvas.model.row import ArtifactRef
from spanvas.model.span import Event, Link
from spanvas.semantics.content_split import (
    has_content,
    is_structure,
    split_content,
    structural_name,
    without_content,
)
from spanvas.semantics.dialect import CONTENT_FIELDS, Read
from spanvas.semantics.dialects import ORDER, load
from spanvas.semantics.structure_names import forget_names, listed_names
from spanvas.semantics.summary import row_of
from spanvas.semantics.withheld import (
    execution_without_content,
    row_has_content,
    row_without_content,
)
from tests.support.builders import T0, make_execution, make_span
from tests.support.canary_names import FOREIGN, NAMES
from tests.support.captured import FOLDER, captured
from tools.structure_names import FILE, text

ROOT = Path(__file__).parents[3]
CANARY = "Ada's canary sings"


def test_at_least_two_hundred_names_of_texts_are_tried_and_half_are_in_no_table() -> None:
    assert len(NAMES) >= 200
    assert len([name for name in FOREIGN if name not in listed_names()]) >= len(NAMES) // 2


@pytest.mark.parametrize("value", [CANARY, "canary", [CANARY], {"said": CANARY}, b"canary", ["a"]])
def test_texts_lists_and_objects_under_any_other_name_are_content(value: Any) -> None:
    kept = [name for name in NAMES if is_structure(name, value)]

    assert kept == []


@pytest.mark.parametrize("name", sorted(listed_names()))
def test_a_name_of_structure_keeps_no_sentence_and_no_json(name: str) -> None:
    for value in (
        CANARY,
        "what is my balance",
        "我的信用卡号码是什么",
        '{"q":"x"}',
        "a" * 300,
        ["two words or more", "x"],
        {"said": CANARY},
    ):
        span = make_span(attributes={name: value})

        assert "canary" not in str(without_content(span).attributes)
        assert not is_structure(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("http.route", "/users/{id}"),
        ("gen_ai.request.model", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("gen_ai.response.finish_reasons", ["stop", "tool_calls"]),
        ("gen_ai.agent.name", "Math Tutor"),
        ("cloud.resource_id", "arn:aws:lambda:eu-central-1:123456789012:function:x"),
        ("langfuse.observation.usage_details", '{"input": 3, "output": 4}'),
        ("braintrust.scores", '{"accuracy": 0.5}'),
        ("mlflow.spanType", '"LLM"'),
        ("db.query.summary", "SELECT orders"),
        ("my.own.counter", 3),
        ("my.own.flag", True),
        ("", 1.5),
        ("spanvas.redaction", {"email": 2}),
        ("evaluations.0.evaluation.label", "correct"),
        ("spanvas.log.url", "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?x=1#y"),
    ],
)
def test_facts_are_structure(name: str, value: Any) -> None:
    assert is_structure(name, value) is (name != "")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("url.full", "https://u:p@a.test:8/x?q=secret#f", "https://a.test:8/x"),
        ("http.url", "https://a.test/x", "https://a.test/x"),
        ("http.target", "/x?q=secret", "/x"),
        ("hidden_params", '{"cost": 0.1, "prompt": "hello"}', '{"cost": 0.1}'),
        ("url.full", "what is this?", None),
        ("gen_ai.usage.raw", {"a": {"b": 1, "c": "text"}}, {"a": {"b": 1}}),
        (
            "spanvas.artifacts",
            [{"id": "art_1", "name": "ada.pdf", "media_type": "application/pdf", "bytes": 3}],
            [{"id": "art_1", "media_type": "application/pdf", "bytes": 3}],
        ),
    ],
)
def test_what_is_structure_in_part_is_cut(name: str, value: Any, kept: Any) -> None:
    structure, content = split_content(make_span(attributes={name: value}))

    assert structure.attributes.get(name) == kept
    assert content.attributes == ({} if kept == value else {name: value})


@pytest.mark.parametrize(
    ("name", "kind", "is_plain"),
    [
        ("chat gpt-4o", "model", True),
        ("GET /users/{id}", "http", True),
        ("invoke_agent Math Tutor", "agent", True),
        ("Support triage", "workflow", True),
        ("RunnableSequence", "other", True),
        ("Support triage", "other", False),
        ("Summarise the contract of Ada", "workflow", False),
        ("chat what is my balance", "model", False),
        ("Wie geht es?", "node", False),
        ("我的信用卡号码", "node", False),
    ],
)
def test_a_name_that_is_a_text_is_content(name: str, kind: str, is_plain: bool) -> None:
    assert structural_name(name, kind) == (name if is_plain else "[REDACTED:content]")


def test_of_a_span_stays_nothing_that_was_written() -> None:
    span = make_span(
        name=f"chat {CANARY}",
        status="error",
        status_message=CANARY,
        attributes={"note": CANARY, CANARY: 1, "gen_ai.usage.input_tokens": 3},
        events=(
            Event(
                "exception",
                T0,
                {
                    "exception.type": "ValueError",
                    "exception.message": CANARY,
                    "exception.stacktrace": CANARY,
                },
            ),
            Event(CANARY, T0, {"body": CANARY, "n": 1}),
        ),
        links=(Link("1" * 32, "2" * 16, {"why": CANARY, "n": 1}),),
        resource={"service.name": "shop", "team.motto": CANARY},
        scope_name=CANARY,
        scope_version=CANARY,
    )

    left = without_content(span)

    assert "canary" not in repr(left)
    assert left.attributes == {"gen_ai.usage.input_tokens": 3}
    assert [event.attributes for event in left.events] == [
        {"exception.type": "ValueError"},
        {"n": 1},
    ]
    assert left.links[0].attributes == {"n": 1}
    assert left.resource == {"service.name": "shop"}
    assert has_content(span)
    assert not has_content(left)
    assert without_content(left) == left


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.pb")))
def test_of_a_captured_span_nothing_is_left_twice_and_figures_stay(name: str) -> None:
    for span in captured(name):
        left = without_content(span)
        assert not has_content(left)
        if has_content(span):
            assert span != left
        numbers = {key for key, value in left.attributes.items() if type(value) is int}
        assert numbers >= {
            key
            for key, value in span.attributes.items()
            if type(value) is int and key.startswith("gen_ai.usage.")
        }


def test_a_row_without_content_has_figures_and_no_texts() -> None:
    row = row_of(
        make_span(name="Tell me a joke about Ada", status="error", status_message=CANARY)
    )._replace(
        input_preview=CANARY,
        output_preview=CANARY,
        error_type="ValueError",
        artifacts=(ArtifactRef("art_1", "ada canary.pdf", "application/pdf", 3),),
    )

    left = row_without_content(row)

    assert (row_has_content(row), "canary" in repr(left)) == (True, False)
    assert left.name == "[REDACTED:content]"
    assert (left.error_type, left.error_message) == ("ValueError", "")
    assert left.artifacts == (ArtifactRef("art_1", "art_1", "application/pdf", 3),)


def test_an_execution_without_content_says_where_and_which_error_alone() -> None:
    execution = replace(
        make_execution("exec_1"),
        workflow_name=f"About {CANARY}",
        external_id=CANARY,
        session_id=CANARY,
        cause=Cause("ValueError", CANARY, "fetch", "1" * 16),
    )

    left = execution_without_content(execution)

    assert "canary" not in repr(left)
    assert left.workflow_name == execution.workflow_id
    assert left.cause == Cause("ValueError", "", "fetch", "1" * 16)


@pytest.mark.parametrize(
    "message",
    [
        OVERDUE.message,
        "The function's time ran out in node fetch.",
        "the function's time ran out after node fetch",
        "Nothing more was heard of its function in node a: it was killed, ran out of memory or crashed.",
        "Lambda does not know the durable execution any more.",
        "The durable execution was stopped in node fetch",
        "The state machine failed",
        "The state machine failed: States.TaskFailed.",
        "The state machine's time ran out: Timeout.",
        "The state machine was stopped.",
        "The executor function could not be invoked: ResourceNotFoundException.",
    ],
)
def test_what_spanvas_says_of_a_failure_itself_stays(message: str) -> None:
    execution = replace(make_execution("exec_1"), cause=Cause("Killed", message))

    left = execution_without_content(execution).cause

    assert left == Cause("Killed", message)


@pytest.mark.parametrize(
    "message",
    [
        f"The state machine failed: {CANARY}.",
        "The state machine failed: Order of Ada not found.",
        f"The state machine failed. {CANARY}",
        f"The durable execution was stopped in node {CANARY}",
        f"{CANARY}: {OVERDUE.message}",
    ],
)
def test_what_stands_beside_a_sentence_of_spanvas_is_content(message: str) -> None:
    execution = replace(make_execution("exec_1"), cause=Cause("Error", message))

    left = execution_without_content(execution).cause

    assert left == Cause("Error", "")


@pytest.fixture
def own_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SPANVAS_STRUCTURE_ATTRIBUTES", "app.*, span.note")
    monkeypatch.setenv("SPANVAS_CONTENT_ATTRIBUTES", "app.secret.*,http.route,seat")
    forget_names()
    yield
    monkeypatch.undo()
    forget_names()


@pytest.mark.usefixtures("own_names")
def test_settings_add_names_to_either_side() -> None:
    assert is_structure("app.note", CANARY)
    assert is_structure("span.note", {"a": CANARY})
    assert not is_structure("app.secret.note", "x")
    assert not is_structure("http.route", "/x")
    assert not is_structure("seat", 3)
    assert not is_structure("spanx.note", CANARY)


@pytest.mark.parametrize("dialect", ORDER)
def test_names_of_figures_and_ids_in_the_dialects_tables_are_listed(dialect: str) -> None:
    """Otherwise callers without content would not see them."""
    missing = []
    for field, sources in load(dialect).fields.items():
        if field in CONTENT_FIELDS or field in ("prompt_name", "prompt_version", "evaluations"):
            continue
        plain = [source for source in sources if not isinstance(source, Read)]
        missing += [
            name for name in plain if not (is_structure(name, "x") or is_structure(name, 1))
        ]

    assert missing == []


def test_the_list_of_conventions_is_the_one_that_its_package_has() -> None:
    assert FILE.read_text("utf-8") == text(), "run `python -m tools.structure_names`"


def test_nobody_asks_the_rule_about_a_name_alone() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for folder in ("layers/spanvas/spanvas", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bshape_of\b", path.read_text("utf-8"))
    }

    assert asking == {
        "layers/spanvas/spanvas/semantics/content_split.py",
        "layers/spanvas/spanvas/semantics/structure_names.py",
    }
