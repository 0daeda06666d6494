"""What real packages send, through the ingest handler and back through the API: what a person who ran the program
expects to see. tests/fixtures/senders says what that is, and what each sender leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import pytest

from tests.support.otlp_requests import cut_to_spans
from tests.support.received_runs import Run, runs_of
from tests.support.sender_checks import CHECKS, FOLDER, differences, expectation, is_asked

NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.pb"))

NOT_YET: Final[dict[str, dict[str, str]]] = {}
"""What is asked -> fixture -> the fault for which it is not so yet."""


@cache
def runs(name: str) -> list[Run]:
    return runs_of((FOLDER / f"{name}.pb").read_bytes())


@cache
def runs_of_single_spans(name: str) -> list[Run]:
    return runs_of(*cut_to_spans((FOLDER / f"{name}.pb").read_bytes()))


def questions(not_yet: Mapping[str, Mapping[str, str]]) -> pytest.MarkDecorator:
    """Every kind of question with each fixture of which something of the kind is expected."""
    given = []
    for asked in CHECKS:
        faults = not_yet.get(asked, {})
        for name in (name for name in NAMES if is_asked(asked, expectation(name))):
            marks = [pytest.mark.xfail(strict=True, reason=faults[name])] if name in faults else []
            given.append(pytest.param(asked, name, marks=marks))
    return pytest.mark.parametrize(("asked", "name"), given)


@questions(NOT_YET)
def test_the_api_says_of_a_captured_run_what_is_true(asked: str, name: str) -> None:
    assert differences(asked, runs(name), expectation(name)) == []


@questions(NOT_YET)
def test_it_says_so_when_each_span_comes_alone_the_first_to_end_first(
    asked: str, name: str
) -> None:
    assert differences(asked, runs_of_single_spans(name), expectation(name)) == []


def test_every_fixture_says_what_is_true_of_it() -> None:
    assert (
        sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json"))
        == NAMES
    )
