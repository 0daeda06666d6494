"""`http` nodes: where a request may go, what it carries, and what its answer means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from executor.engine import run_workflow
from executor.errors import NodeError
from executor.nodes import run_node
from executor.resources import HttpAnswer
from tests.support.executor_builders import (
    FakeHttp,
    FakeTime,
    http,
    json_answer,
    resources_of,
    workflow_of,
)
from tests.support.recording_tracing import RecordedSpan, RecordingTracing

OK = json_answer('{"id": 7}')


def request(
    send: FakeHttp,
    tracing: RecordingTracing | None = None,
    time: FakeTime | None = None,
    **fields: Any,
) -> Any:
    inputs = {"id": "input.id", "items": "input.items"}
    node = workflow_of(http("a", inputs=inputs, **fields)).nodes[0]
    resources = resources_of(tracing, send=send, time=time)
    variables = {"id": "LH 1/2", "items": [{"sku": "X"}], "none": None}
    return run_node(node, variables, resources, RecordedSpan("a", "http"))


def test_a_request_goes_to_the_connection_by_name_with_encoded_values() -> None:
    send = FakeHttp(OK)
    output = request(send, path="/orders/{{ id }}")
    assert output == {"status": 200, "body": {"id": 7}}
    assert send.requests == [
        (
            "GET",
            "https://shop.example/v1/orders/LH%201%2F2",
            {"accept": "application/json", "user-agent": "spanvas-executor"},
            None,
            10.0,
        )
    ]


def test_query_values_are_encoded_and_empty_ones_left_out() -> None:
    send = FakeHttp(OK)
    request(send, query={"q": "id", "n": "length(items)", "none": "items[0].gone"})
    assert send.requests[0][1] == "https://shop.example/v1/things?q=LH+1%2F2&n=1"


def test_a_body_is_json_and_headers_may_be_set() -> None:
    send = FakeHttp(OK)
    request(send, method="POST", body="{rows: items}", headers={"x-kind": "test"})
    _, _, headers, body, _ = send.requests[0]
    assert json.loads(body or b"") == {"rows": [{"sku": "X"}]}
    assert headers["content-type"] == "application/json"
    assert headers["x-kind"] == "test"


@pytest.mark.parametrize("path", ["/a/../b", "/a/./b", "/.."])
def test_a_path_that_leaves_the_connection_is_refused(path: str) -> None:
    send = FakeHttp()
    with pytest.raises(NodeError) as raised:
        request(send, path=path)
    assert raised.value.error_type == "UnsafePath"


def test_a_connection_that_is_not_configured_is_refused() -> None:
    with pytest.raises(NodeError, match="no connection 'bank' is configured") as raised:
        request(FakeHttp(), connection="bank")
    assert raised.value.error_type == "UnknownConnection"


def test_a_request_is_a_span_that_says_where_it_went() -> None:
    tracing = RecordingTracing()
    request(FakeHttp(OK), tracing, path="/orders/{{ id }}", method="PUT", body="id")
    (span,) = tracing.root.children
    assert (span.name, span.kind) == ("PUT /orders/LH%201%2F2", "http")
    assert span.attributes == {
        "http.request.method": "PUT",
        "server.address": "shop.example",
        "url.full": "https://shop.example/v1/orders/LH%201%2F2",
        "url.path": "/orders/LH%201%2F2",
        "spanvas.connection": "shop",
        "http.request.body.size": 8,
        "http.response.status_code": 200,
        "http.response.body.size": 9,
    }


def test_the_port_of_a_connection_is_part_of_its_span() -> None:
    tracing = RecordingTracing()
    node = workflow_of(http("a")).nodes[0]
    resources = resources_of(tracing, send=FakeHttp(OK))
    resources.connections["shop"] = "http://127.0.0.1:8327/orders"  # type: ignore[index]
    run_node(node, {}, resources, RecordedSpan("a", "http"))
    assert tracing.root.children[0].attributes["server.port"] == 8327


def test_the_url_of_a_span_has_neither_password_nor_query() -> None:
    tracing = RecordingTracing()
    node = workflow_of(http("a", query={"key": "'secret'"})).nodes[0]
    resources = resources_of(tracing, send=FakeHttp(OK))
    resources.connections["shop"] = "https://ada:pw@shop.example/api"  # type: ignore[index]
    run_node(node, {}, resources, RecordedSpan("a", "http"))
    assert tracing.root.children[0].attributes["url.full"] == "https://shop.example/api/things"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (HttpAnswer(200, {"content-type": "text/plain"}, "grüß".encode()), "grüß"),
        (HttpAnswer(200, {}, b"\xff"), "\ufffd"),
        (HttpAnswer(204, {"content-type": "application/json"}, b""), None),
        (HttpAnswer(200, {"content-type": "Application/Vnd.x+json; charset=utf-8"}, b"[1]"), [1]),
    ],
)
def test_an_answer_is_decoded_by_its_media_type(answer: HttpAnswer, body: Any) -> None:
    assert request(FakeHttp(answer))["body"] == body


def test_an_answer_that_is_not_the_json_it_says_is_an_error() -> None:
    with pytest.raises(NodeError, match="that are no valid JSON") as raised:
        request(FakeHttp(json_answer("{")))
    assert raised.value.error_type == "InvalidResponse"


@pytest.mark.parametrize(
    ("status", "is_retryable"),
    [(400, False), (404, False), (302, False), (408, True), (429, True), (500, True), (503, True)],
)
def test_only_answers_that_may_change_are_retryable(status: int, is_retryable: bool) -> None:
    with pytest.raises(NodeError) as raised:
        request(FakeHttp(json_answer("", status)))
    assert raised.value.error_type == f"HTTP {status}"
    assert raised.value.is_retryable is is_retryable
    assert raised.value.message == f"shop: GET /things answered {status}"


def test_what_a_service_says_is_content_of_the_span_and_no_part_of_the_error() -> None:
    tracing = RecordingTracing()

    with pytest.raises(NodeError) as raised:
        request(FakeHttp(json_answer('{"detail": "Ada owes 7"}', 502)), tracing)

    expected = "shop: GET /things answered 502 with 24 bytes of application/json"
    assert raised.value.message == expected
    assert tracing.root.children[0].attributes["spanvas.output"] == '{"detail": "Ada owes 7"}'


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("Wed, 21 Oct 2026", 0.0)])
def test_retry_after_is_read_in_seconds(header: str, seconds: float) -> None:
    with pytest.raises(NodeError) as raised:
        request(FakeHttp(json_answer("", 429, **{"retry-after": header})))
    assert raised.value.retry_after_seconds == seconds


def test_a_timeout_is_never_longer_than_the_functions_time() -> None:
    send = FakeHttp(OK)
    request(send, time=FakeTime(remaining_ms=4_000))
    assert send.requests[0][4] == 2.5


def test_no_request_is_sent_when_the_functions_time_is_over() -> None:
    send = FakeHttp()
    with pytest.raises(NodeError, match="GET /things was not sent"):
        request(send, time=FakeTime(remaining_ms=900))


def test_a_request_inside_a_workflow_gives_its_answer_to_the_next() -> None:
    outcome = run_workflow(
        workflow_of(http("a"), outputs={"id": "nodes.a.body.id"}),
        {},
        resources_of(send=FakeHttp(OK)),
    )
    assert outcome.outputs == {"id": 7}
