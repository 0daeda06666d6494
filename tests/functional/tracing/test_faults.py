"""AWS fails at every call of an execution in turn: nothing that was acknowledged is lost, and nobody notices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.executions import ATTEMPTS, Faulty, Findings
from tests.faults.proxy import FAULTS, Plan, proxies
from tests.support.engines import Engines, moto_engines

BOTO3_FAULTS = ("throttled", "reset after")
"""What fails below the client is the same for both; `make bench-layer` has all of them over boto3 too."""


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    with moto_engines() as running:
        yield running


@pytest.fixture(scope="module")
def proxied(engines: Engines) -> Iterator[tuple[Plan, list[str]]]:
    urls = (engines.dynamodb.meta.endpoint_url, engines.s3.meta.endpoint_url)
    with proxies(*urls) as (plan, proxy_urls):
        yield plan, proxy_urls


@pytest.mark.parametrize(
    ("client", "fault"),
    [*(("direct", name) for name in FAULTS), *(("boto3", name) for name in BOTO3_FAULTS)],
)
def test_a_call_that_fails_for_good_loses_nothing_and_changes_nothing(
    engines: Engines, proxied: tuple[Plan, list[str]], client: str, fault: str
) -> None:
    faulty = Faulty(engines, *proxied, client)
    found = Findings()
    calls = faulty.count_calls()
    assert {"UpdateItem", "PutItem", "S3 PUT"} == set(faulty.calls)
    for index in range(calls):
        faulty.run(FAULTS[fault], index, ATTEMPTS, found)
    assert (found.acknowledged_lost, found.changed, found.not_recovered) == ([], [], [])
    assert found.acknowledged > calls
