"""What the functions of an execution tell CloudWatch: each execution once, with the tokens of all of them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

import spanvas
from spanvas.collector.results import ExportOutcome, ExportResult
from spanvas.settings import Settings
from spanvas_api.handlers import sweep
from spanvas_api.services import Services
from steps import charge, confirm, reserve
from tests.functional.tracing.functions import Functions, fails, state, works
from tests.support.api_client import EVENTS, LambdaContext
from tests.support.lambda_function import LAMBDA, invoke
from tests.support.memory_store import MemoryTraceStore
from tests.support.recording import recording
from tests.support.sqs_records import sqs_record

USAGE = {"input_tokens": 1_000_000, "output_tokens": 10_000, "cache_read_tokens": 200_000}


class Log:
    """The documents that functions have written to their logs since this was last asked."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def read(self) -> list[dict[str, Any]]:
        lines = self._capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"_aws"')]

    def told(self) -> list[dict[str, Any]]:
        """Each document without what says which metrics and dimensions it has."""
        return [
            {name: value for name, value in line.items() if name != "_aws"} for line in self.read()
        ]

    def sums(self) -> dict[str, float]:
        sums: dict[str, float] = {}
        for line in self.told():
            for name, value in line.items():
                if not isinstance(value, str):
                    sums[name] = sums.get(name, 0) + value
        return sums


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Log:
    return Log(capsys)


def asks(event: Any, context: Any) -> str:
    """A plain handler that calls a model."""
    spanvas.record_generation(model="amazon.nova-lite-v1:0", provider="aws.bedrock", usage=USAGE)
    return "done"


def test_an_execution_is_a_line_with_what_it_has_used(log: Log) -> None:
    functions = Functions()
    functions.call(asks, {"execution_id": "e1", "workflow_id": "brief"})
    of_execution, of_invocation = log.told()
    duration = of_execution.pop("ExecutionDuration")
    assert duration > 0
    assert of_execution == {
        "service": "test",
        "workflow_id": "brief",
        "Executions": 1,
        "FailedExecutions": 0,
        "InputTokens": 1_000_000,
        "OutputTokens": 10_000,
        "CacheReadTokens": 200_000,
        # 800,000 x 0.06 USD + 200,000 x 0.015 USD + 10,000 x 0.24 USD, each per million
        "Cost": 0.0534,
    }
    assert of_invocation == {"service": "test", "workflow_id": "brief", "ColdStarts": 1}


def test_every_line_counts_for_all_functions_for_its_own_and_for_its_workflow(log: Log) -> None:
    Functions().call(works, {"execution_id": "e1"})
    for line in log.read():
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Spanvas"
        assert directive["Dimensions"] == [[], ["service"], ["service", "workflow_id"]]


def test_what_is_not_reported_is_not_told(log: Log) -> None:
    Functions().call(works, {"execution_id": "e1"})
    first, _ = log.told()
    assert set(first) == {
        "service",
        "workflow_id",
        "Executions",
        "FailedExecutions",
        "ExecutionDuration",
    }


def test_a_failed_execution_is_told_as_failed(log: Log) -> None:
    with pytest.raises(TimeoutError):
        Functions().call(fails, {"execution_id": "e1"})
    assert log.sums()["FailedExecutions"] == 1


def test_an_execution_of_several_functions_is_counted_by_the_one_that_ends_it(log: Log) -> None:
    functions = Functions()

    def begins(event: Any, context: Any) -> Any:
        with spanvas.workflow("brief", is_final=False):
            asks(event, context)
            return spanvas.inject({})

    passed = functions.call(begins, {"execution_id": "e1"}, "begins")
    assert log.told() == [
        {"service": "test", "workflow_id": "brief", "ColdStarts": 1},
    ]

    def ends(event: Any, context: Any) -> Any:
        asks(event, context)
        spanvas.end_execution()

    functions.call(ends, passed, "ends")
    of_execution, _ = log.told()
    assert (of_execution["Executions"], of_execution["InputTokens"]) == (1, 2_000_000)
    assert of_execution["workflow_id"] == "brief"


def test_an_event_that_is_delivered_again_is_no_further_execution_but_what_it_uses_counts(
    log: Log,
) -> None:
    functions = Functions()

    def asks_and_fails(event: Any, context: Any) -> None:
        asks(event, context)
        raise TimeoutError("no answer")

    for _ in range(2):
        with pytest.raises(TimeoutError):
            functions.call(asks_and_fails, {"execution_id": "e1"})
    functions.call(asks, {"execution_id": "e1"})
    sums = log.sums()
    assert (sums["Executions"], sums["FailedExecutions"]) == (1, 1)
    assert (sums["InputTokens"], round(sums["Cost"], 4)) == (3_000_000, 0.1602)
    assert sums["ColdStarts"] == 3


def test_a_discarded_delivery_is_no_execution(log: Log) -> None:
    def discards(event: Any, context: Any) -> None:
        with spanvas.defer_recording():
            asks(event, context)
        spanvas.discard()

    Functions().call(discards, {"execution_id": "e1"})
    assert log.sums() == {"ColdStarts": 1}


def test_what_a_state_machine_ends_is_not_counted_by_its_functions(log: Log) -> None:
    functions = Functions()
    functions.call(works, state("Read", 1))
    functions.call(works, state("Write", 2))
    assert log.sums() == {"ColdStarts": 2}


def test_a_workflow_inside_of_another_is_part_of_it(log: Log) -> None:
    def nests(event: Any, context: Any) -> None:
        with spanvas.workflow("outer"), spanvas.workflow("inner"):
            asks(event, context)

    Functions().call(nests, {"execution_id": "e1"})
    sums = log.sums()
    assert (sums["Executions"], sums["InputTokens"]) == (1, 1_000_000)


def test_an_execution_that_waits_is_counted_when_it_has_ended(log: Log) -> None:
    class GraphInterrupt(Exception):
        """As LangGraph's, which a run leaves to wait for an answer."""

    GraphInterrupt.__module__ = "langgraph.errors"
    functions = Functions()

    def waits(event: Any, context: Any) -> None:
        with suppress(GraphInterrupt), spanvas.workflow("brief"):
            asks(event, context)
            raise GraphInterrupt

    functions.call(waits, {"execution_id": "e1"})
    assert functions.status("e1") == "waiting"
    assert log.sums() == {"ColdStarts": 1}
    functions.call(asks, {"execution_id": "e1"})
    sums = log.sums()
    assert (sums["Executions"], sums["InputTokens"]) == (1, 2_000_000)


def test_a_second_invocation_is_no_cold_start(log: Log) -> None:
    from spanvas.tracing.bootstrap import TracedHandler
    from tests.support.lambda_function import make_context

    with recording(environment=LAMBDA) as recorded:
        handler = TracedHandler(recorded.engine, works)
        for number in range(2):
            handler({"execution_id": f"e{number}"}, make_context())
    sums = log.sums()
    assert (sums["Executions"], sums["ColdStarts"]) == (2, 1)


@pytest.mark.parametrize(
    ("environment", "settings"), [(LAMBDA, {"metrics": False}), ({}, {})], ids=["off", "elsewhere"]
)
def test_nothing_is_written_where_metrics_are_off_or_outside_of_lambda(
    log: Log, environment: dict[str, str], settings: dict[str, Any]
) -> None:
    with recording(environment=environment, **settings) as recorded:
        invoke(recorded, works, {"execution_id": "e1"})
    assert log.read() == []


def test_a_process_names_fifty_workflows_and_calls_the_others_other(log: Log) -> None:
    with recording(environment=LAMBDA):
        for number in range(60):
            with spanvas.workflow(f"brief-{number}", execution_id=f"e{number}"):
                pass
    told = [line["workflow_id"] for line in log.told()]
    assert told == [f"brief-{number}" for number in range(50)] + ["other"] * 10


def test_without_a_store_a_function_counts_what_it_ends_and_what_it_has_used(log: Log) -> None:
    from spanvas.environment import LambdaEnvironment
    from spanvas.tracing.engine import Engine

    engine = Engine(
        Settings(enabled=True, service_name="triage"),
        store=None,
        environment=LambdaEnvironment(LAMBDA),
        is_global=False,
    )
    before = (spanvas._engine, spanvas._is_asked)
    spanvas._engine, spanvas._is_asked = engine, True
    try:
        with spanvas.workflow("brief"):
            asks({}, None)
    finally:
        spanvas._engine, spanvas._is_asked = before
    (line,) = log.told()
    assert line.pop("ExecutionDuration") >= 0
    assert line == {
        "service": "triage",
        "workflow_id": "brief",
        "Executions": 1,
        "FailedExecutions": 0,
        "InputTokens": 1_000_000,
        "OutputTokens": 10_000,
        "CacheReadTokens": 200_000,
        "Cost": 0.0534,
    }


class Refuses:
    """An endpoint that takes no span."""

    def __call__(self, spans: Any, place_of: Any) -> ExportResult:
        return ExportResult(ExportOutcome.REFUSED)


def test_spans_that_the_endpoint_refuses_are_told_at_the_end_of_the_invocation(log: Log) -> None:
    with recording(environment=LAMBDA, make_sink=Refuses) as recorded:
        invoke(recorded, works, {"execution_id": "e1"})
        assert log.sums()["ExporterDrops"] == 3
        invoke(recorded, works, {"execution_id": "e2"})
        # The breaker is open by now, or the endpoint refuses again: what is lost is told once.
        assert recorded.engine.health()["otlp.dropped"] == 3 + log.sums().get("ExporterDrops", 0)


def test_lost_spans_are_told_also_where_no_execution_ends(log: Log) -> None:
    with recording(environment=LAMBDA, make_sink=Refuses) as recorded:
        invoke(recorded, works, state("Read", 1))
        told = log.sums()
    assert (told.get("Executions"), told["ColdStarts"]) == (None, 1)
    assert told["ExporterDrops"] > 0


def test_a_log_that_cannot_be_written_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, text: str) -> int:
            raise OSError("no space left")

    with recording(environment=LAMBDA) as recorded:
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdout", Full())
            assert invoke(recorded, works, {"execution_id": "e1"}) == "done"
        assert recorded.engine.health() == {"problem.write_metrics": 1}


def test_what_the_store_takes_late_is_told_with_the_next_invocation(log: Log) -> None:
    store = MemoryTraceStore()
    with recording(environment=LAMBDA, store=store) as recorded:
        store.down = True
        invoke(recorded, works, {"execution_id": "e1"})
        assert log.sums() == {"ColdStarts": 1}
        store.down = False
        invoke(recorded, works, {"execution_id": "e2"})
    assert log.sums()["Executions"] == 2


def test_no_line_holds_an_execution_a_tenant_or_content(capsys: pytest.CaptureFixture[str]) -> None:
    def speaks(event: Any, context: Any) -> None:
        with spanvas.workflow("brief", input="a canary") as run:
            run.set_output("another canary")

    Functions().call(speaks, {"execution_id": "execution-17", "tenant": "acme"})
    written = capsys.readouterr().out
    assert "Executions" in written
    assert not [word for word in ("canary", "execution-17", "acme") if word in written]


def test_each_message_that_begins_an_execution_is_one(log: Log) -> None:
    body = json.dumps({"execution_id": "e2"})
    of_a_caller, alone = sqs_record("m1"), sqs_record("m2", body=body, messageAttributes={})
    Functions().call(works, {"Records": [of_a_caller, alone]}, "consumer")
    told = log.told()
    # That of the invocation itself, and that of the message whose sender has passed on none.
    assert [line["workflow_id"] for line in told if "Executions" in line] == ["consumer"] * 2


def test_a_durable_execution_is_counted_by_the_invocation_that_ends_it(log: Log) -> None:
    arn = "arn:aws:lambda:eu-central-1:123456789012:function:parcels:1/durable-execution/run-1/a1"
    event = {"DurableExecutionArn": arn, "CheckpointToken": "t", "InitialExecutionState": {}}
    functions = Functions()

    def runs(status: str) -> dict[str, float]:
        def invocation(event: Any, context: Any) -> dict[str, str]:
            asks(event, context)
            return {"Status": status}

        functions.call(invocation, event, "parcels")
        return log.sums()

    assert runs("PENDING") == {"ColdStarts": 1}
    ended = runs("FAILED")
    assert (ended["Executions"], ended["FailedExecutions"]) == (1, 1)
    assert ended["InputTokens"] == 2_000_000


def test_the_story_of_the_events_is_one_execution_which_its_state_machine_ends(log: Log) -> None:
    functions = Functions()
    steps = {"order-step": reserve, "order-step-charge": charge, "order-step-confirm": confirm}
    for name, step in steps.items():
        functions.call(step.handler, event_of(name), name)
    assert log.sums() == {"ColdStarts": 3}

    services = Services(Settings(table="traces"), make_store=lambda: functions.store)
    sweep.make_handler(lambda: services)(
        event_of("state-machine-ended"),
        LambdaContext(),  # type: ignore[arg-type]
    )
    (line,) = log.told()
    assert line.pop("ExecutionDuration") > 0
    assert line == {
        "service": "sweep",
        "workflow_id": "spanvas-order-flow",
        "Executions": 1,
        "FailedExecutions": 1,
    }


def event_of(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
