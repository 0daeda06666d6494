from __future__ import annotations

import pytest

from spanvas.model import ids
from tests.support.builders import T0


def test_the_trace_id_of_an_execution_is_always_the_same() -> None:
    assert ids.trace_id_for("acme", "exec_1") == ids.trace_id_for("acme", "exec_1")
    assert ids.is_trace_id(ids.trace_id_for("acme", "exec_1"))


def test_tenants_and_executions_have_traces_of_their_own() -> None:
    made = {
        ids.trace_id_for("acme", "exec_1"),
        ids.trace_id_for("globex", "exec_1"),
        ids.trace_id_for("acme", "exec_2"),
        ids.trace_id_for("acmeexec", "_1"),
    }
    assert len(made) == 4


def test_the_root_span_of_an_execution_is_always_the_same() -> None:
    root = ids.root_span_id_for("acme", "exec_1")

    assert root == ids.root_span_id_for("acme", "exec_1")
    assert ids.is_span_id(root)


def test_ids_may_hold_lone_surrogates_without_failing() -> None:
    assert ids.is_trace_id(ids.trace_id_for("\ud800", "x"))


def test_random_ids_differ_and_are_well_formed() -> None:
    spans = {ids.new_span_id() for _ in range(100)}

    assert len(spans) == 100
    assert all(map(ids.is_span_id, spans))


def test_ids_of_zeros_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [b"\0" * 8, b"\0" * 7 + b"\1"]
    monkeypatch.setattr("spanvas.model.ids.os.urandom", lambda _size: drawn.pop(0))

    assert ids.new_span_id() == "0000000000000001"


def test_execution_ids_sort_by_their_time() -> None:
    made = [ids.new_execution_id(T0 + i * 1_000_000) for i in range(3)]

    assert made == sorted(made)
    assert all(map(ids.is_execution_id, made))
    assert len(made[0]) == len("exec_") + 22


@pytest.mark.parametrize(
    "text", ["0" * 32, "0af7651916cd43dd8448eb211c80319", "0AF7651916CD43DD8448EB211C80319C", ""]
)
def test_malformed_trace_ids_are_told(text: str) -> None:
    assert not ids.is_trace_id(text)


@pytest.mark.parametrize("text", ["", "a#b", "a/b", "../a", "a b", "a\n", "é", ".a", "a" * 201])
def test_execution_ids_that_could_break_a_key_are_told(text: str) -> None:
    assert not ids.is_execution_id(text)


def test_step_functions_execution_arns_are_execution_ids() -> None:
    assert ids.is_execution_id("arn:aws:states:eu-west-1:123456789012:execution:triage:0b1c-22")


def test_names_are_shorter_and_have_no_at_sign() -> None:
    assert ids.is_name("support-triage")
    assert not ids.is_name("a@b")
    assert not ids.is_name("a" * 129)
