"""What real packages send, through the ingest handler and back through the API: what a person who ran the program
expects to see. tests/fixtures/senders says what that is, and what each sender leaves out."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.functional.senders import told
from tests.support.received_runs import Run, runs_of

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "senders"
NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.pb"))

SAID: Final = ("Lyon", "parcels 4711")
"""Words of the conversation that stand nowhere else in a span."""

NOT_YET: Final[dict[str, dict[str, str]]] = {
    "executions": {"lg-oi": "D12"},
    "calls": {"litellm-own": "D6", "springai": "D3"},
    "totals": {"anth-oi": "D2", "anth-tl": "D2", "springai": "D3"},
    "tools": {},
}
"""What is asked -> fixture -> the fault for which it is not so yet."""


@cache
def runs(name: str) -> list[Run]:
    return runs_of((FOLDER / f"{name}.pb").read_bytes())


@cache
def expectation(name: str) -> dict[str, Any]:
    expected: dict[str, Any] = json.loads((FOLDER / f"{name}.expected.json").read_text("utf-8"))
    return expected


def pairs(name: str, key: str) -> list[tuple[Run, Any]]:
    """Each run with what is expected of it under this key."""
    expected = expectation(name)["executions"]
    return [(run, one[key]) for run, one in zip(runs(name), expected, strict=True) if key in one]


def fixtures(asked: str, key: str = "") -> pytest.MarkDecorator:
    """The fixtures of which something is expected under the key."""
    having = [
        name
        for name in NAMES
        if not key or any(key in execution for execution in expectation(name)["executions"])
    ]
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(
                name,
                marks=pytest.mark.xfail(strict=True, reason=NOT_YET[asked][name])
                if name in NOT_YET.get(asked, ())
                else (),
            )
            for name in having
        ],
    )


@fixtures("executions")
def test_each_trace_is_an_execution_with_its_workflow_session_and_status(name: str) -> None:
    expected = expectation(name)["executions"]
    assert len(runs(name)) == len(expected)
    said = [told.named(run, one) for run, one in zip(runs(name), expected, strict=True)]
    assert said == [{key: one[key] for key in told.NAMED if key in one} for one in expected]


@fixtures("kinds", "kinds")
def test_spans_are_of_the_kinds_that_their_names_say(name: str) -> None:
    for run, kinds in pairs(name, "kinds"):
        assert told.kinds_by_name(run, kinds) == {label: [kind] for label, kind in kinds.items()}


@fixtures("nodes", "nodes")
def test_the_steps_of_a_framework_are_nodes(name: str) -> None:
    for run, nodes in pairs(name, "nodes"):
        assert told.nodes(run) == told.node_ids(nodes)


@fixtures("calls", "calls")
def test_each_call_has_its_model_tokens_cost_and_error(name: str) -> None:
    for run, calls in pairs(name, "calls"):
        said = told.calls(run)
        missing = [call for call in calls if not any(told.is_told(call, one) for one in said)]
        assert missing == [], said
        assert len(said) >= len(calls)


@fixtures("totals", "calls")
def test_each_call_counts_once(name: str) -> None:
    for run, calls in pairs(name, "calls"):
        assert told.totals(run) == told.sums(calls)


@fixtures("errors", "calls")
def test_an_execution_with_a_failed_call_counts_errors(name: str) -> None:
    for run, calls in pairs(name, "calls"):
        if any("error" in call for call in calls):
            assert run.summary["counters"]["errors"] > 0


@fixtures("tools", "tools")
def test_tools_have_their_name_arguments_result_and_error(name: str) -> None:
    for run, tools in pairs(name, "tools"):
        assert told.not_alike(tools, told.tools(run)) == ([], [])


@fixtures("documents", "documents")
def test_retrievals_show_what_they_found(name: str) -> None:
    for run, documents in pairs(name, "documents"):
        for label, expected in documents.items():
            (span,) = (span for span in run.spans if span["name"] == label)
            said = span["content"]["documents"]
            assert [
                {key: document.get(key) for key in wanted}
                for document, wanted in zip(said, expected, strict=True)
            ] == expected


@fixtures("messages", "messages")
def test_messages_have_their_roles_and_parts(name: str) -> None:
    for run, expected in pairs(name, "messages"):
        calls = run.spans_of_kind("model")
        for one in expected:
            wanted = {key: value for key, value in one.items() if key != "call"}
            assert told.messages(calls[one["call"]], wanted) == wanted


@fixtures("answer", "answer")
def test_the_answer_is_shown(name: str) -> None:
    for run, answer in pairs(name, "answer"):
        assert any(answer in text for text in told.texts_out(run))


@fixtures("guarded")
def test_what_was_said_is_not_shown_without_the_scope_for_content(name: str) -> None:
    secrets = expectation(name).get("content_attributes", [])
    for run in runs(name):
        for body in run.denied:
            assert [word for word in SAID if word in told.without_errors(body)] == []
            assert [key for key in secrets if key in body.get("attributes", ())] == []
