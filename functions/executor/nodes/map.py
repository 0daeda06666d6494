"""`map`: the inner node once for each item of a list, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from executor.attempts import with_attempts
from executor.document import MapNode
from executor.errors import NodeError
from executor.expressions import evaluate
from executor.inputs import values_of
from executor.nodes import run_node
from executor.resources import Resources
from executor.tracing import SpanHandle
from spanvas import attributes as names


def run(
    node: MapNode, variables: Mapping[str, Any], resources: Resources, span: SpanHandle
) -> dict[str, Any]:
    """`{results, failures, succeeded}`: results in the items' order, null where an item failed.

    Raises NodeError: `InvalidItems`, or the first failure's own type when more items fail than are tolerated.
    """
    items = evaluate("items", node.items, variables)
    if not isinstance(items, list):
        raise NodeError("InvalidItems", f"items is no list: {node.items}")
    if len(items) > node.max_items:
        raise NodeError("InvalidItems", f"{len(items)} items are more than {node.max_items}")
    span.set_attribute(names.MAP_SIZE, len(items))
    results, failures = _run_all(node, variables, items, resources)
    if len(failures) > node.tolerated_failures:
        raise _too_many(node, failures, len(items))
    return {
        "results": results,
        "failures": [
            {"index": index, "error_type": error.error_type, "message": error.message}
            for index, error in sorted(failures.items())
        ],
        "succeeded": len(items) - len(failures),
    }


def _run_all(
    node: MapNode, variables: Mapping[str, Any], items: list[Any], resources: Resources
) -> tuple[list[Any], dict[int, NodeError]]:
    """No item begins once too many have failed; those that have begun end."""
    results: list[Any] = [None] * len(items)
    failures: dict[int, NodeError] = {}
    pending: dict[Future[Any], int] = {}
    waiting = iter(enumerate(items))
    with ThreadPoolExecutor(max_workers=node.concurrency) as pool:
        while True:
            while len(pending) < node.concurrency and len(failures) <= node.tolerated_failures:
                index, item = next(waiting, (-1, None))
                if index < 0:
                    break
                future = pool.submit(
                    resources.tracing.bind(_run_item), node, variables, index, item, resources
                )
                pending[future] = index
            if not pending:
                return results, failures
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                index = pending.pop(future)
                try:
                    results[index] = future.result()
                except NodeError as error:
                    failures[index] = error


def _run_item(
    node: MapNode, variables: Mapping[str, Any], index: int, item: Any, resources: Resources
) -> Any:
    inner = node.node
    scope = {**variables, "item": item, "index": index}
    with resources.tracing.span(
        f"item {index}", kind="item", input=item, attributes={names.MAP_INDEX: index}
    ) as span:
        values = values_of(inner, scope)
        output = with_attempts(
            inner.retry, resources, lambda: run_node(inner, values, resources, span)
        )
        span.set_output(output)
        return output


def _too_many(node: MapNode, failures: Mapping[int, NodeError], size: int) -> NodeError:
    index, first = min(failures.items())
    tolerated = f", {node.tolerated_failures} are tolerated" if node.tolerated_failures else ""
    return NodeError(
        first.error_type,
        f"{len(failures)} of {size} items failed{tolerated}; item {index}: {first.message}",
    )
