from __future__ import annotations

from collections.abc import Iterator

import pytest

from executor import bedrock, transport
from standins import StandIns, start


@pytest.fixture(scope="session")
def running() -> Iterator[StandIns]:
    """Both stand-ins on free ports, answering at once; every twentieth model call or so is throttled first."""
    with start(latency=0, throttle_one_in=20) as stand_ins:
        yield stand_ins


@pytest.fixture
def stand_ins(running: StandIns, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIns]:
    """The stand-ins, and a boto3 that finds them as it finds Bedrock on AWS: by the environment alone."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", running.bedrock_url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bedrock._make_client.cache_clear()
    yield running
    bedrock._make_client.cache_clear()
    transport.pool().clear()
