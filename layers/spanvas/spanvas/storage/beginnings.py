"""The first write of an execution, made before its function's code runs: META, and nothing else."""

from __future__ import annotations

from typing import Final

from spanvas.model.execution import LOST, QUEUED, RUNNING, Execution
from spanvas.storage import items
from spanvas.storage.executions import ExecutionItems

NOT_YET: Final = frozenset({"workflow_key"})
"""The function may still name its workflow. An entry of an index costs one unit when it comes, two when it moves."""


class BeginningItems:
    """Writes META items that `ExecutionItems.start` completes: they are marked as provisional until then."""

    def __init__(self, executions: ExecutionItems) -> None:
        self._executions = executions

    def begin(self, execution: Execution) -> bool:
        """Returns whether this call has created the item. A queued one is marked as begun; any other stays as it is."""
        attributes = {**items.execution_attributes(execution), **items.index_keys(execution)}
        said = {name: value for name, value in attributes.items() if name not in NOT_YET}
        after = self._executions.change(
            execution,
            {**said, items.PROVISIONAL: items.n(1)},
            "attribute_not_exists(pk) OR #status = :queued"
            " OR attribute_exists(#provisional) AND attribute_not_exists(#started_key)",
            {":queued": items.s(QUEUED)},
            keep=frozenset(said) - {items.TTL_ATTRIBUTE},
        )
        return after is not None and after["revision"] == items.n(1)

    def withdraw(self, tenant: str, execution_id: str, now_seconds: int) -> None:
        """Lets a provisional execution expire at once and takes it out of every index, also one that the sweep has
        closed as lost meanwhile; others stay as they are."""
        self._executions.change(
            Execution(tenant, execution_id, "", "", 0),
            {items.TTL_ATTRIBUTE: items.n(now_seconds)},
            "attribute_exists(#provisional) AND #status IN (:running, :lost)",
            {":running": items.s(RUNNING), ":lost": items.s(LOST)},
            remove=items.INDEX_KEYS,
        )
