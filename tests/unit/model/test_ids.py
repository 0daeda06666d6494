from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanvas.model import ids
from spanvas.model.private_ids import is_private
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


TEXTS = st.text(st.characters(), max_size=400)
"""Lone surrogates among them."""


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("exec_1", "exec_1"),
        (" exec_1 ", "exec_1"),
        ("arn:aws:states:eu-west-1:1:execution:x:y", "arn:aws:states:eu-west-1:1:execution:x:y"),
        (42, "42"),
        (
            UUID("0b1c2d3e-0000-4000-8000-000000000000"),
            "0b1c2d3e-0000-4000-8000-000000000000",
        ),
        ("patients/7", "patients-7-bc57a4a9f41f"),
        (" patients/7 ", "patients-7-bc57a4a9f41f"),
        ("user 42/session", "user-42-session-fba60628a9fb"),
        ("#!", "x-ba6957e0790d"),
        ("\ud800", "x-5b9d8d7aa345"),
        ("x" * 500, "x" * 100 + "-f354388c81c0"),
    ],
)
def test_what_a_sender_calls_its_execution_becomes_one_id(called: object, expected: str) -> None:
    assert ids.as_execution_id(called) == expected


@pytest.mark.parametrize(
    "called", ["", "   ", "\n", None, True, 1.5, b"a", ["a"], ("a",), {"a": 1}]
)
def test_what_names_nothing_is_no_execution_id(called: object) -> None:
    assert ids.as_execution_id(called) == ""
    assert ids.external_id_of(called) == ""


@given(TEXTS)
def test_every_text_becomes_an_id_that_fits_and_stays(text: str) -> None:
    execution_id, name = ids.as_execution_id(text), ids.as_name(text)

    assert ids.is_execution_id(execution_id) or not text.strip()
    assert ids.is_name(name)
    assert ids.as_execution_id(execution_id) == execution_id
    assert ids.as_name(name) == name


def not_private(shape: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Texts of that shape; `0@0.AA` is an execution id, and the address of a person."""
    return st.from_regex(shape, fullmatch=True).filter(lambda text: not is_private(text))


@given(not_private(ids.EXECUTION_ID))
def test_an_execution_id_stays_as_it_is(execution_id: str) -> None:
    assert ids.as_execution_id(execution_id) == execution_id
    assert ids.external_id_of(execution_id) == ""


@given(not_private(ids.NAME))
def test_the_id_of_a_workflow_or_a_node_stays_as_it_is(name: str) -> None:
    assert ids.as_name(name) == name


@given(st.sets(TEXTS.map(str.strip).filter(bool), min_size=2, max_size=20))
def test_different_texts_become_different_ids(texts: set[str]) -> None:
    assert len({ids.as_execution_id(text) for text in texts}) == len(texts)
    assert len({ids.as_name(text) for text in texts}) == len(texts)


@given(TEXTS)
def test_a_sender_s_own_id_is_kept_so_that_it_can_be_stored(text: str) -> None:
    external_id = ids.external_id_of(text)

    external_id.encode()
    assert len(external_id) <= 1_000
    if text.isprintable() and external_id:
        assert external_id == text.strip()


def test_a_long_id_of_a_sender_is_cut_where_it_is_kept() -> None:
    assert ids.external_id_of("/" + "x" * 5_000) == "/" + "x" * 999


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("Research Brief", "Research-Brief-9561202cfd16"),
        ("POST /v1/chat", "POST-v1-chat-9e11afe9cc6c"),
        ("LangGraph", "LangGraph"),
        ("/", "x-103dda6b41a4"),
        (17, "17"),
        ("研究 v1", "v1-d15fbad24007"),
        ("研究", "x-a1441bf3f906"),
    ],
)
def test_what_a_sender_calls_a_workflow_or_a_node_becomes_one_id(
    called: object, expected: str
) -> None:
    assert ids.as_name(called) == expected


def test_a_name_is_shown_as_it_was_sent_as_far_as_it_can_be_kept() -> None:
    assert ids.display_name(" Research Brief ") == "Research Brief"
    assert ids.display_name("x" * 300) == "x" * 200
    assert ids.display_name("a\ud83d") == "a\ufffd\ufffd\ufffd"
