"""Sessions group executions: however they are named and sent, no two traces become one by them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.otlp.client import OtlpClient
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_client import Client
from tests.support.otlp_requests import make_proto_span, make_request

ONE, TWO, THREE = ("1" * 32, "2" * 32, "3" * 32)
SESSION = {"session.id": "s"}


def span(trace: str, label: str = "a", parent: str | None = None, **attributes: Any) -> Any:
    return make_proto_span(
        label, parent, start=int(trace[0]), attributes=attributes, trace_id=bytes.fromhex(trace)
    )


def runs(api: Client) -> list[tuple[str, str | None, int]]:
    """Id, session and number of spans of each execution, the first one first."""
    items = api.get("/v1/executions").json["items"]
    return [
        (item["execution_id"], item.get("session_id"), item["counters"]["spans"])
        for item in reversed(items)
    ]


@pytest.mark.parametrize("session", ["s", "default", ONE, "patients/7", "x" * 190])
def test_two_traces_of_a_session_in_one_request_are_two_executions(
    otlp: OtlpClient, api: Client, session: str
) -> None:
    said = {"session.id": session}
    otlp.send(make_request(span(ONE, **said), span(TWO, **said), span(TWO, "b", "a", **said)))

    assert runs(api) == [(ONE, session, 1), (TWO, session, 2)]


def test_a_session_that_is_called_as_an_execution_is_does_not_lead_to_it(
    otlp: OtlpClient, api: Client
) -> None:
    otlp.send(make_request(span(ONE, **{"spanvas.execution.id": "s"})))
    otlp.send(make_request(span(TWO, **SESSION)))

    assert runs(api) == [("s", None, 1), (TWO, "s", 1)]


def test_services_with_the_same_session_stay_apart(otlp: OtlpClient, api: Client) -> None:
    for trace, service in ((ONE, "desk"), (TWO, "billing")):
        otlp.send(make_request(span(trace, **SESSION), resource={"service.name": service}))

    assert runs(api) == [(ONE, "s", 1), (TWO, "s", 1)]


def test_a_session_of_the_resource_is_that_of_all_its_executions(
    otlp: OtlpClient, api: Client
) -> None:
    resource = {"service.name": "desk", "session.id": "s"}
    otlp.send(make_request(span(ONE), span(TWO), resource=resource))
    otlp.send(make_request(span(THREE, **{"session.id": "own"}), resource=resource))

    assert runs(api) == [(ONE, "s", 1), (TWO, "s", 1), (THREE, "own", 1)]


def test_one_execution_over_two_traces_has_the_first_root_s_session(
    otlp: OtlpClient, api: Client
) -> None:
    for trace, label, session in ((TWO, "b", "second"), (ONE, "a", "first")):
        otlp.send(
            make_request(span(trace, label, **{"spanvas.execution.id": "e", "session.id": session}))
        )

    assert runs(api) == [("e", "first", 2)]


@pytest.mark.parametrize("nothing", ["", "  ", True, ["s"]])
def test_what_names_no_session_is_none(otlp: OtlpClient, api: Client, nothing: Any) -> None:
    otlp.send(make_request(span(ONE, **{"session.id": nothing}), span(TWO)))

    assert runs(api) == [(ONE, None, 1), (TWO, None, 1)]


def test_children_of_several_sessions_do_not_tear_their_trace(
    otlp: OtlpClient, api: Client
) -> None:
    for label, session in (("b", "s1"), ("c", "s2"), ("d", "s3")):
        otlp.send(make_request(span(ONE, label, "a", **{"session.id": session})))
    otlp.send(make_request(span(ONE, "a", **{"session.id": "of the root"})))

    assert runs(api) == [(ONE, "of the root", 4)]


def test_a_run_that_waits_and_the_one_that_answers_it_are_two_executions_of_one_session(
    make_otlp: MakeOtlp, api: Client
) -> None:
    """The first one ended by waiting: what followed it is found by its session."""
    waits = {"exception.type": "langgraph.errors.GraphInterrupt", "exception.message": "ok?"}
    asked = span(ONE, **{"session.id": "thread-1"})
    asked.status.code = 2
    event = asked.events.add(name="exception", time_unix_nano=asked.end_time_unix_nano)
    for key, value in waits.items():
        event.attributes.add(key=key).value.string_value = value
    otlp = make_otlp()
    otlp.send(make_request(asked))
    otlp.send(make_request(span(TWO, **{"session.id": "thread-1"})))

    found = [
        (item["status"], item["session_id"]) for item in api.get("/v1/executions").json["items"]
    ]
    assert found == [("succeeded", "thread-1"), ("waiting", "thread-1")]
