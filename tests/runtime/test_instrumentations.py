"""Instrumentations in the function's own package are picked up: botocore's, OpenInference's and OpenLLMetry's.

The functions know nothing of tracing; the model is the local stand-in for Bedrock, over real HTTP.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import standins
from local.lambdas.sandbox import Sandbox
from local.project import PROJECT
from spanvas.model.row import Row
from spanvas.model.span import Span
from tests.runtime.layer_sandbox import HANDLERS, LayeredFunctions, answer
from tests.support.normal_form import normal_form
from tests.support.stored_spans import stored_span

PACKAGES = PROJECT / "build" / "instrumented"
QUESTION = "Where is parcel 4711?"
SYSTEM = "You answer questions about parcels."
BOTOCORE = "botocore"
OPENINFERENCE = "openinference-instrumentation-langchain"
OPENLLMETRY = "opentelemetry-instrumentation-langchain"

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.skipif(
        not (PACKAGES / ".installed").exists(),
        reason="the packages are not installed: run `make build/instrumented/.installed`",
    ),
]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What /var/task is: the functions and everything that they bring."""
    folder = tmp_path_factory.mktemp("function") / "task"
    folder.mkdir()
    for entry in PACKAGES.iterdir():
        (folder / entry.name).symlink_to(entry)
    for name in ("instrumented.py", "instrumented_already.py"):
        shutil.copy(HANDLERS / name, folder)
    return folder


@pytest.fixture(scope="module")
def bedrock() -> Iterator[str]:
    """The stand-in, which refuses every call once as throttled."""
    with standins.start(latency=0.0, throttle_one_in=1) as running:
        yield running.bedrock_url


Call = Callable[..., str]


@pytest.fixture
def call(functions: LayeredFunctions, package: Path, bedrock: str) -> Iterator[Call]:
    """Calls a function of the package once, in a sandbox of its own."""
    started: list[Sandbox] = []

    def invoke(handler: str, execution_id: str, **environment: Any) -> str:
        sandbox = functions.start(
            handler,
            folder=package,
            timeout_seconds=60,
            AWS_ENDPOINT_URL_BEDROCK_RUNTIME=bedrock,
            AWS_REGION="us-east-1",
            **environment,
        )
        started.append(sandbox)
        return str(answer(sandbox, {"execution_id": execution_id, "question": QUESTION}))

    yield invoke
    for sandbox in started:
        sandbox.kill()


def rows(functions: LayeredFunctions, execution_id: str) -> list[Row]:
    trace = functions.engines.store.read_trace("acme", execution_id)
    assert trace is not None
    return sorted(trace.rows, key=lambda row: row.start_time_unix_nano)


def span_of(functions: LayeredFunctions, execution_id: str, row: Row) -> Span:
    span = stored_span(functions.engines.store, "acme", execution_id, row.span_id)
    assert span is not None
    return span


def model_calls(functions: LayeredFunctions, execution_id: str) -> list[Span]:
    return [
        span_of(functions, execution_id, row)
        for row in rows(functions, execution_id)
        if row.kind == "model"
    ]


def texts(messages: Any) -> list[str]:
    return [part["content"] for message in messages for part in message["parts"]]


def test_bedrock_is_traced_by_the_instrumentation_of_botocore(
    functions: LayeredFunctions, call: Call
) -> None:
    text = call("instrumented.converse", "botocore", SPANVAS_INSTRUMENTATIONS=BOTOCORE)
    assert text
    assert [(row.kind, row.name) for row in rows(functions, "botocore")] == [
        ("workflow", "layered"),
        ("invocation", "layered"),
        ("model", "amazon.nova-lite-v1:0"),
    ]
    (span,) = model_calls(functions, "botocore")
    (row,) = [row for row in rows(functions, "botocore") if row.kind == "model"]
    assert row.usage is not None
    assert row.usage.input_tokens
    assert row.cost_nano_usd
    content = normal_form(span).content
    assert QUESTION in texts(content["input_messages"])
    assert texts(content["output_messages"]) == [text]


def test_throttling_and_the_sdks_retries_show(functions: LayeredFunctions, call: Call) -> None:
    call("instrumented.converse", "throttled", SPANVAS_INSTRUMENTATIONS=BOTOCORE)
    (span,) = model_calls(functions, "throttled")
    (retry,) = [event for event in span.events if event.name == "spanvas.retry"]
    assert retry.attributes == {
        "spanvas.retry.number": 1,
        "error.type": "ThrottlingException",
        "rpc.method": "BedrockRuntime/Converse",
        "http.response.status_code": 429,
    }
    assert span.attributes["spanvas.retries"] == 1
    assert span.status == "unset"
    (row,) = [row for row in rows(functions, "throttled") if row.kind == "model"]
    assert "retried" in row.marks


def test_retries_show_without_any_instrumentation(functions: LayeredFunctions, call: Call) -> None:
    call("instrumented.converse", "plain", SPANVAS_INSTRUMENTATIONS="none")
    (_, invocation) = rows(functions, "plain")
    span = span_of(functions, "plain", invocation)
    assert [event.name for event in span.events] == ["spanvas.retry"]


@pytest.mark.parametrize("distribution", [OPENINFERENCE, OPENLLMETRY])
def test_langchain_is_traced_by_either_of_its_instrumentations(
    functions: LayeredFunctions, call: Call, distribution: str
) -> None:
    execution_id = distribution.partition("-")[0]
    text = call("instrumented.chain", execution_id, SPANVAS_INSTRUMENTATIONS=distribution)
    assert text
    (span,) = model_calls(functions, execution_id)
    content = normal_form(span).content
    assert QUESTION in texts(content["input_messages"])
    assert texts(content["output_messages"]) == [text]
    found = rows(functions, execution_id)
    by_id = {row.span_id: row for row in found}
    (model,) = [row for row in found if row.kind == "model"]
    assert model.usage is not None
    assert model.usage.output_tokens
    # Below the chain, which is below the invocation: one tree.
    parents = []
    row = model
    while row.parent_span_id in by_id:
        row = by_id[row.parent_span_id]
        parents.append(row.kind)
    assert parents[-2:] == ["invocation", "workflow"]
    assert len(parents) >= 3


def test_all_that_is_there_is_switched_on(functions: LayeredFunctions, call: Call) -> None:
    call("instrumented.converse", "all")
    assert len(model_calls(functions, "all")) == 1
    # Our own calls of DynamoDB are not the function's.
    assert len(rows(functions, "all")) == 3
    log = functions.log.read_text(encoding="utf-8")
    assert "is not switched on" not in log
    assert "Traceback" not in log


def test_content_is_kept_as_the_mode_says(functions: LayeredFunctions, call: Call) -> None:
    call("instrumented.converse", "none", SPANVAS_CONTENT="none")
    (span,) = model_calls(functions, "none")
    assert QUESTION not in str(span)
    assert SYSTEM not in str(span)


def test_a_function_that_traces_itself_is_listened_to(
    functions: LayeredFunctions, call: Call
) -> None:
    call("instrumented_already.handler", "already")
    found = rows(functions, "already")
    assert [row.name for row in found] == [
        "layered",
        "layered",
        "mine",
        "amazon.nova-lite-v1:0",
    ]
    assert "already instrumented" not in functions.log.read_text(encoding="utf-8")
