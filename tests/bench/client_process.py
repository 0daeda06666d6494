"""A browser's part of `read_trace`: an order on stdin, the times on stdout, both JSON."""

from __future__ import annotations

import http.client
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


def main(order: dict[str, Any]) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(order["origin"]).netloc, timeout=60)
    headers = {
        "Accept": order.get("accept", "application/json"),
        "Accept-Encoding": order["accept_encoding"],
        "Authorization": f"Bearer {order['token']}",
    }
    taken: list[float] = []
    for _ in range(order["warm"] + order["count"]):
        began = time.perf_counter()
        connection.request("GET", order["path"], headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            break
    connection.close()
    return {
        "ms": taken[order["warm"] :],
        "status": answer.status,
        "bytes": len(body),
        "encoding": answer.headers["content-encoding"] or "identity",
    }


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
