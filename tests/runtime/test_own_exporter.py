"""A function that exports its spans itself, with the stock exporter, goes on doing so beside the layer."""

from __future__ import annotations

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions, answer
from tests.support.collector import collector

pytestmark = pytest.mark.runtime


def test_the_functions_own_exporter_and_the_layers_get_the_same_span(
    functions: LayeredFunctions,
) -> None:
    with collector() as own, collector() as layers:
        sandbox = functions.start(
            "own_exporter.handler",
            OWN_ENDPOINT=f"{own.url}/v1/traces",
            SPANVAS_OTLP_ENDPOINT=layers.url,
        )
        try:
            event = {"execution_id": "own-exporter"}
            assert answer(sandbox, event) == event
        finally:
            sandbox.kill()
    assert "own work" in own.names()
    assert {"own work", "layered"} <= set(layers.names())
    trace = functions.engines.store.read_trace("acme", "own-exporter")
    assert trace is not None
    (row,) = [row for row in trace.rows if row.name == "own work"]
    assert {row.span_id} == own.ids("own work") == layers.ids("own work")
