"""Lambda's Invoke API and its asynchronous retries, over a pool that answers what the test says."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from local.http_message import Headers, Request, Response
from local.lambdas.invocation import Invocation, InvocationResult, ThrottledError, failure
from local.lambdas.service import LambdaService
from local.resources import Function

GOOD = InvocationResult(b'{"ok":true}')
BAD = failure("ValueError", "boom")
QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead-letters"


def unexpected(_function: Function, record: str) -> None:
    raise AssertionError(record)


class FakePool:
    """Answers one outcome after the other, the last for ever; `called` is set at each."""

    def __init__(self, outcomes: list[InvocationResult | Exception], **changes: Any) -> None:
        self.function = Function(
            logical_id="Worker", name="worker", arn="arn:worker", handler="", runtime="", code_path="",
            timeout_seconds=3, memory_mb=128, environment={}, layers=(), log_format="", log_group="",
            has_snap_start=False, reserved_concurrency=None, retry_attempts=changes.get("retry_attempts", 2),
            max_event_age_seconds=changes.get("max_event_age_seconds", 60),
            on_failure=changes.get("on_failure", ""),
        )  # fmt: skip
        self.outcomes = outcomes
        self.invocations: list[Invocation] = []

    def invoke(self, invocation: Invocation) -> InvocationResult:
        self.invocations.append(invocation)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def stop(self) -> None:
        """Nothing to stop."""


class Service:
    def __init__(
        self, pool: FakePool, send: Callable[[Function, str], object] = unexpected
    ) -> None:
        self.waits: list[float] = []
        self.service = LambdaService(send=send, sleep=self.waits.append)
        self.service.add(pool)  # type: ignore[arg-type]

    def post(
        self, body: bytes = b'{"a":1}', name: str = "worker", query: str = "", **headers: str
    ) -> Response:
        fields = [(header.replace("_", "-"), value) for header, value in headers.items()]
        path = f"/2015-03-31/functions/{name}/invocations"
        return self.service.handle(Request("POST", path, query, Headers(fields), body))

    def run_later(self, body: bytes = b'{"a":1}') -> None:
        """Invoke asynchronously and wait for the last attempt."""
        before = set(threading.enumerate())
        assert self.post(body, X_Amz_Invocation_Type="Event").status == 202
        for thread in set(threading.enumerate()) - before:
            thread.join(60)


def headers_of(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers}


def test_a_synchronous_call_answers_what_the_function_answers() -> None:
    pool = FakePool([GOOD])
    context = base64.b64encode(b'{"custom":{}}').decode()
    response = Service(pool).post(
        query="Qualifier=live", X_Amz_Client_Context=context, X_Amzn_Trace_Id="Root=1-2-3"
    )
    assert (response.status, response.body) == (200, b'{"ok":true}')
    assert "x-amz-function-error" not in headers_of(response)
    invocation = pool.invocations[0]
    assert (invocation.payload, invocation.qualifier) == (b'{"a":1}', "live")
    assert (invocation.client_context, invocation.trace_header) == ('{"custom":{}}', "Root=1-2-3")


def test_a_failure_is_a_200_that_says_so() -> None:
    response = Service(FakePool([BAD])).post()
    assert (response.status, headers_of(response)["x-amz-function-error"]) == (200, "Unhandled")


@pytest.mark.parametrize(
    "name", ["worker", "arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Aworker", "worker:live"]
)
def test_a_function_is_found_by_name_or_arn(name: str) -> None:
    assert Service(FakePool([GOOD])).post(name=name).status == 200


@pytest.mark.parametrize(
    ("outcome", "body", "kind", "status", "error"),
    [
        (GOOD, b"{", "RequestResponse", 400, "InvalidRequestContentException"),
        (GOOD, b'"' + b"x" * 6_291_456 + b'"', "RequestResponse", 413, "RequestTooLargeException"),
        (GOOD, b'"' + b"x" * 1_048_576 + b'"', "Event", 413, "RequestTooLargeException"),
        (ThrottledError(), b"{}", "RequestResponse", 429, "TooManyRequestsException"),
    ],
)
def test_a_call_is_refused_in_lambdas_words(
    outcome: InvocationResult | Exception,
    body: bytes,
    kind: str,
    status: int,
    error: str,
) -> None:
    response = Service(FakePool([outcome])).post(body, X_Amz_Invocation_Type=kind)
    assert (response.status, headers_of(response)["x-amzn-errortype"]) == (status, error)


def test_an_unknown_function_is_not_found() -> None:
    response = Service(FakePool([GOOD])).post(name="absent")
    assert (response.status, headers_of(response)["x-amzn-errortype"]) == (
        404,
        "ResourceNotFoundException",
    )


def test_a_dry_run_runs_nothing() -> None:
    pool = FakePool([GOOD])
    assert Service(pool).post(X_Amz_Invocation_Type="DryRun").status == 204
    assert pool.invocations == []


def test_an_event_that_succeeds_is_run_once() -> None:
    pool = FakePool([GOOD])
    Service(pool).run_later()
    assert len(pool.invocations) == 1


def test_an_event_that_fails_is_tried_twice_again_with_the_same_request_id() -> None:
    pool = FakePool([BAD])
    service = Service(pool)
    service.run_later()
    assert len(pool.invocations) == 3
    assert len({invocation.request_id for invocation in pool.invocations}) == 1
    assert service.waits == [60.0, 120.0]


def test_an_event_is_tried_no_more_once_it_succeeded() -> None:
    pool = FakePool([BAD, GOOD])
    Service(pool).run_later()
    assert len(pool.invocations) == 2


def test_the_templates_own_number_of_retries_is_kept() -> None:
    pool = FakePool([BAD], retry_attempts=0)
    Service(pool).run_later()
    assert len(pool.invocations) == 1


def test_a_throttled_event_waits_and_uses_up_no_attempt() -> None:
    pool = FakePool([ThrottledError(), ThrottledError(), GOOD], retry_attempts=0)
    service = Service(pool)
    service.run_later()
    assert (len(pool.invocations), service.waits) == (3, [1.0, 1.0])


def test_an_event_that_is_given_up_is_handed_to_the_destination_of_its_function() -> None:
    sent: list[tuple[str, dict[str, Any]]] = []

    def send(function: Function, record: str) -> None:
        sent.append((function.on_failure, json.loads(record)))

    Service(FakePool([BAD], retry_attempts=0, on_failure=QUEUE), send).run_later()
    ((destination, record),) = sent
    assert destination == QUEUE
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestPayload"] == {"a": 1}
    assert record["responsePayload"]["errorType"] == "ValueError"


def test_a_destination_that_takes_no_record_is_said_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def send(_function: Function, _record: str) -> None:
        raise PermissionError("not authorized to perform: events:PutEvents")

    Service(FakePool([BAD], retry_attempts=0, on_failure=QUEUE), send).run_later()
    assert "not authorized to perform: events:PutEvents" in caplog.text
