"""Claims on the template's own table: one holder at a time, and none for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.claims import Claim, ClaimItems, LeaseState
from spanvas.storage.direct.dynamodb import DirectDynamoDB
from spanvas.storage.dynamo import DynamoTraceStore
from tests.functional.storage.conftest import ENGINES_OF, WITH_DYNAMODB, endpoint_of
from tests.support.aws_from_template import AUDIT_TABLE, create_resources
from tests.support.aws_in_process import mocked_aws
from tests.support.builders import SECOND, T0, Clock, make_execution

FIRST = Claim("acme", "exec_1", "event-1", "1111111111111111")
SECOND_ONE = FIRST._replace(holder="2222222222222222")


@pytest.fixture(params=WITH_DYNAMODB)
def dynamodb(request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """Both kinds of clients, each with its table."""
    if request.param in ENGINES_OF:
        engines = request.getfixturevalue(ENGINES_OF[request.param])
        with endpoint_of(engines) as endpoint, closing(DirectDynamoDB(endpoint)) as direct:
            yield direct, engines.table
        return
    with mocked_aws():
        client = boto3.client("dynamodb")
        yield client, create_resources(client, boto3.client("s3"))[0]


@pytest.fixture
def claims(dynamodb: tuple[Any, str], clock: Clock) -> ClaimItems:
    return ClaimItems(*dynamodb, clock)


def test_the_first_delivery_takes_the_claim_and_the_second_sees_who_holds_it(
    claims: ClaimItems,
) -> None:
    assert claims.take(FIRST, 30) is None
    assert claims.take(SECOND_ONE, 30) == LeaseState(False, FIRST.holder, T0 + 30 * SECOND)


def test_a_request_that_was_answered_but_not_heard_is_no_repetition(claims: ClaimItems) -> None:
    assert claims.take(FIRST, 30) is None
    assert claims.take(FIRST, 30) is None


def test_a_renewal_can_be_seen(claims: ClaimItems, clock: Clock) -> None:
    claims.take(FIRST, 30)
    clock.advance(10)
    assert claims.renew(FIRST, 30)
    assert claims.take(SECOND_ONE, 30) == LeaseState(False, FIRST.holder, T0 + 40 * SECOND)


def test_a_holder_that_renews_nothing_loses_its_claim_when_the_lease_ends(
    claims: ClaimItems, clock: Clock
) -> None:
    claims.take(FIRST, 30)
    clock.advance(29)
    assert claims.take(SECOND_ONE, 30) is not None
    clock.advance(1)
    assert claims.take(SECOND_ONE, 30) is None
    assert not claims.renew(FIRST, 30)
    assert not claims.finish(FIRST)
    assert claims.take(FIRST, 30) == LeaseState(False, SECOND_ONE.holder, T0 + 60 * SECOND)


def test_what_is_done_stays_so_after_the_lease(claims: ClaimItems, clock: Clock) -> None:
    claims.take(FIRST, 30)
    assert claims.finish(FIRST)
    clock.advance(3_600)
    assert claims.take(SECOND_ONE, 30) == LeaseState(True, FIRST.holder, T0 + 30 * SECOND)
    assert not claims.renew(FIRST, 30)


def test_what_is_done_is_forgotten_after_a_day_deleted_or_not(
    claims: ClaimItems, clock: Clock
) -> None:
    claims.take(FIRST, 30)
    claims.finish(FIRST)
    clock.advance(86_400)
    assert claims.take(SECOND_ONE, 30) is None


def test_a_claim_that_was_given_back_is_taken_at_once(claims: ClaimItems) -> None:
    claims.take(FIRST, 30)
    assert claims.give_back(FIRST)
    assert claims.take(SECOND_ONE, 30) is None


def test_other_events_of_the_execution_and_other_tenants_have_claims_of_their_own(
    claims: ClaimItems,
) -> None:
    claims.take(FIRST, 30)
    claims.finish(FIRST)
    assert claims.take(SECOND_ONE._replace(delivery="event-2"), 30) is None
    assert claims.take(SECOND_ONE._replace(tenant="globex"), 30) is None
    assert claims.take(SECOND_ONE._replace(execution_id="exec_2"), 30) is None


def test_an_execution_does_not_show_its_claims(
    claims: ClaimItems, dynamodb: tuple[Any, str], clock: Clock
) -> None:
    client, table = dynamodb
    store = DynamoTraceStore(table, "", audit_table=AUDIT_TABLE, dynamodb=client, clock=clock)
    claims.take(FIRST, 30)
    assert store.read_execution("acme", "exec_1") is None
    store.start_execution(make_execution())
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    assert trace.execution.revision == 1
    assert store.list_artifacts("acme", "exec_1").items == []
    assert store.list_accesses("acme", "exec_1").items == []


def test_a_table_that_is_not_there_is_a_store_that_cannot_tell(
    dynamodb: tuple[Any, str], clock: Clock
) -> None:
    with pytest.raises(StoreUnavailableError, match="claiming an event"):
        ClaimItems(dynamodb[0], "gone", clock).take(FIRST, 30)
