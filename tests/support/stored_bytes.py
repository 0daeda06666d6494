"""Everything that a store keeps, as one text: what is compressed is read."""

from __future__ import annotations

from typing import Any

import zstandard

from spanvas.storage.dynamo import DynamoTraceStore

ZSTD = b"\x28\xb5\x2f\xfd"


def stored_bytes(store: DynamoTraceStore) -> str:
    """Returns all items of the table and all objects of the bucket. Escapes of JSON are taken out."""
    dynamodb, s3 = store._dynamodb, store._s3
    texts: list[str] = []
    for page in dynamodb.get_paginator("scan").paginate(TableName=store._table):
        for item in page["Items"]:
            _collect(item, texts)
    for listed in s3.get_paginator("list_objects_v2").paginate(Bucket=store._bucket):
        for entry in listed.get("Contents", ()):
            texts.append(entry["Key"])
            body = s3.get_object(Bucket=store._bucket, Key=entry["Key"])["Body"].read()
            _collect(body, texts)
    return "\n".join(texts).replace("\\", "")


def _collect(value: Any, texts: list[str]) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            texts.append(str(name))
            _collect(item, texts)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _collect(item, texts)
    elif isinstance(value, (bytes, bytearray)):
        data = bytes(value)
        if data.startswith(ZSTD):
            data = zstandard.ZstdDecompressor().decompress(data, max_output_size=2**26)
        texts.append(data.decode("utf-8", "replace"))
    else:
        texts.append(str(value))
