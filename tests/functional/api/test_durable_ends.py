"""A durable execution that was stopped, or whose time ran out, while it was suspended: the sweep asks Lambda for its
end, since none of its code runs any more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from spanvas.model.durable import LONGEST_NANO
from spanvas.model.execution import Cause, Execution
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch
from spanvas_api.durable_executions import DurableSweep
from spanvas_api.errors import DurableServiceError, DurableStateError
from spanvas_api.handlers import sweep
from spanvas_api.services import DurableState, LambdaDurableService, Services
from tests.functional.api.durable import (
    ACCOUNT,
    ARN,
    EXECUTION_ID,
    ROOT,
    Lambda,
    start,
    suspend,
)
from tests.support.api_client import LambdaContext
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id
from tests.support.received_runs import runs_of
from tests.support.stored_spans import stored_span

STOPPED_AT: Final = T0 + 40 * SECOND
SENDERS: Final = Path(__file__).parents[2] / "fixtures" / "senders"


def swept(store: AuditedStore, clock: Clock, lambda_: Lambda) -> int:
    """Runs the sweep as often as it takes to look at each durable execution once."""
    ended = 0
    for _ in range(4):
        ended += DurableSweep(store, lambda_, ACCOUNT, clock(), lambda: True).run()
        clock.advance(60)
    return ended


def read(store: AuditedStore) -> Execution:
    execution = store.read_execution("acme", EXECUTION_ID)
    assert execution is not None
    return execution


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (
            "STOPPED",
            Cause(
                "Stopped",
                "The durable execution was stopped in node pause",
                "pause",
                span_id("pause"),
            ),
        ),
        (
            "TIMED_OUT",
            Cause(
                "Timeout",
                "The durable execution's time ran out in node pause",
                "pause",
                span_id("pause"),
            ),
        ),
    ],
)
def test_what_ends_while_it_is_suspended_has_failed_where_it_waited(
    store: AuditedStore, clock: Clock, status: str, cause: Cause
) -> None:
    suspend(store)
    clock.advance(600)
    lambda_ = Lambda(**{"order-7": DurableState(status, STOPPED_AT)})

    assert swept(store, clock, lambda_) == 1

    execution = read(store)
    assert (execution.status, execution.ended_at_unix_nano) == ("failed", STOPPED_AT)
    assert execution.cause == cause
    root = stored_span(store, "acme", EXECUTION_ID, ROOT)
    assert root is not None
    assert (root.status, root.end_time_unix_nano) == ("error", STOPPED_AT)
    assert root.attributes["durable.execution.status"] == status
    assert root.resource == {"service.name": "parcels"}


def test_it_is_asked_for_once_in_four_runs_and_not_any_more_when_it_has_ended(
    store: AuditedStore, clock: Clock
) -> None:
    suspend(store)
    clock.advance(600)
    lambda_ = Lambda()

    assert swept(store, clock, lambda_) == 0
    assert lambda_.asked == [ARN]
    assert read(store).status == "running"
    lambda_.states["order-7"] = DurableState("STOPPED", STOPPED_AT)
    swept(store, clock, lambda_)
    swept(store, clock, lambda_)
    assert lambda_.asked == [ARN, ARN]


@pytest.mark.parametrize("status", ["RUNNING", "PAUSING", "PAUSED"])
def test_what_goes_on_is_left_alone(store: AuditedStore, clock: Clock, status: str) -> None:
    suspend(store)
    clock.advance(600)

    assert swept(store, clock, Lambda(**{"order-7": DurableState(status)})) == 0
    assert read(store).status == "running"


def test_an_end_of_this_moment_is_left_to_the_function_that_tells_more_of_it(
    store: AuditedStore, clock: Clock
) -> None:
    suspend(store)
    clock.advance(41)
    lambda_ = Lambda(**{"order-7": DurableState("SUCCEEDED", STOPPED_AT)})

    assert DurableSweep(store, lambda_, ACCOUNT, clock(), lambda: True).run() == 0
    clock.advance(600)
    assert swept(store, clock, lambda_) == 1
    assert (read(store).status, read(store).cause) == ("succeeded", None)


def test_a_stop_is_told_by_nobody_so_it_is_written_at_once(
    store: AuditedStore, clock: Clock
) -> None:
    suspend(store)
    clock.advance(41)

    assert swept(store, clock, Lambda(**{"order-7": DurableState("STOPPED", STOPPED_AT)})) == 1
    assert read(store).ended_at_unix_nano == STOPPED_AT


def test_a_failure_whose_spans_were_lost_has_the_failed_step_as_its_cause(
    store: AuditedStore, clock: Clock
) -> None:
    suspend(store)
    charge = make_span(
        "charge",
        None,
        parent_span_id=ROOT,
        kind="node",
        status="error",
        status_message="the card was refused",
        attributes={"spanvas.node.id": "charge", "error.type": "RuntimeError"},
    )
    store.write(SpanBatch("acme", EXECUTION_ID, [charge]))
    clock.advance(600)

    swept(store, clock, Lambda(**{"order-7": DurableState("FAILED", STOPPED_AT)}))

    assert read(store).cause == Cause(
        "RuntimeError", "the card was refused", "charge", span_id("charge")
    )


def test_what_lambda_does_not_know_any_more_is_lost(store: AuditedStore, clock: Clock) -> None:
    suspend(store)
    clock.advance(600)

    swept(store, clock, Lambda(**{"order-7": DurableState("UNKNOWN")}))

    execution = read(store)
    assert (execution.status, execution.cause) == (
        "lost",
        Cause("Lost", "Lambda does not know the durable execution any more."),
    )


def test_other_executions_and_those_of_other_accounts_are_not_asked_for(
    store: AuditedStore, clock: Clock
) -> None:
    start(store, ARN.replace("123456789012:function", "210987654321:function"))
    start(store, ARN.replace("eu-central-1", "eu-west-1"))
    store.start_execution(make_execution("soon", external_id=ARN))
    store.start_execution(make_execution("plain", deadline_unix_nano=T0 + LONGEST_NANO))
    lambda_ = Lambda()

    assert swept(store, clock, lambda_) == 0
    assert lambda_.asked == []


def test_one_that_lambda_does_not_tell_stops_no_other_and_a_lambda_that_is_down_stops_all(
    store: AuditedStore, clock: Clock
) -> None:
    for number in range(8):
        start(store, ARN.replace("order-7", f"order-{number}"))
    lambda_ = Lambda()
    lambda_.error = DurableStateError("AccessDeniedException")
    assert swept(store, clock, lambda_) == 0
    assert len(lambda_.asked) == 8
    lambda_.error = DurableServiceError("TooManyRequestsException")
    with pytest.raises(DurableServiceError):
        swept(store, clock, lambda_)
    assert len(lambda_.asked) == 9


def test_nothing_more_is_asked_when_the_time_of_the_run_is_over(
    store: AuditedStore, clock: Clock
) -> None:
    suspend(store)
    lambda_ = Lambda()
    for _ in range(4):
        assert DurableSweep(store, lambda_, ACCOUNT, clock(), lambda: False).run() == 0
        clock.advance(60)
    assert lambda_.asked == []


@pytest.mark.parametrize("error", [None, DurableServiceError("TooManyRequestsException")])
def test_each_run_of_the_sweep_looks_at_them_and_does_its_own_work_whatever_comes_of_it(
    store: AuditedStore, clock: Clock, error: Exception | None
) -> None:
    suspend(store)
    store.start_execution(make_execution("exec_1"))
    clock.advance(600)
    lambda_ = Lambda(**{"order-7": DurableState("STOPPED", STOPPED_AT)})
    lambda_.error = error
    services = Services(
        Settings(table="traces"),
        make_store=lambda: store,
        make_durable_service=lambda: lambda_,
        clock=clock,
    )
    handler = sweep.make_handler(lambda: services)
    context: Any = LambdaContext(invoked_function_arn=f"{ACCOUNT}:function:sweep")
    closed = 0
    for _ in range(4):
        closed += handler({}, context)["closed"]
        clock.advance(60)
    assert closed == 1
    assert read(store).status == ("failed" if error is None else "running")


def spans_until_suspended(view: str) -> bytes:
    """What AWS's own plugin has sent when the first invocation is over, as if it had begun at T0."""
    whole = ExportTraceServiceRequest.FromString((SENDERS / f"{view}.pb").read_bytes())
    sent = ExportTraceServiceRequest()
    moved = whole.resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano - T0
    for resource in whole.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                part = sent.resource_spans.add().scope_spans.add()
                part.scope.CopyFrom(scope.scope)
                part.spans.add().CopyFrom(span)
                part.spans[0].start_time_unix_nano -= moved
                part.spans[0].end_time_unix_nano -= moved
                if span.name == "Invocation":
                    return sent.SerializeToString()
    raise AssertionError("no invocation")


@pytest.mark.parametrize("view", ["aws-durable-execution", "aws-durable-invocation"])
def test_what_aws_s_own_plugin_sent_of_it_is_ended_in_the_same_way(view: str) -> None:
    def stop(store: AuditedStore, clock: Clock) -> None:
        clock.advance(600)
        lambda_ = Lambda(**{"order-7": DurableState("STOPPED", STOPPED_AT)})
        assert swept(store, clock, lambda_) == 1

    (run,) = runs_of(spans_until_suspended(view), then=stop)
    assert (run.summary["status"], run.summary["workflow_id"]) == ("failed", "parcels")
    assert run.summary["ended_at_unix_nano"] == str(STOPPED_AT)
    assert run.summary["cause"]["message"] == "The durable execution was stopped"
    assert [row["name"] for row in run.rows if row["kind"] == "workflow"] == ["parcels"]
    assert [row["name"] for row in run.rows].count("load") == 1


ANSWER: Final[dict[str, Any]] = {
    "DurableExecutionArn": ARN,
    "DurableExecutionName": "order-7",
    "FunctionArn": f"{ACCOUNT}:function:parcels",
    "StartTimestamp": datetime(2026, 9, 21, 13, 0, 0, tzinfo=UTC),
}


class TestLambdaDurableService:
    @pytest.fixture
    def client(self) -> Any:
        given = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        return boto3.client("lambda", region_name="eu-central-1", **given)  # type: ignore[call-overload]

    @pytest.mark.parametrize(
        ("answer", "state"),
        [
            ({"Status": "RUNNING"}, DurableState("RUNNING")),
            (
                {
                    "Status": "STOPPED",
                    "EndTimestamp": datetime(2026, 9, 21, 14, 0, 0, 345_000, tzinfo=UTC),
                },
                DurableState("STOPPED", 1_789_999_200_345_000_000),
            ),
            ({"Status": "DELETING"}, DurableState("UNKNOWN")),
        ],
    )
    def test_it_is_asked_without_its_content(
        self, client: Any, answer: dict[str, Any], state: DurableState
    ) -> None:
        asked = {"DurableExecutionArn": ARN, "IncludeExecutionData": False}
        with Stubber(client) as stubber:
            stubber.add_response("get_durable_execution", {**ANSWER, **answer}, asked)
            assert LambdaDurableService(client).state_of(ARN) == state

    def test_what_lambda_does_not_find_is_unknown(self, client: Any) -> None:
        with Stubber(client) as stubber:
            stubber.add_client_error(
                "get_durable_execution", "ResourceNotFoundException", http_status_code=404
            )
            assert LambdaDurableService(client).state_of(ARN) == DurableState("UNKNOWN")

    @pytest.mark.parametrize(
        ("code", "http", "is_of_all"),
        [
            ("AccessDeniedException", 403, False),
            ("KMSAccessDeniedException", 502, True),
            ("TooManyRequestsException", 429, True),
            ("ServiceException", 500, True),
        ],
    )
    def test_errors_are_of_this_one_or_of_all(
        self, client: Any, code: str, http: int, is_of_all: bool
    ) -> None:
        with Stubber(client) as stubber:
            stubber.add_client_error("get_durable_execution", code, http_status_code=http)
            with pytest.raises(DurableStateError, match=code) as raised:
                LambdaDurableService(client).state_of(ARN)
        assert isinstance(raised.value, DurableServiceError) is is_of_all

    def test_a_lambda_that_is_not_reached_is_an_error_of_all(self) -> None:
        class Unreachable:
            def get_durable_execution(self, **_: Any) -> Any:
                raise ConnectTimeoutError(endpoint_url="https://lambda.example")

        with pytest.raises(DurableServiceError, match="ConnectTimeoutError"):
            LambdaDurableService(Unreachable()).state_of(ARN)


@pytest.mark.parametrize(
    ("state", "status"), [("STOPPED", "failed"), ("SUCCEEDED", "succeeded"), ("UNKNOWN", "lost")]
)
def test_what_is_ended_for_lambda_is_told_to_the_metrics_once(
    store: AuditedStore, clock: Clock, state: str, status: str
) -> None:
    suspend(store)
    lambda_ = Lambda(**{"order-7": DurableState(state, STOPPED_AT)})
    clock.advance(600)
    told = []
    for _ in range(8):
        sweep = DurableSweep(store, lambda_, ACCOUNT, clock(), lambda: True)
        sweep.run()
        told += [(end.is_first, end.execution.status) for end in sweep.counted]
        clock.advance(60)
    assert told == [(True, status)]
