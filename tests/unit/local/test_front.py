"""What is asked of the API before functions can be called waits, and not for ever."""

from __future__ import annotations

import threading

import pytest

from local import front
from local.front import held_until
from local.http_message import Headers, Request, Response

REQUEST = Request("GET", "/v1/workflows", "", Headers([]), b"", "127.0.0.1")


def test_a_request_that_comes_too_early_is_answered_when_functions_can_be_called() -> None:
    ready = threading.Event()
    answers: list[Response] = []
    handler = held_until(ready, lambda _request: Response(200, b"done"))
    waiting = threading.Thread(target=lambda: answers.append(handler(REQUEST)))
    waiting.start()
    assert answers == []
    ready.set()
    waiting.join(60)
    assert [answer.status for answer in answers] == [200]


def test_a_request_is_told_to_come_again_where_that_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(front, "PATIENCE_SECONDS", 0.0)
    answer = held_until(threading.Event(), lambda _request: Response(200))(REQUEST)
    assert (answer.status, answer.body) == (503, b'{"message":"Service Unavailable"}')
    assert ("retry-after", "1") in answer.headers
