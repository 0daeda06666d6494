"""`map` nodes: every item a span, so many at a time, and how many failures are borne."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from executor.errors import NodeError
from executor.nodes import run_node
from executor.resources import HttpAnswer
from tests.support.executor_builders import (
    http,
    json_answer,
    resources_of,
    template,
    transform,
    workflow_of,
)
from tests.support.recording_tracing import RecordedSpan, RecordingTracing


def run(
    items: Any,
    inner: dict[str, Any],
    tracing: RecordingTracing | None = None,
    span: RecordedSpan | None = None,
    send: Any = None,
    **fields: Any,
) -> Any:
    node = {
        "id": "m",
        "kind": "map",
        "items": "items",
        "inputs": {"items": "input.items", "word": "input.word"},
        "node": inner,
        **fields,
    }
    resources = resources_of(tracing, send=send)
    variables = {"items": items, "word": "no"}
    return run_node(
        workflow_of(node).nodes[0], variables, resources, span or RecordedSpan("m", "map")
    )


def test_results_stand_in_the_order_of_the_items() -> None:
    inputs = {"i": "index", "x": "item", "w": "word"}
    inner = template("i", template="{{ i }} {{ x }} {{ w }}", inputs=inputs)
    assert run(["a", "b", "c"], inner, concurrency=3) == {
        "results": ["0 a no", "1 b no", "2 c no"],
        "failures": [],
        "succeeded": 3,
    }


def test_no_items_are_no_failure() -> None:
    assert run([], template("i")) == {"results": [], "failures": [], "succeeded": 0}


def test_every_item_is_a_span_with_its_index_its_input_and_its_output() -> None:
    tracing, span = RecordingTracing(), RecordedSpan("m", "map")
    run(["a", "b"], template("i", template="{{ x }}!", inputs={"x": "item"}), tracing, span)
    assert span.attributes == {"spanvas.map.size": 2}
    found = sorted(tracing.root.children, key=lambda item: item.name)
    assert [(s.name, s.kind, s.attributes, s.input, s.output) for s in found] == [
        ("item 0", "item", {"spanvas.map.index": 0}, "a", "a!"),
        ("item 1", "item", {"spanvas.map.index": 1}, "b", "b!"),
    ]


def test_fifty_items_run_a_bounded_number_at_a_time() -> None:
    lock, running, most = threading.Lock(), [0], [0]
    five = threading.Barrier(5, timeout=60)

    def send(*_: object) -> HttpAnswer:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        five.wait()
        with lock:
            running[0] -= 1
        return json_answer("{}")

    output = run(list(range(50)), http("i"), send=send, concurrency=5)
    assert output["succeeded"] == 50
    assert most[0] == 5


def test_an_item_is_tried_again_by_itself() -> None:
    tracing, answers = RecordingTracing(), [json_answer("", 503), json_answer("{}")]
    run(["a"], http("i"), tracing, send=lambda *_: answers.pop(0))
    assert tracing.root.names() == [
        "item 0",
        "  attempt 1",
        "    GET /things",
        "  attempt 2",
        "    GET /things",
    ]


SUM = transform("i", "sum(x)", inputs={"x": "item"})


def test_tolerated_failures_leave_gaps_that_are_named() -> None:
    tracing = RecordingTracing()
    output = run([[1], "a", [3], "b"], SUM, tracing, tolerated_failures=2)
    assert output["results"] == [1, None, 3, None]
    assert output["succeeded"] == 2
    assert [(f["index"], f["error_type"]) for f in output["failures"]] == [
        (1, "ExpressionError"),
        (3, "ExpressionError"),
    ]
    assert sum(span.error is not None for span in tracing.root.children) == 2


def test_one_failure_too_many_fails_the_node_with_the_first_items_error() -> None:
    with pytest.raises(NodeError) as raised:
        run([[1], "a", "b"], SUM, tolerated_failures=1, concurrency=1)
    assert raised.value.error_type == "ExpressionError"
    assert raised.value.message.startswith("2 of 3 items failed, 1 are tolerated; item 1: ")


def test_no_item_begins_once_too_many_have_failed() -> None:
    tracing = RecordingTracing()
    with pytest.raises(NodeError, match=r"^1 of 100 items failed; item 0: "):
        run(["a"] * 100, SUM, tracing, concurrency=1)
    assert len(tracing.root.children) == 1


def test_an_item_whose_input_finds_nothing_fails() -> None:
    output = run([{"id": 1}, {}], template("i", inputs={"x": "item.id"}), tolerated_failures=1)
    assert output["failures"] == [
        {
            "index": 1,
            "error_type": "MissingInput",
            "message": "input 'x' is empty: item.id finds nothing",
        }
    ]


def test_a_defect_in_an_item_is_no_tolerated_failure() -> None:
    def broken(*_: object) -> HttpAnswer:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        run(["a"], http("i"), send=broken, tolerated_failures=1)


@pytest.mark.parametrize("items", ["text", {"a": 1}, 7])
def test_what_is_no_list_is_refused(items: Any) -> None:
    with pytest.raises(NodeError, match=r"^items is no list: items$"):
        run(items, template("i"))


def test_more_items_than_the_document_allows_are_refused() -> None:
    with pytest.raises(NodeError, match=r"^3 items are more than 2$"):
        run([1, 2, 3], template("i"), max_items=2)
