"""A service that was called by another one, which may or may not send its spans here too."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.functional.otlp.client import OtlpClient
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_client import Client
from tests.support.builders import SECOND, T0, Clock, span_id
from tests.support.otlp_requests import TRACE, as_json, make_proto_span, make_request

REMOTE = 0x301
LOCAL = 0x101
DAY = 86_400


def served(label: str = "POST /chat", parent: str = "caller", **options: Any) -> Span:
    """The span of a request that another service has sent: its flags say that the parent is not ours."""
    return make_proto_span(
        label, parent, **{"kind": Span.SPAN_KIND_SERVER, "flags": REMOTE, **options}
    )


def model_call(parent: str = "POST /chat") -> Span:
    return make_proto_span("chat m", parent, 0.2, {"gen_ai.operation.name": "chat"}, flags=LOCAL)


def summary(api: Client) -> dict[str, Any]:
    (item,) = api.get("/v1/executions").json["items"]
    return {key: item.get(key) for key in ("status", "workflow_name", "ended_at_unix_nano")}


def rows(api: Client) -> list[tuple[int, str, list[str]]]:
    trace = api.get(f"/v1/executions/{TRACE}/trace").json
    return [(row["depth"], row["name"], row.get("marks", [])) for row in trace["rows"]]


@pytest.mark.parametrize("is_json", [True, False])
def test_a_service_whose_caller_sends_nothing_ends_its_execution_and_names_it(
    otlp: OtlpClient, api: Client, clock: Clock, is_json: bool
) -> None:
    request = make_request(served(), model_call(), resource={"service.name": "chat-api"})
    if is_json:
        otlp.send_json(as_json(request))
    else:
        otlp.send(request)
    clock.advance(DAY)
    assert summary(api) == {
        "status": "succeeded",
        "workflow_name": "POST /chat",
        "ended_at_unix_nano": str(T0 + SECOND),
    }
    assert rows(api) == [(0, "POST /chat", ["remote_parent"]), (1, "m", [])]
    assert api.get(f"/v1/executions/{TRACE}/trace").json["status"] == "COMPLETE"


@pytest.mark.parametrize(
    ("kind", "flags", "status"),
    [
        (Span.SPAN_KIND_SERVER, REMOTE, "succeeded"),
        (Span.SPAN_KIND_INTERNAL, REMOTE, "succeeded"),
        (Span.SPAN_KIND_CONSUMER, 0, "succeeded"),
        (Span.SPAN_KIND_SERVER, 1, "succeeded"),
        (Span.SPAN_KIND_SERVER, LOCAL, "lost"),
        (Span.SPAN_KIND_INTERNAL, 0, "lost"),
        (Span.SPAN_KIND_CLIENT, 0, "lost"),
        (Span.SPAN_KIND_INTERNAL, 0x201, "lost"),
    ],
)
def test_the_flags_say_whether_a_parent_is_remote_and_the_kind_where_they_do_not(
    otlp: OtlpClient, api: Client, clock: Clock, kind: int, flags: int, status: str
) -> None:
    otlp.send(make_request(served(kind=kind, flags=flags)))
    clock.advance(DAY)
    assert summary(api)["status"] == status


def test_a_service_that_failed_fails_its_execution(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(served(status={"code": 2, "message": "no model"})))
    execution = api.get(f"/v1/executions/{TRACE}").json
    assert (execution["status"], execution["cause"]["message"]) == ("failed", "no model")
    assert execution["cause"]["span_id"] == span_id("POST /chat")


def test_a_request_that_is_still_served_runs(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(served(end_time_unix_nano=0)))
    assert summary(api)["status"] == "running"
    otlp.send(make_request(served()))
    assert summary(api)["status"] == "succeeded"


CALLER = make_proto_span(
    "run", None, -1, {"gen_ai.workflow.name": "Trip"}, end_time_unix_nano=T0 + 2 * SECOND
)
CLIENT = make_proto_span("caller", "run", -0.5, kind=Span.SPAN_KIND_CLIENT, flags=LOCAL)
LATER = served("worker", "POST /chat", start=1.5, status={"code": 2, "message": "late"})


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_caller_s_root_names_and_ends_the_execution_whenever_it_comes(
    make_otlp: MakeOtlp, api: Client, order: tuple[int, ...], size: int
) -> None:
    """A run that another service and a late worker take part in, in every order, in requests of every size, and each of
    them twice."""
    spans = [(CALLER, CLIENT, served(), LATER)[index] for index in order]
    requests = [make_request(*spans[at : at + size]) for at in range(0, 4, size)]
    for request in (*requests, *requests):
        make_otlp().send(request)
    assert summary(api) == {
        "status": "succeeded",
        "workflow_name": "Trip",
        "ended_at_unix_nano": str(T0 + 2 * SECOND),
    }
    assert rows(api) == [
        (0, "run", []),
        (1, "caller", []),
        (2, "POST /chat", []),
        (3, "worker", []),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_several_local_roots_the_first_names_and_the_last_ends_the_execution(
    make_otlp: MakeOtlp, api: Client, order: tuple[int, ...]
) -> None:
    spans = [served("first"), served("second", "client", start=3), served("third", start=1)]
    for index in order:
        make_otlp().send(make_request(spans[index]))
    assert summary(api) == {
        "status": "succeeded",
        "workflow_name": "first",
        "ended_at_unix_nano": str(T0 + 4 * SECOND),
    }


def test_what_is_exported_says_again_that_the_parent_is_remote(
    otlp: OtlpClient, api: Client
) -> None:
    otlp.send(make_request(served(), model_call()))
    exported = api.get(f"/v1/executions/{TRACE}/export", format="otlp").json
    spans = exported["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert [(span["name"], span.get("flags")) for span in spans] == [
        ("POST /chat", 0x301),
        ("chat m", 0x101),
    ]
    assert "otel.span.parent.origin" not in str(exported)
