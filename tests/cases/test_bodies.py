"""Bodies of `POST /v1/traces` that once were read wrongly, through the handlers of the endpoint and of the API."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.functional.otlp.client import JSON
from tests.support.received_runs import Run, runs_of

CASES: Final = Path(__file__).parents[1] / "fixtures" / "cases"
MS: Final = 1_000_000


def not_yet(fault: str) -> pytest.MarkDecorator:
    """A case that is still read wrongly, for this fault."""
    return pytest.mark.xfail(strict=True, reason=fault)


@cache
def runs(name: str) -> list[Run]:
    return runs_of((CASES / f"{name}.json").read_bytes(), content_type=JSON)


def the_run(name: str) -> Run:
    (run,) = runs(name)
    return run


def span(name: str, number: int = 1) -> dict[str, Any]:
    """The span with this number as its id, with its content."""
    (found,) = (one for one in the_run(name).spans if one["span_id"] == f"{number:016x}")
    return found


def counters(name: str) -> dict[str, int]:
    counted: dict[str, int] = the_run(name).summary["counters"]
    return counted


def duration_ms(run: Run) -> float:
    return int(run.summary["duration_nano"]) / MS


def test_agent_without_model_spans() -> None:
    counted = counters("agent-without-model-spans")
    # 300 x $2.50 + 30 x $10, per million
    assert (counted.get("input_tokens"), counted.get("output_tokens")) == (300, 30)
    assert (counted.get("cost_nano_usd"), counted["unpriced"]) == (1_050_000, 0)


def test_big_integers() -> None:
    """The page reads them too: frontend/src/api."""
    run = the_run("big-integers")
    text = run.api.get(f"{run.path}/spans/0000000000000001").text
    assert "107505301260286111" in text
    assert text.count("9007199254740993") == 2


def test_interrupt_is_no_error() -> None:
    run = the_run("interrupt-is-no-error")
    assert run.summary["counters"]["errors"] == 0
    assert run.summary["status"] == "waiting"


def test_later_root_hides_failure() -> None:
    run = the_run("later-root-hides-failure")
    assert run.summary["status"] == "failed"
    assert run.summary["cause"]["message"] == "boom"


def test_ok_lost_precision_tool_args() -> None:
    (message,) = span("ok-lost-precision-tool-args")["content"]["output_messages"]
    (part,) = message["parts"]
    assert (part["type"], part["name"], part["arguments"]) == ("tool_call", "query", '{"a":1}}')


def test_ok_orphans_cycle() -> None:
    marks = {row["name"]: row.get("marks", []) for row in the_run("ok-orphans-cycle").rows}
    assert len(marks) == 4
    assert [name for name, said in marks.items() if "cycle" in said] == ["A", "self"]


def test_one_span_of_1970() -> None:
    run = the_run("one-span-of-1970")
    assert duration_ms(run) == 100
    assert int(run.trace["execution"]["started_at_unix_nano"]) == 1_795_900_000_000_000_000
    (marks,) = (row.get("marks", []) for row in run.rows if row["name"] == "mono")
    assert "clock_skew" in marks


def test_refusal() -> None:
    (message,) = span("refusal")["content"]["output_messages"]
    assert message["parts"] == [{"type": "text", "content": "I cannot help with that"}]


def test_remote_parent() -> None:
    run = the_run("remote-parent")
    assert (run.summary["status"], run.summary["workflow_name"]) == ("succeeded", "POST /chat")
    assert not any("orphan" in row.get("marks", []) for row in run.rows)


def test_responses_items() -> None:
    content = span("responses-items")["content"]
    said = [
        (message["role"], part["type"], part)
        for message in content["input_messages"]
        for part in message["parts"]
    ]
    assert [(role, kind) for role, kind, _ in said] == [
        ("user", "text"),
        ("assistant", "reasoning"),
        ("assistant", "tool_call"),
        ("tool", "tool_call_response"),
    ]
    assert said[0][2]["content"] == "Where is parcel 7?"
    assert said[1][2]["content"] == "THINKING"
    assert (said[2][2]["id"], said[2][2]["name"], said[2][2]["arguments"]) == (
        "c",
        "lookup",
        {"id": 7},
    )
    assert (said[3][2]["id"], said[3][2]["response"]) == ("c", "IN LYON")
    (answer,) = content["output_messages"]
    (call,) = answer["parts"]
    assert (call["type"], call["id"], call["name"], call["arguments"]) == (
        "tool_call",
        "d",
        "lookup",
        {"id": 8},
    )


def test_same_id_otlp() -> None:
    """The layer makes the same of this id: tests/cases/test_programs.py."""
    run = the_run("same-id-otlp")
    found = run.api.get("/v1/executions/patients%2F7")
    assert found.status == 200
    assert found.json["external_id"] == "patients/7"
    assert found.json["execution_id"] == run.summary["execution_id"]


def test_snake_case() -> None:
    (row,) = the_run("snake-case").rows
    assert (row["name"], row["span_id"]) == ("x", "0000000000000001")
    assert int(row["end_time_unix_nano"]) - int(row["start_time_unix_nano"]) == 5


def test_token_counts_as_text() -> None:
    usage = span("token-counts-as-text").get("usage", {})
    assert (usage.get("input_tokens"), usage.get("output_tokens")) == (22_118, 1_970)
    counted = counters("token-counts-as-text")
    # 22,118 x $2.50 + 1,970 x $10, per million
    assert (counted.get("cost_nano_usd"), counted["unpriced"]) == (74_995_000, 0)


def test_two_instrumentations_siblings() -> None:
    counted = counters("two-instrumentations-siblings")
    assert (counted["input_tokens"], counted["output_tokens"]) == (812, 24)


def test_unflattened_openinference() -> None:
    run = the_run("unflattened-openinference")
    content = span("unflattened-openinference")["content"]
    assert content["input_messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": "ZEBRA my private question"}]}
    ]
    (answer,) = content["output_messages"]
    (call,) = answer["parts"]
    assert (call["type"], call["name"], call["arguments"]) == ("tool_call", "list", {})
    (document,) = span("unflattened-openinference", 2)["content"]["documents"]
    assert (document["id"], document["content"]) == ("d1", "ZEBRA document")
    assert "ZEBRA" not in str(run.denied)
    reader = run.api.acting_as(scope="executions:read trace:read")
    assert reader.get(f"{run.path}/search", q="ZEBRA").json["hits"] == []


def test_every_body_is_asked_by_a_test_of_its_name() -> None:
    named = {path.stem.replace("-", "_") for path in CASES.glob("*.json")}
    assert sorted(name for name in named if f"test_{name}" not in globals()) == []
