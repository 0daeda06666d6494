"""Each claim of the page on security and privacy names tests, and they exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support.aws_from_template import ROOT

PAGE = ROOT / "docs" / "explanation" / "security-and-privacy.md"
HEADER = "| Claim | Test |"
LIMITS = "What is not promised"
"""The section that says what is not so: nothing there is a claim."""
NAMED = re.compile(r"\[`([\w:]+)`\]\(([^)\s]+)\)")


class Claim(NamedTuple):
    """A row of a table of claims. `tests` are names with the paths of their files, as links of the page."""

    text: str
    tests: tuple[tuple[str, str], ...]


def claims_in(page: str) -> Iterator[Claim]:
    """Yields the rows of all tables of claims of a page in Markdown."""
    is_inside = False
    for line in page.splitlines():
        if line == HEADER:
            is_inside = True
        elif not line.startswith("|"):
            is_inside = False
        elif is_inside and not line.startswith("|---"):
            _, text, tests, *_ = re.split(r"(?<!\\)\|", line)
            yield Claim(text.strip(), tuple(NAMED.findall(tests)))


def sections_of(page: str) -> Iterator[tuple[str, str]]:
    """Yields each heading with what stands below it, up to the next heading."""
    parts = re.split(r"^#+ (.+)$", page, flags=re.MULTILINE)
    yield from zip(parts[1::2], parts[2::2], strict=True)


@cache
def names_in(path: Path) -> frozenset[str]:
    """Returns the names of the tests in a file, of those in classes as pytest writes them: `TestX::test_y`."""
    if not path.is_file():
        return frozenset()
    return frozenset(_names(ast.parse(path.read_text("utf-8")).body))


def _names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield prefix + node.name
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _names(node.body, f"{node.name}::")
        elif isinstance(node, ast.Assign) and _is_state_machine(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_state_machine(value: ast.expr) -> bool:
    """Returns whether a value is Hypothesis' test of a state machine."""
    return isinstance(value, ast.Attribute) and value.attr == "TestCase"


def without_test(page: str) -> list[str]:
    """Returns the claims of a page that name no test."""
    return [claim.text for claim in claims_in(page) if not claim.tests]


def absent_tests(page: str, folder: Path) -> list[str]:
    """Returns the tests that a page names and that do not exist; its links are relative to `folder`."""
    return [
        f"{path}::{name}"
        for claim in claims_in(page)
        for name, path in claim.tests
        if name not in names_in((folder / path).resolve())
    ]


CLAIMS = list(claims_in(PAGE.read_text("utf-8")))


def test_every_claim_names_a_test() -> None:
    assert without_test(PAGE.read_text("utf-8")) == []
    assert len(CLAIMS) >= 80


def test_every_test_that_a_claim_names_exists() -> None:
    assert absent_tests(PAGE.read_text("utf-8"), PAGE.parent) == []


def test_lists_outside_of_the_limits_are_tables_of_claims() -> None:
    listed = {
        heading: re.findall(r"^(?:[-*]|\d+\.) .*", text, re.MULTILINE)
        for heading, text in sections_of(PAGE.read_text("utf-8"))
    }
    assert [heading for heading, items in listed.items() if items] == [LIMITS]


def test_no_claim_is_made_twice() -> None:
    texts = [claim.text for claim in CLAIMS]
    assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_a_claim_without_a_test_and_a_test_that_is_absent_are_told(tmp_path: Path) -> None:
    source = (
        "def test_a(): ...\nclass TestB:\n    def test_c(self): ...\nTestD = Machine.TestCase\n"
    )
    (tmp_path / "test_x.py").write_text(source, "utf-8")
    page = f"""{HEADER}
|---|---|
| One. | [`test_a`](test_x.py), [`TestB::test_c`](test_x.py) |
| Two. | [`TestD`](test_x.py), [`test_c`](test_x.py) |
| Three. | [`test_a`](test_y.py) |
| Four. | `test_a` |
| Five. | |

| value | what |
|---|---|
| `none` | nothing |
"""
    assert without_test(page) == ["Four.", "Five."]
    assert absent_tests(page, tmp_path) == ["test_x.py::test_c", "test_y.py::test_a"]
