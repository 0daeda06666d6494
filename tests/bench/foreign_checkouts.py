"""Examples of scanners that publish them in their repositories alone: read from checkouts that the caller names.

`NOSEYPARKER` names a folder with github.com/praetorian-inc/noseyparker, `DETECT_SECRETS` one with
github.com/Yelp/detect-secrets, whose package is installed (`pip install detect-secrets`). Nothing of them is kept here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import yaml

RULES = Path("crates", "noseyparker", "data", "default", "builtin", "rules")
PLUGINS = Path("tests", "plugins")
FLAGS = {"x": re.VERBOSE, "i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE}
GLOBAL_FLAGS = re.compile(r"\(\?([xism]+)\)")
FLAGGED = "should_flag"
NOT_NEEDED = ("mock", "responses", "testing", "testing.mocks")
"""What modules of tests import and their parameters do not need."""

Found = tuple[str, str, str]
"""A scanner, a text, and the secret in it."""


def foreign_examples() -> Iterator[Found]:
    """Yields the examples in the checkouts that the environment names."""
    if folder := os.environ.get("NOSEYPARKER"):
        yield from (("noseyparker", *one) for one in of_noseyparker(Path(folder)))
    if folder := os.environ.get("DETECT_SECRETS"):
        yield from (("detect-secrets", *one) for one in of_detect_secrets(Path(folder)))


def of_noseyparker(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields the examples of rules for secrets. The secret is what the last group of a rule's pattern takes."""
    for path in sorted((folder / RULES).glob("*.yml")):
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]:
            pattern = _compiled(rule["pattern"])
            if pattern is None or "identifier" in str(rule.get("categories")):
                continue
            for text in rule["examples"]:
                found = pattern.search(text)
                if found and found.lastindex:
                    yield text, found[found.lastindex]


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Returns a pattern of Rust as one of Python, where flags stand at the beginning; None for what Python has not."""
    flags = 0
    for found in GLOBAL_FLAGS.finditer(pattern):
        for letter in found[1]:
            flags |= FLAGS[letter]
    try:
        return re.compile(GLOBAL_FLAGS.sub("", pattern), flags)
    except re.error:
        return None


def of_detect_secrets(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields the texts that the tests of its plugins flag, and what the plugins say is the secret."""
    from detect_secrets.core.scan import scan_line  # type: ignore[import-not-found, unused-ignore]
    from detect_secrets.settings import default_settings  # type: ignore[import-not-found, unused-ignore]

    for name in NOT_NEEDED:
        sys.modules.setdefault(name, MagicMock())
    sys.path.insert(0, str(folder / PLUGINS))
    texts = [
        text
        for path in sorted((folder / PLUGINS).glob("*_test.py"))
        for text in _flagged(import_module(path.stem))
    ]
    with default_settings():
        for text in dict.fromkeys(texts):
            for secret in scan_line(text):
                yield text, secret.secret_value


def _flagged(module: ModuleType) -> Iterator[str]:
    """Yields the first parameter of each case of a module's tests of which the second says that it is flagged."""
    holders: list[Any] = [module, *(one for one in vars(module).values() if isinstance(one, type))]
    for function in (one for holder in holders for one in vars(holder).values()):
        for mark in getattr(function, "pytestmark", ()):
            if mark.name == "parametrize" and FLAGGED in mark.args[0]:
                yield from (case[0] for case in mark.args[1] if case[1] is True)
