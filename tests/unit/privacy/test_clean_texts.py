"""A redactor that remembers what was clean redacts exactly as one that does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.span import Event
from spanvas.privacy.clean_texts import CleanTextCache
from spanvas.privacy.keys import is_secret_item
from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from spanvas.privacy.walk import MAX_PENDING_CHARACTERS
from tests.support.builders import Clock, make_span

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
    return Redactor("redacted", 20, SCANNER, Clock(), is_remembering=True)


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
    expected = Redactor("redacted", 20, SCANNER, Clock()).redact(span)
    assert remembering.redact(span) == expected
    assert remembering.redact(span) == expected


@settings(max_examples=400, deadline=None)
@given(st.lists(VALUES, max_size=4), VALUES)
def test_a_span_is_kept_as_the_same_whatever_was_known_when_it_came(earlier, value) -> None:
    """Down to the order of its attributes, since a chunk is named by what is in it."""
    span = make_span(attributes={"b": value, "gen_ai.input.messages": value, "a": "hello"})
    fresh = Redactor("redacted", 20, SCANNER, Clock(), is_remembering=True)
    used = Redactor("redacted", 20, SCANNER, Clock(), is_remembering=True)
    for other in earlier:
        used.redact(make_span(attributes={"note": other}))
    first, second = fresh.redact(span), used.redact(span)
    assert first == second == fresh.redact(span)
    assert list(first.attributes) == list(second.attributes)


def texts(*clean: str) -> CleanTextCache:
    remembered = CleanTextCache(lambda key, item: key == "password", frozenset({"ident"}))
    for text in clean:
        remembered.add(text)
    return remembered


@pytest.mark.parametrize(
    "value",
    [
        "a",
        ["a", ("b",)],
        {"a": "b"},
        {"a": {"b": [1, 2.5, None, True]}},
        {"ident": "any"},
        '{"a": "b"}',
        7,
    ],
    ids=str,
)
def test_of_what_is_known_in_every_text_and_every_key_nothing_is_scanned(value) -> None:
    new = texts("a", "b").pending_in(value)
    assert new is not None
    assert new.texts == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("c", ["c"]),
        (["a", "c"], ["c"]),
        ({"c": "a"}, ["c"]),
        ({"a": {"b": "d"}}, ["d"]),
        ('{"a": ["c", 1e400, "\\ud800"]}', ["c", "\ud800"]),
        ('{"a": NaN, "b": "e"}', ["e"]),
        ('{"a"', ['{"a"']),
    ],
)
def test_of_the_rest_what_is_new_is_scanned(value, expected) -> None:
    new = texts("a", "b").pending_in(value)
    assert new is not None
    assert new.texts == expected


@pytest.mark.parametrize(
    "value",
    [
        {"password": "a"},
        {"a": {"password": "b"}},
        '{"password": "c"}',
        {1: "a"},
        b"a",
        object(),
        ["x" * (MAX_PENDING_CHARACTERS + 1)],
        {"y" * (MAX_PENDING_CHARACTERS + 1): 1},
        "[" + " " * MAX_PENDING_CHARACTERS + "]",
        "[" * 2_000,
    ],
    ids=range(10),
)
def test_what_it_is_not_sure_of_is_left_to_the_whole_pass(value) -> None:
    assert texts("a", "b", "password").pending_in(value) is None


def texts_new_in(remembered: CleanTextCache, value: object) -> list[str]:
    new = remembered.pending_in(value)
    assert new is not None
    return new.texts


def test_a_json_text_that_was_clean_is_remembered_as_a_whole() -> None:
    remembered = texts("a", "b")
    new = remembered.pending_in('{"a": "b"}')
    assert new is not None
    assert new.wholes == ['{"a": "b"}']
    remembered.update(new.wholes)
    remembered._clean.discard("b")
    assert texts_new_in(remembered, '{"a": "b"}') == []


def test_nesting_is_followed_only_as_deep_as_redaction_goes() -> None:
    remembered = texts("a")
    value: object = "a"
    for _ in range(64):
        value = [value]
    assert remembered.pending_in(value) is not None
    assert remembered.pending_in([value]) is None
    value = "a"
    for _ in range(65):
        value = {"a": value}
    assert remembered.pending_in(value) is None
    text = json.dumps(["a"])
    for _ in range(5):
        text = json.dumps([text])
    assert texts_new_in(remembered, text) == []
    for _ in range(12):
        text = json.dumps([text])
    assert remembered.pending_in(text) is None


def test_names_are_judged_with_each_value_until_they_make_no_secret() -> None:
    remembered = CleanTextCache(is_secret_item, frozenset())
    for text in ("api_key", "note"):
        remembered.add(text)
    assert remembered.pending_in({"api_key": 5, "note": 5}) is not None
    assert texts_new_in(remembered, {"note": "x"}) == ["x"]
    assert remembered.pending_in({"api_key": "x"}) is None


def test_what_is_remembered_is_bounded() -> None:
    remembered = CleanTextCache(is_secret_item, frozenset(), max_characters=200)
    remembered.update(["a" * 40, "b" * 40])
    assert texts_new_in(remembered, {"a" * 40: 1}) == []
    remembered.update(["c" * 40])
    assert texts_new_in(remembered, {"a" * 40: 1}) == ["a" * 40]
    assert texts_new_in(remembered, "c" * 40) == []
    remembered.add("c" * 40)
    assert texts_new_in(remembered, "c" * 40) == []


PARTS = st.lists(
    st.one_of(
        st.builds(lambda text: {"role": "user", "content": text}, TEXTS),
        st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans()), min_size=1, max_size=2),
        st.lists(TEXTS, max_size=2),
        st.sampled_from(["--password", "hunter2", {"secret": True, "value": "hunter2"}, 1, 12]),
    ),
    max_size=4,
)
LONG = [{"role": "user", "content": "What is the weather like? " * 60}]


@settings(max_examples=300, deadline=None)
@given(PARTS, PARTS, st.sampled_from([", ", ","]), st.sampled_from(["", ",", "]", " x", '"']))
def test_a_list_that_has_grown_is_redacted_as_one_that_was_never_seen(
    before, added, comma, behind
) -> None:
    used = Redactor("redacted", 20, SCANNER, Clock(), is_remembering=True)
    for items in (LONG + before, LONG + before + added):
        text = json.dumps(items, separators=(comma, ":")) + behind
        span = make_span(attributes={"gen_ai.input.messages": text})
        assert used.redact(span) == Redactor("redacted", 20, SCANNER, Clock()).redact(span)


@pytest.mark.parametrize(
    "end",
    [
        ', {"role": "user", "content": "ada@example.com"}]',
        ', {"password": "hunter2"}]',
        ', {"role": "user", "role": "ada@example.com"}]',
        ', {"sensitive": true, "value": "hunter2"}]',
        ', "--password", "hunter2"]',
        ",] ada@example.com",
        ', {"content": "ada@example.com"',
    ],
)
@pytest.mark.parametrize("blank", ["", "\n"])
def test_what_is_added_to_a_clean_list_is_redacted(end, blank) -> None:
    start = json.dumps(LONG) + blank
    used = Redactor("redacted", 20, SCANNER, Clock(), is_remembering=True)
    used.redact(make_span(attributes={"note": start}))
    kept = used.redact(make_span(attributes={"note": start[:-1] + end})).attributes["note"]
    assert "ada@example.com" not in kept
    assert "hunter2" not in kept
    assert kept.count("What is the weather like?") == 60


def test_of_a_list_that_has_grown_only_what_was_added_is_scanned() -> None:
    remembered = texts()
    grown = [*LONG, {"role": "assistant", "content": "Rain."}]
    pending = remembered.pending_in(json.dumps(LONG))
    assert pending is not None
    remembered.update_with(pending)
    pending = remembered.pending_in(json.dumps(grown))
    assert pending is not None
    assert pending.texts == ["assistant", "Rain."]
