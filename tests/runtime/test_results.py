"""What a function answers is the same with the layer and without; its execution says what the caller got."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.lambdas.invocation import InvocationResult
from local.lambdas.sandbox import Sandbox
from spanvas.model.execution import Execution
from tests.runtime.layer_sandbox import LayeredFunctions, invoke

pytestmark = pytest.mark.runtime

WITHOUT = {"AWS_LAMBDA_EXEC_WRAPPER": ""}
TOO_LARGE = (
    "Function.ResponseSizeTooLarge",
    "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
)


def marshal_error(message: str) -> tuple[str, str]:
    return ("Runtime.MarshalError", f"Unable to marshal response: {message}")


def not_serializable(kind: str) -> tuple[str, str]:
    return marshal_error(f"Object of type {kind} is not JSON serializable")


FAULTS = {
    "set": not_serializable("set"),
    "datetime": not_serializable("datetime"),
    "bytes inside that are no text": marshal_error(
        "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
    ),
    "circular": marshal_error("Circular reference detected"),
    "too deep": marshal_error("maximum recursion depth exceeded while encoding a JSON object"),
    "enum": not_serializable("Colour"),
    "exception": not_serializable("ValueError"),
    "generator": not_serializable("generator"),
    "coroutine": not_serializable("coroutine"),
    "async generator": not_serializable("async_generator"),
    "function": not_serializable("function"),
    "complex": not_serializable("complex"),
    "keys": marshal_error("keys must be str, int, float, bool or None, not tuple"),
    "large and unmarshalable": not_serializable("set"),
}
"""What cannot be marshalled: the caller gets the error, and the sandbox goes on."""

DEADLY = {
    "over the limit": TOO_LARGE,
    "over the limit in UTF-8 alone": TOO_LARGE,
    "bytes over the limit": TOO_LARGE,
    "half of a surrogate pair": (
        "Runtime.ExitError",
        "Runtime exited with error: exit status 1: 'utf-8' codec can't encode character '\\ud83d' in position 10:"
        " surrogates not allowed",
    ),
}
"""What cannot be delivered: the runtime does not survive it."""

GOOD: dict[str, bytes] = {
    "at the limit": b'"' + b"x" * 6_291_554 + b'"',
    "at the limit in UTF-8": ('"' + "é" * 3_145_777 + '"').encode(),
    "bytes": b'{"a": 1}',
    "bytes that are no JSON": b"\xff",
    "bytes inside": b'{"data": "text"}',
    "NaN": b'{"a": NaN, "b": Infinity}',
    "Decimal": b'{"price": 1.10, "none": NaN}',
    "None": b"null",
    "raw JSON": b'{"a":  1}',
    "partial batch response": b'{"batchItemFailures": []}',
    "text": '"grün 🙂"'.encode(),
    "true": b"true",
    "tuple": b"[1, 2]",
}


class Pair:
    """The same function twice: under the layer, and without it."""

    def __init__(self, functions: LayeredFunctions, handler: str = "results.handler") -> None:
        self._functions = functions
        self.traced = functions.start(handler)
        self.plain = functions.start(handler, **WITHOUT)  # type: ignore[arg-type]

    def answers(self, execution_id: str, **event: Any) -> tuple[InvocationResult, InvocationResult]:
        event["execution_id"] = execution_id
        return invoke(self.traced, event), invoke(self.plain, event)

    def execution(self, execution_id: str) -> Execution:
        found = self._functions.engines.store.read_execution("acme", execution_id)
        assert found is not None
        return found

    def kill(self) -> None:
        for sandbox in (self.traced, self.plain):
            sandbox.kill()


@pytest.fixture
def pair(functions: LayeredFunctions) -> Iterator[Callable[..., Pair]]:
    made: list[Pair] = []

    def make(handler: str = "results.handler") -> Pair:
        made.append(Pair(functions, handler))
        return made[-1]

    yield make
    for one in made:
        one.kill()


def cause_of(execution: Execution) -> tuple[str, str, str]:
    assert execution.cause is not None
    return (execution.status, execution.cause.error_type, execution.cause.message)


def same(traced: InvocationResult, plain: InvocationResult) -> bool:
    """Whether the caller gets the same, but for the request's id and where the layer's files are."""
    return (traced.error, described(traced)) == (plain.error, described(plain))


def described(outcome: InvocationResult) -> Any:
    if not outcome.failed:
        return outcome.payload
    error = json.loads(outcome.payload)
    request_id = error.pop("requestId", None)
    return error, bool(request_id)


def test_a_result_that_cannot_be_marshalled_is_a_failure_with_lambdas_own_cause(
    pair: Callable[..., Pair],
) -> None:
    both = pair()
    for number, (result, (error_type, message)) in enumerate(FAULTS.items()):
        execution_id = f"unmarshalable-{number}"
        traced, plain = both.answers(execution_id, result=result)
        assert same(traced, plain), result
        error = json.loads(traced.payload)
        assert (error["errorType"], error["errorMessage"]) == (error_type, message)
        assert error["stackTrace"] == []
        assert cause_of(both.execution(execution_id)) == ("failed", error_type, message)


@pytest.mark.parametrize("result", DEADLY)
def test_a_response_that_cannot_be_delivered_is_a_failure(
    pair: Callable[..., Pair], result: str
) -> None:
    both = pair()
    execution_id = f"undeliverable-{list(DEADLY).index(result)}"
    traced, plain = both.answers(execution_id, result=result)
    error_type, message = DEADLY[result]
    for outcome in (traced, plain):
        assert json.loads(outcome.payload)["errorType"] == error_type
    assert cause_of(both.execution(execution_id)) == ("failed", error_type, message)


def test_whatever_lambda_takes_is_a_success_and_comes_out_byte_for_byte(
    pair: Callable[..., Pair],
) -> None:
    both = pair()
    for number, (result, payload) in enumerate(GOOD.items()):
        traced, plain = both.answers(f"delivered-{number}", result=result)
        assert traced.payload == plain.payload == payload, result
        assert both.execution(f"delivered-{number}").status == "succeeded"


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("results.async_handler", "coroutine"),
        ("results.streaming_handler", "generator"),
        ("results.NotCallable", "NotCallable"),
    ],
)
def test_a_handler_that_lambda_does_not_understand_fails(
    pair: Callable[..., Pair], handler: str, kind: str
) -> None:
    both = pair(handler)
    traced, plain = both.answers(f"handler-{kind}", result="true")
    assert same(traced, plain)
    assert cause_of(both.execution(f"handler-{kind}")) == ("failed", *not_serializable(kind))


@pytest.mark.parametrize("error", ["own", "fault", "chained", "zero"])
def test_an_exception_comes_with_the_stack_trace_that_it_has_without_the_layer(
    pair: Callable[..., Pair], error: str
) -> None:
    both = pair("results.raising")
    traced, plain = both.answers(f"raised-{error}", error=error)
    assert same(traced, plain)
    found = json.loads(traced.payload)
    assert "in raising" in found["stackTrace"][0]
    assert "in fail" in found["stackTrace"][1]
    assert both.execution(f"raised-{error}").status == "failed"


def test_what_was_caught_before_is_not_the_place_of_a_result_that_cannot_be_marshalled(
    functions: LayeredFunctions, tmp_path: Any
) -> None:
    (tmp_path / "caught.py").write_text(
        "import spanvas\n\n"
        "def handler(event, context):\n"
        "    try:\n"
        "        with spanvas.node('try'):\n"
        "            raise KeyError('gone')\n"
        "    except KeyError:\n"
        "        return {1}\n",
        encoding="utf-8",
    )
    sandbox: Sandbox = functions.start("caught.handler", folder=tmp_path)
    try:
        assert invoke(sandbox, {"execution_id": "caught"}).failed
    finally:
        sandbox.kill()
    execution = functions.engines.store.read_execution("acme", "caught")
    assert execution is not None
    assert cause_of(execution) == ("failed", *not_serializable("set"))
    assert execution.cause is not None
    assert execution.cause.node_id is None


def test_a_marshaller_of_the_functions_own_is_asked_once_and_its_word_counts(
    functions: LayeredFunctions, tmp_path: Any
) -> None:
    (tmp_path / "own.py").write_text(
        "from awslambdaric.lambda_runtime_client import BaseLambdaRuntimeClient as Client\n\n"
        "class Own:\n"
        "    calls = 0\n"
        "    def unmarshal_request(self, request, content_type):\n"
        "        import json\n"
        "        return json.loads(request)\n"
        "    def marshal_response(self, response):\n"
        "        Own.calls += 1\n"
        "        if 'fail' in response:\n"
        "            raise OSError('no room')\n"
        "        return '\"%d %s\"' % (Own.calls, sorted(response['set'])), 'application/json'\n\n"
        "Client.marshaller = Own()\n\n"
        "def handler(event, context):\n"
        "    return {'set': {2, 1}, **event}\n",
        encoding="utf-8",
    )
    sandbox = functions.start("own.handler", folder=tmp_path)
    try:
        answers = [
            invoke(sandbox, event)
            for event in (
                {"execution_id": "own-1"},
                {"execution_id": "own-2"},
                {"execution_id": "own-3", "fail": True},
            )
        ]
    finally:
        sandbox.kill()
    assert [one.payload for one in answers[:2]] == [b'"1 [1, 2]"', b'"2 [1, 2]"']
    assert json.loads(answers[2].payload)["errorType"] == "OSError"
    store = functions.engines.store
    found = [store.read_execution("acme", f"own-{number}") for number in (1, 2, 3)]
    assert [one.status for one in found if one] == ["succeeded", "succeeded", "failed"]
