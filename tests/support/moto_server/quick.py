"""moto's DynamoDB, atomic, and without two costs that have nothing to do with what is asked.

moto checks a condition and writes an item in several steps, between which another thread's request may come: two
writes that exclude each other both succeed, and a reader sees an item that is half written. DynamoDB does neither.

A Query sorts the whole table before it looks for its partition, so every page gets slower as the day goes on; and
each item of an answer is walked through the service's model, ten times the cost of the read. All of it is replaced for
the whole process; `tests/functional/local` holds the results against moto's own.
"""

from __future__ import annotations

import base64
import inspect
import json
import threading
from typing import Any

ITEM_OPERATIONS = frozenset({"GetItem", "Query"})
CONTENT_TYPE = "application/x-amz-json-1.0"


def make_moto_quick() -> None:
    """Once per process, before the first request."""
    answer_one_request_at_a_time()
    write_items_as_they_are()
    query_only_what_fits()


def answer_one_request_at_a_time() -> None:
    """Makes moto's DynamoDB take one request at a time: its conditional writes are not atomic."""
    from moto.dynamodb.responses import DynamoHandler

    lock = threading.RLock()
    original: Any = DynamoHandler.call_action

    def call_action(handler: Any) -> Any:
        with lock:
            return original(handler)

    replace(DynamoHandler, "call_action", call_action)


def write_items_as_they_are() -> None:
    """An item has DynamoDB's own shape already, so the answers of `ITEM_OPERATIONS` need no model."""
    from moto.dynamodb import responses

    original: Any = responses.DynamoResult.execute_result

    def execute_result(result: Any, context: Any) -> Any:
        if context.operation_model.name not in ITEM_OPERATIONS:
            return original(result, context)
        body = json.dumps(result.result, default=encode_bytes, separators=(",", ":"))
        return 200, {"Content-Type": CONTENT_TYPE}, body

    replace(responses.DynamoResult, "execute_result", execute_result)


def query_only_what_fits() -> None:
    """`Table.query` asks `Table.all_items` for everything, sorted; it gets the items of the asked partition alone."""
    from moto.dynamodb.models.table import Table

    asked = threading.local()
    original_query: Any = Table.query
    original_all_items: Any = Table.all_items
    signature = inspect.signature(original_query)

    def query(table: Any, *positional: Any, **named: Any) -> Any:
        asked.call = signature.bind(table, *positional, **named).arguments
        try:
            return original_query(table, *positional, **named)
        finally:
            asked.call = None

    def all_items(table: Any) -> Any:
        call = getattr(asked, "call", None)
        if call is None or not table.range_key_attr:
            return original_all_items(table)
        found = index_items(table, call) if call.get("index_name") else partition_items(table, call)
        return sorted(found, key=lambda item: (item.hash_key, item.range_key))

    replace(Table, "query", query)
    replace(Table, "all_items", all_items)


def partition_items(table: Any, call: dict[str, Any]) -> list[Any]:
    """The items of the asked partition whose sort key fits; moto checks them again."""
    if call["hash_key"] not in table.items:
        return []
    items = list(table.items[call["hash_key"]].values())
    comparison, bounds = call.get("range_comparison"), call.get("range_objs")
    if not comparison:
        return items
    return [item for item in items if item.range_key.compare(comparison, bounds)]


def index_items(table: Any, call: dict[str, Any]) -> list[Any]:
    """The items with the asked value of the index's key: an index of its own is not worth keeping here."""
    name, value = call["hash_key_conditions"][0]
    return [
        item
        for partition in list(table.items.values())
        for item in list(partition.values())
        if name in item.attrs and item.attrs[name] == value
    ]


def replace(owner: type, name: str, function: Any) -> None:
    """Replaces a method of one of moto's classes."""
    setattr(owner, name, function)


def encode_bytes(value: object) -> str:
    """The values of binary attributes; anything else that JSON does not know is a fault."""
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value).__name__} in an item")
    return base64.b64encode(value).decode("ascii")
