"""One item that cannot be decoded fails no answer but its own, and is counted in those that it is missing from."""

from __future__ import annotations

import json

import pytest

from spanvas.model.access import ALLOWED, Access
from spanvas.storage import items
from spanvas.storage.port import SpanBatch
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_artifact, make_execution, make_span, span_id

META = ("T#acme#E#exec_1", "META")
CALLS = {
    "one execution": "/v1/executions/exec_1",
    "its trace": "/v1/executions/exec_1/trace",
    "a span": f"/v1/executions/exec_1/spans/{span_id('a')}",
    "its artifacts": "/v1/executions/exec_1/artifacts",
    "its accesses": "/v1/executions/exec_1/accesses",
    "a search": "/v1/executions/exec_1/search",
    "an export": "/v1/executions/exec_1/export",
}


@pytest.fixture
def chunks(store: AuditedStore) -> list[str]:
    """Two chunks of one execution that has ended."""
    store.start_execution(make_execution())
    store.write(SpanBatch("acme", "exec_1", [make_span("a")]))
    store.write(SpanBatch("acme", "exec_1", [make_span("b", start=1)]))
    store.end_execution("acme", "exec_1", "succeeded", T0 + 3 * SECOND)
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    return list(trace.chunks)


def test_the_history_names_what_it_cannot_read(api: Client, store: AuditedStore) -> None:
    for number in range(3):
        store.start_execution(make_execution(f"exec_{number}", start=number))
    store.overlays[META] = {"v": items.n(2), "status": items.s("paused")}
    store.overlays["T#acme#E#exec_0", "META"] = {"cause": items.s("{")}

    found = api.get("/v1/executions").json

    assert [execution["execution_id"] for execution in found["items"]] == ["exec_2"]
    assert found["unreadable"] == [
        {
            "execution_id": "exec_1",
            "started_at_unix_nano": str(T0 + SECOND),
            "why": "newer_version",
        },
        {"execution_id": "exec_0", "started_at_unix_nano": str(T0), "why": "malformed"},
    ]


def test_an_answer_that_holds_all_says_nothing_of_it(api: Client, chunks: list[str]) -> None:
    assert "unreadable" not in api.get("/v1/executions").json
    trace = api.get("/v1/executions/exec_1/trace").json
    assert {"unreadable_chunks", "newer_chunks"}.isdisjoint(trace)
    assert "is_newer" not in trace["execution"]
    assert "unreadable" not in api.get("/v1/executions/exec_1/artifacts").json
    assert "unreadable" not in api.get("/v1/executions/exec_1/search", q="aa").json


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("spoiled", "slug"),
    [
        ({"status": items.n(1)}, "unreadable"),
        ({"v": items.n(2), "status": items.n(1)}, "newer-version"),
    ],
)
def test_what_is_asked_of_an_execution_that_cannot_be_read_is_told_so(
    api: Client,
    store: AuditedStore,
    chunks: list[str],
    call: str,
    spoiled: items.Item,
    slug: str,
) -> None:
    store.overlays[META] = spoiled

    answer = api.get(call, q="word") if call.endswith("search") else api.get(call)

    assert answer.status == 409
    assert answer.json["type"] == f"urn:spanvas:problem:{slug}"


def test_an_execution_of_a_newer_version_is_shown_and_marked(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    store.overlays[META] = {"v": items.n(2)}

    (listed,) = api.get("/v1/executions").json["items"]
    assert listed["is_newer"] is True
    assert api.get("/v1/executions/exec_1/trace").json["execution"]["is_newer"] is True


def test_a_trace_is_shown_without_the_chunk_that_cannot_be_read(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunks[0]}"] = {"data": items.b(b"?")}

    found = api.get("/v1/executions/exec_1/trace").json

    assert [row["name"] for row in found["rows"]] == ["b"]
    assert (found["status"], found["unreadable_chunks"]) == ("PARTIAL", 1)
    assert found["reason"] == "1 chunk of the trace cannot be read."
    assert found["execution"]["counters"]["spans"] == 2


def test_totals_are_not_repaired_by_those_who_cannot_read_all_of_it(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    for attributes in ({"data": items.b(b"?")}, {}):
        store.overlays["T#acme#E#exec_1", f"ROWS#{chunks[0]}"] = attributes
        api.get("/v1/executions/exec_1/trace")
        kept = store.read_execution("acme", "exec_1")
        assert kept is not None
        assert kept.counters.spans == 2


def test_a_trace_of_which_nothing_can_be_read_is_partial_and_not_empty(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    for chunk in chunks:
        store.overlays["T#acme#E#exec_1", f"ROWS#{chunk}"] = {"data": items.b(b"?")}

    found = api.get("/v1/executions/exec_1/trace").json

    assert (found["status"], found["rows"]) == ("PARTIAL", [])
    assert found["reason"] == "2 chunks of the trace cannot be read."


def test_a_running_trace_says_what_of_it_cannot_be_read(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution())
    store.write(SpanBatch("acme", "exec_1", [make_span("a")]))
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    (chunk,) = trace.chunks
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunk}"] = {"data": None}

    found = api.get("/v1/executions/exec_1/trace").json

    assert (found["status"], found["unreadable_chunks"]) == ("RUNNING", 1)
    assert found["reason"] == "1 chunk of the trace cannot be read."


def test_changes_since_a_version_tell_what_cannot_be_read_by_now(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    version = api.get("/v1/executions/exec_1/trace").json["version"]
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunks[1]}"] = {"data": items.b(b"?")}

    found = api.get("/v1/executions/exec_1/trace", since=version).json

    assert "positions" not in found
    assert ([row["name"] for row in found["rows"]], found["unreadable_chunks"]) == (["a"], 1)


def test_a_search_and_an_export_go_on_past_a_detail_that_cannot_be_read(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    store.overlays["T#acme#E#exec_1", f"DETAIL#{chunks[0]}:0"] = {"data": items.b(b"?")}

    search = api.get("/v1/executions/exec_1/search", q="node").json
    assert [hit["span_id"] for hit in search["hits"]] == [span_id("b")]
    assert (search["is_complete"], search["unreadable"]) == (False, 1)
    export = api.get("/v1/executions/exec_1/export")
    assert export.headers["Spanvas-Unreadable"] == "1"
    assert json.dumps(export.json).count('"spanId"') == 1
    assert api.get(f"/v1/executions/exec_1/spans/{span_id('b')}").status == 200
    assert api.get(f"/v1/executions/exec_1/spans/{span_id('a')}").status == 409


def test_lists_of_files_and_of_accesses_count_what_they_cannot_read(
    api: Client, store: AuditedStore, chunks: list[str]
) -> None:
    store.put_artifact(make_artifact(), b"a,b\n")
    store.record_access(Access("acme", "exec_1", "1", T0, "ada", "span", ALLOWED, "r"))
    store.overlays["T#acme#E#exec_1", "ARTIFACT#art_1"] = {"bytes": items.s("x")}
    store.overlays["T#acme#E#exec_1", f"ACCESS#0{T0}#1#0000000001"] = {"time": items.s("x")}

    assert api.get("/v1/executions/exec_1/artifacts").json == {"items": [], "unreadable": 1}
    assert api.get("/v1/executions/exec_1/accesses").json == {
        "items": [],
        "next_cursor": None,
        "unreadable": 1,
    }
    link = api.post("/v1/executions/exec_1/artifacts/art_1/link", {})
    assert link.status == 409


def test_every_request_measures_what_it_could_not_read_and_the_log_names_it_once(
    api: Client,
    store: AuditedStore,
    chunks: list[str],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunks[0]}"] = {"data": items.b(b"hunter2")}
    store.overlays["T#acme#E#exec_1", f"ROWS#{chunks[1]}"] = {"data": items.b(b"?")}
    for call in ("trace", "trace", "artifacts"):
        api.get(f"/v1/executions/exec_1/{call}")

    out = capsys.readouterr().out
    lines = [json.loads(line) for line in out.splitlines()]
    measured = [line.get("UnreadableItems") for line in lines if "ApiErrors" in line]
    assert measured == [[2.0], [2.0], None]
    logged = [vars(record) for record in caplog.records if record.message == "item cannot be read"]
    assert {(line["pk"], line["sk"]) for line in logged} == {
        ("T#acme#E#exec_1", f"ROWS#{chunk}") for chunk in chunks
    }
    assert len(logged) == 2
    assert "hunter2" not in out + caplog.text
