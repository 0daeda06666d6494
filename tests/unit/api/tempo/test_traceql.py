"""The part of TraceQL that is read: any text is a tree, or is refused with line and column."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spanvas_api.tempo.conditions import Condition
from spanvas_api.tempo.fields import BY_NAME, FIELDS
from spanvas_api.tempo.tokens import DURATION_TYPE, NUMBER, STATUS, STRING, QueryError
from spanvas_api.tempo.traceql import Chain, Comparison, Constant, Not, comparisons, parse

REFUSAL = re.compile(r"parse error at line [1-9]\d*, col [1-9]\d*: \S.*", re.DOTALL)
NO_PIPELINES = "pipelines but | select(…), metrics and several spansets are not supported"
PIECES = st.sampled_from(
    [
        *("{", "}", "(", ")", "&&", "||", "!", "=", "!=", "=~", ">", "<", ">=", "|", "-", ",", "."),
        *("span.a", ".b", "resource.service.name", "status", "name", "duration", 'span."c d"', "x:y"),
        *('"t"', "`r`", '"\\n"', '"', "`", "1", "2.5", "1e3", "300ms", "1h30m", "nil", "true", "error"),
        *(" ", "\n", "// c\n", "with", "most_recent", "rate", "select", "|", "é", "\ud800", "\x00", "(" * 50),
    ]
)  # fmt: skip


def only(query: str) -> Comparison:
    found = parse(query).condition
    assert isinstance(found, Comparison)
    return found


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=40))
@example("{" + "(" * 5_000)
@example("{" + "!" * 39 + "(true)}")
@example("{ .a = " + "9" * 3_000 + " }")
@example("{ duration > " + "9" * 3_000 + "s }")
@example("{" + " || ".join(["status=error"] * 250) + "}")
def test_any_text_is_read_or_refused_with_line_and_column(text: str) -> None:
    for read in (parse, Condition):
        try:
            read(text)
        except QueryError as error:
            assert REFUSAL.fullmatch(str(error)), error


LITERALS: dict[str, st.SearchStrategy[tuple[str, Any]]] = {
    STRING: st.text(max_size=20).map(lambda text: (quoted(text), text)),
    NUMBER: st.integers(0, 10**9).map(lambda number: (str(number), number)),
    DURATION_TYPE: st.integers(0, 10**6).map(lambda number: (f"{number}ms", number * 10**6)),
    STATUS: st.sampled_from(["error", "ok", "unset"]).map(lambda word: (word, word)),
}


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@st.composite
def written(draw: st.DrawFn, depth: int = 3) -> tuple[str, list[tuple[str, str, Any]]]:
    """Returns a condition as text, and its comparisons in order."""
    if depth and draw(st.booleans()):
        left, first = draw(written(depth - 1))
        right, second = draw(written(depth - 1))
        operator = draw(st.sampled_from(["&&", " || ", "\n&&\t"]))
        if draw(st.booleans()):
            return f"!( {left}{operator}{right})", [*first, *second]
        return f"({left}{operator}{right})", [*first, *second]
    known = sorted(name for name, field in BY_NAME.items() if not field.comparisons)
    name = draw(st.sampled_from(known))
    literal, value = draw(LITERALS[BY_NAME[name].type])
    blank = draw(st.sampled_from(["", " ", "\n "]))
    return f"{name}{blank}={blank}{literal}", [(name, "=", value)]


@given(written())
def test_what_can_be_searched_for_is_read_as_it_was_written(
    given_one: tuple[str, list[tuple[str, str, Any]]],
) -> None:
    text, expected = given_one
    query = f"{{ {text} }}"

    found = [
        (one.name, one.operator, one.literal.value) for one in comparisons(parse(query).condition)
    ]

    assert found == expected
    Condition(query)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"a\\"b\\\\c\\td"', 'a"b\\c\td'),
        ('"\\x41\\u00e9\\U0001F600\\101"', "Aé😀A"),
        ("`a\\n\"b`", 'a\\n"b'),
        ("`two\nlines`", "two\nlines"),
        ("300ms", 300_000_000),
        ("1.5s", 1_500_000_000),
        ("1h30m", 5_400_000_000_000),
        ("10us", 10_000),
        ("10µs", 10_000),
        ("1d", 86_400_000_000_000),
        ("0.1ms", 100_000),
        ("-5", -5),
        ("-5s", -5_000_000_000),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        ("nil", None),
        ("true", True),
        ("error", "error"),
        ("server", "server"),
    ],
)  # fmt: skip
def test_values_are_read_as_go_writes_them(text: str, value: Any) -> None:
    assert only(f"{{ .a = {text} }}").literal.value == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("span.a.b-c/d", "span.a.b-c/d"),
        (".a", ".a"),
        ('span."a b"', "span.a b"),
        ('.a."b.c"', ".a.b.c"),
        ('resource."a\\"b"', 'resource.a"b'),
        ("status", "status"),
        ("trace:rootName", "trace:rootName"),
        ("span.a:b", "span.a:b"),
    ],
)
def test_names_are_read_as_tempo_reads_them(text: str, name: str) -> None:
    assert only(f"{{{text}=1}}").name == name


def test_and_and_or_bind_alike_from_the_left() -> None:
    found = parse("{ .a=1 || .b=2 && .c=3 }").condition

    assert isinstance(found, Chain)
    assert [operator for operator, _ in found.rest] == ["||", "&&"]


def test_a_value_may_stand_before_the_name() -> None:
    found = only("{ 1s < duration }")

    assert (found.name, found.operator) == ("duration", ">")


def test_an_empty_filter_is_true_and_comments_are_passed_over() -> None:
    assert parse("{ }").condition == parse("{true}").condition == Constant(True)
    assert parse("{ // all\n !(false) }").condition == Not(Constant(False))


def test_names_that_are_selected_are_read_as_often_as_select_stands_there() -> None:
    query = '{ } | select(span.a, status)\n|select( .b."c d" ) with (most_recent=true)'

    assert [name.text for name in parse(query).selected] == ["span.a", "status", ".b.c d"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "line 1, col 1: unexpected end of the query: a query begins with {"),
        ("rate()", "line 1, col 1: unexpected rate: a query begins with {"),
        ("{", "line 1, col 2: unexpected end of the query"),
        ("{ .a }", "line 1, col 6: unexpected }: expected one of = != > < >= <= =~ !~"),
        ("{ .a = .b }", "line 1, col 8: attributes are compared with values alone"),
        ('{ "a" = "b" }', "line 1, col 3: two values are compared"),
        ("{ .a = 1 + 1 }", "line 1, col 10: unexpected +: expected && or || or }"),
        ("{ .a = 1 } >> { }", f"line 1, col 12: >: {NO_PIPELINES}"),
        ("{ .a = 1 }\n| count() > 1", f"line 2, col 1: |: {NO_PIPELINES}"),
        ("{} | select(.a) | rate()", f"line 1, col 17: |: {NO_PIPELINES}"),
        ("{} |", f"line 1, col 4: |: {NO_PIPELINES}"),
        ("{} | select", "line 1, col 12: unexpected end of the query: expected ( after select"),
        ("{} | select()", "line 1, col 13: unexpected ): expected a name or a value"),
        ("{} | select(.a,)", "line 1, col 16: unexpected ): expected a name or a value"),
        ("{} | select(.a .b)", "line 1, col 16: unexpected .b: expected , or ) after a name"),
        ("{} | select(1)", "line 1, col 13: a value is selected, not a name"),
        ('{ .a = "x }', 'line 1, col 8: unexpected ": expected a name or a value'),
        ('{ .a = "\\q" }', "line 1, col 8: \\q is no escape of a string"),
        ('{ .a = "\\ud800" }', "line 1, col 8: \\ud800 is no character"),
        ("{ !.a = 1 }", "line 1, col 4: expected ( after !"),
        ("{} with (sample=true)", "line 1, col 10: the hint sample is not supported"),
        ("{" + "(" * 41, "line 1, col 43: the query is nested too deep"),
        ("{" + " " * 4_000, "line 1, col 1: the query is longer than 4,000 characters"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_where_it_stands(query: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(query)

    assert str(raised.value) == f"parse error at {message}"


def test_every_field_has_names_of_its_own() -> None:
    names = [name for field in FIELDS for name in field.names]

    assert len(names) == len(set(names))
