"""What a page of the history costs: rounds of calls, and read units by DynamoDB's rule, on the template's indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spanvas.model.execution import Cause, Counters
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.listing import Budget
from tests.support.aws_from_template import deployed_stack
from tests.support.aws_in_process import mocked_store
from tests.support.builders import SECOND, T0, Clock, make_execution
from tests.support.dynamodb_reads import TableReads

EXECUTIONS = 100_000
FAILED_EVERY = 1_000
WORKFLOWS = ("triage", "brief", "notice", "table")
SPACING = 6 * SECOND
"""A hundred thousand in a week."""
NOW = T0 + EXECUTIONS * SPACING
LATENCY_SECONDS = 0.3
"""Long enough for the calls of one round to begin before the first of them has ended."""

Item = dict[str, Any]


def indexes() -> dict[str, tuple[tuple[str, str], list[str]]]:
    found = {}
    for index in deployed_stack().properties("TraceTable")["GlobalSecondaryIndexes"]:
        partition, sort = (key["AttributeName"] for key in index["KeySchema"])
        projected = list(index["Projection"].get("NonKeyAttributes", []))
        found[index["IndexName"]] = ((partition, sort), projected)
    return found


def stored(number: int) -> Item:
    """META of one of many, as the store writes it: 0.9 KB, or 1.1 KB with a cause."""
    is_failed = number % FAILED_EVERY == 0
    workflow = WORKFLOWS[number // FAILED_EVERY % len(WORKFLOWS)]
    started = T0 + number * SPACING
    execution = make_execution(
        f"exec_{number:022}",
        workflow_id=workflow,
        started_at_unix_nano=started,
        deadline_unix_nano=started + 60 * SECOND,
        ended_at_unix_nano=started + 5 * SECOND,
        status="failed" if is_failed else "succeeded",
        cause=Cause("ThrottlingException", "Too many requests. " * 10, "reply", "e" * 16)
        if is_failed
        else None,
        expires_at=NOW // SECOND,
        expected_nodes=tuple(f"a-node-with-a-name-{n}" for n in range(12)),
    )
    item = {
        **items.key("acme", execution.execution_id),
        **items.execution_attributes(execution),
        **items.index_keys(execution),
        **items.added_counters(Counters(40, 3, 81_000, 9_000, 0, 0, 0, 386_000_000, 0, 0)),
        "revision": items.n(7),
    }
    if is_failed:
        item["status_key"] = items.s(items.status_key("acme", "failed"))
    return item


@pytest.fixture(scope="module")
def many() -> TableReads:
    return TableReads(map(stored, range(EXECUTIONS)), indexes(), LATENCY_SECONDS)


@pytest.fixture
def reads(many: TableReads) -> Iterator[TableReads]:
    many.clear()
    yield many


def store_on(reads: TableReads, budget: Budget | None = None) -> DynamoTraceStore:
    """As in a process that has listed nothing yet."""
    return DynamoTraceStore(
        "traces",
        "bucket",
        dynamodb=reads,  # type: ignore[arg-type]
        clock=Clock(NOW - SECOND),
        budget=budget,
    )


@pytest.mark.parametrize(
    ("filters", "rounds", "units"),
    [
        ({}, 2, 60),
        ({"status": "failed"}, 2, 60),
        ({"workflow_id": "triage"}, 2, 60),
        ({"status": "failed", "started_from": T0, "started_to": NOW}, 2, 60),
    ],
)
def test_a_hundred_are_two_rounds_and_sixty_units(
    reads: TableReads, filters: dict[str, Any], rounds: int, units: float
) -> None:
    page = store_on(reads).list_executions("acme", limit=100, **filters)

    assert len(page.items) == 100
    assert reads.rounds <= rounds
    assert reads.units <= units


def test_the_failed_ones_of_a_workflow_are_found_among_those_of_others(reads: TableReads) -> None:
    page = store_on(reads).list_executions("acme", status="failed", workflow_id="brief", limit=100)

    assert (len(page.items), page.passed_over, page.next_position) == (25, 75, None)
    assert reads.rounds <= 2
    assert reads.units <= 20


def test_what_nobody_has_costs_nothing(reads: TableReads) -> None:
    page = store_on(reads).list_executions("acme", status="lost", limit=100)

    assert (page.items, page.next_position) == ([], None)
    assert (reads.rounds, reads.units) == (1, 1.0)


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "running"},
        {"status": "queued", "workflow_id": "brief"},
        {"status": "untraced", "started_to": T0 + EXECUTIONS // 2 * SPACING},
    ],
)
def test_whatever_is_looked_for_a_page_stays_within_its_budget_and_goes_on(
    reads: TableReads, filters: dict[str, Any]
) -> None:
    page = store_on(reads).list_executions("acme", limit=100, **filters)

    assert page.items == []
    assert page.next_position is not None
    assert page.passed_over == 300
    assert reads.rounds <= 12
    assert reads.units <= 225


def test_a_tenant_without_executions_is_asked_for_in_bounded_rounds(reads: TableReads) -> None:
    page = store_on(reads).list_executions("nobody", limit=100)

    assert (page.items, page.next_position) == ([], None)
    assert reads.rounds <= 6
    assert reads.units <= 17


def test_a_walk_of_small_budgets_reaches_the_end(many: TableReads) -> None:
    quick = TableReads(many._items.values(), indexes())
    store = store_on(quick, Budget(rounds=4, executions=100, entries=10))
    found, pages, position = 0, 0, None
    while True:
        page = store.list_executions(
            "acme",
            status="failed",
            workflow_id="notice",
            limit=3,
            after=position,
        )
        found += len(page.items)
        pages += 1
        position = page.next_position
        if position is None:
            break
    assert (found, pages) == (25, 10)


def walked(store: DynamoTraceStore, **filters: Any) -> list[str]:
    found: list[str] = []
    position = None
    while True:
        page = store.list_executions("acme", limit=5, after=position, **filters)
        found += [execution.execution_id for execution in page.items]
        position = page.next_position
        if position is None:
            return found


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"status": "failed"},
        {"status": "failed", "workflow_id": "brief"},
        {"status": "running"},
        {"workflow_id": "triage", "oldest_first": True},
        {"status": "failed", "oldest_first": True},
    ],
)
def test_the_table_that_counts_answers_as_moto_does(filters: dict[str, Any]) -> None:
    budget = Budget(rounds=6, executions=8, entries=4)
    some = [stored(number * 500) for number in range(20)]
    with mocked_store(Clock(NOW - SECOND)) as real:
        for item in some:
            real._dynamodb.put_item(TableName=real._table, Item=item)
        real._history._budget = budget
        counted = store_on(TableReads(some, indexes()), budget)
        assert walked(counted, **filters) == walked(real, **filters)
