"""Columns of tables in a text: CSV and its kin, Markdown, and what databases' command lines print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern
from spanvas.privacy.keys import is_secret_key, is_secret_number_key
from spanvas.privacy.rules.rule import Rule, is_opaque_value, is_secret_value

MARKS: Final = (b"|", b"\t", b";", b",")
"""Between columns; the first that a line has is its own."""
MAX_LINE: Final = 2_048
LONGEST_READ: Final = 4 * MAX_LINE + 2
MOST_COLUMNS: Final = 200
NAME: Final = LazyPattern(r"[\w.#/-]+(?: [\w.#/()-]+){0,2}")
RULER: Final = LazyPattern(rb"[-|+:=\s]+")
CELL: Final = {
    mark: LazyPattern(
        rb"[ ]*(\"(?:[^\"]|\"\")*\"|[^" + re.escape(mark) + rb"]*)(?:" + re.escape(mark) + rb"|$)"
    )
    for mark in MARKS
}
TRIM: Final = b" \t\r\"'`*"

Span = tuple[int, int]


class Line(NamedTuple):
    """A line of a text: byte positions of its start and its end."""

    start: int
    end: int


def cells_in(text: bytes, line: Line, mark: bytes) -> list[Span]:
    """Returns where the cells of a line stand, without blanks and quotes.

    What is outside of the outer bars is no cell.
    """
    start, end = line
    content = text[start:end].rstrip(b" \r")
    if mark == b"|":
        inner = content.lstrip(b" ")
        start += len(content) - len(inner) + inner.startswith(b"|")
        content = inner.removeprefix(b"|").removesuffix(b"|")
    spans: list[Span] = []
    at = 0
    while at <= len(content) and len(spans) < MOST_COLUMNS:
        cell = CELL[mark].match(content, at)
        if cell is None:
            return []
        value = cell[1]
        left = cell.start(1) + len(value) - len(value.lstrip(TRIM))
        spans.append((start + left, start + left + len(value.strip(TRIM))))
        if cell.end() == len(content) and not cell[0].endswith(mark):
            break
        at = cell.end()
    return spans


def columns_in(text: bytes, start: int, _end: int, _name: str = "") -> Iterator[Span]:
    """Yields the cells below the secrets' names in the first line of a table.

    Of a row of two cells of which the first is a secret's name, the other one.
    """
    start += text[start : start + 1] == b"\n"
    header = _line_at(text, start)
    mark = next((mark for mark in MARKS if mark in text[header.start : header.end]), None)
    if mark is None or header.end - header.start > MAX_LINE:
        return
    cells = cells_in(text, header, mark)
    names = [text[at:end].decode("utf-8", "replace").lstrip("\ufeff") for at, end in cells]
    secret = [at for at, name in enumerate(names) if is_secret_key(name)]
    if len(names) < 2 or not secret:
        return
    if _is_header(text, header, mark, names) and _has_rows(text, header, mark, len(names)):
        yield from _below(text, header, mark, [(at, names[at]) for at in secret])
    elif mark in b"|\t" and len(names) == 2 and secret == [0]:
        yield from _if_secret(text, cells[1], names[0])


def _line_at(text: bytes, at: int) -> Line:
    """The line around a place; of one that is too long to be read, a part that is too long as well."""
    first, last = max(at - LONGEST_READ, 0), min(at + LONGEST_READ, len(text))
    start, end = text.rfind(b"\n", first, at), text.find(b"\n", at, last)
    return Line(first if start < 0 else start + 1, last if end < 0 else end)


def _is_header(text: bytes, line: Line, mark: bytes, names: list[str]) -> bool:
    """Whether names alone stand in a line, and no line of as many columns before it."""
    if not all(NAME.fullmatch(name) for name in names):
        return False
    if mark in b",;":
        written = text[line.start : line.end]
        if written[:1].isspace() or (mark + b" " in written and any(" " in name for name in names)):
            return False
    if line.start == 0:
        return True
    before = _line_at(text, line.start - 1)
    if before.end - before.start > MAX_LINE:
        return True
    return mark not in text[before.start : before.end] or len(cells_in(text, before, mark)) != len(
        names
    )


def _has_rows(text: bytes, header: Line, mark: bytes, width: int) -> bool:
    """Whether anything of a table follows: a ruler, or a row."""
    line = _next(text, header)
    if line is None:
        return False
    return bool(RULER.fullmatch(text, *line)) or len(cells_in(text, line, mark)) == width


def _next(text: bytes, header: Line) -> Line | None:
    """The line below a header; one without anything in it may stand between."""
    line = header
    for _ in range(2):
        if line.end >= len(text):
            return None
        line = _line_at(text, line.end + 1)
        if text[slice(*line)].strip():
            return line if line.end - line.start <= LONGEST_READ - 2 else None
    return None


def _below(
    text: bytes, header: Line, mark: bytes, columns: list[tuple[int, str]]
) -> Iterator[Span]:
    width, line = len(cells_in(text, header, mark)), _next(text, header)
    while line is not None and line.end - line.start <= LONGEST_READ - 2:
        if not RULER.fullmatch(text, *line):
            cells = cells_in(text, line, mark)
            if not text[slice(*line)].strip() or text[line.start : line.start + 1] == b"(":
                return
            for column, name in columns if len(cells) == width else ():
                yield from _if_secret(text, cells[column], name)
        line = _line_at(text, line.end + 1) if line.end < len(text) else None


def _if_secret(text: bytes, cell: Span, name: str) -> Iterator[Span]:
    value = text[slice(*cell)].decode("utf-8", "replace")
    is_password = is_secret_number_key(name)
    is_secret = is_secret_value if is_password else is_opaque_value
    is_word = " " not in value or (is_password and text[max(cell[0] - 1, 0) : cell[0]] == b'"')
    if is_word and is_secret(value):
        yield cell


COLUMN: Final = (
    r"(?:pass(?:word|wd|phrase|code)?s?|pwd|secret|token|credentials?"
    r"|(?:api|access|private|secret|auth)[ _-]?key|authorization|cookie|otp|ssn|cvv|cvc)"
    r"[\w .-]*[\"'`* \t\r]*[|,;\t\n]"
)
"""The end of a column's name that is a secret's, and what separates it from the next."""

TABLES: Final = (
    Rule(
        "table_column",
        r"(?i)(?:^|[|,;\t\n])[ \t\"'`*]*[\w .-]*" + COLUMN,
        (
            "user,password\nada,«correcthorse»",
            '"user";"api_key"\n"ada";"«3f9a8b7c6d5e»"\n',
            "id\tsecret\n1\t«3f9a8b7c6d5e»",
            "| user | password |\n|---|---|\n| ada | «hunter2» |\n\nand password, too",
            " user | password \n------+------\n ada  | «hunter2»\n(1 row)",
            "\ufeffuser,password\n\nada,«correcthorse»",
            'user,password\nada,"«correct horse»"',
            "password\t«correcthorse»",
            "user,password\nada,\nsee below\nbob,«openthedoor»\n\nas, said",
            "| password | «correcthorse» |\n\nThat is all.",
            "| name | value |\n|---|---|\n| API_TOKEN | «3f9a8b7c6d5e» |",
        ),
        (
            "In this case the user name,\npassword, and host\nare given, as usual",
            "| token | logprob |\n|---|---|\n| the | -0.1 |",
            "| password | rules |\n|---|---|\n| 8 characters | at least |",
            "    user, password,\n    host1, port1,\n",
            "user,password_policy\nada,strong1",
        ),
        places=columns_in,
        sign="(?i)" + COLUMN,
    ),
)
