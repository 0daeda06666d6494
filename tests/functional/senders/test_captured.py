"""What real packages send, through the ingest handler and back through the API: what a person who ran the program
expects to see. tests/fixtures/senders says what that is, and what each sender leaves out."""

from __future__ import annotations

from functools import cache
from typing import Final

import pytest

from tests.support.received_runs import Run, runs_of
from tests.support.sender_checks import CHECKS, FOLDER, differences, expectation, is_asked

NAMES: Final = sorted(path.stem for path in FOLDER.glob("*.pb"))

NOT_YET: Final[dict[str, dict[str, str]]] = {
    "executions": {"lg-oi": "D12"},
    "calls": {"springai": "D3"},
    "totals": {"anth-oi": "D2", "anth-tl": "D2", "springai": "D3"},
}
"""What is asked -> fixture -> the fault for which it is not so yet."""


@cache
def runs(name: str) -> list[Run]:
    return runs_of((FOLDER / f"{name}.pb").read_bytes())


def questions() -> list[object]:
    """Every kind of question with each fixture of which something of the kind is expected."""
    asked = [
        (asked, name) for asked in CHECKS for name in NAMES if is_asked(asked, expectation(name))
    ]
    return [
        pytest.param(
            *question,
            marks=[pytest.mark.xfail(strict=True, reason=NOT_YET[question[0]][question[1]])]
            if question[1] in NOT_YET.get(question[0], {})
            else [],
        )
        for question in asked
    ]


@pytest.mark.parametrize(("asked", "name"), questions())
def test_the_api_says_of_a_captured_run_what_is_true(asked: str, name: str) -> None:
    assert differences(asked, runs(name), expectation(name)) == []


def test_every_fixture_says_what_is_true_of_it() -> None:
    assert (
        sorted(path.name.removesuffix(".expected.json") for path in FOLDER.glob("*.expected.json"))
        == NAMES
    )
