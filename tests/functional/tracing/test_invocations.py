"""Handlers as the layer wraps them: what the invocation records, and what never changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import spanvas
from spanvas.model.ids import root_span_id_for, trace_id_for
from spanvas.tracing.bootstrap import TracedHandler
from tests.support.lambda_function import (
    ARN,
    LAMBDA,
    execution_ids,
    invoke,
    make_context,
)
from tests.support.recording import SECOND, as_dict, eventually, recording


def test_an_invocation_is_a_span_of_its_execution() -> None:
    with recording(environment=LAMBDA) as recorded:
        result = invoke(
            recorded, lambda event, context: {"n": event["n"]}, {"n": 1, "execution_id": "e1"}
        )
    assert result == {"n": 1}
    invocation, root = recorded.spans
    assert invocation.otel_kind == "server"
    attributes = as_dict(invocation)["attributes"]
    assert attributes.pop("spanvas.memory.peak_bytes") > 1_000_000
    assert attributes == {
        "spanvas.kind": "invocation",
        "spanvas.deadline": 61 * SECOND,
        "faas.coldstart": True,
        "faas.invocation_id": "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d",
        "faas.name": "brief",
        "faas.version": "7",
        "faas.max_memory": 536_870_912,
        "spanvas.faas.init_type": "on-demand",
        "cloud.resource_id": ARN,
        "cloud.account.id": "123456789012",
        "cloud.region": "eu-central-1",
        "aws.log.group.names": ["/aws/lambda/brief"],
        "aws.log.stream.names": ["2026/11/22/[7]abc"],
        "spanvas.log.url": "https://eu-central-1.console.aws.amazon.com/cloudwatch/home"
        "?region=eu-central-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fbrief"
        "/log-events/2026$252F11$252F22$252F$255B7$255Dabc"
        "$3FfilterPattern$3D$25228a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d$2522",
    }
    assert (root.trace_id, root.span_id) == (
        trace_id_for("default", "e1"),
        root_span_id_for("default", "e1"),
    )
    assert invocation.parent_span_id == root.span_id
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.status) == ("brief", "succeeded")
    # The deadline is the function's own: a minute after the clock's first look.
    assert execution.deadline_unix_nano == SECOND + 60 * SECOND


def test_only_the_first_invocation_is_a_cold_start() -> None:
    with recording(environment=LAMBDA) as recorded:
        traced = TracedHandler(recorded.engine, lambda event, context: None)
        for _ in range(2):
            traced({}, make_context())
    starts = [
        span.attributes["faas.coldstart"] for span in recorded.spans if span.kind == "invocation"
    ]
    assert starts == [True, False]


def test_provisioned_environments_have_no_cold_start() -> None:
    environment = {**LAMBDA, "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}
    with recording(environment=environment) as recorded:
        invoke(recorded, lambda event, context: None, {})
    assert recorded.spans[0].attributes["faas.coldstart"] is False


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"execution_id": "e1"}, "e1"),
        ({"execution_id": 17}, "17"),
        (
            {"Execution": {"Id": "arn:aws:states:eu:1:execution:m:r"}},
            "arn:aws:states:eu:1:execution:m:r",
        ),
        (
            {"headers": {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}},
            "a" * 32,
        ),
        ({}, "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"),
        ([1, 2], "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"),
    ],
)
def test_the_execution_id_is_looked_for_in_order(event: Any, expected: str) -> None:
    with recording(environment=LAMBDA) as recorded:
        invoke(recorded, lambda event, context: None, event)
    assert execution_ids(recorded) == {expected}


def test_path_and_tenant_are_settings() -> None:
    with recording(
        environment=LAMBDA, execution_id_path="Records[0].id", tenant_path="detail.customer"
    ) as recorded:
        invoke(
            recorded,
            lambda event, context: None,
            {"Records": [{"id": "r1"}], "detail": {"customer": "acme"}},
        )
    assert execution_ids(recorded) == {"r1"}
    assert recorded.runs[0].tenant == "acme"


def test_a_path_that_is_none_falls_back_and_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with recording(environment=LAMBDA, execution_id_path="a[") as recorded:
        for _ in range(2):
            invoke(recorded, lambda event, context: None, {})
    assert execution_ids(recorded) == {"8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"}
    assert len(caplog.records) == 1
    assert "the path 'a[' cannot be read" in caplog.text


def test_a_callers_trace_is_joined() -> None:
    event = {
        "execution_id": "e1",
        "headers": {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"},
    }
    with recording(environment=LAMBDA) as recorded:
        invoke(recorded, lambda event, context: None, event)
    root = recorded.span("brief") if len(recorded.spans) == 1 else recorded.spans[-1]
    assert (root.trace_id, root.parent_span_id) == ("a" * 32, "b" * 16)
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.trace_id == "a" * 32


def test_a_workflow_inside_gives_the_execution_its_name() -> None:
    def handler(event: dict[str, Any], context: Any) -> str:
        with (
            spanvas.workflow(
                "triage",
                execution_id=event["execution_id"],
                version="3",
                name="Support triage",
                expected_nodes=("read",),
                input=event,
            ) as run,
            spanvas.node("read"),
        ):
            run.set_output("done")
        return run.span_id

    with recording(environment=LAMBDA) as recorded:
        root_span_id = invoke(recorded, handler, {"execution_id": "e1"})
    root = recorded.spans[-1]
    assert [(span.name, span.kind) for span in recorded.spans] == [
        ("read", "node"),
        ("brief", "invocation"),
        ("Support triage", "workflow"),
    ]
    assert root.span_id == root_span_id
    assert root.attributes["spanvas.output"] == '"done"'
    assert root.attributes["spanvas.workflow.id"] == "triage"
    assert root.attributes["spanvas.workflow.expected_nodes"] == ["read"]
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.workflow_name) == ("triage", "Support triage")
    assert (execution.workflow_version, execution.expected_nodes) == ("3", ("read",))


def test_an_event_of_our_own_api_names_its_workflow_and_starter() -> None:
    event = {
        "execution_id": "e1",
        "workflow_id": "triage",
        "workflow_version": "3",
        "started_by": "ada",
    }
    with recording(environment=LAMBDA) as recorded:
        invoke(recorded, lambda event, context: None, event)
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert (execution.workflow_id, execution.workflow_version) == ("triage", "3")
    assert execution.started_by == "ada"


def test_a_workflow_that_fails_inside_fails_the_execution_although_the_function_answers() -> None:
    def handler(event: Any, context: Any) -> str:
        try:
            with spanvas.workflow("triage"), spanvas.node("read"):
                raise ValueError("unreadable")
        except ValueError:
            return "sorry"

    with recording(environment=LAMBDA) as recorded:
        assert invoke(recorded, handler, {"execution_id": "e1"}) == "sorry"
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.cause is not None
    assert (execution.status, execution.cause.node_id) == ("failed", "read")
    assert (recorded.spans[-1].status, recorded.spans[-2].status) == ("error", "ok")


def test_another_execution_inside_is_one_of_its_own() -> None:
    def handler(event: Any, context: Any) -> None:
        for record in event["records"]:
            with spanvas.workflow("triage", execution_id=record):
                pass

    with recording(environment=LAMBDA) as recorded:
        invoke(recorded, handler, {"records": ["r1", "r2"]})
    assert execution_ids(recorded) == {"r1", "r2", "8a7d6c5b-4e3f-4a2b-9c1d-0e9f8a7b6c5d"}


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_exceptions_of_the_handler_pass_through(error: BaseException) -> None:
    def handler(event: Any, context: Any) -> None:
        raise error

    with recording(environment=LAMBDA) as recorded:
        with pytest.raises(type(error)) as caught:
            invoke(recorded, handler, {"execution_id": "e1"})
        assert caught.value is error
    assert [span.status for span in recorded.spans] == ["error", "error"]
    execution = recorded.store.read_execution("default", "e1")
    assert execution is not None
    assert execution.status == "failed"


def test_a_context_of_another_shape_is_no_obstacle() -> None:
    with recording() as recorded:
        traced = TracedHandler(recorded.engine, lambda event, context: context)
        assert traced({}, None) is None
    assert recorded.spans[-1].name == "lambda"


def test_trouble_of_ours_leaves_the_handler_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise RuntimeError("ours")

    with recording(environment=LAMBDA) as recorded:
        for name in ("new_run", "open_root"):
            with monkeypatch.context() as patch:
                patch.setattr(recorded.engine.executions, name, broken)
                assert invoke(recorded, lambda event, context: "fine", {}) == "fine"
        with monkeypatch.context() as patch:
            patch.setattr(recorded.engine.executions, "open_root", lambda run, **options: None)
            assert invoke(recorded, lambda event, context: "fine", {}) == "fine"
        with monkeypatch.context() as patch:
            patch.setattr(recorded.engine.spans, "open_invocation", lambda *_: None)
            assert invoke(recorded, lambda event, context: "fine", {}) == "fine"
    assert recorded.names == ["brief"]
    assert spanvas.health() == {}
    assert recorded.engine.health() == {"problem.open_invocation": 2}


def test_a_slow_store_takes_no_longer_than_the_invocation_has() -> None:
    gate = threading.Event()

    class Hangs:
        def __getattr__(self, name: str) -> Callable[..., object]:
            return lambda *arguments, **options: gate.wait(60) and None

    with recording(store=Hangs(), environment=LAMBDA, clock=time.time_ns) as recorded:  # type: ignore[arg-type]
        result = invoke(
            recorded, lambda event, context: "fine", {}, get_remaining_time_in_millis=lambda: 300
        )
        # The store still hangs: nobody has waited for it.
        eventually(lambda: recorded.engine.delivery._store_worker.is_stuck(0))
        gate.set()
    assert result == "fine"
