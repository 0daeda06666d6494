"""Powertools' Tracer and Logger write the same with the layer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions
from tests.runtime.unchanged import Twice, package

pytestmark = pytest.mark.runtime


def test_segments_and_log_lines_are_the_same(functions: LayeredFunctions, tmp_path: Path) -> None:
    twice = Twice(functions, "powertools.handler", package(tmp_path, "powertools"))
    try:
        good = twice.same({"number": 1, "segments": 2})
        bad = twice.same({"number": 1, "fails": True, "segments": 1})
    finally:
        twice.kill()
    answer = json.loads(good.payload)
    assert answer["found"] == 2
    names = [segment["name"] for segment in answer["segments"]]
    assert names == ["## powertools.look", "## traced"]
    assert json.loads(bad.payload)["failed"] == "no stock"
