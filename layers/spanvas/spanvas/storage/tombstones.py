"""What is left of a deleted execution: META with its ids, times and totals, and no text that anybody wrote.

No writer changes it. Its status is one that no condition of a writer names, and it has no end and no origin, so older
versions of the layer leave it as it is, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from spanvas.model.execution import DELETED, UNKNOWN_WORKFLOW, Execution, place_of
from spanvas.semantics.shapes import id_without_content
from spanvas.storage import items
from spanvas.storage.item_reading import DELETION, PURGED_AT

SOURCE: Final = "SOURCE#"
"""Sort key of an item that names an execution which was joined to this one: some of its items may still be there,
and its accesses are (ADR 36)."""
PURGES: Final = "purges"
"""On META of a deleted execution: how often everything that it held has been looked for and deleted."""
KEPT: Final = (items.META, items.ACCESS, items.CLAIM, SOURCE)
"""Beginnings of the sort keys of items that stay: who has seen the execution, and that its event has been run, are no
content."""
FIRST_WAIT_SECONDS: Final = 20 * 60
"""The longest that a function may go on sending, and a margin."""
LONGEST_WAIT_SECONDS: Final = 30 * 86_400


def purge_partition(shard: int) -> str:
    """Returns the partition of `items.BY_DEADLINE` for deleted executions of one shard whose items are to be deleted.

    `deadline_key` is when.
    """
    return f"DELETED#{shard}"


def waiting_seconds(purges: int) -> int:
    """Returns after how many seconds a deleted execution is looked at again: twenty minutes, forty, and so on."""
    return min(FIRST_WAIT_SECONDS << min(purges - 1, 20), LONGEST_WAIT_SECONDS)


def source_item(tenant: str, target: str, source: str, expires_at: int) -> items.Item:
    """Returns the item by which a deletion of `target` finds what is stored under `source`, which leads to it."""
    return {
        **items.key(tenant, target, SOURCE + source),
        items.TTL_ATTRIBUTE: items.n(expires_at),
    }


def tombstone_item(
    execution: Execution, by: str, now_unix_nano: int, expires_at: int
) -> items.Item:
    """Returns META of an execution that is deleted now.

    A workflow that only its spans have named goes too, since its name is that of a span. Of one whose id was made of a
    text a digest is left.
    """
    shard = items.running_shard(execution.execution_id)
    place = place_of(execution)
    known = {
        "at": now_unix_nano,
        "by": by,
        "status": execution.status,
        "started_at": execution.started_at_unix_nano,
        "queued_until": execution.queued_until_unix_nano,
        "ended_at": execution.ended_at_unix_nano,
        "counters": {name: getattr(execution.counters, name) for name in items.COUNTERS},
    }
    item: items.Item = {
        **items.key(execution.tenant, execution.execution_id),
        "tenant": items.s(execution.tenant),
        "execution_id": items.s(execution.execution_id),
        "trace_id": items.s(execution.trace_id),
        "status": items.s(DELETED),
        DELETION: items.s(json.dumps(known)),
        items.STARTED_AT_UNIX_NANO: items.n(place),
        "tenant_day_key": items.s(items.tenant_day_key(execution.tenant, place)),
        "trace_key": items.s(items.trace_key(execution.tenant, execution.trace_id)),
        "started_key": items.s(items.started_key(place, execution.execution_id)),
        "running_key": items.s(purge_partition(shard)),
        "deadline_key": items.n(now_unix_nano),
        "revision": items.n(execution.revision + 1),
        items.TTL_ATTRIBUTE: items.n(max(expires_at, execution.expires_at)),
    }
    item["workflow_id"] = items.s(UNKNOWN_WORKFLOW)
    if execution.origin is None and execution.workflow_id:
        workflow_id = id_without_content(execution.workflow_id)
        item["workflow_id"] = items.s(workflow_id)
        item["workflow_key"] = items.s(items.workflow_key(execution.tenant, workflow_id))
    return item


def note_late(change: Callable[..., Any], execution: Execution) -> bool:
    """Lets what has come for a deleted execution be deleted, too, within a minute. Returns whether it is deleted.

    `change` is `ExecutionItems.change`.
    """
    shard = items.running_shard(execution.execution_id)
    attributes = {"running_key": items.s(purge_partition(shard)), "deadline_key": items.n(0)}
    changed = change(execution, attributes, f"attribute_exists(#{DELETION})", remove=[PURGED_AT])
    return changed is not None
