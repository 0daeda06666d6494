"""The lifecycle of the bucket follows the retention of today, items follow the one that they were written with."""

from __future__ import annotations

import pytest

from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.batches import batch
from tests.support.builders import Clock, make_execution, make_span, span_id

LARGE = {"spanvas.input": " ".join(f"{n * 2654435761 % 2**32:x}" for n in range(9_000))}
DAY = 86_400


@pytest.mark.parametrize("store", ["dynamodb"], indirect=True)
def test_large_details_have_expired_and_small_ones_are_still_there(
    real: DynamoTraceStore, clock: Clock
) -> None:
    real.start_execution(make_execution())
    real.write(batch(make_span("large", attributes=LARGE)))
    real.write(batch(make_span("small", attributes={"spanvas.input": "hello"})))
    real.deletions._partitions.delete_objects("details/", lambda: True)
    clock.advance(10 * DAY)
    shorter = DynamoTraceStore(
        real._table,
        real._bucket,
        retention_days=7,
        dynamodb=real._dynamodb,
        s3=real._s3,
        clock=clock,
    )

    assert shorter.read_versions("acme", "exec_1", span_id("large")) == []
    assert shorter.read_versions("acme", "exec_1", span_id("small"))
    page = shorter.read_spans("acme", "exec_1", max_bytes=10**7)
    assert ([span.name for span in page.items], page.expired) == (["small"], 1)
    assert page.unreadable == ()

    same = real.read_spans("acme", "exec_1", max_bytes=10**7)
    assert (len(same.unreadable), same.expired) == (1, 0)
