"""Bedrock's Converse through real botocore: its errors under their own names, and no hidden retry."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from executor import bedrock
from executor.bedrock import converse
from executor.errors import NodeError
from standins import StandIns, start

REQUEST: dict[str, Any] = {
    "modelId": "amazon.nova-lite-v1:0",
    "messages": [{"role": "user", "content": [{"text": "Say something about lamps. They burn."}]}],
}


def refused(request: dict[str, Any], timeout_seconds: int = 30) -> NodeError:
    with pytest.raises(NodeError) as raised:
        converse(request, timeout_seconds)
    return raised.value


def test_an_answer_is_what_the_service_gave(stand_ins: StandIns) -> None:
    response = converse(REQUEST, 30)
    assert response["stopReason"] == "end_turn"
    assert response["output"]["message"]["role"] == "assistant"
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-spanvas-stand-in"] == "bedrock-converse"


@pytest.fixture
def always_throttled(stand_ins: StandIns, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIns]:
    with start(latency=0, throttle_one_in=1) as throttling:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", throttling.bedrock_url)
        yield throttling


def test_throttling_is_an_error_at_once_and_may_be_tried_again(always_throttled: StandIns) -> None:
    error = refused(REQUEST)
    assert (error.error_type, error.is_retryable) == ("ThrottlingException", True)
    assert error.message == (
        "Bedrock refused the call: Too many requests, please wait before trying again."
    )
    # the repetition is served: botocore has not spent it
    assert converse(REQUEST, 30)["stopReason"] == "end_turn"


def test_a_malformed_request_is_not_tried_again(stand_ins: StandIns) -> None:
    request = {**REQUEST, "messages": [{"role": "assistant", "content": [{"text": "Hm."}]}]}
    error = refused(request)
    assert (error.error_type, error.is_retryable) == ("ValidationException", False)


def test_a_request_that_botocore_refuses_is_named(stand_ins: StandIns) -> None:
    error = refused({**REQUEST, "messages": "hello"})
    assert (error.error_type, error.is_retryable) == ("ParamValidationError", False)


def test_an_endpoint_that_is_not_there_may_be_tried_again(
    stand_ins: StandIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:9")
    bedrock._make_client.cache_clear()
    error = refused(REQUEST)
    assert (error.error_type, error.is_retryable) == ("ConnectionError", True)


def test_an_endpoint_that_does_not_answer_may_be_tried_again(
    stand_ins: StandIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", url)
        bedrock._make_client.cache_clear()
        error = refused(REQUEST, 1)
    assert (error.error_type, error.is_retryable) == ("Timeout", True)
    assert error.message == "Bedrock did not answer within 1 s"
