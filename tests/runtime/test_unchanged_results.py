"""What a function answers, raises and logs is the same with the layer, whatever kind of handler it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.layer_sandbox import LayeredFunctions
from tests.runtime.unchanged import Twice, package

pytestmark = pytest.mark.runtime

CASES = (
    "asyncio", "coroutine", "generator", "streaming", "threads", "logs", "raises", "group", "leaves", "state", "exits",
)  # fmt: skip


@pytest.fixture
def twice(functions: LayeredFunctions, tmp_path: Path) -> Iterator[Twice]:
    """A class's instance as a handler in a folder."""
    twice = Twice(functions, "folder/inner.handler", package(tmp_path))
    yield twice
    twice.kill()


def test_every_kind_of_handler_answers_raises_and_logs_the_same(twice: Twice) -> None:
    found = {case: twice.same({"case": case, "execution_id": case}) for case in CASES}
    assert found["asyncio"].payload == b"[0, 2, 4]"
    assert found["threads"].payload == b"[0, 1, 2]"
    assert found["leaves"].payload == b"[0, 1, 2]"
    assert b'"body": "one,two"' in found["streaming"].payload
    assert b'"errorType": "LookupError"' in found["raises"].payload
    assert {case for case, outcome in found.items() if outcome.failed} == {
        "coroutine",
        "generator",
        "raises",
        "group",
        "exits",
    }


@pytest.mark.parametrize(
    ("handler", "error_type"),
    [
        ("broken_import.handler", b"Runtime.ImportModuleError"),
        ("folder/inner.nobody", b"Runtime.HandlerNotFound"),
    ],
)
def test_a_function_that_cannot_be_loaded_says_the_same(
    functions: LayeredFunctions, tmp_path: Path, handler: str, error_type: bytes
) -> None:
    twice = Twice(functions, handler, package(tmp_path))
    try:
        outcome = twice.same({})
    finally:
        twice.kill()
    assert error_type in outcome.payload
