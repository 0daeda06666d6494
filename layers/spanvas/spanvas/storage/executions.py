"""Executions in the table: the META items."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from spanvas.model.execution import (
    BY_CALLER,
    FAILED,
    LOST,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    UNTRACED,
    Cause,
    Execution,
    seen_at,
)
from spanvas.model.units import NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors
from spanvas.storage.item_reading import (
    DELETION,
    KEPT_AS_OUTCOME,
    OUTCOME,
    execution_of,
    is_expired,
    moved_to,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

START = frozenset({items.STARTED_AT_UNIX_NANO, "started_key", "tenant_day_key"})
"""When an execution started and its place in the history: written together, so that they always agree."""
PLACE_IN_HISTORY = START | {"workflow_key", "started_by"}
"""Attributes that a queued execution already has, and keeps when it starts to run."""
STILL_THERE: Final = f"attribute_exists(pk) AND attribute_not_exists(#{DELETION})"
NAMES: Final = re.compile(r"#(\w+)")
MAX_MOVES: Final = 64
"""Most moves that are followed from one id. Each leads to a smaller id; more than a few take a sender that means it."""


class ExecutionItems:
    """Reads and writes META items. `clock` gives unix nanoseconds; `content_seconds`: how long content is shown."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        clock: Callable[[], int],
        content_seconds: int | None = None,
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock
        self._content_seconds = content_seconds

    def start(self, execution: Execution) -> None:
        """Creates an execution; moves it on from `queued`, completes a provisional one, or continues any other."""
        attributes = {**items.execution_attributes(execution), **items.index_keys(execution)}
        if execution.status in (QUEUED, UNTRACED):
            self._update(execution, attributes, "attribute_not_exists(pk)")
            return
        attributes[items.QUEUED_UNTIL_UNIX_NANO] = items.n(execution.started_at_unix_nano)
        started = self._update(
            execution,
            attributes,
            "attribute_not_exists(pk) OR #status = :queued"
            " OR attribute_exists(#provisional) AND #status IN (:running, :lost)",
            {":queued": items.s(QUEUED), ":running": items.s(RUNNING), ":lost": items.s(LOST)},
            keep=PLACE_IN_HISTORY,
            remove=[items.PROVISIONAL, items.ENDED_AT_UNIX_NANO, "cause"],
        )
        if not started and not self._continue(execution):
            self._take_over(execution, attributes)

    def end(
        self,
        tenant: str,
        execution_id: str,
        status: str,
        ended_at_unix_nano: int,
        cause: Cause | None = None,
        exporter_health: Mapping[str, str] | None = None,
        add: Mapping[str, Any] | None = None,
        counted_as: str = "",
        said: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any] | None:
        """Ends an execution; of several ends the latest stays, and any end replaces `lost`. Returns META as it is then;
        None where this is not the latest. `add`: counters. `counted_as`: see `items.COUNTED_AS`; "" counts it not.
        `said`: attributes that stay as they are where they are there."""
        said = said or {}
        attributes = {
            **said,
            "status": items.s(status),
            items.ENDED_AT_UNIX_NANO: items.n(ended_at_unix_nano),
            **({items.COUNTED_AS: items.s(counted_as)} if counted_as else {}),
        }
        # What a function itself has given up stays among the overdue until it has been closed, and counted.
        remove = [] if status == LOST else ["running_key", "deadline_key"]
        if cause is None:
            remove.append("cause")
        else:
            attributes["cause"] = items.s(items.cause_text(cause))
        if exporter_health:
            attributes["exporter_health"] = items.s(json.dumps(dict(exporter_health)))
        return self.change(
            bare(tenant, execution_id),
            attributes,
            "attribute_exists(pk)"
            " AND (#status IN (:queued, :running, :lost) OR #ended_at <= :ended_at)",
            {f":{each}": items.s(each) for each in (QUEUED, RUNNING, LOST)},
            add=add,
            keep=items.KEPT | said.keys(),
            remove=remove,
        )

    def close_as_lost(self, execution: Execution, cause: Cause) -> bool:
        """Close one of the overdue. False where it has ended or gone on since it was listed.

        A cause that is stored already stays as it was written: a newer version may have written more of it.
        """
        ended_at = execution.ended_at_unix_nano or self._clock()
        return self._update(
            execution,
            {
                "status": items.s(LOST),
                items.ENDED_AT_UNIX_NANO: items.n(ended_at),
                "cause": items.s(items.cause_text(cause)),
                items.COUNTED_AS: items.s(LOST),
                # A provisional one has no place in the history of a workflow yet.
                "workflow_key": items.s(
                    items.workflow_key(execution.tenant, execution.workflow_id)
                ),
            },
            "attribute_exists(#running_key) AND #deadline <= :seen"
            " AND NOT begins_with(#running_key, :recount)",
            {
                ":seen": items.n(execution.deadline_unix_nano or 0),
                ":recount": items.s(items.RECOUNT),
            },
            keep=items.KEPT | {"workflow_key", *(["cause"] if cause == execution.cause else [])},
            remove=["running_key", "deadline_key", items.CLOSING_TRIES],
        )

    def read(self, tenant: str, execution_id: str) -> Execution | None:
        """Returns the execution that an id stands for, as `shown`."""
        item = self.item(tenant, execution_id)
        for _ in range(MAX_MOVES):
            target = moved_to(item) if item else ""
            if not target:
                break
            item = self.item(tenant, target)
        return self.shown(item)

    def item(self, tenant: str, execution_id: str) -> Mapping[str, Any] | None:
        """Returns META as it is stored; None where there is none."""
        with translate_errors("reading an execution"):
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=items.key(tenant, execution_id), ConsistentRead=True
            )
        return answer.get("Item")

    def shown(self, item: Mapping[str, Any] | None) -> Execution | None:
        """Returns an execution as readers see it now: None when expired or moved, `lost` when overdue.

        Content is left out when its own time is over. Raises UnreadableItemError.
        """
        now = self._clock()
        if not item or is_expired(item, now) or moved_to(item):
            return None
        execution = seen_at(execution_of(item), now)
        if self._content_seconds is None:
            return execution
        from spanvas.storage.short_content import content_kept

        return content_kept(execution, now - self._content_seconds * NANO)

    def _take_over(self, execution: Execution, attributes: Mapping[str, Any]) -> bool:
        """Registers an execution whose spans have come over OTLP before. What they said of it does not count any more,
        and an id that was joined to another one is taken back; the other one keeps a copy of the spans.

        The start alone stays where it was if that is earlier: a start never moves to a later time, so that nobody who
        reads the history from the newest on misses an execution.
        """
        known = f"(attribute_exists(#{items.ORIGIN_NAMING}) OR attribute_exists(#{items.MOVED_TO}))"
        remove = [
            *(items.ORIGIN_NAMING, items.ORIGIN_ENDING, items.ORIGIN_SESSION, "session_id"),
            items.ORIGIN_INTERRUPTED,
            *(items.ENDED_AT_UNIX_NANO, "cause", items.MOVED_TO, items.MOVED),
            *({"external_id", "user_id"} - attributes.keys()),
        ]
        is_earlier = f"{known} AND #started_key > :started_key"
        return self._update(execution, attributes, is_earlier, remove=remove) or self._update(
            execution, attributes, known, keep=START, remove=remove
        )

    def _continue(self, execution: Execution) -> bool:
        """Changes a known execution after one more function has begun a part of it.

        | status            | the part is ended by                 | becomes                                          |
        |-------------------|--------------------------------------|--------------------------------------------------|
        | running           | anybody                              | running, with the later of the two deadlines     |
        | lost              | anybody                              | running, if the part began after the end         |
        | succeeded, failed | its function or a state machine      | running, if the part began after the end         |
        | succeeded, failed | its caller: nobody would end it      | unchanged                                        |
        """
        if execution.deadline_unix_nano is None:
            return False
        deadline = items.n(execution.deadline_unix_nano)
        ended = "#status = :lost"
        values = {":lost": items.s(LOST)}
        if execution.ended_by != BY_CALLER:
            ended = "#status IN (:lost, :failed, :succeeded)"
            values |= {":failed": items.s(FAILED), ":succeeded": items.s(SUCCEEDED)}
        began = execution.began_at_unix_nano or execution.started_at_unix_nano
        return self._update(
            execution,
            {
                "status": items.s(RUNNING),
                "ended_by": items.s(execution.ended_by),
                items.DEADLINE_UNIX_NANO: deadline,
                "deadline_key": deadline,
                "running_key": items.s(items.running_key(execution.execution_id)),
            },
            f"attribute_not_exists(#{items.ORIGIN_NAMING}) AND ("
            "#status = :status AND (attribute_not_exists(#deadline) OR #deadline < :deadline)"
            f" OR {ended} AND #ended_at < :began)",
            {":began": items.n(began), **values},
            remove=[items.ENDED_AT_UNIX_NANO, "cause"],
        )

    def _update(self, *arguments: Any, **options: Any) -> bool:
        """Writes as `change`. Returns whether the condition held."""
        return self.change(*arguments, **options) is not None

    def change(
        self,
        execution: Execution,
        attributes: Mapping[str, Any],
        condition: str,
        values: Mapping[str, Any] | None = None,
        *,
        add: Mapping[str, Any] | None = None,
        keep: frozenset[str] = frozenset(),
        remove: Sequence[str] = (),
    ) -> Mapping[str, Any] | None:
        """Set, add and remove attributes and count up the revision: META as it is then, None if the condition failed.

        `keep` names those of `attributes` that stay as they are where they are present. Whoever writes a status keeps
        the index of failed and lost executions right by it: every write of META comes through here.
        """
        if "status" in attributes:
            status = attributes["status"]["S"]
            if status in KEPT_AS_OUTCOME:
                outcome, status = status, SUCCEEDED
                attributes = {**attributes, "status": items.s(status), OUTCOME: items.s(outcome)}
            else:
                remove = [*remove, OUTCOME]
            if items.is_indexed(status):
                key = items.status_key(execution.tenant, status)
                attributes = {**attributes, "status_key": items.s(key)}
            else:
                remove = [*remove, "status_key"]
        add = {**(add or {}), "revision": items.n(1)}
        expression = "ADD " + ", ".join(f"#{name} :add_{name}" for name in add)
        if attributes:
            expression += " SET " + ", ".join(
                f"#{name} = if_not_exists(#{name}, :{name})"
                if name in keep
                else f"#{name} = :{name}"
                for name in attributes
            )
        if remove:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in remove)
        used = {*attributes, *add, *remove, *NAMES.findall(condition)}
        with translate_errors("writing an execution"):
            try:
                answer = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=items.key(execution.tenant, execution.execution_id),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={f"#{name}": name for name in used},
                    ExpressionAttributeValues={
                        **{f":{name}": value for name, value in attributes.items()},
                        **{f":add_{name}": value for name, value in add.items()},
                        **(values or {}),
                    },
                    ReturnValues="ALL_NEW",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException:
                return None
        return answer["Attributes"]


def bare(tenant: str, execution_id: str) -> Execution:
    """Returns an execution of which the key alone is used."""
    return Execution(tenant, execution_id, "", "", 0)
