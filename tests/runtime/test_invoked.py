"""One function invokes another over Lambda's Invoke API: one execution, one tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.http_server import HttpServer
from local.lambdas.invocation import Invocation
from local.lambdas.pool import Pool
from local.lambdas.sandbox import Sandbox
from local.lambdas.service import LambdaService
from tests.runtime.layer_sandbox import LayeredFunctions

pytestmark = pytest.mark.runtime

TENANT = "acme"


@pytest.fixture
def service(functions: LayeredFunctions) -> Iterator[LambdaService]:
    """`first` and `second` behind the Invoke API, where boto3 in them finds it."""
    made = LambdaService(send=lambda _function, _record: None)
    server = HttpServer(name="invoke").start(made.handle)
    for name in ("first", "second"):
        function, placement = functions.placed(
            f"passing.{name}", 20, environment={"AWS_ENDPOINT_URL_LAMBDA": server.url}
        )
        named = replace(
            function, name=name, arn=f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        )

        def start(named=named, placement=placement) -> Sandbox:
            return Sandbox(named, placement, functions.spawner)

        made.add(Pool(named, start, max_sandboxes=1))
    yield made
    made.stop()
    server.stop()


def test_the_invoked_functions_part_is_below_the_step_that_has_invoked_it(
    functions: LayeredFunctions, service: LambdaService
) -> None:
    event = b'{"execution_id": "passed-on", "question": "what is it?"}'
    outcome = service.invoke("first", Invocation(event))
    assert outcome.payload == b'{"answer": "42", "keys": ["baggage", "question", "traceparent"]}'
    store = functions.engines.store
    trace = store.read_trace(TENANT, "passed-on")
    assert trace is not None
    assert trace.execution.status == "succeeded"
    assert trace.execution.counters.spans == len(trace.rows) == 6
    by_id = {row.span_id: row for row in trace.rows}
    edges = sorted(
        (row.kind, row.name, by_id[row.parent_span_id].name if row.parent_span_id else "")
        for row in trace.rows
    )
    assert edges == [
        ("invocation", "first", "first"),
        ("invocation", "second", "ask"),
        ("node", "answer", "second"),
        ("node", "ask", "first"),
        ("node", "use", "first"),
        ("workflow", "first", ""),
    ]
    assert [execution.execution_id for execution in store.list_executions(TENANT).items].count(
        "passed-on"
    ) == 1
