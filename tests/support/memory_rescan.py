"""What the re-scan reads and replaces of the fake store."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage import items
from spanvas.storage.item_reading import artifact_of, execution_of
from spanvas_api.rescan.store import Item, Owner
from tests.support.memory_store import MemoryTraceStore


class MemoryRescanStore:
    """As `RescanStore`. Objects have one version here."""

    def __init__(self, store: MemoryTraceStore) -> None:
        self._store = store
        self._positions: dict[str, str] = {}

    def pages(self, start: Any) -> Iterator[tuple[Sequence[Owner], Any]]:
        owners = sorted({*self._store._executions, *self._store._chunks, *self._store._artifacts})
        for place in range(start or 0, len(owners), 2):
            yield owners[place : place + 2], place + 2

    def items_between(self, owner: Owner, first: str, last: str) -> Iterator[Item]:
        found = sorted(self._items(owner), key=lambda item: item["sk"]["S"])
        return iter([item for item in found if first <= item["sk"]["S"] <= last])

    def _items(self, owner: Owner) -> Iterator[Item]:
        store = self._store
        if owner in store._executions:
            execution = store._executions[owner]
            meta = {
                **items.key(*owner),
                **items.execution_attributes(execution),
                "started_key": items.s(items.started_key(execution.started_at_unix_nano)),
                "revision": items.n(execution.revision),
            }
            if execution.hold is not None:
                meta["hold"] = items.s(f'[{execution.hold.at_unix_nano}, "{execution.hold.by}"]')
            if execution.deletion is not None:
                meta["deletion"] = items.s("{}")
            yield store._overlaid(meta)
        for chunk_id, chunk in store._chunks.get(owner, {}).items():
            sort = items.ROWS + chunk_id
            yield store._overlaid({**items.key(*owner, sort), "data": items.b(chunk.rows)})
            for index, data in enumerate(chunk.details):
                sort = f"{items.DETAIL}{chunk_id}:{index}"
                yield store._overlaid({**items.key(*owner, sort), "data": items.b(data)})
        for artifact in store._artifacts.get(owner, {}).values():
            yield store._overlaid(items.artifact_item(artifact, 0))

    def replace(self, item: Item, attributes: Item) -> bool:
        store, sort = self._store, item["sk"]["S"]
        owner = items.owner_of(item["pk"]["S"])
        known = next(self.items_between(owner, sort, sort), None)
        if known is None or any(known[name] != item[name] for name in attributes):
            return False
        new = {**item, **attributes}
        if sort == items.META:
            found = execution_of(new)
            store._executions[owner] = replace(
                store._executions[owner],
                workflow_name=found.workflow_name,
                external_id=found.external_id,
                session_id=found.session_id,
                user_id=found.user_id,
                workflow_version=found.workflow_version,
                cause=found.cause,
                exporter_health=found.exporter_health,
                revision=found.revision,
            )
        elif sort.startswith(items.ARTIFACT):
            artifact = artifact_of(new)
            store._artifacts[owner][artifact.artifact_id] = artifact
        else:
            kind, _, name = sort.partition("#")
            chunk_id, _, index = name.partition(":")
            chunk, data = store._chunks[owner][chunk_id], new["data"]["B"]
            if kind == "ROWS":
                chunk = chunk._replace(rows=data)
            else:
                details = list(chunk.details)
                details[int(index)] = data
                chunk = chunk._replace(details=tuple(details))
            store._chunks[owner][chunk_id] = chunk
        return True

    def read_object(self, key: str, version: str) -> IO[bytes]:
        if key not in self._store.bodies:
            raise StoreUnavailableError("the store failed reading: NoSuchKey", 5, "NoSuchKey")
        return io.BytesIO(self._store.bodies[key])

    def replace_object(self, key: str, body: IO[bytes], media_type: str) -> str:
        self._store.bodies[key] = body.read()
        return "1"

    def versions(self, key: str) -> list[str]:
        return ["1"] if key in self._store.bodies else []

    def delete_versions(self, key: str, versions: Sequence[str]) -> None:
        if versions:
            del self._store.bodies[key]

    def position(self, name: str) -> str:
        return self._positions.get(name, "")

    def keep_position(self, name: str, text: str) -> None:
        self._positions[name] = text
