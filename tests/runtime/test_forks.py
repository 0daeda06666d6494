"""Functions that fork, under the built layer: what their children do is part of the execution."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.lambdas.sandbox import Sandbox
from spanvas.model.completeness import completeness_of
from spanvas_api.trace.status import trace_status
from tests.runtime.layer_sandbox import LayeredFunctions, answer

pytestmark = pytest.mark.runtime

NAMES = {"forking", "layered", "spread", "forked", "process 0", "process 1", "process 2"}


@pytest.fixture
def sandbox(functions: LayeredFunctions) -> Iterator[Sandbox]:
    started = functions.start("forks.handler")
    yield started
    started.kill()


def test_spans_and_files_of_children_are_part_of_the_execution(
    functions: LayeredFunctions, sandbox: Sandbox
) -> None:
    store = functions.engines.store
    for number in range(3):
        assert answer(sandbox, {"execution_id": f"forked-{number}"}) == "done"
        trace = store.read_trace("acme", f"forked-{number}")
        assert trace is not None
        assert {row.name for row in trace.rows} == NAMES
        assert (trace.execution.status, trace.execution.counters.dropped) == ("succeeded", 0)
        files = {
            artifact.name for artifact in store.list_artifacts("acme", f"forked-{number}").items
        }
        assert files == {"forked.txt", "process 0.txt", "process 1.txt", "process 2.txt"}


def test_a_trace_with_a_child_that_was_killed_is_partial(
    functions: LayeredFunctions, sandbox: Sandbox
) -> None:
    assert answer(sandbox, {"execution_id": "forked-killed", "kill": True}) == "done"
    trace = functions.engines.store.read_trace("acme", "forked-killed")
    assert trace is not None
    assert {row.name for row in trace.rows} == NAMES
    status = trace_status(
        trace.execution,
        completeness_of(trace.execution, trace.rows),
        rows=len(trace.rows),
        orphans=0,
        lost=0,
    )
    assert status == ("PARTIAL", "1 span could not be delivered.")
