"""Searching one execution: what is found, for whom, and that it is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.errors import StoreUnavailableError
from spanvas.model.span import Event
from spanvas.storage.port import SpanBatch
from spanvas_api.operations import search_execution
from tests.support.api_client import ALL_SCOPES, Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, make_execution, make_span, span_id

SEARCH = "/v1/executions/exec_1/search"
WITHOUT_CONTENT = ALL_SCOPES.replace("trace:content", "")


@pytest.fixture(autouse=True)
def _trace(store: AuditedStore) -> None:
    said = [{"role": "user", "parts": [{"type": "text", "content": "Where is Parcel 4711?"}]}]
    raised = Event("exception", T0, {"exception.message": "the carrier is down"})
    store.start_execution(make_execution())
    store.write(
        SpanBatch(
            "acme",
            "exec_1",
            [
                make_span("plan"),
                make_span("chat", attributes={"gen_ai.input.messages": said}),
                make_span("book", attributes={"http.route": "/parcel"}, events=(raised,)),
            ],
        )
    )


def found(api: Client, query: str) -> dict[str, list[str]]:
    reply = api.get(SEARCH, q=query)
    assert reply.status == 200
    return {hit["span_id"]: hit["where"] for hit in reply.json["hits"]}


def test_finds_names_attributes_events_and_content_whatever_their_case(api: Client) -> None:
    assert found(api, "PLAN") == {span_id("plan"): ["name"]}
    assert found(api, "carrier") == {span_id("book"): ["attributes"]}
    assert found(api, "parcel") == {span_id("chat"): ["content"], span_id("book"): ["attributes"]}


def test_wants_every_word_of_the_query(api: Client) -> None:
    assert found(api, "parcel 4711") == {span_id("chat"): ["content"]}
    assert found(api, "parcel 4712") == {}


def test_content_is_searched_for_those_who_may_read_it_and_no_others(api: Client) -> None:
    viewer = api.acting_as(scope=WITHOUT_CONTENT)
    assert found(viewer, "4711") == {}
    assert viewer.get(SEARCH, q="4711").json["content_access"] == "denied"
    assert api.get(SEARCH, q="4711").json["content_access"] == "granted"


def test_the_name_of_a_message_event_is_structure_as_in_the_span_and_its_words_are_content(
    api: Client, store: AuditedStore
) -> None:
    choice = Event("gen_ai.choice", T0, {"message": "on its way"})
    store.write(SpanBatch("acme", "exec_1", [make_span("answer", events=(choice,))]))
    viewer = api.acting_as(scope=WITHOUT_CONTENT)

    assert found(viewer, "gen_ai.choice") == {span_id("answer"): ["attributes"]}
    assert found(viewer, "on its way") == {}
    assert found(api, "on its way") == {span_id("answer"): ["content"]}


def test_a_search_is_an_access_of_content_or_of_structure(api: Client, store: AuditedStore) -> None:
    api.acting_as(scope=WITHOUT_CONTENT).get(SEARCH, q="4711")
    api.get(SEARCH, q="4711")
    found = store.list_accesses("acme", "exec_1").items
    assert {(access.action, access.outcome, access.target) for access in found} == {
        ("search", "structure", ""),
        ("search", "allowed", ""),
    }


def test_a_search_that_cannot_be_recorded_finds_nothing(api: Client, store: AuditedStore) -> None:
    store.audit_failure = StoreUnavailableError("throttled", 2)
    reply = api.get(SEARCH, q="4711")
    assert reply.status == 503
    assert "hits" not in reply.json


@pytest.mark.parametrize(
    "query", [{}, {"q": ""}, {"q": "   "}, {"q": "a"}, {"q": "a" * 201}, {"q": "ab", "x": "1"}]
)
def test_a_query_that_is_none_is_400(api: Client, query: dict[str, Any]) -> None:
    assert api.get(SEARCH, **query).status == 400


def test_says_when_there_was_more_than_it_may_look_through(
    api: Client, store: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(SpanBatch("acme", "exec_1", [make_span("plan2")]))
    assert api.get(SEARCH, q="plan").json["is_complete"] is True
    monkeypatch.setattr(search_execution, "PAGE_BYTES", 1)
    monkeypatch.setattr(search_execution, "MAX_BYTES", 1)
    assert api.get(SEARCH, q="plan").json["is_complete"] is False


def test_gives_no_more_hits_than_it_may(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_execution, "MAX_HITS", 1)
    answer = api.get(SEARCH, q="parcel").json
    assert (len(answer["hits"]), answer["is_complete"]) == (1, False)
