"""A table that is read as DynamoDB reads it, and counts what that costs: read units by its rule, and rounds.

A round is a number of calls that do not wait for one another. For tables of a size that takes other engines minutes to
fill; it knows the requests of the history alone. `tests/contract/test_history_cost.py` compares it with moto.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from tests.support import units

Item = dict[str, Any]


class TableReads:
    """`indexes`: name, keys and what is held beside them. `latency_seconds` tells apart calls that wait for others."""

    def __init__(
        self,
        items: Iterable[Item],
        indexes: Mapping[str, tuple[tuple[str, str], Sequence[str]]],
        latency_seconds: float = 0.0,
    ) -> None:
        self._items = {(item["pk"]["S"], item["sk"]["S"]): item for item in items}
        self._entries: dict[tuple[str, str], list[tuple[str, Item]]] = {}
        for name, ((partition, sort), projected) in indexes.items():
            for item in self._items.values():
                entry = units.entry(item, (partition, sort), projected)
                if entry is not None:
                    place = (name, entry[partition]["S"])
                    self._entries.setdefault(place, []).append((entry[sort]["S"], dict(entry)))
        for found in self._entries.values():
            found.sort(key=itemgetter(0))
        self._keys = {name: keys for name, (keys, _) in indexes.items()}
        self._latency_seconds = latency_seconds
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.units = 0.0
        self.rounds = 0
        self.calls = 0

    def query(self, **request: Any) -> Any:
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        found = self._entries.get((request["IndexName"], values[":partition"]), [])
        first = bisect_left(found, values[":lower"], key=itemgetter(0))
        last = bisect_right(found, values[":upper"], key=itemgetter(0))
        limit = request["Limit"]
        if request["ScanIndexForward"]:
            looked_at = [entry for _, entry in found[first : min(last, first + limit)]]
        else:
            looked_at = [entry for _, entry in found[max(first, last - limit) : last]][::-1]
        answer: Item = {
            "Items": [
                entry
                for entry in looked_at
                if ":workflow" not in values or entry["workflow_id"]["S"] == values[":workflow"]
            ],
            "ScannedCount": len(looked_at),
        }
        answer["Count"] = len(answer["Items"])
        if len(looked_at) == limit:
            answer["LastEvaluatedKey"] = looked_at[-1]
        return self._answered(answer, units.read_units(sum(map(units.item_bytes, looked_at))))

    def batch_get_item(self, **request: Any) -> Any:
        ((table, wanted),) = request["RequestItems"].items()
        assert len(wanted["Keys"]) <= 100
        found = [self._items.get((key["pk"]["S"], key["sk"]["S"])) for key in wanted["Keys"]]
        consumed = sum(units.read_units(units.item_bytes(item or {})) for item in found)
        return self._answered(
            {"Responses": {table: [item for item in found if item]}, "UnprocessedKeys": {}},
            consumed,
        )

    def get_item(self, **request: Any) -> Any:
        found = self._items.get((request["Key"]["pk"]["S"], request["Key"]["sk"]["S"]))
        return self._answered(
            {"Item": found} if found else {}, units.read_units(units.item_bytes(found or {}))
        )

    def _answered(self, answer: Any, consumed: float) -> Any:
        with self._lock:
            before = self.rounds
            self.units += consumed
            self.calls += 1
        time.sleep(self._latency_seconds)
        with self._lock:
            self.rounds = max(self.rounds, before + 1)
        return answer
