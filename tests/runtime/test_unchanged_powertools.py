"""Powertools' Tracer, Logger and Metrics write the same with the layer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions
from tests.runtime.unchanged import Twice, is_metric_of, package

pytestmark = pytest.mark.runtime


def test_segments_and_log_lines_are_the_same(functions: LayeredFunctions, tmp_path: Path) -> None:
    twice = Twice(functions, "powertools.handler", package(tmp_path, "powertools"))
    try:
        good = twice.same({"number": 1, "segments": 2})
        bad = twice.same({"number": 1, "fails": True, "segments": 1})
    finally:
        twice.kill()
    log = [json.loads(line) for line in functions.log.read_text("utf-8").splitlines()]
    theirs = [line for line in log if is_metric_of(line, "Theirs")]
    assert [line.get("Orders") for line in theirs] == [None, [17.0], [17.0]]
    ours = [line for line in log if is_metric_of(line, "Spanvas")]
    # Both events have one request id, so they are one execution.
    assert [(line.get("Executions"), line.get("ColdStarts")) for line in ours] == [
        (1, None),
        (None, 1),
    ]
    assert not {"environment", "Orders"} & {name for line in ours for name in line}
    answer = json.loads(good.payload)
    assert answer["found"] == 2
    names = [segment["name"] for segment in answer["segments"]]
    assert names == ["## powertools.look", "## traced"]
    assert json.loads(bad.payload)["failed"] == "no stock"
