"""Which calls of the store's go at once, and which never do."""

from __future__ import annotations

import hashlib
from threading import Barrier, Lock
from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import items
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from tests.support.builders import make_span

PATIENCE = 60.0
LARGE = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(1_000))


class FailedConditionError(Exception):
    """No condition fails here."""


class Recorder:
    """DynamoDB and S3, both empty, that note what was asked of them. Calls named in `meeting` wait for each other."""

    class exceptions:
        ConditionalCheckFailedException = FailedConditionError

    def __init__(self, *meeting: str, is_bucket_down: bool = False) -> None:
        self.calls: list[str] = []
        self._meeting = meeting
        self._barrier = Barrier(max(len(meeting), 1))
        self._is_bucket_down = is_bucket_down
        self._lock = Lock()

    def put_item(self, *, Item: dict[str, Any], **_: Any) -> dict[str, Any]:
        return self._note(Item["sk"]["S"].partition("#")[0])

    def update_item(self, **_: Any) -> dict[str, Any]:
        return self._note("META") or {"Attributes": {"status": {"S": "running"}}}

    def get_item(self, **_: Any) -> dict[str, Any]:
        return self._note("get META")

    def query(self, *, IndexName: str, **_: Any) -> dict[str, Any]:
        return self._note(f"query {IndexName}") or {"Items": []}

    def put_object(self, **_: Any) -> dict[str, Any]:
        if self._is_bucket_down:
            raise StoreUnavailableError("the bucket is down")
        return self._note("object")

    def _note(self, name: str) -> dict[str, Any]:
        if name in self._meeting:
            self._barrier.wait(PATIENCE)
        with self._lock:
            self.calls.append(name)
        return {}


def store_on(aws: Any) -> DynamoTraceStore:
    return DynamoTraceStore("table", "bucket", dynamodb=aws, s3=aws)


def large_batch() -> SpanBatch:
    return SpanBatch("acme", "exec_1", [make_span("a", attributes={"text": LARGE})])


def test_a_large_detail_is_uploaded_while_its_item_is_written() -> None:
    aws = Recorder("object", "DETAIL")

    store_on(aws).write(large_batch())

    assert sorted(aws.calls[:2]) == ["DETAIL", "object"]


def test_rows_follow_their_details_and_totals_follow_the_rows() -> None:
    aws = Recorder()

    store_on(aws).write(large_batch())

    assert aws.calls[2:] == ["ROWS", "META"]


def test_without_the_object_there_are_no_rows_that_point_at_it() -> None:
    aws = Recorder(is_bucket_down=True)

    with pytest.raises(StoreUnavailableError, match="bucket"):
        store_on(aws).write(large_batch())

    assert "ROWS" not in aws.calls


def test_a_trace_is_looked_for_under_its_own_name_and_among_the_registered_at_once() -> None:
    aws = Recorder("get META", f"query {items.BY_TRACE[0]}")

    binding = store_on(aws).bind_trace("acme", "1" * 32, [])

    assert (binding.execution_id, binding.is_new) == ("1" * 32, True)
    assert sorted(aws.calls) == ["get META", "query by_trace"]


def test_a_name_that_is_the_trace_s_own_id_is_not_looked_for_again() -> None:
    aws = Recorder("get META", f"query {items.BY_TRACE[0]}")

    store_on(aws).bind_trace("acme", "1" * 32, ["1" * 32])

    assert sorted(aws.calls) == ["get META", "query by_trace"]
