"""Every attribute key has one home: `spanvas.attributes`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import spanvas
from spanvas import attributes

LAYER = Path(spanvas.__file__).parent
ROOT = LAYER.parents[2]
SOURCES = [
    path
    for folder in (LAYER, ROOT / "functions" / "spanvas_api", ROOT / "functions" / "executor")
    for path in sorted(folder.rglob("*.py"))
    if path != Path(attributes.__file__)
]
"""`functions/steps` is not here: it shows what authors of functions write, who see the public API alone."""


def known_keys() -> dict[str, str]:
    """Each key and the name of its constant."""
    return {
        key: constant
        for constant, value in vars(attributes).items()
        if constant.isupper()
        for key in (value if isinstance(value, tuple) else (value,))
        if "." in key
    }


def literals_in(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of each text in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_spells_a_key_that_has_a_constant(path: Path) -> None:
    keys = known_keys()

    spelt = [
        f"line {line}: write attributes.{keys[text]} for {text!r}"
        for line, text in literals_in(path)
        if text in keys
    ]

    assert spelt == []


def test_no_key_has_two_constants() -> None:
    given = [
        key
        for constant, value in vars(attributes).items()
        if constant.isupper()
        for key in (value if isinstance(value, tuple) else (value,))
    ]

    assert sorted(given) == sorted(set(given))
