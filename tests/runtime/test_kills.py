"""Functions that are killed at any moment: what was acknowledged stays, and nothing is running for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.kills import examine, kill_all, make_cases
from tests.runtime.layer_sandbox import LayeredFunctions

pytestmark = pytest.mark.runtime


def test_whatever_the_moment_what_was_acknowledged_is_readable_and_every_execution_is_closed(
    functions: LayeredFunctions, folder: Path
) -> None:
    found = examine(functions.engines, kill_all(functions, make_cases(25, seed=7), folder))
    assert found.acknowledged_lost == []
    assert found.not_closed == []
    assert found.still_running == []
    assert found.wrong_cause == []
    assert found.acknowledged_spans > 100
    assert found.closed >= 12
