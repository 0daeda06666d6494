"""The record of who read what, in every store."""

from __future__ import annotations

from dataclasses import replace

from spanvas.model.access import Access
from spanvas.storage.port import TraceStore
from tests.support.builders import T0


class TestAccesses:
    def test_accesses_are_listed_newest_first_and_in_pages(self, store: TraceStore) -> None:
        recorded = [
            Access(
                "acme", "exec_1", f"acc_{i}", T0 + i, "ada", "span", "allowed", f"req-{i}", f"s{i}"
            )
            for i in range(5)
        ]
        for access in recorded:
            store.record_access(access)
        store.record_access(replace(recorded[0], execution_id="exec_2"))

        first = store.list_accesses("acme", "exec_1", limit=3)
        rest = store.list_accesses("acme", "exec_1", limit=3, after=first.next_position)

        assert first.items == [recorded[4], recorded[3], recorded[2]]
        assert rest.items == [recorded[1], recorded[0]]
        assert rest.next_position is None
        assert store.list_accesses("globex", "exec_1").items == []
