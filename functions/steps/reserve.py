"""The first state: takes the ordered items out of the stock. Not a word of tracing in here."""

from __future__ import annotations

from typing import Any, Final

STOCK: Final = {"tea": 40, "teapot": 3, "cup": 12}


class OutOfStockError(Exception):
    """There is less of an item than was ordered; the message names it."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """`event["order"]` with what was reserved. Raises OutOfStockError."""
    order = event["order"]
    for item, number in order["items"].items():
        if number > STOCK.get(item, 0):
            raise OutOfStockError(
                f"{number} of {item} were ordered, {STOCK.get(item, 0)} are there"
            )
    return {**order, "reserved": sorted(order["items"])}
