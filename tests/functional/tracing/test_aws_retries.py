"""Retries of a real botocore, against a Bedrock that throttles."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.endpoint
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import spanvas
import standins
from spanvas.tracing import instrumentations
from spanvas.tracing.context import unobserved
from spanvas.tracing.health import Health
from tests.support.recording import recording

Ask = Any


@pytest.fixture(autouse=True)
def unwatched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """botocore as it was, afterwards."""
    asked = botocore.endpoint.Endpoint._needs_retry  # type: ignore[attr-defined]
    own = getattr(asked, "__wrapped__", asked)
    monkeypatch.setattr(botocore.endpoint.Endpoint, "_needs_retry", own)
    yield


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Refuses every call once."""
    with standins.start(latency=0.0, throttle_one_in=1) as running:
        yield running.bedrock_url


def make_client(url: str, attempts: int = 3) -> Any:
    return boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
    )


def converse(client: Any, question: str) -> None:
    client.converse(
        modelId="amazon.nova-lite-v1:0",
        messages=[{"role": "user", "content": [{"text": question}]}],
    )


def test_an_attempt_that_is_repeated_is_an_event_of_the_open_span(url: str) -> None:
    health = Health()
    client = make_client(url)
    assert instrumentations.watch_aws_retries(health)
    assert instrumentations.watch_aws_retries(health)
    with recording() as recorded, spanvas.workflow("brief"), spanvas.node("ask"):
        converse(client, "one?")
    span = recorded.span("ask")
    (event,) = span.events
    assert event.name == "spanvas.retry"
    assert event.attributes == {
        "spanvas.retry.number": 1,
        "error.type": "ThrottlingException",
        "rpc.method": "BedrockRuntime/Converse",
        "http.response.status_code": 429,
    }
    assert span.attributes["spanvas.retries"] == 1
    assert health.counts() == {}


def test_a_connection_that_fails_is_told_by_its_exception() -> None:
    instrumentations.watch_aws_retries(Health())
    with (
        recording() as recorded,
        spanvas.workflow("brief"),
        pytest.raises(Exception, match="Could not connect"),
    ):
        converse(make_client("http://127.0.0.1:9", attempts=2), "two?")
    (event,) = recorded.span("brief").events
    assert event.attributes["error.type"] == "EndpointConnectionError"
    assert "http.response.status_code" not in event.attributes


def test_an_attempt_that_is_not_repeated_is_none(url: str) -> None:
    instrumentations.watch_aws_retries(Health())
    with recording() as recorded, spanvas.workflow("brief"), pytest.raises(ClientError):
        converse(make_client(url, attempts=1), "three?")
    assert recorded.span("brief").events == ()


def test_outside_of_spans_and_in_our_own_calls_nothing_is_told(url: str) -> None:
    instrumentations.watch_aws_retries(Health())
    converse(make_client(url), "four?")
    with recording() as recorded, spanvas.workflow("brief"), unobserved():
        converse(make_client(url), "five?")
    assert recorded.span("brief").events == ()


def test_trouble_of_ours_leaves_the_call_alone(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    health = Health()
    instrumentations.watch_aws_retries(health)
    monkeypatch.setattr(instrumentations, "_add_event", lambda *_, **__: 1 / 0)
    converse(make_client(url), "six?")
    assert health.counts() == {"problem.aws_retries": 1}


def test_a_botocore_that_is_not_there_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "botocore.endpoint", None)
    assert not instrumentations.watch_aws_retries(Health())
