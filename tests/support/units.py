"""DynamoDB's rule for write and read units, applied to items as its wire has them (`{"name": {"S": "value"}}`).

Sources: DynamoDB developer guide, "Capacity unit consumption for write operations" and "for read operations",
"DynamoDB item sizes and formats" and "Managing throughput capacity for global secondary indexes".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096

Item = Mapping[str, Any]


def table_units(before: Item | None, after: Item | None) -> int:
    """The larger of the item before and after. A refused condition costs the same, and a delete what it deletes."""
    return max(rounded_up(before), rounded_up(after))


def index_units(
    before: Item | None, after: Item | None, keys: Sequence[str], projected: Sequence[str] = ()
) -> int:
    """Of an index: an entry that comes, goes or changes is one write, one that moves is two."""
    old, new = entry(before, keys, projected), entry(after, keys, projected)
    if old == new:
        return 0
    if old is not None and new is not None and all(old[name] == new[name] for name in keys):
        return max(rounded_up(old), rounded_up(new))
    return sum(rounded_up(side) for side in (old, new) if side is not None)


def entry(item: Item | None, keys: Sequence[str], projected: Sequence[str] = ()) -> Item | None:
    """What the index holds of an item: nothing where one of its keys is missing."""
    if item is None or not all(name in item for name in keys):
        return None
    held = ("pk", "sk", *keys, *(name for name in projected if name in item))
    return {name: item[name] for name in held}


def read_units(size: int) -> float:
    """Of an eventually consistent read: of one item, or of all entries that a Query looks at together."""
    return max(-(-size // READ_UNIT_BYTES), 1) / 2


def rounded_up(item: Item | None) -> int:
    return 1 if item is None else max(-(-item_bytes(item) // UNIT_BYTES), 1)


def item_bytes(item: Item) -> int:
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """Texts, bytes and numbers: the store writes nothing else."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return -(-len(digits) // 2) + 1 + int(content.startswith("-"))
    raise NotImplementedError(f"a value of type {kind}")
