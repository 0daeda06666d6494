"""Everything that a store holds, to look for what should be gone: items decompressed, objects of every version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import zstandard

from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import TraceStore
from tests.support.memory_store import MemoryTraceStore

MAGIC = b"\x28\xb5\x2f\xfd"


def stored_texts(store: TraceStore) -> Iterator[tuple[str, bytes]]:
    """Yields a place and what stands there, for each attribute of each item and each version of each object."""
    if isinstance(store, MemoryTraceStore):
        for key, execution in store._executions.items():
            yield f"{key}", repr(execution).encode()
        for key, chunks in store._chunks.items():
            for chunk in chunks.values():
                yield f"{key}", b"".join(map(plain, (chunk.rows, *chunk.details)))
        for key, artifacts in store._artifacts.items():
            yield f"{key}", repr(artifacts).encode()
        yield from store.bodies.items()
        return
    assert isinstance(store, DynamoTraceStore)
    for item in stored_items(store):
        place = f"{item['pk']['S']} {item['sk']['S']}"
        for name, value in item.items():
            yield f"{place} {name}", plain(next(iter(value.values())))
    yield from stored_objects(store)


def stored_items(store: DynamoTraceStore, table: str = "") -> Iterator[dict[str, Any]]:
    """Yields every item of a table, the store's own unless another is named."""
    client: Any = store._dynamodb
    is_direct = isinstance(client, DirectDynamoDB)
    asked: dict[str, Any] = {"TableName": table or store._table}
    while True:
        answer: Any = client._call("Scan", asked) if is_direct else client.scan(**asked)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def stored_objects(store: DynamoTraceStore) -> Iterator[tuple[str, bytes]]:
    """Yields the key and the bytes of every version of every object, and each delete marker with none."""
    for page in store._s3.get_paginator("list_object_versions").paginate(Bucket=store._bucket):
        for marker in page.get("DeleteMarkers", []):
            yield marker["Key"], b""
        for version in page.get("Versions", []):
            answer = store._s3.get_object(
                Bucket=store._bucket, Key=version["Key"], VersionId=version["VersionId"]
            )
            yield version["Key"], plain(answer["Body"].read())


def plain(value: Any) -> bytes:
    """Returns bytes, decompressed where they are zstd."""
    if isinstance(value, bytes | bytearray):
        data = bytes(value)
        return zstandard.ZstdDecompressor().decompress(data) if data[:4] == MAGIC else data
    return str(value).encode()


def places_of(store: TraceStore, text: str) -> list[str]:
    """Returns where a text is still stored."""
    return [place for place, data in stored_texts(store) if text.encode() in data]
