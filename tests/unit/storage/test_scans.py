from __future__ import annotations

import pytest

from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage.listing import HistoryQuery
from spanvas.storage.scans import bounds_of, history_scan

DAY = DAY_SECONDS * NANO
NOON = 20_000 * DAY + DAY // 2


@pytest.mark.parametrize(
    ("retention_days", "sizes"),
    [(1, [2, 2]), (2, [2, 2, 1]), (10, [2, 2, 8, 1]), (30, [2, 2, 8, 8, 8, 5])],
)
def test_the_newest_days_are_asked_a_few_at_a_time_and_those_before_them_many(
    retention_days: int, sizes: list[int]
) -> None:
    query = HistoryQuery("acme")
    [scan] = history_scan(query, bounds_of(query, NOON, retention_days))

    groups = list(scan.groups())

    assert [len(group) for group in groups] == sizes
    assert [partition for group in groups for partition in group] == list(scan.partitions)
