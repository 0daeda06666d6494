"""What the first write of an execution adds, in DynamoDB's write units, by its rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from tests.support.builders import SECOND, T0, make_execution
from tests.support.units import index_units, table_units

INDEXES = (items.BY_WORKFLOW, items.BY_TENANT, items.BY_TRACE, items.BY_DEADLINE)


def units(real: DynamoTraceStore, name: str, writes: list[Callable[[], object]]) -> tuple[int, int]:
    """Of these writes of META, one after the other: of the item, and of the indexes."""
    of_item = of_indexes = 0
    before = real._executions.item("acme", name)
    for write in writes:
        write()
        after = real._executions.item("acme", name)
        of_item += table_units(before, after)
        of_indexes += sum(index_units(before, after, keys[1:]) for keys in INDEXES)
        before = after
    return of_item, of_indexes


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
class TestWriteUnits:
    @pytest.mark.parametrize("is_queued", [False, True], ids=["of an event", "queued"])
    def test_the_first_write_costs_one_unit_and_none_of_an_index(
        self, real: DynamoTraceStore, is_queued: bool
    ) -> None:
        found = []
        for name in ("exec_1", "exec_2"):
            execution = make_execution(name)
            begun = make_execution(name, workflow_id="function", workflow_name="")
            if is_queued:
                real.start_execution(make_execution(name, status="queued"))
            rest: list[Callable[[], object]] = [
                partial(real.start_execution, execution),
                partial(real.end_execution, "acme", name, "succeeded", T0 + SECOND),
            ]
            first = [partial(real.begin_execution, begun, lambda: None)]
            found.append(units(real, name, [*first, *rest] if name == "exec_2" else rest))
        without, with_it = found
        assert without == ((2, 1) if is_queued else (2, 5))
        assert with_it == (without[0] + 1, without[1])
