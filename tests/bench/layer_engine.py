"""What stands for DynamoDB and S3 where only times are measured: takes every call, and answers at once.

Conditions always hold; of items it keeps the executions, since the answer to UpdateItem is read. Runs as a script; says
`URL=` when it listens, and ends with its parent.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

SET = re.compile(r"#(\w+) = (?:if_not_exists\(#\w+, )?(:\w+)")
ADD = re.compile(r"#(\w+) (:add_\w+)")
REMOVE = re.compile(r"REMOVE (.+)")
MAX_ITEMS = 1_000

items: dict[str, dict[str, Any]] = {}


def answer_of(head: str, body: bytes) -> bytes:
    """The whole HTTP answer to a request."""
    target = re.search(r"(?i)x-amz-target: DynamoDB_20120810\.(\w+)", head)
    if target is None:
        return b"HTTP/1.1 200 OK\r\nx-amz-version-id: v1\r\ncontent-length: 0\r\n\r\n"
    result: dict[str, Any] = {}
    if target[1] == "UpdateItem":
        result = {"Attributes": updated(json.loads(body))}
    elif target[1] == "PutItem":
        keep(json.loads(body)["Item"])
    sent = json.dumps(result).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(sent), sent)


def keep(item: dict[str, Any]) -> None:
    if item["sk"]["S"] == "META":
        items[key_of({"pk": item["pk"], "sk": item["sk"]})] = item


def key_of(key: dict[str, Any]) -> str:
    if len(items) > MAX_ITEMS:
        items.clear()
    return json.dumps(key, sort_keys=True)


def updated(request: dict[str, Any]) -> dict[str, Any]:
    item = items.setdefault(key_of(request["Key"]), dict(request["Key"]))
    values = request["ExpressionAttributeValues"]
    adding, _, setting = request["UpdateExpression"].partition(" SET ")
    for name, value in ADD.findall(adding):
        total = int(item.get(name, {"N": "0"})["N"]) + int(values[value]["N"])
        item[name] = {"N": str(total)}
    for name, value in SET.findall(setting):
        item[name] = values[value]
    removed = REMOVE.search(request["UpdateExpression"])
    for name in re.findall(r"#(\w+)", removed[1]) if removed else ():
        item.pop(name, None)
    return item


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            size = re.search(r"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(size[1])) if size else b""
            writer.write(answer_of(head, body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 24)
    port = server.sockets[0].getsockname()[1]
    print(f"URL=http://127.0.0.1:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
