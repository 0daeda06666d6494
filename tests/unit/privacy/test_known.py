"""A redactor that remembers what was clean redacts exactly as one that does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.span import Event
from spanvas.privacy import known
from spanvas.privacy.known import KnownTexts
from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.builders import make_span

SCANNER = Scanner()
TEXTS = st.sampled_from(
    ["hello", "ada@example.com", "password", "hunter2", "", "AKIAIOSFODNN7EXAMPLE", "role", "x" * 40]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(TEXTS, st.integers(0, 9), st.none(), st.booleans(), st.binary(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(TEXTS, inner, max_size=3),
        st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers(0, 9)), max_size=3).map(json.dumps),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def remembering() -> Redactor:
    return Redactor("redacted", 1000, SCANNER, is_remembering=True)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["gen_ai.input.messages", "url.full", "note", "api_key"]), VALUES
    )
)
def test_remembering_changes_nothing_of_what_is_redacted(remembering, attributes) -> None:
    span = make_span(
        attributes=attributes,
        events=(
            Event("gen_ai.user.message", 1, {"content": "hello", "n": attributes.get("note")}),
        ),
        resource={"service.name": "x", "note": attributes.get("url.full")},
    )
    expected = Redactor("redacted", 1000, SCANNER).redact(span)
    assert remembering.redact(span) == expected
    assert remembering.redact(span) == expected


def texts(*clean: str) -> KnownTexts:
    remembered = KnownTexts(lambda key, item: key == "password", frozenset({"id"}))
    for text in clean:
        remembered.add(text)
    return remembered


def test_what_is_covered_is_known_in_every_text_and_every_key() -> None:
    remembered = texts("a", "b", "password")
    covered = (
        "a",
        ["a", ("b",)],
        {"a": "b"},
        {"a": {"b": [1, 2.5, None, True]}},
        {"id": "any"},
        '{"a": "b"}',
        7,
    )
    for value in covered:
        assert remembered.covers(value)
    new = (
        "c",
        ["a", "c"],
        {"c": "a"},
        {"a": "c"},
        {"password": "a"},
        {1: "a"},
        b"a",
        object(),
        '{"a": "c"}',
        '{"a"',
    )
    for value in (*new, "[" * 2000):
        assert not remembered.covers(value)


def test_a_json_text_that_was_covered_is_remembered_as_a_whole() -> None:
    remembered = texts("a", "b")
    assert remembered.covers('{"a": "b"}')
    remembered._clean.discard("b")
    assert remembered.covers('{"a": "b"}')


def test_nesting_is_covered_only_as_deep_as_redaction_goes() -> None:
    remembered = texts("a")
    value: object = "a"
    for _ in range(64):
        value = [value]
    assert remembered.covers(value)
    assert not remembered.covers([value])
    text = "a"
    for _ in range(6):
        text = json.dumps([text])
    assert not remembered.covers(text)


def test_what_is_remembered_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(known, "MAX_CHARACTERS", 200)
    remembered = texts("a" * 40, "b" * 40)
    remembered.update([b"c" * 40])
    assert not remembered.covers("a" * 40)
    assert remembered.covers("c" * 40)
    remembered.add("c" * 40)
    assert remembered.covers("c" * 40)
