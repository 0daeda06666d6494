"""A trace by its id, as Grafana's Tempo data source and people ask for it."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import Counter
from typing import Any

import pytest

from spanvas.model.access import Access
from spanvas.model.ids import trace_id_for
from spanvas.model.row import Row
from spanvas.storage import items
from spanvas.storage.port import SpanBatch
from spanvas_api.tempo import reading
from tests.functional.api.tempo import fields_of, spans_in
from tests.functional.api.traces import write
from tests.support.api_client import Client, LambdaContext, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, make_execution, make_span
from tests.support.memory_store import MemoryTraceStore

TRACE = "0af7651916cd43dd8448eb211c80319c"
"""Of `make_execution` and `make_span`."""
OTHER = "11111111111111112222222222222222"
PROTOBUF = {"accept": "application/protobuf"}
VIEWER = "executions:read trace:read"


def trace_of(reply: Reply) -> dict[str, Any]:
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/protobuf")
    return spans_in(fields_of(reply.body)[1])  # type: ignore[arg-type]


def test_in_protobuf_it_is_a_trace_by_id_response_whose_first_field_is_the_export(
    api: Client, run: AuditedStore
) -> None:
    reply = api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF)

    spans = trace_of(reply)
    assert sorted(fields_of(reply.body)) == [1, 2]
    assert fields_of(reply.body)[2] == b""
    assert list(spans) == ["run", "classify", "chat"]
    assert spans["chat"].trace_id.hex() == TRACE
    assert spans["chat"].parent_span_id == spans["classify"].span_id
    exported = api.get("/v1/executions/exec_1/export").json["resourceSpans"]
    (scope,) = exported[0]["scopeSpans"]
    assert [span["spanId"] for span in scope["spans"]] == [
        span.span_id.hex() for span in spans.values()
    ]


def test_each_span_names_its_execution(api: Client, run: AuditedStore) -> None:
    spans = trace_of(api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF))

    for span in spans.values():
        said = {one.key: one.value.string_value for one in span.attributes}
        assert (said["spanvas.execution.id"], said["spanvas.tenant"]) == ("exec_1", "acme")
        assert said["spanvas.workflow.id"] == "support-triage"


def test_in_json_ids_are_base64_and_enumerations_names_as_in_tempos_own(
    api: Client, run: AuditedStore
) -> None:
    write(run, make_span("failed", "run", 2, status="error", otel_kind="client"))

    reply = api.get(f"/api/v2/traces/{TRACE}", headers={"accept": "application/json"})

    assert reply.headers["Content-Type"] == "application/json"
    assert set(reply.json) == {"trace", "metrics"}
    spans = {
        span["name"]: span
        for resource in reply.json["trace"]["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    }
    assert base64.b64decode(spans["failed"]["traceId"]).hex() == TRACE
    assert spans["failed"]["parentSpanId"] == spans["run"]["spanId"]
    assert spans["failed"]["kind"] == "SPAN_KIND_CLIENT"
    assert spans["failed"]["status"] == {"code": "STATUS_CODE_ERROR"}
    assert spans["failed"]["startTimeUnixNano"] == str(T0 + 2 * SECOND)


def test_the_first_version_answers_the_bare_trace(api: Client, run: AuditedStore) -> None:
    bare = api.get(f"/api/traces/{TRACE}", headers=PROTOBUF)
    in_json = api.get(f"/api/traces/{TRACE}")

    assert list(spans_in(bare.body)) == ["run", "classify", "chat"]
    assert list(in_json.json) == ["batches"]


@pytest.mark.parametrize("version", ["/api/v2/traces", "/api/traces"])
@pytest.mark.parametrize("asked", ["{}", "{}?upper", "{}?start"])
def test_ids_may_be_in_upper_case_and_the_range_is_passed_over(
    api: Client, run: AuditedStore, version: str, asked: str
) -> None:
    trace_id = TRACE.upper() if "upper" in asked else TRACE

    reply = api.get(f"{version}/{trace_id}", headers=PROTOBUF, start="1", end="2")

    assert reply.status == 200
    assert b"classify" in reply.body


def test_zeros_at_the_beginning_of_an_id_may_be_left_out(api: Client, store: AuditedStore) -> None:
    trace_id = "00000000000000000000000000000abc"
    store.start_execution(make_execution(trace_id=trace_id))
    write(store, make_span(trace_id=trace_id))

    for asked in ("abc", "0abc", "00000abc", "ABC", trace_id):
        assert list(trace_of(api.get(f"/api/v2/traces/{asked}", headers=PROTOBUF))) == ["a"]


@pytest.mark.parametrize("asked", [OTHER, "0", "0" * 32, "abc"])
def test_a_trace_that_is_not_there_is_an_empty_one_or_404_in_the_first_version(
    api: Client, run: AuditedStore, asked: str
) -> None:
    in_json = api.get(f"/api/v2/traces/{asked}")
    in_protobuf = api.get(f"/api/v2/traces/{asked}", headers=PROTOBUF)
    first = api.get(f"/api/traces/{asked}", headers=PROTOBUF)

    assert (in_json.status, in_json.json) == (200, {"trace": {}, "metrics": {}})
    assert (in_protobuf.status, in_protobuf.body) == (200, b"\x0a\x00\x12\x00")
    assert (first.status, first.text) == (404, "trace not found")
    assert first.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("xyz", "trace IDs can only contain hex characters: invalid character 'x' at position 1"),
        ("12%20", "trace IDs can only contain hex characters: invalid character ' ' at position 3"),
        (f"{TRACE}0", "trace IDs can't be larger than 128 bits"),
        ("0x12", "trace IDs can only contain hex characters: invalid character 'x' at position 2"),
    ],
)
@pytest.mark.parametrize("version", ["/api/v2/traces", "/api/traces"])
def test_a_malformed_id_is_refused_in_words(
    api: Client, run: AuditedStore, version: str, asked: str, said: str
) -> None:
    reply = api.get(f"{version}/{asked}")

    assert (reply.status, reply.text) == (400, f"invalid trace id: {said}")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_content_is_told_to_those_who_may_read_it_and_recorded_first(
    api: Client, run: AuditedStore
) -> None:
    for version in ("/api/v2/traces", "/api/traces"):
        for headers in (PROTOBUF, {}):
            told = api.get(f"{version}/{TRACE}", headers=headers).text
            withheld = api.acting_as(scope=VIEWER, subject="bob").get(
                f"{version}/{TRACE}", headers=headers
            )
            assert "On its way." in told
            assert "On its way." not in withheld.text
            assert "claude-sonnet" in withheld.text

    records = Counter((one.principal, one.action, one.outcome) for one in run.accesses())
    assert records == {("ada", "export", "allowed"): 4, ("bob", "export", "structure"): 1}


@pytest.mark.parametrize("version", ["/api/v2/traces", "/api/traces"])
@pytest.mark.parametrize("headers", [PROTOBUF, {}])
def test_no_content_is_answered_where_the_access_cannot_be_recorded(
    api: Client, run: AuditedStore, version: str, headers: dict[str, str]
) -> None:
    run.audit_failure = RuntimeError("down")

    reply = api.get(f"{version}/{TRACE}", headers=headers)

    assert reply.status == 503
    assert "On its way." not in reply.text
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_access_is_recorded_while_the_answer_is_made_which_waits_for_it(
    api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_made = threading.Event()

    def record(access: Access) -> None:
        assert is_made.wait(60), "the answer is made before the record is stored"
        MemoryTraceStore.record_access(run, access)

    def made(body: bytes, accept: str | None) -> None:
        assert not run.accesses()
        is_made.set()

    monkeypatch.setattr(run, "record_access", record)
    monkeypatch.setattr(reading, "compressed", made)

    reply = api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF)

    assert (reply.status, len(run.accesses())) == (200, 1)


def test_a_refused_read_is_recorded_with_the_execution_that_was_asked_for(
    api: Client, run: AuditedStore
) -> None:
    caller = api.acting_as(scope="executions:read")

    replies = [caller.get(f"/api/v2/traces/{asked}") for asked in (TRACE, OTHER, "xyz")]

    assert [reply.status for reply in replies] == [403, 403, 403]
    assert replies[0].text == "The token lacks the scope 'trace:read'."
    assert "insufficient_scope" in replies[0].headers["WWW-Authenticate"]
    assert [(one.action, one.outcome) for one in run.accesses()] == [("export", "refused")]


def test_all_executions_of_one_trace_are_answered_and_each_is_recorded(
    api: Client, run: AuditedStore
) -> None:
    run.start_execution(make_execution("exec_2", start=5))
    run.write(SpanBatch("acme", "exec_2", [make_span("second", start=5)]))

    spans = trace_of(api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF))

    assert list(spans) == ["run", "classify", "chat", "second"]
    assert [len(run.accesses(one)) for one in ("exec_1", "exec_2")] == [1, 1]


def test_only_the_spans_of_the_trace_are_answered_of_an_execution_that_has_several(
    api: Client, run: AuditedStore
) -> None:
    write(run, make_span("elsewhere", trace_id=OTHER))

    assert list(trace_of(api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF))) == [
        *("run", "classify", "chat"),
    ]


def test_executions_of_workflows_that_the_token_is_kept_from_are_not_there(
    api: Client, run: AuditedStore
) -> None:
    run.start_execution(make_execution("payroll-1", workflow_id="payroll"))
    run.write(SpanBatch("acme", "payroll-1", [make_span("salary", start=9)]))
    caller = api.acting_as(more_claims={"workflows": "payroll"})

    assert list(trace_of(caller.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF))) == ["salary"]
    assert run.accesses("exec_1") == []


def test_another_tenants_trace_is_not_there(api: Client, run: AuditedStore) -> None:
    reply = api.acting_as(tenant="globex").get(f"/api/v2/traces/{TRACE}")

    assert reply.json == {"trace": {}, "metrics": {}}


def test_an_execution_that_has_no_spans_yet_is_an_empty_trace(
    api: Client, store: AuditedStore
) -> None:
    trace_id = trace_id_for("acme", "exec_1")
    store.start_execution(make_execution(trace_id=trace_id))

    assert api.get(f"/api/v2/traces/{trace_id}").json == {"trace": {}, "metrics": {}}
    assert api.get(f"/api/traces/{trace_id}").status == 404


def test_a_span_that_has_not_ended_ends_a_nanosecond_after_its_start(
    api: Client, run: AuditedStore
) -> None:
    write(run, make_span("open", "run", 2, end_time_unix_nano=None, status="unset"))

    spans = trace_of(api.get(f"/api/v2/traces/{TRACE}", headers=PROTOBUF))

    assert spans["open"].end_time_unix_nano - spans["open"].start_time_unix_nano == 1


def test_what_is_larger_than_one_answer_comes_with_previews_and_says_so(
    api: Client, store: AuditedStore
) -> None:
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(900_000))
    store.start_execution(make_execution())
    for number in range(4):
        text = noise[number * 200_000 :] + noise[: number * 200_000]
        write(store, make_span(f"s{number}", start=number, attributes={"spanvas.input": text}))

    reply = api.get(f"/api/v2/traces/{TRACE}", headers={**PROTOBUF, "accept-encoding": "gzip"})

    spans = trace_of(reply)
    assert list(spans) == ["s0", "s1", "s2", "s3"]
    said = "values are cut to previews, to fit into one answer"
    assert fields_of(reply.body)[3] == 1
    assert fields_of(reply.body)[4] == said.encode()
    assert reply.headers["Spanvas-Partial"] == said
    values = {pair.key: pair.value for pair in spans["s1"].attributes}
    assert len(values["spanvas.input"].string_value.encode()) <= 2_048
    place = values["spanvas.preview.spanvas.input.ref"].string_value
    assert re.fullmatch(r"/v1/executions/exec_1/spans/[0-9a-f]{16}#spanvas\.input", place)


def test_a_text_is_as_long_as_lambda_makes_it_by_escaping_its_quotes(
    api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution())
    for number in range(1_400):
        text = {"spanvas.input": '"' * 1_500}
        write(store, make_span(f"s{number}", start=number, attributes=text))
    event = api.event("GET", f"/api/v2/traces/{TRACE}", headers={"accept-encoding": "identity"})

    answer = api.handler(event, LambdaContext())

    assert answer["isBase64Encoded"] is False
    assert len(json.dumps(answer)) < 6 * 1024 * 1024
    assert "of 1400 spans fit into one answer" in answer["headers"]["Spanvas-Partial"]


def test_protobuf_is_compressed_where_the_caller_reads_that(
    api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution())
    write(store, make_span(attributes={"spanvas.input": "x" * 2_000_000}))

    path = f"/api/v2/traces/{TRACE}"
    coded = [
        api.get(path, headers={**PROTOBUF, "accept-encoding": accepted}).headers
        for accepted in ("gzip", "zstd, gzip", "identity")
    ]
    write(store, make_span("b", attributes={"spanvas.input": "y" * 3_000_000}))
    large = api.get(path, headers={**PROTOBUF, "accept-encoding": "gzip"})

    assert [one.get("Content-Encoding") for one in coded] == ["gzip", "zstd", None]
    assert (large.headers["Content-Encoding"], len(trace_of(large))) == ("gzip", 2)


@pytest.mark.parametrize(("spare", "said"), [(0, None), (-1, "values are cut to previews")])
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_what_is_sent_is_counted_as_it_is_sent_to_the_byte(
    api: Client, run: AuditedStore, monkeypatch: pytest.MonkeyPatch, accepted: str, spare: int,
    said: str | None,
) -> None:  # fmt: skip
    event = api.event(
        "GET", f"/api/v2/traces/{TRACE}", headers={**PROTOBUF, "accept-encoding": accepted}
    )
    sent = base64.b64decode(api.handler(event, LambdaContext())["body"])
    monkeypatch.setattr(reading, "MAX_CODED_BYTES", len(sent) + spare)

    answer = api.handler(event, LambdaContext())

    found = answer["headers"].get("Spanvas-Partial")
    assert found == said if said is None else found.startswith(said)


def test_details_that_cannot_be_read_are_said_to_be_missing(api: Client, run: AuditedStore) -> None:
    (row,) = [row for row in _rows(run) if row.name == "chat"]
    place = (items.partition("acme", "exec_1"), items.DETAIL + row.detail)
    run.overlays[place] = {"data": items.b(b"junk")}

    second, first = api.get(f"/api/v2/traces/{TRACE}"), api.get(f"/api/traces/{TRACE}")

    assert (second.json["status"], second.json["message"]) == (
        "PARTIAL",
        "1 stored details cannot be read",
    )
    assert (first.status, first.text) == (404, "trace not found; 1 stored details cannot be read")


def _rows(store: AuditedStore) -> list[Row]:
    trace = store.read_trace("acme", "exec_1")
    assert trace is not None
    return trace.rows
