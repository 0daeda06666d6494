"""Who runs an event that may be delivered more than once: an item beside the execution's own.

A claim is held for a lease, which its holder renews while it works. One that is killed renews nothing, so that the
next delivery may have it. Not responsible for how long to wait, nor for what to do when the store cannot be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from spanvas.model.units import DAY_SECONDS, NANO
from spanvas.storage import items
from spanvas.storage.aws import translate_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_SECONDS: Final = DAY_SECONDS
"""How long a repetition is recognised: Lambda keeps an asynchronous event for six hours at most."""
WORKING: Final = "working"
DONE: Final = "done"
NAMES: Final = {
    "#holder": "holder",
    "#state": "claim_state",
    "#until": "held_until",
    "#expires": items.TTL_ATTRIBUTE,
}


class Claim(NamedTuple):
    """`delivery` is what all deliveries of one event have in common, `holder` what no two of them have."""

    tenant: str
    execution_id: str
    delivery: str
    holder: str


class LeaseState(NamedTuple):
    """How somebody else's claim stands. `held_until` is in unix nanoseconds, 0 where the engine does not say."""

    is_done: bool
    holder: str
    held_until: int


class ClaimItems:
    """One conditional update each. Raises StoreUnavailableError; `clock` gives unix nanoseconds."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, clock: Callable[[], int]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    def take(self, claim: Claim, lease_seconds: int) -> LeaseState | None:
        """Takes a claim. Returns None where it is this holder's now, else the state of the other holder's lease.

        A claim that was given back, or whose lease has run out, can be taken.
        """
        now = self._clock()
        found = self._change(
            claim,
            "SET #holder = :holder, #state = :working, #until = :until, #expires = :expires",
            "attribute_not_exists(pk) OR #expires <= :now_seconds"
            " OR #state = :working AND (#holder = :holder OR #until <= :now)",
            {
                ":working": items.s(WORKING),
                ":until": items.n(now + lease_seconds * NANO),
                ":expires": items.n(now // NANO + KEPT_SECONDS),
                ":now": items.n(now),
                ":now_seconds": items.n(now // NANO),
            },
        )
        return None if found is None else _lease_state(found)

    def renew(self, claim: Claim, lease_seconds: int) -> bool:
        """Extends the lease. Returns False where the claim is not this holder's any more."""
        until = items.n(self._clock() + lease_seconds * NANO)
        return self._set_own(claim, "SET #until = :until", {":until": until})

    def finish(self, claim: Claim) -> bool:
        """Marks the event as done: nobody else takes the claim."""
        return self._set_own(claim, "SET #state = :done", {":done": items.s(DONE)})

    def give_back(self, claim: Claim) -> bool:
        """Ends the lease after a failure, so that the next holder can take the claim at once."""
        return self._set_own(claim, "SET #until = :never", {":never": items.n(0)})

    def _set_own(self, claim: Claim, change: str, values: Mapping[str, Any]) -> bool:
        values = {":working": items.s(WORKING), **values}
        return (
            self._change(claim, change, "#holder = :holder AND #state = :working", values) is None
        )

    def _change(
        self, claim: Claim, change: str, condition: str, values: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """None where the condition held, else the item as it was found."""
        with translate_errors("claiming an event"):
            try:
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=items.key(claim.tenant, claim.execution_id, items.CLAIM + claim.delivery),
                    UpdateExpression=change,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={
                        name: full for name, full in NAMES.items() if name in change + condition
                    },
                    ExpressionAttributeValues={":holder": items.s(claim.holder), **values},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
                return cast("Mapping[str, Any]", error.response.get("Item") or {})
        return None


def _lease_state(item: Mapping[str, Any]) -> LeaseState:
    held_until = str(item.get("held_until", {}).get("N", ""))
    return LeaseState(
        item.get("claim_state") == items.s(DONE),
        str(item.get("holder", {}).get("S", "")),
        int(held_until) if held_until.isdecimal() else 0,
    )
