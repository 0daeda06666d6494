"""Handlers that once met the layer badly, as tests/fixtures/cases has them, under the built layer."""

from __future__ import annotations

import time
from typing import Final

import pytest

from spanvas.model.row import Row
from tests.runtime.layer_sandbox import LayeredFunctions, answer, invoke
from tests.support.aws_from_template import ROOT

pytestmark = pytest.mark.runtime

CASES: Final = ROOT / "tests" / "fixtures" / "cases"
SECONDS: Final = 60


def rows(functions: LayeredFunctions, execution_id: str) -> list[Row]:
    trace = functions.engines.store.read_trace("acme", execution_id)
    return list(trace.rows) if trace is not None else []


@pytest.mark.parametrize("after", [0, 0.3, 0.9])
def test_layer_dies_early(functions: LayeredFunctions, after: float) -> None:
    """That it becomes lost, and with which cause: test_crashes.py."""
    sandbox = functions.start("layer_dies_early.handler", folder=CASES)
    assert sandbox.wait_until_ready() is None
    invoke(sandbox, {"execution_id": f"dies-{after}", "after": after})
    sandbox.kill()
    sandbox.process.wait()

    deadline = time.monotonic() + SECONDS
    while functions.engines.store.read_execution("acme", f"dies-{after}") is None:
        assert time.monotonic() < deadline, "no execution is there"
        time.sleep(0.05)


def test_layer_overrules_own_sampler(functions: LayeredFunctions) -> None:
    """More than 12 of 40 at 5 % happen once in ten million runs."""
    sandbox = functions.start("layer_overrules_own_sampler.handler", folder=CASES)
    try:
        answers = [answer(sandbox, {"execution_id": f"own-{number}"}) for number in range(40)]
    finally:
        sandbox.kill()

    assert answers[-1]["exported"] <= 12
    for number in range(40):
        assert "outer" in [row.name for row in rows(functions, f"own-{number}")]


def test_layer_unbound_threads(functions: LayeredFunctions) -> None:
    sandbox = functions.start("layer_unbound_threads.handler", folder=CASES)
    try:
        answer(sandbox, {"execution_id": "unbound"})
    finally:
        sandbox.kill()

    names = {row.name for row in rows(functions, "unbound")}
    assert {"outer", "work 0", "work 1", "work 2"} <= names
