"""The table's items: keys, and executions, artifacts and accesses as DynamoDB attribute maps. Pure.

`T#{tenant}#E#{execution_id}` is the partition; within it `META` and `ROWS#...` sort side by side, so one Query
answers the tab without touching a detail, an artifact or an access.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.artifact import Artifact
from spanvas.model.execution import BY_FUNCTION, OPEN, Cause, Counters, Execution, Origin

if TYPE_CHECKING:
    from spanvas.model.access import Access

Item = dict[str, Any]

META: Final = "META"
ROWS: Final = "ROWS#"
DETAIL: Final = "DETAIL#"
ARTIFACT: Final = "ARTIFACT#"
ACCESS: Final = "ACCESS#"
CLAIM: Final = "CLAIM#"
AFTER_ROWS: Final = "ROWS$"
"""`$` follows `#`: the upper bound of everything that begins with `ROWS#`."""

NANO: Final = 1_000_000_000
DAY_SECONDS: Final = 86_400
TTL_ATTRIBUTE: Final = "expires_at"
RUNNING_SHARDS: Final = 4
BY_WORKFLOW: Final = ("by_workflow", "workflow_key", "started_key")
BY_TENANT: Final = ("by_tenant", "tenant_day_key", "started_key")
BY_TRACE: Final = ("by_trace", "trace_key", "started_key")
BY_DEADLINE: Final = ("running", "running_key", "deadline_key")
"""Index name, partition key, sort key."""

MOVED_TO: Final = "moved_to"
"""On META: the execution that this one has turned out to be part of. Its spans are being copied there."""
MOVED: Final = "moved"
"""On META: all of it is there by now, and whoever asks for this one is given that one."""

COUNTERS: Final = tuple(Counters.__dataclass_fields__)
REPORTED_COUNTERS: Final = frozenset(
    name for name, field in Counters.__dataclass_fields__.items() if field.default is None
)
"""Those that are absent where nobody has reported any."""


def s(value: str) -> dict[str, str]:
    return {"S": value}


def n(value: int) -> dict[str, str]:
    return {"N": str(value)}


def b(value: bytes) -> dict[str, bytes]:
    return {"B": value}


def partition(tenant: str, execution_id: str) -> str:
    return f"T#{tenant}#E#{execution_id}"


def key(tenant: str, execution_id: str, sort: str = META) -> Item:
    return {"pk": s(partition(tenant, execution_id)), "sk": s(sort)}


def started_key(started_at_unix_nano: int, execution_id: str = "") -> str:
    return (
        f"{started_at_unix_nano:020d}#{execution_id}"
        if execution_id
        else f"{started_at_unix_nano:020d}"
    )


def workflow_key(tenant: str, workflow_id: str) -> str:
    return f"T#{tenant}#W#{workflow_id}"


def tenant_day_key(tenant: str, started_at_unix_nano: int) -> str:
    """Executions of a tenant are sharded by day, so that no partition takes every write of a tenant."""
    day = datetime.fromtimestamp(started_at_unix_nano // 1_000_000_000, UTC)
    return f"T#{tenant}#D#{day:%Y%m%d}"


def trace_key(tenant: str, trace_id: str) -> str:
    return f"T#{tenant}#X#{trace_id}"


def running_key(execution_id: str) -> str:
    digest = blake2b(execution_id.encode(), digest_size=2).digest()
    return f"RUNNING#{digest[0] % RUNNING_SHARDS}"


def listed_at(execution: Execution, retention_seconds: int) -> int:
    """Where the history has an execution that is known by its spans: at its start.

    What started before anything that is kept, or a day and more after it was first seen (traces of another time that
    are sent again, clocks that are wrong), is where it was first seen: the history looks no further.
    """
    seen = execution.expires_at - retention_seconds
    started = execution.started_at_unix_nano
    is_in_sight = (seen - retention_seconds) * NANO <= started <= (seen + DAY_SECONDS) * NANO
    return started if is_in_sight else seen * NANO


def index_keys(execution: Execution, listed: int | None = None) -> Item:
    """Attributes that place an execution in the indexes, in time where it is `listed` or else at its start; the last
    two only while it is open."""
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
    """What META says of an execution besides keys, counters and revision. Absent where there is nothing to say."""
    attributes: Item = {
        "tenant": s(execution.tenant),
        "execution_id": s(execution.execution_id),
        "trace_id": s(execution.trace_id),
        "workflow_id": s(execution.workflow_id),
        "workflow_name": s(execution.workflow_name),
        "workflow_version": s(execution.workflow_version),
        "status": s(execution.status),
        "started_at": n(execution.started_at_unix_nano),
        "started_by": s(execution.started_by),
        "ended_by": s(execution.ended_by),
        TTL_ATTRIBUTE: n(execution.expires_at),
    }
    if execution.ended_at_unix_nano is not None:
        attributes["ended_at"] = n(execution.ended_at_unix_nano)
    if execution.deadline_unix_nano is not None:
        attributes["deadline"] = n(execution.deadline_unix_nano)
    if execution.cause is not None:
        attributes["cause"] = s(cause_text(execution.cause))
    if execution.expected_nodes:
        attributes["expected_nodes"] = s(json.dumps(execution.expected_nodes))
    if execution.exporter_health:
        attributes["exporter_health"] = s(json.dumps(dict(execution.exporter_health)))
    if execution.origin is not None:
        attributes["origin_naming"] = s(execution.origin.naming)
        attributes["origin_ending"] = s(execution.origin.ending)
    return attributes


def added_counters(counters: Counters) -> Item:
    """Attributes to add to; none where there is nothing to add. A figure of 0 that was reported is added, and so known
    to have been reported; a count of 0 is left out."""
    figures = {name: getattr(counters, name) for name in COUNTERS}
    return {
        f"c_{name}": n(figure)
        for name, figure in figures.items()
        if figure or (figure is not None and name in REPORTED_COUNTERS)
    }


def cause_text(cause: Cause) -> str:
    fields = {
        "error_type": cause.error_type[:200],
        "message": cause.message[:1000],
        "node_id": cause.node_id,
        "span_id": cause.span_id,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None})


def _counters_of(item: Mapping[str, Any]) -> Counters:
    found = {name: _number(item, f"c_{name}") for name in COUNTERS}
    return Counters(**{name: number for name, number in found.items() if number is not None})


def execution_of(item: Mapping[str, Any]) -> Execution:
    cause = _text(item, "cause")
    return Execution(
        tenant=_text(item, "tenant"),
        execution_id=_text(item, "execution_id"),
        trace_id=_text(item, "trace_id"),
        workflow_id=_text(item, "workflow_id"),
        workflow_name=_text(item, "workflow_name"),
        workflow_version=_text(item, "workflow_version"),
        status=_text(item, "status"),
        started_at_unix_nano=_number(item, "started_at") or 0,
        ended_at_unix_nano=_number(item, "ended_at"),
        deadline_unix_nano=_number(item, "deadline"),
        cause=Cause(**json.loads(cause)) if cause else None,
        counters=_counters_of(item),
        expected_nodes=tuple(json.loads(_text(item, "expected_nodes") or "[]")),
        exporter_health=json.loads(_text(item, "exporter_health") or "{}"),
        started_by=_text(item, "started_by"),
        ended_by=_text(item, "ended_by") or BY_FUNCTION,
        expires_at=_number(item, TTL_ATTRIBUTE) or 0,
        revision=_number(item, "revision") or 0,
        origin=Origin(_text(item, "origin_naming"), _text(item, "origin_ending"))
        if "origin_naming" in item
        else None,
    )


def artifact_item(artifact: Artifact, expires_at: int) -> Item:
    item = {
        **key(artifact.tenant, artifact.execution_id, ARTIFACT + artifact.artifact_id),
        "span_id": s(artifact.span_id),
        "name": s(artifact.name),
        "media_type": s(artifact.media_type),
        "bytes": n(artifact.bytes),
        "sha256": s(artifact.sha256),
        "s3_key": s(artifact.key),
        "s3_version": s(artifact.version),
        "created_at": n(artifact.created_at_unix_nano),
        TTL_ATTRIBUTE: n(expires_at),
    }
    if artifact.node_id:
        item["node_id"] = s(artifact.node_id)
    if artifact.bucket:
        item |= {"s3_bucket": s(artifact.bucket), "s3_etag": s(artifact.etag)}
    return item


def artifact_of(tenant: str, execution_id: str, item: Mapping[str, Any]) -> Artifact:
    return Artifact(
        tenant=tenant,
        execution_id=execution_id,
        artifact_id=_text(item, "sk").removeprefix(ARTIFACT),
        span_id=_text(item, "span_id"),
        node_id=_text(item, "node_id") or None,
        name=_text(item, "name"),
        media_type=_text(item, "media_type"),
        bytes=_number(item, "bytes") or 0,
        sha256=_text(item, "sha256"),
        key=_text(item, "s3_key"),
        version=_text(item, "s3_version"),
        bucket=_text(item, "s3_bucket"),
        etag=_text(item, "s3_etag"),
        created_at_unix_nano=_number(item, "created_at") or 0,
    )


def access_position(access: Access) -> str:
    return f"{access.time_unix_nano:020d}#{access.access_id}"


def access_item(access: Access, expires_at: int) -> Item:
    return {
        **key(access.tenant, access.execution_id, ACCESS + access_position(access)),
        "access_id": s(access.access_id),
        "time": n(access.time_unix_nano),
        "principal": s(access.principal),
        "action": s(access.action),
        "target": s(access.target),
        "outcome": s(access.outcome),
        "request_id": s(access.request_id),
        TTL_ATTRIBUTE: n(expires_at),
    }


def access_of(tenant: str, execution_id: str, item: Mapping[str, Any]) -> Access:
    from spanvas.model.access import Access

    return Access(
        tenant=tenant,
        execution_id=execution_id,
        access_id=_text(item, "access_id"),
        time_unix_nano=_number(item, "time") or 0,
        principal=_text(item, "principal"),
        action=_text(item, "action"),
        target=_text(item, "target"),
        outcome=_text(item, "outcome"),
        request_id=_text(item, "request_id"),
    )


def moved_to(item: Mapping[str, Any]) -> str:
    """Where all of an execution is by now; empty while it is where it was."""
    return _text(item, MOVED_TO) if MOVED in item else ""


def moving_to(item: Mapping[str, Any]) -> str:
    """Where an execution is or will be; empty where it stays."""
    return _text(item, MOVED_TO)


def execution_id_of(partition_key: str) -> str:
    """The execution of a partition. Neither tenants nor execution ids have `#` in them."""
    return partition_key.rpartition("#E#")[2]


def is_expired(item: Mapping[str, Any], now_unix_nano: int) -> bool:
    """Whether an item is past its TTL: DynamoDB deletes it days later, and returns it until then."""
    expires_at = _number(item, TTL_ATTRIBUTE)
    return bool(expires_at) and (expires_at or 0) <= now_unix_nano // 1_000_000_000


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value["S"]) if value else ""


def _number(item: Mapping[str, Any], name: str) -> int | None:
    value = item.get(name)
    return int(value["N"]) if value else None
