"""GET .../export with `content`: whole values, previews of them, or structure alone."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from spanvas.otlp.protojson import decode_json
from spanvas.storage.port import SpanBatch
from spanvas_api.operations import export_execution
from tests.functional.otlp.client import OtlpClient
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import make_execution, make_span, span_id
from tests.support.otlp_requests import TRACE, make_proto_span, make_request

LONG = "Where is my parcel? " * 200
PATH = f"/v1/executions/{TRACE}/export"
PLACE = f"/v1/executions/{TRACE}/spans/{span_id('a')}"
NAME = "gen_ai.input.messages"


@pytest.fixture
def sent(otlp: OtlpClient) -> None:
    event = make_proto_span("x", attributes={"words": LONG, "n": 1}).attributes
    otlp.send(
        make_request(
            make_proto_span(
                "a",
                attributes={NAME: LONG, "gen_ai.request.model": "gpt-4o", "nested": {"k": [1]}},
                events=[{"name": "said", "attributes": event}],
            )
        )
    )


def exported(api: Client, **query: str) -> Any:
    [span] = decode_json(api.call("GET", PATH, query=query).text.encode()).spans
    return span


@pytest.mark.usefixtures("sent")
def test_without_a_word_on_content_an_export_is_whole(api: Client) -> None:
    assert exported(api).attributes[NAME] == LONG
    assert api.get(PATH).text == api.get(PATH, content="full").text


@pytest.mark.usefixtures("sent")
def test_a_preview_is_what_executors_send_to_an_endpoint(api: Client) -> None:
    span = exported(api, content="preview")
    assert span.attributes == {
        f"spanvas.preview.{NAME}.bytes": 4_000,
        f"spanvas.preview.{NAME}.sha256": sha256(LONG.encode()).hexdigest(),
        f"spanvas.preview.{NAME}.ref": f"{PLACE}#{NAME}",
        NAME: LONG[:2048],
        "gen_ai.request.model": "gpt-4o",
        "nested": '{"k":[1]}',
    }
    [event] = span.events
    assert event.attributes["words"] == LONG[:2048]
    assert event.attributes["n"] == 1


@pytest.mark.usefixtures("sent")
def test_without_content_only_structure_is_left_and_recorded_as_that(
    api: Client, store: AuditedStore
) -> None:
    reply = api.get(PATH, content="none")
    assert "parcel" not in reply.text
    assert exported(api, content="none").attributes == {"gen_ai.request.model": "gpt-4o"}
    assert {access.outcome for access in store.accesses(TRACE)} == {"structure"}


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("content", ["full", "preview"])
def test_content_that_is_asked_for_is_for_those_who_may_read_it(
    api: Client, store: AuditedStore, content: str
) -> None:
    viewer = api.acting_as(subject="vera", scope="trace:read")
    assert "parcel" not in viewer.get(PATH, content=content).text
    assert "parcel" in api.get(PATH, content=content).text
    assert {(access.principal, access.outcome) for access in store.accesses(TRACE)} == {
        ("vera", "structure"),
        ("ada", "allowed"),
    }


@pytest.mark.usefixtures("sent")
@pytest.mark.parametrize("content", ["", "FULL", "previews"])
def test_another_word_for_content_is_refused_by_name(api: Client, content: str) -> None:
    reply = api.get(PATH, content=content)
    assert (reply.status, reply.json["errors"][0]["field"]) == (400, "content")


def test_the_next_page_holds_as_much_content_as_the_first(
    api: Client, store: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_execution, "CODED_PAGE_BYTES", 1)
    store.start_execution(make_execution())
    for label in "ab":
        span = make_span(label, attributes={NAME: LONG})
        store.write(SpanBatch("acme", "exec_1", [span]))
    link = api.get("/v1/executions/exec_1/export", content="none").headers["Link"]
    assert "content=none" in link


def test_a_preview_keeps_what_no_text_is(api: Client, otlp: OtlpClient) -> None:
    values = {"n": 7, "share": 0.5, "is_new": True, "tags": ["a", "b"], "big": 2**63 - 1}
    otlp.send(make_request(make_proto_span("a", attributes=values)))
    assert exported(api, content="preview").attributes == values
