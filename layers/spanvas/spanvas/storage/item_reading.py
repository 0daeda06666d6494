"""From the table's items to executions, artifacts and accesses, whichever version has written them. Pure.

Every function that decodes raises UnreadableItemError, and nothing else, where an item cannot be decoded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from spanvas.model.execution import (
    BY_FUNCTION,
    CANCELLED,
    STATUSES,
    SUCCEEDED,
    WAITING,
    Counters,
    Execution,
)
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.decoding import MalformedError, Reading, built, check_times, json_value

if TYPE_CHECKING:
    from spanvas.model.access import Access
    from spanvas.model.artifact import Artifact

Item = Mapping[str, Any]
T = TypeVar("T")

EXECUTION_NAMES: Final = {
    items.STARTED_AT_UNIX_NANO: "started_at_unix_nano",
    items.QUEUED_UNTIL_UNIX_NANO: "queued_until_unix_nano",
    items.ENDED_AT_UNIX_NANO: "ended_at_unix_nano",
    items.DEADLINE_UNIX_NANO: "deadline_unix_nano",
}
ARTIFACT_NAMES: Final = {
    "s3_key": "key",
    "s3_version": "version",
    "s3_bucket": "bucket",
    "s3_etag": "etag",
    items.CREATED_AT_UNIX_NANO: "created_at_unix_nano",
}
ACCESS_NAMES: Final = {
    items.TIME_UNIX_NANO: "time_unix_nano",
    items.LAST_TIME_UNIX_NANO: "last_time_unix_nano",
}
"""Attributes that have another name than the field that they are read into."""
OUTCOME: Final = "outcome"
"""On META: the status of an execution, of `KEPT_AS_OUTCOME`, whose stored `status` is `succeeded`."""
KEPT_AS_OUTCOME: Final = frozenset({WAITING, CANCELLED})
"""Statuses that older versions do not know, and would not read."""
JSON_ATTRIBUTES: Final = ("cause", "expected_nodes", "exporter_health")
COUNTERS: Final = tuple((f"c_{name}", getattr(Counters(), name)) for name in items.COUNTERS)
"""The attributes of totals, in the order of their fields, each with what it counts for where it is not there."""
_NO_FIGURES: Final = [default for _, default in COUNTERS]
_NOTHING: Final = Counters(*_NO_FIGURES)
PREVIEWS: Final = "PREVIEWS#"
"""Sort key of the rows of a chunk with their content, where that expires before them; it stands before theirs."""
HOLD: Final = "hold"
HELD_EXPIRES_AT: Final = "held_expires_at"
"""On META of an execution that is held, as JSON; and on all items of it, when they would expire: `storage.holds`."""
DELETION: Final = "deletion"
"""On META of a deleted execution: what is kept of it beside its ids, as JSON. `storage.tombstones` writes it."""
PURGED_AT: Final = "purged_at"
"""On META of a deleted execution: when everything that it held was gone."""


def _attributes_of(
    cls: type[Any], names: Mapping[str, str], others: Iterable[str] = ()
) -> Mapping[str, str]:
    """Returns what an object is read from: attributes by the fields of their names, those that have other names than
    their fields, and what has no field of its own."""
    return {**{each: each for each in (*cls.__annotations__, *others, "v")}, **names}


_OF_EXECUTION: Final = _attributes_of(
    Execution,
    EXECUTION_NAMES,
    (
        "started_key",
        *(items.ORIGIN_NAMING, items.ORIGIN_ENDING, items.ORIGIN_SESSION),
        *(items.ORIGIN_INTERRUPTED, OUTCOME, HELD_EXPIRES_AT, PURGED_AT),
    ),
)


def key_of(item: Item) -> tuple[str, str]:
    """Returns the partition and the sort key, whose types DynamoDB has checked."""
    return item["pk"]["S"], item["sk"]["S"]


def execution_of(item: Item) -> Execution:
    """Returns the execution of a META item. Raises UnreadableItemError."""
    with Reading(*key_of(item)) as reading:
        values = _values(item, _OF_EXECUTION, reading)
        for name in JSON_ATTRIBUTES:
            if name in values:
                values[name] = json_value(values[name]) if values[name] else None
        values["counters"] = _counters(item)
        values["ended_by"] = values.get("ended_by") or BY_FUNCTION
        values["origin"] = None
        if items.ORIGIN_NAMING in values:
            names = (items.ORIGIN_NAMING, items.ORIGIN_ENDING, items.ORIGIN_SESSION)
            is_interrupted = bool(values.get(items.ORIGIN_INTERRUPTED))
            values["origin"] = [*(values.get(name) for name in names), is_interrupted]
        if values.get("status") == SUCCEEDED and values.get(OUTCOME) in KEPT_AS_OUTCOME:
            values["status"] = values[OUTCOME]
        values["is_newer"] = reading.is_newer
        values["is_provisional"] = items.PROVISIONAL in item
        begun = start_of(values)
        values["started_at_unix_nano"] = begun.started_at_unix_nano
        values["queued_until_unix_nano"] = begun.queued_until_unix_nano
        values["listed_at_unix_nano"] = begun.listed_at_unix_nano
        if values.get(HOLD):
            values[HOLD] = json.loads(values[HOLD])
            values[items.TTL_ATTRIBUTE] = values.get(HELD_EXPIRES_AT)
        if values.get(DELETION):
            values |= _what_is_left(values)
        execution = built(Execution, values, ("tenant", "execution_id", "status"))
        if (execution.tenant, execution.execution_id) != items.owner_of(reading.pk):
            raise MalformedError("tenant and execution_id are not those of the key")
        if execution.status not in STATUSES:
            raise MalformedError("status is not known")
        start = execution.started_at_unix_nano
        check_times([start, execution.ended_at_unix_nano or 0, execution.deadline_unix_nano or 0])
        return execution


def is_deleted(item: Item) -> bool:
    """Returns whether META is that of a deleted execution."""
    return DELETION in item


def _what_is_left(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fields of a deleted execution that are not read from META's own attributes: others may have added to
    those since (an older version of the layer still counts spans that come late)."""
    kept = json.loads(values[DELETION])
    if not isinstance(kept, dict):
        raise MalformedError(f"{DELETION} is no object")
    is_complete = PURGED_AT in values
    place = values["started_at_unix_nano"]
    started = kept.get("started_at") or place
    return {
        "deletion": [kept.get("at"), kept.get("by"), kept.get("status"), is_complete],
        "started_at_unix_nano": started,
        "queued_until_unix_nano": kept.get("queued_until"),
        "listed_at_unix_nano": place if place != started else None,
        "ended_at_unix_nano": kept.get("ended_at"),
        "counters": kept.get("counters") or {},
        "cause": None,
        "session_id": None,
        "user_id": None,
    }


def counters_of(item: Item) -> Counters:
    """Returns the totals of a META item. Raises UnreadableItemError."""
    with Reading(*key_of(item)):
        return _counters(item)


def _counters(item: Item) -> Counters:
    figures = [
        default if (stored := item.get(name)) is None else _number(name, stored)
        for name, default in COUNTERS
    ]
    return _NOTHING if figures == _NO_FIGURES else Counters(*figures)


def _number(name: str, stored: Any) -> int:
    if "N" not in stored:
        raise MalformedError(f"{name} is no number")
    return int(stored["N"])


class Start(NamedTuple):
    """When an execution started. The last two are None where they are the start itself."""

    started_at_unix_nano: int
    queued_until_unix_nano: int | None
    listed_at_unix_nano: int | None


def start_of(values: Mapping[str, Any]) -> Start:
    """Returns when an execution started.

    A registered one started at its place in the history. Where `started_at` is another time, an older version of
    Spanvas has written it, as the end of the queue.
    """
    stored = values.get("started_at_unix_nano") or 0
    if not isinstance(stored, int):
        raise MalformedError("started_at is no number")
    check_times([stored])
    place = values.get("started_key")
    listed = int(place.partition("#")[0]) if place else stored
    if items.ORIGIN_NAMING in values:
        return Start(stored, None, listed if listed != stored else None)
    begun = values.get("queued_until_unix_nano") or stored
    return Start(listed, begun if begun > listed else None, None)


def artifact_of(item: Item) -> Artifact:
    """Returns the artifact of its item; tenant, execution and id come from the key. Raises UnreadableItemError."""
    from spanvas.model.artifact import Artifact  # most executors do without it

    pk, sk = key_of(item)
    with Reading(pk, sk) as reading:
        values = _values(item, _attributes_of(Artifact, ARTIFACT_NAMES), reading)
        values["tenant"], values["execution_id"] = items.owner_of(pk)
        values["artifact_id"] = sk.removeprefix(items.ARTIFACT)
        artifact = built(Artifact, values)
        check_times([artifact.created_at_unix_nano])
        return artifact


def access_of(item: Item) -> Access:
    """Returns the access of its item; tenant and execution come from the key. Raises UnreadableItemError."""
    from spanvas.model.access import Access  # executors do without it

    pk, sk = key_of(item)
    with Reading(pk, sk) as reading:
        values = _values(item, _attributes_of(Access, ACCESS_NAMES), reading)
        values["tenant"], values["execution_id"] = items.owner_of(pk)
        access = built(Access, values)
        check_times([access.time_unix_nano, access.last_time_unix_nano])
        return access


def moved_to(item: Item) -> str:
    """Returns the id of the execution that has all of this one by now; empty while it has not moved."""
    return moving_to(item) if items.MOVED in item else ""


def moving_to(item: Item) -> str:
    """Returns the id of the execution that has this one or will have it; empty where it stays."""
    with Reading(*key_of(item)):
        target = _value(item.get(items.MOVED_TO, {"S": ""}))
        if not isinstance(target, str):
            raise MalformedError(f"{items.MOVED_TO} is no text")
        return target


def is_expired(item: Item, now_unix_nano: int) -> bool:
    """Returns whether an item is past its TTL: DynamoDB deletes it days later, and returns it until then."""
    try:
        return 0 < int(item[items.TTL_ATTRIBUTE]["N"]) <= now_unix_nano // NANO
    except (KeyError, ValueError, TypeError):  # not as it is written
        return _is_past(item, now_unix_nano)


def _is_past(item: Item, now_unix_nano: int) -> bool:
    with Reading(*key_of(item)):
        expires_at = _value(item.get(items.TTL_ATTRIBUTE, {"N": "0"}))
        if not isinstance(expires_at, int):
            raise MalformedError(f"{items.TTL_ATTRIBUTE} is no number")
        return 0 < expires_at <= now_unix_nano // NANO


def unexpired(item: Item, now_unix_nano: int, decode: Callable[[Item], T]) -> T | None:
    """Returns what `decode` makes of an item; None where it is past its TTL."""
    return None if is_expired(item, now_unix_nano) else decode(item)


def binary_of(item: Item, name: str) -> bytes:
    """Returns a binary attribute. Raises MalformedError."""
    data = item.get(name, {}).get("B")
    if data is None:
        raise MalformedError(f"{name} is no binary value")
    return bytes(data)


def _values(item: Item, attributes: Mapping[str, str], reading: Reading) -> dict[str, Any]:
    """Returns those attributes of an item as plain values, by the names of our fields."""
    values = {}
    for name, value in item.items():
        if (field := attributes.get(name)) is not None:
            values[field] = value["S"] if "S" in value else _value(value)
    reading.saw(values.get("v"))
    return values


def _value(value: Any) -> Any:
    """The value of an attribute. What DynamoDB has more types for stays as it is, and fits no field of ours."""
    if "N" in value:
        return int(value["N"])
    return value.get("S", value)
