"""Lambda delivers an event at least once: the executor under the built layers runs it once, unless it was killed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.http_message import Request, Response
from local.http_server import HttpServer
from local.lambdas.invocation import Invocation
from local.lambdas.sandbox import Sandbox
from local.project import PROJECT
from spanvas.model.execution import Execution
from spanvas.storage import items
from tests.runtime.layer_sandbox import LayeredFunctions

pytestmark = pytest.mark.runtime

TENANT = "acme"
REQUEST = "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"
ANOTHER_REQUEST = "9b8e7d6c-5f4a-4b3c-8d2e-1f0a9b8c7d6e"


class Shop:
    """Whom the workflow calls. An answer is given when `open` is set; `called` is when one is waited for."""

    def __init__(self) -> None:
        self.calls = 0
        self.called = threading.Event()
        self.open = threading.Event()
        self.server = HttpServer(name="shop").start(self._answer)

    def _answer(self, request: Request) -> Response:
        self.calls += 1
        self.called.set()
        self.open.wait(60)
        return Response(200, b'{"sold": true}')


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop()
    yield made
    made.open.set()
    made.server.stop()


Start = Callable[..., Sandbox]


@pytest.fixture
def executor(functions: LayeredFunctions, shop: Shop) -> Iterator[Start]:
    """Starts sandboxes of the reference executor."""
    started: list[Sandbox] = []

    def start(**environment: Any) -> Sandbox:
        variables: dict[str, Any] = {
            "SPANVAS_CONNECTIONS": json.dumps({"shop": shop.server.url}),
            "SPANVAS_EXECUTION_ID_PATH": "execution_id",
            "SPANVAS_TENANT_PATH": "tenant",
            "SPANVAS_STORE_BUDGET_MS": "30000",
            "POWERTOOLS_METRICS_NAMESPACE": "Spanvas",
            **environment,
        }
        started.append(
            functions.start(
                "executor.handler.handler",
                folder=PROJECT / "functions",
                timeout_seconds=120,
                **variables,
            )
        )
        return started[-1]

    yield start
    for sandbox in started:
        sandbox.kill()


def event(execution_id: str) -> dict[str, Any]:
    buy = {"id": "buy", "kind": "http", "connection": "shop", "path": "/", "timeout_seconds": 60}
    document = {"id": "sale", "name": "Sale", "version": "1", "nodes": [buy]}
    return {"execution_id": execution_id, "tenant": TENANT, "document": document, "input": {}}


def deliver(sandbox: Sandbox, execution_id: str, request_id: str = REQUEST) -> str:
    """The status of the answer."""
    payload = json.dumps(event(execution_id)).encode()
    outcome = sandbox.invoke(Invocation(payload, request_id))
    assert not outcome.failed, outcome.payload
    status = json.loads(outcome.payload)["status"]
    assert isinstance(status, str)
    return status


def execution_of(functions: LayeredFunctions, execution_id: str) -> Execution:
    execution = functions.engines.store.read_execution(TENANT, execution_id)
    assert execution is not None
    return execution


def names_of(functions: LayeredFunctions, execution_id: str) -> list[str]:
    trace = functions.engines.store.read_trace(TENANT, execution_id)
    assert trace is not None
    return sorted(f"{row.kind} {row.name}" for row in trace.rows)


ONE_RUN = ["attempt attempt 1", "http GET /", "invocation layered", "node buy", "workflow Sale"]


def test_an_event_that_comes_again_afterwards_changes_nothing(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    shop.open.set()
    sandbox = executor()
    assert deliver(sandbox, "again") == "succeeded"
    before = execution_of(functions, "again")
    assert deliver(sandbox, "again") == "repeated"
    assert deliver(executor(), "again") == "repeated"
    assert shop.calls == 1
    assert execution_of(functions, "again") == before
    assert names_of(functions, "again") == ONE_RUN
    assert "the event has come before" in functions.log.read_text(encoding="utf-8")


def test_an_event_that_comes_again_meanwhile_changes_nothing(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    """The second delivery waits until the first has renewed its claim, and so has shown that it lives."""
    with ThreadPoolExecutor() as pool:
        first = pool.submit(deliver, executor(), "meanwhile")
        assert shop.called.wait(60)
        assert deliver(executor(), "meanwhile") == "repeated"
        running = execution_of(functions, "meanwhile")
        shop.open.set()
        assert first.result() == "succeeded"
    assert shop.calls == 1
    assert running.status == "running"
    assert running.deadline_unix_nano == execution_of(functions, "meanwhile").deadline_unix_nano
    assert names_of(functions, "meanwhile") == ONE_RUN


def test_an_event_whose_function_was_killed_is_run_again_when_lambda_tries_again(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    with ThreadPoolExecutor() as pool:
        doomed = executor()
        first = pool.submit(
            doomed.invoke, Invocation(json.dumps(event("killed")).encode(), REQUEST)
        )
        assert shop.called.wait(60)
        doomed.kill()
        assert first.result().failed
        shop.open.set()
        let_the_lease_end(functions, "killed")
        assert deliver(executor(), "killed") == "succeeded"
    assert shop.calls == 2
    assert execution_of(functions, "killed").status == "succeeded"
    assert deliver(executor(), "killed") == "repeated"


def let_the_lease_end(functions: LayeredFunctions, execution_id: str) -> None:
    """As the minute does that Lambda waits before it tries again."""
    functions.engines.dynamodb.update_item(
        TableName=functions.engines.table,
        Key=items.key(TENANT, execution_id, f"CLAIM#{REQUEST}"),
        UpdateExpression="SET held_until = :now",
        ConditionExpression="claim_state = :working",
        ExpressionAttributeValues={":now": {"N": "1"}, ":working": {"S": "working"}},
    )


def test_an_execution_may_be_repeated_on_purpose(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    shop.open.set()
    sandbox = executor()
    assert deliver(sandbox, "on-purpose") == "succeeded"
    assert deliver(sandbox, "on-purpose", ANOTHER_REQUEST) == "succeeded"
    assert shop.calls == 2


def test_with_tracing_off_an_event_is_run_once_all_the_same(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    shop.open.set()
    sandbox = executor(SPANVAS_ENABLED="false")
    assert deliver(sandbox, "untraced") == "succeeded"
    assert deliver(sandbox, "untraced") == "repeated"
    assert shop.calls == 1
    assert functions.engines.store.read_execution(TENANT, "untraced") is None


def test_where_the_store_cannot_tell_every_delivery_is_run(
    functions: LayeredFunctions, executor: Start, shop: Shop
) -> None:
    shop.open.set()
    sandbox = executor(SPANVAS_TABLE="gone")
    assert deliver(sandbox, "down") == "succeeded"
    assert deliver(sandbox, "down") == "succeeded"
    assert shop.calls == 2
    log = functions.log.read_text(encoding="utf-8")
    assert log.count("runs unclaimed, since the store cannot tell") == 2
