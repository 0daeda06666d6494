"""An execution that is passed on arrives: real botocore sends, and what comes out at the other end is an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from typing import Any

import boto3
import pytest
from opentelemetry import baggage, trace
from opentelemetry import context as otel_context

import spanvas
from spanvas.model.ids import root_span_id_for, trace_id_for
from tests.functional.tracing.functions import Functions
from tests.support.aws_in_process import mocked_aws
from tests.support.recording import recording

EVENT = {"execution_id": "e1", "tenant": "acme"}
MACHINE = "arn:aws:states:us-east-1:123456789012:execution:order-flow:run-1"


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mocked_aws():
        yield


@pytest.fixture
def queue() -> str:
    url: str = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
    return url


def arn_of(queue: str) -> str:
    attributes = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["QueueArn"]
    )
    return attributes["Attributes"]["QueueArn"]


def lambda_event(queue: str) -> dict[str, Any]:
    """What an event source mapping makes of the messages that wait."""
    answer = boto3.client("sqs").receive_message(
        QueueUrl=queue,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        AttributeNames=["All"],
    )
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {
                    name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
                    for name, value in message.get("MessageAttributes", {}).items()
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": arn_of(queue),
            }
            for message in answer["Messages"]
        ]
    }


def send_to_queue(queue: str) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=queue, MessageBody="17", MessageAttributes=spanvas.message_attributes()
    )


def publish_to_topic(queue: str) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn_of(queue))
    sns.publish(TopicArn=topic, Message="17", MessageAttributes=spanvas.message_attributes())


def put_event(queue: str) -> None:
    events = boto3.client("events")
    events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="orders", Targets=[{"Id": "queue", "Arn": arn_of(queue)}])
    detail = json.dumps(spanvas.inject({"order": 17}))
    events.put_events(Entries=[{"Source": "shop", "DetailType": "Order placed", "Detail": detail}])


@pytest.mark.parametrize("send", [send_to_queue, publish_to_topic, put_event])
def test_messages_continue_the_execution_below_the_span_that_sent_them(
    queue: str, send: Any
) -> None:
    def first(event: Any, context: Any) -> None:
        with spanvas.workflow("orders", is_final=False), spanvas.node("send"):
            send(queue)

    functions = Functions()
    functions.call(first, EVENT, "first")
    functions.call(lambda event, context: None, lambda_event(queue), "second")
    assert functions.tree("e1", "acme") == [
        "workflow orders …",
        "  invocation first ok",
        "    node send ok",
        "      invocation second #1 ok",
    ]
    assert {run.trace_id for run in functions.recorded.runs} == {trace_id_for("acme", "e1")}


def test_an_event_of_the_bus_that_calls_a_function_itself(queue: str) -> None:
    def first(event: Any, context: Any) -> None:
        with spanvas.workflow("orders", is_final=False):
            put_event(queue)

    functions = Functions()
    functions.call(first, EVENT, "first")
    event = json.loads(lambda_event(queue)["Records"][0]["body"])
    assert event["detail-type"] == "Order placed"
    functions.call(lambda event, context: None, event, "second")
    assert functions.tree("e1", "acme") == [
        "workflow orders …",
        "  invocation first ok",
        "    invocation second ok",
    ]


def test_a_state_machine_is_an_execution_of_its_own_in_the_same_trace() -> None:
    step_functions = boto3.client("stepfunctions")
    definition = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
    machine = step_functions.create_state_machine(
        name="order-flow",
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/order-flow",
    )["stateMachineArn"]

    def first(event: Any, context: Any) -> str:
        with spanvas.workflow("orders"):
            started = step_functions.start_execution(
                stateMachineArn=machine, input=json.dumps(spanvas.inject({"order": 17}))
            )
        return str(started["executionArn"])

    functions = Functions()
    execution = functions.call(first, EVENT, "first")
    sent = json.loads(step_functions.describe_execution(executionArn=execution)["input"])
    assert sent["order"] == 17
    context = {"Execution": {"Id": execution, "Input": sent}, "State": {"Name": "Reserve"}}
    functions.call(lambda event, context: None, {"StepFunctions": context}, "reserve")
    assert functions.status(execution, "acme") == "running"
    assert {run.trace_id for run in functions.recorded.runs} == {trace_id_for("acme", "e1")}


def test_a_state_machine_is_a_part_where_the_path_says_so() -> None:
    sent: list[dict[str, Any]] = []

    def first(event: Any, context: Any) -> None:
        with spanvas.workflow("orders", is_final=False):
            sent.append(spanvas.inject({"execution_id": event["execution_id"]}))

    functions = Functions()
    functions.call(first, EVENT, "first")
    context = {"Execution": {"Id": MACHINE}, "State": {"Name": "Reserve"}}
    functions.call(lambda event, context: None, {**sent[0], "StepFunctions": context}, "reserve")
    assert functions.tree("e1", "acme") == [
        "workflow orders …",
        "  invocation first ok",
        "  node Reserve #1 ok",
        "    invocation reserve #1 ok",
    ]


def test_names_that_are_there_are_kept_or_replaced() -> None:
    with recording(), spanvas.workflow("orders", execution_id="e1"):
        carrier = {"traceparent": "old", "order": 17}
        assert spanvas.inject(carrier) is carrier
        span_id = root_span_id_for("default", "e1")
        assert carrier == {
            "order": 17,
            "traceparent": f"00-{trace_id_for('default', 'e1')}-{span_id}-01",
            "baggage": "spanvas.execution.id=e1,spanvas.tenant=default,spanvas.workflow.id=orders",
        }
        attributes = spanvas.message_attributes({"kind": {"DataType": "String"}})
        assert list(attributes) == ["kind", "traceparent", "baggage"]


def test_baggage_of_others_goes_along() -> None:
    with recording(), spanvas.workflow("orders", execution_id="e1"):
        token = otel_context.attach(baggage.set_baggage("customer", "acme & sons"))
        headers: dict[str, str] = spanvas.inject({})
        otel_context.detach(token)
    assert headers["baggage"].startswith("customer=acme%20%26%20sons,spanvas.execution.id=e1,")


class Shouting:
    """A propagator of the function's packages."""

    def inject(self, carrier: dict[str, str], context: otel_context.Context) -> None:
        span = trace.get_current_span(context).get_span_context()
        carrier["x-shout"] = f"{span.trace_id:032X}-{int(span.trace_flags)}"


def test_further_propagators_add_their_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("shouting", f"{__name__}:Shouting", "opentelemetry_propagator")
    found = {"shouting": [entry], "absent": []}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group, name: found[name])
    with (
        recording(propagators=("absent", "shouting")) as recorded,
        spanvas.workflow("orders", execution_id="e1"),
    ):
        headers: dict[str, str] = spanvas.inject({})
        spanvas.inject({})
        full = {str(number): {"DataType": "String"} for number in range(8)}
        assert "x-shout" not in spanvas.message_attributes(full)
    assert headers["x-shout"] == f"{trace_id_for('default', 'e1').upper()}-1"
    assert set(headers) == {"x-shout", "traceparent", "baggage"}
    assert recorded.engine.health() == {"otel.propagator.absent": 1}


class Failing:
    """A propagator with a bug."""

    def inject(self, carrier: dict[str, str], context: otel_context.Context) -> None:
        raise KeyError("x")


def test_a_propagator_that_fails_takes_nothing_else_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = EntryPoint("failing", f"{__name__}:Failing", "opentelemetry_propagator")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group, name: [entry])
    with (
        recording(propagators=("failing",)) as recorded,
        spanvas.workflow("orders", execution_id="e1"),
    ):
        headers: dict[str, str] = spanvas.inject({})
    assert set(headers) == {"traceparent", "baggage"}
    assert recorded.engine.health() == {"problem.propagator": 1}


def test_outside_of_an_execution_nothing_is_added(caplog: pytest.LogCaptureFixture) -> None:
    with recording():
        assert spanvas.inject({"order": 17}) == {"order": 17}
        assert spanvas.message_attributes() == {}
    assert "inject outside of a workflow()" in caplog.text
