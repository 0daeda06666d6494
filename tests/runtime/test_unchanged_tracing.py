"""A function's own tracing is the same with the layer: what it samples, exports and tells other services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions
from tests.runtime.unchanged import Twice, package

pytestmark = pytest.mark.runtime

EVENT = {
    "execution_id": "own-tracing",
    "times": 20,
    "caller": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}


def exported(payload: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(payload)["exported"]
    return found


@pytest.mark.parametrize("handler", ["own_early.handler", "own_tracing.lazy"])
def test_its_own_sampler_exporter_and_propagators_see_the_same(
    functions: LayeredFunctions, tmp_path: Path, handler: str
) -> None:
    twice = Twice(functions, handler, package(tmp_path))
    try:
        cold = twice.same({**EVENT, "execution_id": f"{handler}-cold"})
        warm = twice.same({**EVENT, "execution_id": f"{handler}-warm"})
    finally:
        twice.kill()
    names = [span["name"] for span in exported(cold.payload)]
    assert "continued" in names
    assert 0 < sum(name.startswith("outer") for name in names) < 20
    assert exported(warm.payload) != exported(cold.payload)
    for execution_id in (f"{handler}-cold", f"{handler}-warm"):
        recorded = rows(functions, execution_id)
        assert {f"outer {number}" for number in range(20)} <= set(recorded)
        assert recorded["in a thread"].parent_span_id == recorded["layered"].span_id
        assert recorded["continued"].parent_span_id == recorded["layered"].span_id
        assert recorded["first"].parent_span_id == recorded["loop"].span_id


def rows(functions: LayeredFunctions, execution_id: str) -> dict[str, Any]:
    """The recorded rows by name; the invocation of the two of the function's name."""
    trace = functions.engines.store.read_trace("acme", execution_id)
    assert trace is not None
    return {row.name: row for row in trace.rows if row.kind != "workflow"}


def test_an_old_opentelemetry_in_the_package_goes_on_as_it_does_without(
    functions: LayeredFunctions, tmp_path: Path
) -> None:
    twice = Twice(functions, "own_early.handler", package(tmp_path, "old-opentelemetry"))
    try:
        traced, plain = twice.outcomes(EVENT)
    finally:
        twice.kill()
    assert traced.payload == plain.payload
    assert not traced.failed, traced.payload
    assert [span["name"] for span in exported(traced.payload)]


def test_a_function_that_ends_its_process_ends_it_with_the_same_code(
    functions: LayeredFunctions, tmp_path: Path
) -> None:
    twice = Twice(functions, "own_tracing.dies", package(tmp_path))
    try:
        outcome = twice.same({})
        codes = [sandbox.process.wait() for sandbox in twice.sandboxes]
    finally:
        twice.kill()
    assert outcome.failed
    assert b"exit status 3" in outcome.payload
    assert codes[0] == codes[1]
