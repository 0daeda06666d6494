"""Nothing that is kept of a JSON text was left unscanned, however the text is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from spanvas.privacy.redact import Redactor
from spanvas.privacy.scan import Scanner
from tests.support.builders import make_span
from tests.support.json_writing import Card, json_texts
from tests.support.labelled_places import readable

SCANNER = Scanner()
NAMES = st.sampled_from(["note", "note", "n", "role", "password", "a b", "ü", "{", "name", "value"])
KEY = "AKIAIOSFODNN7EXAMPLE"
CARD = "4111111111111111"
LEAVES = st.sampled_from(
    [KEY, f"see {KEY} there", "hello", "", 7, 1.5, None, True, 'quote"d', "back\\slash", ":", Card(CARD)]
)  # fmt: skip
GLUED = "{}x"
AROUND = st.sampled_from(
    [
        "{}",
        "\ufeff{}",
        " {} ",
        "{}\n{}",
        "{}, {}",
        "{} and more",
        '{} {{"cut": "of',
        GLUED,
        "log: {}",
        "```json\n{}\n```",
        "got {}, then {}.",
    ]
)


def redacted(content: object, *, is_remembering: bool = False) -> object:
    redactor = Redactor("redacted", 10_000, SCANNER, is_remembering=is_remembering)
    return redactor.redact(make_span(attributes={"note": content})).attributes["note"]


@settings(max_examples=600, deadline=None)
@given(json_texts(LEAVES, NAMES), AROUND, st.booleans())
def test_no_canary_is_left_in_what_is_kept(text: str, around: str, is_remembering: bool) -> None:
    assume(around != GLUED or text[0] in "{[")  # digits that letters touch are an id
    content = around.format(text, text)
    kept = readable(str(redacted(content, is_remembering=is_remembering)))
    assert KEY not in kept
    assert CARD not in kept
    kept = readable(str(redacted(content.encode("utf-8", "surrogatepass"))))
    assert KEY not in kept
    assert CARD not in kept


@settings(max_examples=300, deadline=None)
@given(
    json_texts(
        st.sampled_from(["hello", "", 7, None, 'quote"d']), st.sampled_from(["note", "n", "ü", "{"])
    )
)
def test_json_without_a_secret_is_kept_as_it_was_written(text: str) -> None:
    assert redacted(text) == text
    assert redacted(text, is_remembering=True) == text


@settings(max_examples=300, deadline=None)
@given(
    json_texts(
        st.sampled_from(["hello there", 7, None]), st.sampled_from(["note", "password", "n"])
    )
)
def test_json_that_was_redacted_is_json(text: str) -> None:
    json.loads(str(redacted(text)))


PASSWORD = "correct horse battery"
MANY = "9" * 5_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "%s", "password": 1}', '{"password":"[REDACTED:key]","password":"[REDACTED:key]"}'),
        ('{"password": "%s", "password": null}', '{"password":"[REDACTED:key]","password":null}'),
        ('[{"a": {"token": "%s", "token": ""}}]', '[{"a":{"token":"[REDACTED:key]","token":""}}]'),
        ('{"pass\\u0077ord": "%s", "password": ""}', '{"password":"[REDACTED:key]","password":""}'),
        ('{"a": 1e400, "password": "%s"}', '{"a":"inf","password":"[REDACTED:key]"}'),
        ('{"a": NaN, "password": "%s"}', '{"a":"nan","password":"[REDACTED:key]"}'),
        ('{"a": "\\ud800", "password": "%s"}', '{"a":"\\ud800","password":"[REDACTED:key]"}'),
        (f'{{"a": {MANY}, "password": "%s"}}', f'{{"a":"{MANY}","password":"[REDACTED:key]"}}'),
        ('{"a": "line\nbreak", "password": "%s"}', '{"a":"line\\nbreak","password":"[REDACTED:key]"}'),
        ('\ufeff{"password": "%s"}', '{"password":"[REDACTED:key]"}'),
        ('{"n": 1}\n{"password": "%s"}\n', '{"n": 1}\n{"password":"[REDACTED:key]"}\n'),
        ('{"n": 1}{"password": "%s"}', '{"n": 1}{"password":"[REDACTED:key]"}'),
        ('{"n": broken}\n{"password": "%s"}', '{"n": broken}\n{"password":"[REDACTED:key]"}'),
        ('{"password": "%s"} was the answer', '{"password":"[REDACTED:key]"} was the answer'),
        ('{"a": 4111111111111111}', '{"a":"[REDACTED:payment_card]"}'),
        ('{"a": [1, 4111111111111111.0]}', '{"a":[1,"[REDACTED:payment_card]"]}'),
        ('{"password": 4711, "max_tokens": 4096}', '{"password":"[REDACTED:key]","max_tokens":4096}'),
        ('{"password": "[REDACTED:key] %s"}', '{"password":"[REDACTED:key]"}'),
        ('{"secret": 123456789012345}', '{"secret":"[REDACTED:key]"}'),
        ('{"cut": "\\u0041KIAIOSFODNN7EXAMPLE", "of', '{"cut": "[REDACTED:aws_access_key]", "of'),
        ('x {"a": "https:\\/\\/ada:hunter2@h"', 'x {"a": "https://ada:[REDACTED:url_password]@h"'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_remembering", [False, True])
def test_every_part_of_a_json_text_is_looked_at(
    text: str, expected: str, is_remembering: bool
) -> None:
    content = text.replace("%s", PASSWORD)
    assert redacted(content, is_remembering=is_remembering) == expected


def test_names_that_stand_twice_are_seen_without_a_second_decoder_only_where_that_is_sure() -> None:
    """Quotes that would make up for the lost ones: numbers for quotes, blanks, backslashes, colons in texts."""
    for text in (
        '{"note": "%s", "note": "\\u0022\\u0022"}',
        '{"note": "%s", "note": "\\u0022\\u0022\\u0022\\u0022"}',
        '{"note" : "%s", "note": "ok"}',
        '{"a\\\\": 1, "note": "%s", "note": ":"}',
        '{"a\\"": "\\"", "note": "%s", "note": "\\u0022\\u0022\\""}',
    ):
        assert KEY not in str(redacted(text.replace("%s", KEY), is_remembering=True))


def test_a_number_in_an_attribute_is_looked_at_too() -> None:
    assert redacted(4111111111111111) == "[REDACTED:payment_card]"
    assert redacted([{"n": 4111111111111111}]) == [{"n": "[REDACTED:payment_card]"}]
    assert redacted(4111111111111112) == 4111111111111112
    assert redacted({"order_id": 4111111111111111}) == {"order_id": 4111111111111111}


def test_json_in_bytes_is_looked_into() -> None:
    assert redacted(b'{"password": "correct horse"}') == '{"password":"[REDACTED:key]"}'
    assert redacted(b'\xff{"note": 1}') == b'\xff{"note": 1}'


def test_more_levels_of_json_in_json_than_are_followed_are_dropped() -> None:
    text = json.dumps({"a": 1})
    for _ in range(15):
        text = json.dumps([text])
    assert redacted(text) == text
    assert "unscanned" in str(redacted(json.dumps([text])))


@pytest.mark.parametrize("is_remembering", [False, True])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('log: {"password": "%s"}', 'log: {"password":"[REDACTED:key]"}'),
        (
            'Here it is:\n\n```json\n{\n  "password": "%s"\n}\n```\n',
            'Here it is:\n\n```json\n{"password":"[REDACTED:key]"}\n```\n',
        ),
        (
            'INFO [main] got [{"name": "API_TOKEN", "value": "%s"}] back',
            'INFO [main] got [{"name":"API_TOKEN","value":"[REDACTED:key]"}] back',
        ),
        (
            'rows = {"columns": ["user", "password"], "rows": [["ada", "%s"]]};',
            'rows = {"columns":["user","password"],"rows":[["ada","[REDACTED:key]"]]};',
        ),
        ('{"n": 1} then {"password": "%s"}', '{"n": 1} then {"password":"[REDACTED:key]"}'),
        ("{bad}\n" * 20 + '{"password": "%s"}', "{bad}\n" * 20 + '{"password":"[REDACTED:key]"}'),
        ('cut {"a": {"password": "%s"}, "b', 'cut {"a": {"password":"[REDACTED:key]"}, "b'),
    ],
)  # fmt: skip
def test_json_is_opened_wherever_it_stands_in_a_text(
    text: str, expected: str, is_remembering: bool
) -> None:
    content = text.replace("%s", PASSWORD)
    assert redacted(content, is_remembering=is_remembering) == expected
    assert redacted([content], is_remembering=is_remembering) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        'x = {"a": 1, "b": [{"c": "d"}]} and [[1, 2], [3]]',
        '```json\n{ "note" : "hello" }\n```',
        'if (a[{"b": 1}.b]) { return {"c": d} }',
        '{"a": ' * 300,
        "[[" * 300 + '"',
    ],
)
def test_json_in_a_text_without_a_secret_is_kept_as_it_was_written(text: str) -> None:
    assert redacted(text) == text
    assert redacted(text, is_remembering=True) == text


LONG_PATH = "/organisation/production/eu-central-1/payments/database/main/cluster/password"


@pytest.mark.parametrize("is_remembering", [False, True])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"Name": LONG_PATH, "Value": PASSWORD}, {"Name": LONG_PATH, "Value": "[REDACTED:key]"}),
        (
            {"label": "How do I change my password here?", "value": "ask"},
            {"label": "How do I change my password here?", "value": "ask"},
        ),
        (
            [["user", "password"], ["ada", PASSWORD], ["bob", PASSWORD]],
            [["user", "password"], ["ada", "[REDACTED:key]"], ["bob", "[REDACTED:key]"]],
        ),
        (
            [["authorization", PASSWORD], ["accept", "text/plain"]],
            [["authorization", "[REDACTED:key]"], ["accept", "text/plain"]],
        ),
        (
            [["How do I change my password?", "In the settings."]],
            [["How do I change my password?", "In the settings."]],
        ),
        (
            {"columns": ["Who may see the password here", "n"], "rows": [["Everybody", 7]]},
            {"columns": ["Who may see the password here", "n"], "rows": [["Everybody", 7]]},
        ),
    ],
    ids=["path", "sentence", "table", "pairs", "questions", "columns"],
)
def test_what_names_a_secret_is_the_same_with_and_without_a_memory(
    content: object, expected: object, is_remembering: bool
) -> None:
    assert redacted(content, is_remembering=is_remembering) == expected
