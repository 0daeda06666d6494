"""Wherever a re-scan is cut off, each copy is the old or the new one, can be read, and the next run does the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spanvas.model.errors import StoreUnavailableError
from spanvas.privacy.rule_set import rule_set
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.rescan.command import rescan
from tests.functional.rescan.runs import MARKER, PATTERNS, SECRET, rescan_store, run
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock, span_id
from tests.support.what_is_stored import places_of, stored_objects

NAMES = ("exec_1", "exec_2")
SPANS = ("chat", "b", "c")


@contextmanager
def cut_off(store: DynamoTraceStore, failing: int) -> Iterator[None]:
    """Lets every request to AWS from one on fail."""
    numbers = count(1)

    def fail(**_: Any) -> None:
        if next(numbers) >= failing:
            raise StoreUnavailableError("cut off")

    clients: tuple[Any, ...] = (store._dynamodb, store._s3)
    for client in clients:
        client.meta.events.register("before-call.*.*", fail)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister("before-call.*.*", fail)


def check_old_or_new(store: DynamoTraceStore) -> None:
    """Every row, span and file can be read, and says the secret or has the marker in its place."""
    for name in NAMES:
        trace = store.read_trace("acme", name)
        assert trace is not None
        assert trace.is_whole
        assert trace.execution.workflow_name in (f"for {SECRET}", f"for {MARKER}")
        assert sorted(row.span_id for row in trace.rows) == sorted(map(span_id, SPANS))
        [span] = store.read_versions("acme", name, span_id("c"))
        assert span.attributes["spanvas.output"] in (
            f'{{"who": "{SECRET}"}}',
            f'{{"who":"{MARKER}"}}',
        )
        [artifact] = store.list_artifacts("acme", name).items
        body: bytes = store._s3.get_object(
            Bucket=store._bucket, Key=artifact.key, VersionId=artifact.version
        )["Body"].read()
        assert body in (f"who\n{SECRET}\n".encode(), f"who\n{MARKER}\n".encode())
        assert (hashlib.sha256(body).hexdigest(), len(body)) == (artifact.sha256, artifact.bytes)


@given(cuts=st.lists(st.integers(1, 45), max_size=4))
@settings(max_examples=12, deadline=None)
def test_wherever_it_is_cut_off_each_copy_is_the_old_or_the_new(cuts: list[int]) -> None:
    clock = Clock()
    with mocked_store(clock) as store:
        for name in NAMES:
            run(store, name)
        rules = rule_set((), PATTERNS)
        kept = rescan_store(store, clock)
        for failing in cuts:
            job = rescan(kept, rules, "redacted", clock, is_dry=False)
            with suppress(StoreUnavailableError), cut_off(store, failing):
                job.run(lambda: True)
            check_old_or_new(store)

        report = rescan(kept, rules, "redacted", clock, is_dry=False).run(lambda: True)

        assert report.is_complete
        assert report.left_alone == []
        check_old_or_new(store)
        assert places_of(store, SECRET) == []
        assert len(list(stored_objects(store))) == 2 * len(NAMES)
