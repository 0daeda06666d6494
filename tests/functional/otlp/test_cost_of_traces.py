"""What a sender costs the store is bounded as well as what it sends: many small traces are few bytes and much work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas_api.handlers import otlp_ingest
from spanvas_api.ingest.ingest import MAX_TRACES, Ingest
from spanvas_api.services import Services
from tests.functional.otlp.client import OtlpClient
from tests.functional.otlp.conformance import assert_refused
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.otlp_requests import make_proto_span, make_request


def traces(first: int, last: int, label: str = "a", **attributes: str) -> bytes:
    """A request with one span of each of these traces."""
    spans = [
        make_proto_span(label, trace_id=number.to_bytes(16), attributes=dict(attributes))
        for number in range(first, last + 1)
    ]
    return make_request(*spans).SerializeToString()


def test_new_traces_are_throttled_by_what_they_cost_the_store(
    make_otlp: MakeOtlp, clock: Clock
) -> None:
    otlp = make_otlp(ingest_store_calls_per_second=4, ingest_burst_store_calls=8)
    assert otlp.post(traces(1, 3)).status == 200  # fifteen calls, seven more than there were
    reply = otlp.post(traces(4, 4))
    assert "More than 4 calls of the store a second" in assert_refused(reply, 429, 8)
    assert reply.headers["Retry-After"] == "2"
    assert otlp.acting_as(tenant="globex").post(traces(4, 4)).status == 200
    clock.advance(2)
    assert otlp.post(traces(4, 4)).status == 200


def test_more_of_a_trace_that_is_known_costs_less(make_otlp: MakeOtlp) -> None:
    otlp = make_otlp(ingest_store_calls_per_second=1, ingest_burst_store_calls=11)
    answers = [otlp.post(traces(1, 1, label)).status for label in "abcd"]
    assert answers == [200, 200, 200, 429]  # five calls, three, three: the bucket is empty


def test_every_name_of_an_execution_costs_one_more(make_otlp: MakeOtlp) -> None:
    otlp = make_otlp(ingest_store_calls_per_second=1, ingest_burst_store_calls=6)
    named = {"spanvas.execution.id": "order-7"}
    assert otlp.post(traces(1, 1, **named)).status == 200
    assert otlp.post(traces(2, 2)).status == 429


def test_a_request_of_as_many_traces_as_are_allowed_is_taken(make_otlp: MakeOtlp) -> None:
    otlp = make_otlp()
    assert otlp.post(traces(1, MAX_TRACES)).status == 200
    # Of bytes these are next to nothing.
    answers = [otlp.post(traces(n * MAX_TRACES + 1, (n + 1) * MAX_TRACES)).status for n in (1, 2)]
    assert answers == [429, 429]


def test_who_may_not_send_takes_nothing_from_the_tenant(make_otlp: MakeOtlp) -> None:
    otlp = make_otlp(
        ingest_store_calls_per_second=1,
        ingest_burst_store_calls=5,
        jwt_issuer="https://login.example.com/",
        jwt_audience="spanvas",
    )
    claims = {"iss": "https://login.example.com/", "aud": "spanvas", "exp": "99999999999"}
    otlp = otlp.acting_as(claims=claims)
    strangers = [
        otlp.acting_as(scope="executions:read"),
        otlp.acting_as(claims={**claims, "iss": "https://evil.example.com/"}),
        otlp.acting_as(claims={**claims, "exp": "1"}),
        otlp.acting_as(tenant=None),
    ]
    answers = {stranger.post(traces(1, 50)).status for stranger in strangers for _ in range(20)}
    assert answers <= {401, 403}
    assert otlp.post(traces(1, 1)).status == 200


@contextmanager
def counted(store: DynamoTraceStore) -> Iterator[list[str]]:
    """The calls of DynamoDB that are made meanwhile."""
    calls: list[str] = []
    events = store._binding._dynamodb.meta.events

    def note(model: object, **_: object) -> None:
        calls.append(str(getattr(model, "name", "")))

    events.register("before-call.dynamodb", note)
    try:
        yield calls
    finally:
        events.unregister("before-call.dynamodb", note)


def test_what_is_charged_is_what_the_store_is_asked(clock: Clock) -> None:
    with mocked_store(clock) as store:
        services = Services(Settings(), make_store=lambda: store, clock=clock)
        ingest = Ingest(services)
        otlp = OtlpClient(otlp_ingest.make_handler(lambda: ingest))
        with counted(store) as calls:
            assert otlp.post(traces(1, 7)).status == 200
        assert len(calls) == 7 * 5
        charged = Settings().ingest_burst_store_calls - ingest._store_calls._refilled("acme")
        assert charged == len(calls)
