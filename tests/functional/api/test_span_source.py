"""Executions whose spans only the operator's backend has, as a caller of the API sees them.

The backend is a stand-in that answers what Tempo and Jaeger do (`tests.support.span_backend`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl

import pytest

from spanvas.model.ids import trace_id_for
from spanvas_api.operations import export_execution
from tests.functional.api.conftest import MakeApi
from tests.functional.api.traces import TRACE, WITHOUT_CONTENT
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_span
from tests.support.scripted_server import Server
from tests.support.span_backend import (
    ANSWER,
    JAEGER_NOT_THERE,
    NOT_THERE,
    QUESTION,
    ROOT,
    TRACE_ID,
    answer,
    backend,
    chat_id,
    otlp_json,
    own_execution,
    protobuf,
    run_spans,
)

Reading = Callable[..., tuple[Client, Server]]


@pytest.fixture
def reading(make_api: MakeApi, clock: Clock) -> Iterator[Reading]:
    """An API that reads from a backend with this script, and the backend."""
    clock.now = T0 + 10 * SECOND
    opened = []

    def start(*script: bytes | None, **settings: object) -> tuple[Client, Server]:
        serving = backend(*script)
        server = serving.__enter__()
        opened.append(serving)
        source = {"span_source": "tempo", "span_source_url": server.url, **settings}
        return make_api(**source), server

    yield start
    for serving in opened:
        serving.__exit__(None, None, None)


def test_an_execution_that_only_tempo_has_opens_with_its_tree_totals_and_status(
    reading: Reading,
) -> None:
    api, tempo = reading(
        answer(protobuf(run_spans())), span_source_headers={"Authorization": "Bearer s3cret"}
    )
    reply = api.get(TRACE)
    assert reply.status == 200
    trace = reply.json
    assert [(row["name"], row["depth"], row["kind"]) for row in trace["rows"]] == [
        ("run", 0, "workflow"),
        ("classify", 1, "node"),
        ("chat", 2, "model"),
    ]
    execution = trace["execution"]
    assert (execution["spans_from"], execution["is_unregistered"]) == ("tempo", True)
    assert (execution["workflow_id"], execution["workflow_name"]) == (
        "support-triage",
        "Support triage",
    )
    assert (execution["trace_id"], execution["status"]) == (TRACE_ID, "succeeded")
    assert (trace["status"], execution["duration_nano"]) == ("COMPLETE", str(3 * SECOND))
    counters = execution["counters"]
    assert (counters["spans"], counters["input_tokens"], counters["output_tokens"]) == (
        3,
        1000,
        100,
    )
    assert counters["cost_nano_usd"] == 3_500_000
    head = tempo.requests[0].decode()
    assert head.startswith(f"GET /api/traces/{TRACE_ID} HTTP/1.1\r\n")
    assert "accept: application/protobuf\r\n" in head
    assert "authorization: Bearer s3cret\r\n" in head


def test_jaeger_is_asked_for_the_raw_trace_and_its_text_is_read(reading: Reading) -> None:
    body = json.dumps({"result": otlp_json(run_spans())}).encode()
    api, jaeger = reading(answer(body, "text/plain; charset=utf-8"), span_source="jaeger")
    trace = api.get(TRACE).json
    assert (len(trace["rows"]), trace["execution"]["spans_from"]) == (3, "jaeger")
    assert jaeger.requests[0].startswith(
        f"GET /api/v3/traces/{TRACE_ID}?raw_traces=true HTTP/1.1".encode()
    )


def test_content_is_shown_with_its_scope_alone_and_each_read_is_recorded(
    reading: Reading, store: AuditedStore
) -> None:
    api, _ = reading(answer(protobuf(run_spans())))
    whole, bare = api, api.acting_as(scope=WITHOUT_CONTENT)
    assert whole.get(TRACE).json["rows"][2]["input_preview"] == QUESTION
    assert QUESTION not in bare.get(TRACE).text
    path = f"/v1/executions/exec_1/spans/{chat_id()}"
    assert ANSWER in whole.get(path).text
    hidden = bare.get(path)
    assert (hidden.json["content_access"], ANSWER in hidden.text) == ("denied", False)
    assert sorted((access.action, access.outcome) for access in store.accesses()) == [
        ("span", "allowed"),
        ("span", "structure"),
        ("trace", "allowed"),
        ("trace", "structure"),
    ]


def test_a_caller_without_the_scope_is_refused_and_that_is_recorded(
    reading: Reading, store: AuditedStore
) -> None:
    api, _ = reading(answer(protobuf(run_spans())))
    assert api.acting_as(scope="executions:read").get(TRACE).status == 403
    assert [(one.action, one.outcome) for one in store.accesses()] == [("trace", "refused")]


def test_a_caller_of_other_workflows_and_one_of_another_tenant_find_nothing(
    reading: Reading,
) -> None:
    spans = answer(protobuf(run_spans()))
    api, tempo = reading(spans, NOT_THERE)
    assert api.acting_as(more_claims={"workflows": "billing-*"}).get(TRACE).status == 404
    assert api.acting_as(tenant="umbrella").get(TRACE).status == 404
    assert trace_id_for("umbrella", "exec_1") in tempo.requests[1].decode()


def test_what_others_sent_with_a_secret_in_it_is_redacted_on_reading(reading: Reading) -> None:
    key = "sk-ant-" + "api03-" + "Zx9" * 31 + "AA"
    spans = run_spans()
    spans[1].attributes["http.request.header.authorization"] = f"Bearer {key}"  # type: ignore[index]
    spans[2].attributes["gen_ai.output.messages"] = f"use {key} and mail ada@example.com"  # type: ignore[index]
    api, _ = reading(answer(protobuf(spans)))
    told = api.get(TRACE).text
    told += api.get(f"/v1/executions/exec_1/spans/{chat_id()}").text
    told += api.get("/v1/executions/exec_1/export").text
    assert key not in told
    assert "ada@example.com" not in told
    assert "[REDACTED:" in told


def test_search_and_export_look_into_the_same_spans(reading: Reading, store: AuditedStore) -> None:
    api, tempo = reading(answer(protobuf(run_spans())))
    found = api.get("/v1/executions/exec_1/search", q="parcel").json
    assert (found["hits"], found["is_complete"]) == (
        [{"span_id": chat_id(), "where": ["content"]}],
        True,
    )
    exported = api.get("/v1/executions/exec_1/export").json
    spans = [
        span["spanId"]
        for group in exported["resourceSpans"]
        for scope in group["scopeSpans"]
        for span in scope["spans"]
    ]
    assert spans == [ROOT, "636c617373696679", chat_id()]
    assert len(tempo.requests) == 1, "one answer counts for a while"
    assert sorted(one.action for one in store.accesses()) == ["export", "search"]


def test_spans_of_other_tenants_executions_and_traces_are_not_shown(reading: Reading) -> None:
    spans = run_spans()
    foreign = [
        make_span("tenant", trace_id=TRACE_ID, attributes={"spanvas.tenant": "umbrella"}),
        make_span("resource", trace_id=TRACE_ID, resource={"spanvas.tenant": "umbrella"}),
        make_span("two", trace_id=TRACE_ID, attributes={"spanvas.tenant": "acme"},
                  resource={"spanvas.tenant": "umbrella"}),
        make_span("run 2", trace_id=TRACE_ID, attributes={"spanvas.execution.id": "exec_2"}),
        make_span("other", attributes={"spanvas.tenant": "acme"}),
    ]  # fmt: skip
    api, _ = reading(answer(protobuf([*foreign, *spans])))
    assert [row["name"] for row in api.get(TRACE).json["rows"]] == ["run", "classify", "chat"]
    for span in foreign:
        assert api.get(f"/v1/executions/exec_1/spans/{span.span_id}").status == 404


def test_an_answer_of_foreign_spans_alone_is_as_if_there_were_none(reading: Reading) -> None:
    theirs = run_spans(own_execution(tenant="umbrella"))
    api, _ = reading(answer(protobuf(theirs)))
    assert api.get(TRACE).status == 404


def test_a_trace_that_names_no_tenant_is_shown_where_the_backend_keeps_tenants_apart(
    reading: Reading,
) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    body = answer(protobuf([make_span("agent", trace_id=trace_id)]))
    path = f"/v1/executions/{trace_id}/trace"
    shared, _ = reading(body, NOT_THERE)
    assert shared.get(path).status == 404
    apart, tempo = reading(body, span_source_tenant_header={"X-Scope-OrgID": "{tenant}"})
    assert [row["name"] for row in apart.get(path).json["rows"]] == ["agent"]
    assert b"x-scope-orgid: acme\r\n" in tempo.requests[0]


def test_what_the_backend_has_not_is_not_found(reading: Reading) -> None:
    for script in (NOT_THERE, JAEGER_NOT_THERE, answer(b"", "application/protobuf"),
                   answer(b'{"trace":{},"metrics":{}}', "application/json")):  # fmt: skip
        api, _ = reading(script)
        reply = api.get(TRACE)
        assert (reply.status, reply.json["type"]) == (404, "urn:spanvas:problem:not-found")


def test_spans_of_the_store_count_and_the_backend_is_not_asked(
    reading: Reading, run: AuditedStore
) -> None:
    api, tempo = reading()
    trace = api.get(TRACE).json
    assert (len(trace["rows"]), "spans_from" in trace["execution"]) == (3, False)
    assert tempo.requests == []


def test_a_registered_execution_without_spans_takes_them_and_its_end_from_the_backend(
    reading: Reading, store: AuditedStore
) -> None:
    store.start_execution(own_execution(status="queued", expected_nodes=("classify",)))
    api, _ = reading(answer(protobuf(run_spans())))
    trace = api.get(TRACE).json
    execution = trace["execution"]
    assert (execution["status"], execution["started_by"]) == ("succeeded", "ada")
    assert execution["completeness"]["missing"] == []
    assert (trace["status"], execution["counters"]["input_tokens"]) == ("COMPLETE", 1000)
    one = api.get("/v1/executions/exec_1").json
    assert (one["status"], one["spans_from"]) == ("succeeded", "tempo")
    assert "is_unregistered" not in one


def test_a_registered_execution_that_the_backend_knows_nothing_of_is_empty_and_says_so(
    reading: Reading, store: AuditedStore, clock: Clock
) -> None:
    store.start_execution(own_execution())
    store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
    api, _ = reading(NOT_THERE)
    trace = api.get(TRACE).json
    assert trace["status"] == "EMPTY"
    assert trace["reason"] == (
        "The execution has ended, but nothing of it arrived. Tempo has nothing of it, either."
    )


def test_a_deleted_execution_stays_deleted_whatever_the_backend_has(
    reading: Reading, store: AuditedStore
) -> None:
    store.start_execution(own_execution())
    store.end_execution("acme", "exec_1", "succeeded", T0 + SECOND)
    store.deletions.delete("acme", "exec_1", "ada")
    api, tempo = reading()
    assert api.get(TRACE).json["execution"]["status"] == "deleted"
    assert tempo.requests == []


def test_retention_holds_for_what_is_read_from_a_backend(reading: Reading, clock: Clock) -> None:
    spans = answer(protobuf(run_spans()))
    api, _ = reading(spans, retention_days=30, content_retention_days=7)
    clock.advance(8 * 86_400)
    told = api.get(TRACE)
    assert [row["name"] for row in told.json["rows"]] == ["run", "classify", "chat"]
    assert QUESTION not in told.text
    span = api.get(f"/v1/executions/exec_1/spans/{chat_id()}").json
    assert span["content_access"] == "expired"
    assert api.get("/v1/executions/exec_1/export").headers["Spanvas-Expired"] == "3"
    later, _ = reading(spans, retention_days=30)
    clock.now = T0 + 31 * 86_400 * SECOND
    assert later.get(TRACE).status == 404


def test_half_a_trace_is_shown_and_says_what_is_missing(reading: Reading, clock: Clock) -> None:
    _, classify, chat = run_spans()
    again = [chat, chat]
    api, _ = reading(answer(protobuf([classify, *again])))
    trace = api.get(TRACE).json
    assert [(row["name"], row.get("marks")) for row in trace["rows"]] == [
        ("classify", ["orphan"]),
        ("chat", None),
    ]
    assert (trace["status"], trace["execution"]["workflow_id"]) == ("RUNNING", "support-triage")
    late, _ = reading(answer(protobuf([classify, chat])))
    clock.advance(3_600)
    lost = late.get(TRACE).json
    assert (lost["execution"]["status"], lost["status"]) == ("lost", "PARTIAL")


def test_changes_are_told_since_a_version_and_the_tag_follows_the_backend(
    reading: Reading, clock: Clock
) -> None:
    run, classify, chat = run_spans()
    api, _ = reading(answer(protobuf([classify])), answer(protobuf([run, classify, chat])))
    first = api.get(TRACE)
    same = api.get(TRACE, {"if-none-match": first.headers["ETag"]})
    assert same.status == 304
    clock.advance(3)
    after = api.get(TRACE, {"if-none-match": first.headers["ETag"]}, since=first.json["version"])
    assert after.status == 200
    assert (after.json["total_rows"], after.json["execution"]["status"]) == (3, "succeeded")


def test_a_large_trace_comes_in_pages_of_one_answer(reading: Reading) -> None:
    api, tempo = reading(answer(protobuf(run_spans())))
    first = api.get(TRACE, limit="2").json
    second = api.get(TRACE, limit="2", cursor=first["next_cursor"]).json
    names = [row["name"] for row in first["rows"] + second["rows"]]
    assert (names, first["version"] == second["version"]) == (["run", "classify", "chat"], True)
    assert len(tempo.requests) == 1


def test_an_export_comes_in_pages_that_have_each_span_once(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PAGE_BYTES", "CODED_PAGE_BYTES"):
        monkeypatch.setattr(export_execution, name, 1)
    api, _ = reading(answer(protobuf(run_spans())))
    link, found = "/v1/executions/exec_1/export", []
    while link:
        path, _, query = link.partition("?")
        page = api.call("GET", path, query=dict(parse_qsl(query)))
        found += [
            span["spanId"]
            for group in page.json["resourceSpans"]
            for scope in group["scopeSpans"]
            for span in scope["spans"]
        ]
        link = page.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert found == [ROOT, "636c617373696679", chat_id()]


def test_a_hold_of_a_registered_execution_is_seen_at_once(
    reading: Reading, store: AuditedStore
) -> None:
    store.start_execution(own_execution())
    spans = answer(protobuf(run_spans()))
    api, _ = reading(spans, spans)
    assert "hold" not in api.get(TRACE).json["execution"]
    assert api.post("/v1/executions/exec_1/hold").status == 200
    assert api.get(TRACE).json["execution"]["hold"]["held_by"] == "ada"


def test_a_text_that_was_cut_is_marked_as_a_preview(reading: Reading) -> None:
    run, classify, chat = run_spans()
    classify.attributes["spanvas.output"] = "é" * 5_000  # type: ignore[index]
    api, _ = reading(answer(protobuf([run, classify, chat])))
    marks = {row["name"]: row.get("marks") for row in api.get(TRACE).json["rows"]}
    assert marks == {"run": None, "classify": ["preview"], "chat": None}
    body = api.get(f"/v1/executions/exec_1/spans/{classify.span_id}").json
    assert body["marks"] == ["preview"]
    assert body["attributes"]["spanvas.preview.spanvas.output.bytes"] == 10_000


def test_files_and_accesses_of_such_an_execution_are_listed_and_it_cannot_be_held(
    reading: Reading,
) -> None:
    api, _ = reading(answer(protobuf(run_spans())))
    assert api.get(TRACE).status == 200
    assert api.get("/v1/executions/exec_1/artifacts").json == {"items": []}
    listed = api.get("/v1/executions/exec_1/accesses").json["items"]
    assert [one["action"] for one in listed] == ["trace"]
    assert api.post("/v1/executions/exec_1/hold").status == 404
