"""How many of our own functions a read of a trace goes through until DynamoDB is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spanvas.settings import Settings
from spanvas.storage.dynamo import DynamoTraceStore
from spanvas.storage.port import SpanBatch
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.functional.api.traces import TRACE
from tests.support.api_client import Client
from tests.support.aws_from_template import ROOT
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock, make_execution, make_span

OURS = (ROOT / "layers", ROOT / "functions")
Calls = dict[str, list[str]]


@pytest.fixture
def real(clock: Clock) -> Iterator[DynamoTraceStore]:
    with mocked_store(clock) as made:
        made.start_execution(make_execution())
        made.write(SpanBatch("acme", "exec_1", [make_span("a"), make_span("b")]))
        yield made


@pytest.fixture
def make_api(real: DynamoTraceStore, clock: Clock) -> Callable[[], Client]:
    """Each is a process of its own: it keeps no trace that another one has read."""

    def make() -> Client:
        services = Services(Settings(table="traces"), make_store=lambda: real, clock=clock)
        return Client(make_handler(lambda: services))

    return make


@pytest.fixture
def api(make_api: Callable[[], Client]) -> Client:
    return make_api()


@pytest.fixture
def calls(real: DynamoTraceStore) -> Calls:
    """The functions of ours between the handler and each of the client's operations, the outermost first."""
    found: Calls = {}

    def note(model: object, **_: object) -> None:
        name = model.name  # type: ignore[attr-defined]
        found[name] = own_functions()

    real._dynamodb.meta.events.register("before-call.dynamodb", note)
    return found


def own_functions() -> list[str]:
    frame = sys._getframe(1)
    names = []
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if any(path.is_relative_to(folder) for folder in OURS):
            names.append(f"{path.stem}.{frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return names[::-1]


def test_a_trace_is_queried_through_at_most_six_functions(api: Client, calls: Calls) -> None:
    assert api.get(TRACE).status == 200

    assert calls["Query"] == [
        "http_api.handler",
        "http_api.respond",
        "read_trace.read_trace",
        "access.read_authorized",
        "stored_spans.read_trace",
    ]


def test_the_next_page_is_queried_through_at_most_six_functions(
    make_api: Callable[[], Client], calls: Calls
) -> None:
    cursor = make_api().get(TRACE, limit="1").json["next_cursor"]
    calls.clear()

    assert make_api().get(TRACE, limit="1", cursor=cursor).status == 200

    assert set(calls) == {"GetItem", "Query", "PutItem"}
    del calls["PutItem"]  # the record of the read
    assert max(map(len, calls.values())) <= 6, calls


def test_a_tag_is_checked_through_at_most_six_functions(api: Client, calls: Calls) -> None:
    tag = api.get(TRACE).headers["ETag"]
    calls.clear()

    assert api.get(TRACE, headers={"if-none-match": tag}).status == 304

    assert list(calls) == ["GetItem"]
    assert len(calls["GetItem"]) <= 6, calls
