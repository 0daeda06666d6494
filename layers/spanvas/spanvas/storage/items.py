"""The table's items: keys, and executions and artifacts as DynamoDB attribute maps. Pure.
`item_reading` reads them.

`T#{tenant}#E#{execution_id}` is the partition; within it `META` and `ROWS#...` sort side by side, so one Query
answers the tab without touching a detail, an artifact or an access.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.execution import FAILED, LOST, OPEN, Cause, Counters, Execution
from spanvas.model.units import DAY_SECONDS, NANO

if TYPE_CHECKING:
    from spanvas.model.artifact import Artifact

Item = dict[str, Any]

META: Final = "META"
ROWS: Final = "ROWS#"
DETAIL: Final = "DETAIL#"
ARTIFACT: Final = "ARTIFACT#"
ACCESS: Final = "ACCESS#"
CLAIM: Final = "CLAIM#"
AFTER_ROWS: Final = "ROWS$"
"""`$` follows `#`: the upper bound of everything that begins with `ROWS#`."""

TTL_ATTRIBUTE: Final = "expires_at"
STARTED_AT_UNIX_NANO: Final = "started_at"
QUEUED_UNTIL_UNIX_NANO: Final = "queued_until"
ENDED_AT_UNIX_NANO: Final = "ended_at"
DEADLINE_UNIX_NANO: Final = "deadline"
CREATED_AT_UNIX_NANO: Final = "created_at"
TIME_UNIX_NANO: Final = "time"
LAST_TIME_UNIX_NANO: Final = "last_time"
"""Attributes that hold unix nanoseconds. Their stored names say no unit, and stay: older versions read them."""
RUNNING_SHARDS: Final = 4
BY_WORKFLOW: Final = ("by_workflow", "workflow_key", "started_key")
BY_TENANT: Final = ("by_tenant", "tenant_day_key", "started_key")
BY_TRACE: Final = ("by_trace", "trace_key", "started_key")
BY_STATUS: Final = ("by_status", "status_key", "started_key")
BY_DEADLINE: Final = ("running", "running_key", "deadline_key")
"""Index name, partition key, sort key."""
INDEX_KEYS: Final = tuple(
    dict.fromkeys(
        key
        for index in (BY_WORKFLOW, BY_TENANT, BY_TRACE, BY_STATUS, BY_DEADLINE)
        for key in index[1:]
    )
)
"""Without these an item is in no index."""
STATUS_PROJECTED: Final = ("workflow_id",)
"""What `BY_STATUS` holds beside keys: it hardly ever changes once an execution has ended."""
INDEXED_STATUSES: Final = frozenset({FAILED, LOST})
"""Those that executions have in `BY_STATUS`. The other ones have no `status_key`, so that they cost nothing there."""

PROVISIONAL: Final = "provisional"
"""On META: written when its function began. What `start` knows of the execution is still to come."""

MOVED_TO: Final = "moved_to"
"""On META: the execution that this one has turned out to be part of. Its spans are being copied there."""
MOVED: Final = "moved"
"""On META: all of it is there by now, and whoever asks for this one is given that one."""

RECOUNT: Final = "RECOUNT#"
"""What `running_key` begins with on META of an execution that has ended, and whose totals are to be counted again."""

COUNTED_AS: Final = "counted_as"
"""On META: which end of it the metrics have counted."""
KEPT: Final = frozenset({COUNTED_AS})
"""Attributes that stay as the first end has written them: so an execution is counted once."""

CLOSING_TRIES: Final = "closing_tries"
"""On META: how often the sweep has tried in vain to close it, and set it aside."""

ORIGIN_NAMING: Final = "origin_naming"
ORIGIN_ENDING: Final = "origin_ending"
ORIGIN_SESSION: Final = "origin_session"
ORIGIN_INTERRUPTED: Final = "origin_interrupted"
"""On META of an execution that is known by its spans alone: how well they have named it, what tells its end, and
where its session comes from (`model.execution.Origin`)."""

COUNTERS: Final = tuple(Counters.__dataclass_fields__)
REPORTED_COUNTERS: Final = frozenset(
    name for name, field in Counters.__dataclass_fields__.items() if field.default is None
)
"""Figures that are absent from an item until a span reports one; all other counters begin at 0."""


def s(value: str) -> dict[str, str]:
    """Returns a DynamoDB string."""
    return {"S": value}


def n(value: int) -> dict[str, str]:
    """Returns a DynamoDB number."""
    return {"N": str(value)}


def b(value: bytes) -> dict[str, bytes]:
    """Returns a DynamoDB binary."""
    return {"B": value}


def partition(tenant: str, execution_id: str) -> str:
    """Returns the partition key of all items of an execution."""
    return f"T#{tenant}#E#{execution_id}"


def key(tenant: str, execution_id: str, sort: str = META) -> Item:
    """Returns the primary key of an item of an execution, by default that of META."""
    return {"pk": s(partition(tenant, execution_id)), "sk": s(sort)}


def started_key(started_at_unix_nano: int, execution_id: str = "") -> str:
    """Returns a sort key that sorts by time; without an id, the lower bound of those of that time."""
    time = f"{started_at_unix_nano:020d}"
    return f"{time}#{execution_id}" if execution_id else time


def workflow_key(tenant: str, workflow_id: str) -> str:
    """Returns the partition of `BY_WORKFLOW` that has a workflow's executions."""
    return f"T#{tenant}#W#{workflow_id}"


def tenant_day_key(tenant: str, started_at_unix_nano: int) -> str:
    """Returns the partition of `BY_TENANT` that has a tenant's executions of one day (UTC).

    By day, so that no partition takes every write of a tenant.
    """
    return f"T#{tenant}#D#{_day(started_at_unix_nano // NANO // DAY_SECONDS)}"


@lru_cache(maxsize=512)
def _day(number: int) -> str:
    """Returns a day since 1970 as in a key. A page of the history asks for those of the whole retention."""
    return f"{datetime.fromtimestamp(number * DAY_SECONDS, UTC):%Y%m%d}"


def trace_key(tenant: str, trace_id: str) -> str:
    """Returns the partition of `BY_TRACE` that has the execution of a trace."""
    return f"T#{tenant}#X#{trace_id}"


def is_indexed(status: str | None) -> bool:
    """Returns whether executions of this status are in `BY_STATUS`."""
    return status in INDEXED_STATUSES


def status_key(tenant: str, status: str) -> str:
    """Returns the partition of `BY_STATUS` that has a tenant's executions of this status."""
    return f"T#{tenant}#S#{status}"


def running_key(execution_id: str) -> str:
    """Returns the partition of `BY_DEADLINE` that has an open execution."""
    return running_partition(running_shard(execution_id))


def running_partition(shard: int) -> str:
    """Returns the partition of `BY_DEADLINE` of one shard."""
    return f"RUNNING#{shard}"


def set_aside_partition(shard: int) -> str:
    """Returns the partition of `BY_DEADLINE` for executions of one shard that the sweep could not close."""
    return f"SET_ASIDE#{shard}"


def recount_partition(shard: int) -> str:
    """Returns the partition of `BY_DEADLINE` for executions of one shard that are to be counted again."""
    return f"{RECOUNT}{shard}"


def running_shard(execution_id: str) -> int:
    """Returns the shard of an execution: a number below `RUNNING_SHARDS`, from a digest of its id."""
    return blake2b(execution_id.encode(), digest_size=2).digest()[0] % RUNNING_SHARDS


def listed_at(execution: Execution, retention_seconds: int, known_place: int | None = None) -> int:
    """Returns where the history lists an execution that is known by its spans, in unix nanoseconds: at its start.

    One that started before anything that is kept, or more than a day after it was first seen (old traces that are sent
    again, wrong clocks), is listed where it was first seen, since the history looks no further. From `known_place`,
    where it is listed already, it moves to earlier times alone.
    """
    seen = execution.expires_at - retention_seconds
    started = execution.started_at_unix_nano
    is_in_sight = (seen - retention_seconds) * NANO <= started <= (seen + DAY_SECONDS) * NANO
    place = started if is_in_sight else seen * NANO
    return place if known_place is None else min(place, known_place)


def index_keys(execution: Execution, listed: int | None = None) -> Item:
    """Returns the attributes that place an execution in the indexes, at the time `listed` or else at its start.

    The last two only while it is open.
    """
    time = execution.started_at_unix_nano if listed is None else listed
    keys = {
        "workflow_key": s(workflow_key(execution.tenant, execution.workflow_id)),
        "tenant_day_key": s(tenant_day_key(execution.tenant, time)),
        "trace_key": s(trace_key(execution.tenant, execution.trace_id)),
        "started_key": s(started_key(time, execution.execution_id)),
    }
    if execution.status in OPEN and execution.deadline_unix_nano is not None:
        keys["running_key"] = s(running_key(execution.execution_id))
        keys["deadline_key"] = n(execution.deadline_unix_nano)
    return keys


def execution_attributes(execution: Execution) -> Item:
    """Returns the attributes of META besides keys, counters and revision. Empty fields have no attribute."""
    attributes: Item = {
        "tenant": s(execution.tenant),
        "execution_id": s(execution.execution_id),
        "trace_id": s(execution.trace_id),
        "workflow_id": s(execution.workflow_id),
        "workflow_name": s(execution.workflow_name),
        "workflow_version": s(execution.workflow_version),
        "status": s(execution.status),
        STARTED_AT_UNIX_NANO: n(execution.started_at_unix_nano),
        "started_by": s(execution.started_by),
        "ended_by": s(execution.ended_by),
        TTL_ATTRIBUTE: n(execution.expires_at),
    }
    if execution.ended_at_unix_nano is not None:
        attributes[ENDED_AT_UNIX_NANO] = n(execution.ended_at_unix_nano)
    if execution.deadline_unix_nano is not None:
        attributes[DEADLINE_UNIX_NANO] = n(execution.deadline_unix_nano)
    if execution.cause is not None:
        attributes["cause"] = s(cause_text(execution.cause))
    if execution.expected_nodes:
        attributes["expected_nodes"] = s(json.dumps(execution.expected_nodes))
    if execution.exporter_health:
        attributes["exporter_health"] = s(json.dumps(dict(execution.exporter_health)))
    if execution.external_id:
        attributes["external_id"] = s(execution.external_id)
    if execution.user_id:
        attributes["user_id"] = s(execution.user_id)
    if execution.origin is not None:
        attributes[ORIGIN_NAMING] = s(execution.origin.identity)
        attributes[ORIGIN_ENDING] = s(execution.origin.end)
        attributes |= {ORIGIN_INTERRUPTED: n(1)} if execution.origin.interrupted else {}
        if execution.origin.session:
            attributes[ORIGIN_SESSION] = s(execution.origin.session)
            attributes["session_id"] = s(execution.session_id)
    return attributes


def added_counters(counters: Counters) -> Item:
    """Returns the counters to add, as attributes. A reported figure of 0 is among them; a count of 0 is left out."""
    figures = {name: getattr(counters, name) for name in COUNTERS}
    return {
        f"c_{name}": n(figure)
        for name, figure in figures.items()
        if figure or (figure is not None and name in REPORTED_COUNTERS)
    }


def cause_text(cause: Cause) -> str:
    """Returns the cause as JSON. The error type is cut at 200 characters, the message at 1,000."""
    fields = {
        "error_type": cause.error_type[:200],
        "message": cause.message[:1000],
        "node_id": cause.node_id,
        "span_id": cause.span_id,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def artifact_item(artifact: Artifact, expires_at: int) -> Item:
    """Returns the item of an artifact. `expires_at` is in unix seconds."""
    item = {
        **key(artifact.tenant, artifact.execution_id, ARTIFACT + artifact.artifact_id),
        "span_id": s(artifact.span_id),
        "name": s(artifact.name),
        "media_type": s(artifact.media_type),
        "bytes": n(artifact.bytes),
        "sha256": s(artifact.sha256),
        "s3_key": s(artifact.key),
        "s3_version": s(artifact.version),
        CREATED_AT_UNIX_NANO: n(artifact.created_at_unix_nano),
        TTL_ATTRIBUTE: n(expires_at),
    }
    if artifact.node_id:
        item["node_id"] = s(artifact.node_id)
    if artifact.bucket:
        item |= {"s3_bucket": s(artifact.bucket), "s3_etag": s(artifact.etag)}
    return item


def owner_of(partition_key: str) -> tuple[str, str]:
    """Returns tenant and execution id of a partition key. Neither of them holds `#`."""
    tenant, _, execution_id = partition_key.removeprefix("T#").partition("#E#")
    return tenant, execution_id
