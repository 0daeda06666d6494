"""Searches in a part of TraceQL, through the history."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.model.ids import trace_id_for
from spanvas.storage.listing import Budget
from spanvas.storage.port import SpanBatch
from tests.functional.api.conftest import MakeApi
from tests.functional.api.tempo import call_of_model, run_of
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id

VIEWER = "executions:read trace:read"


@pytest.fixture
def history(store: AuditedStore) -> AuditedStore:
    """
    ok-1: began at 0 s, took 3 s, one model call
    failed-2: began at 10 s, took 20 s, a tool failed
    other-3: of another workflow, began at 20 s
    """
    run_of(store, "ok-1", call_of_model("chat", "gpt-5"))
    failed = make_span(
        "lookup",
        "root",
        11,
        name="execute_tool lookup",
        kind="tool",
        status="error",
        attributes={"error.type": "TimeoutError", "spanvas.node.id": "find"},
        end_time_unix_nano=T0 + 12_500_000_000,
    )
    run_of(store, "failed-2", failed, start=10, seconds=20, status="failed")
    run_of(store, "other-3", start=20, workflow_id="billing")
    return store


def found(api: Client, q: str = "", **query: str) -> list[str]:
    """Returns the executions that a search finds, by their ids."""
    ids = {trace_id_for("acme", one): one for one in ("ok-1", "failed-2", "other-3")}
    reply = api.call("GET", "/api/search", query={"q": q, **query} if q else query)
    assert reply.status == 200, reply.text
    return [ids[trace["traceID"]] for trace in reply.json["traces"]]


PARSE_ERROR = "invalid TraceQL query: parse error at line 1, "
EVERYTHING = ["other-3", "failed-2", "ok-1"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", EVERYTHING),
        ("{}", EVERYTHING),
        ("{ true }", EVERYTHING),
        ("{ false }", []),
        ('{ span.spanvas.execution.id = "failed-2" }', ["failed-2"]),
        ('{ .spanvas.execution.id = "nothing" }', []),
        ('{span.spanvas.workflow.id="billing"}', ["other-3"]),
        ('{span.spanvas.workflow.id!="billing"}', ["failed-2", "ok-1"]),
        ('{span.spanvas.workflow.id=~"bill.*|x"}', ["other-3"]),
        ('{span.spanvas.tenant="acme"}', EVERYTHING),
        ('{span.spanvas.tenant="globex"}', []),
        ("{status=error}", ["failed-2"]),
        ("{ status != error }", EVERYTHING),
        ('{span.spanvas.kind="workflow" && status=error}', []),
        ('{span.spanvas.kind="tool" && status=error}', ["failed-2"]),
        ('{ rootName = "Triage" }', EVERYTHING),
        ('{ trace:rootName = "invoke_workflow Triage" }', EVERYTHING),
        ('{ trace:rootName =~ ".*riag.*" }', EVERYTHING),
        ('{ trace:rootName !~ "Tri.*" }', []),
        ('{ name = "lookup" }', ["failed-2"]),
        ('{ span:name = "execute_tool lookup" }', ["failed-2"]),
        ('{ span.gen_ai.request.model = "gpt-5" }', ["ok-1"]),
        ('{ .gen_ai.request.model =~ "gpt.*" }', ["ok-1"]),
        ('{ span.gen_ai.provider.name = "openai" }', ["ok-1"]),
        ("{ span.gen_ai.usage.input_tokens > 100 }", ["ok-1"]),
        ("{ span.gen_ai.usage.input_tokens != nil }", ["ok-1"]),
        ("{ span.gen_ai.usage.output_tokens >= 8 }", []),
        ('{ span.error.type = "TimeoutError" }', ["failed-2"]),
        ('{ span.spanvas.node.id = "find" }', ["failed-2"]),
        ("{ duration > 10s }", ["failed-2"]),
        ("{ span:duration = 1.5s }", ["failed-2"]),
        ("{ duration = 1500ms && status = error }", ["failed-2"]),
        ("{ trace:duration <= 3s }", ["other-3", "ok-1"]),
        ("{ traceDuration > 3s }", ["failed-2"]),
        ("{ 3s < traceDuration }", ["failed-2"]),
        ('{ resource.service.name = "orders-api" }', EVERYTHING),
        ('{ .service.name = "other" }', []),
        ('{ trace:rootService = "orders-api" && status = error }', ["failed-2"]),
        ('{ status = error || span.spanvas.workflow.id = "billing" }', ["other-3", "failed-2"]),
        ('{ !(span.spanvas.workflow.id = "billing") }', ["failed-2", "ok-1"]),
        ('{ name = "lookup" || name = "chat" && status = ok }', ["ok-1"]),
        ('{ name = "lookup" || (name = "chat" && status = ok) }', ["failed-2", "ok-1"]),
        ("{} with (most_recent=true)", EVERYTHING),
        ("{ nestedSetParent < 0 }", EVERYTHING),
        ("{ nestedSetParent<0 && status = error }", []),
        ("{ 0 <= nestedSetParent && status = error }", ["failed-2"]),
        ("{ status = error } | select(span.url.full, kind, name)", ["failed-2"]),
    ],
)  # fmt: skip
def test_a_search_finds_the_executions_with_spans_that_fulfil_it_newest_first(
    api: Client, history: AuditedStore, q: str, expected: list[str]
) -> None:
    assert found(api, q) == expected


def test_a_trace_is_found_by_its_id(api: Client, history: AuditedStore) -> None:
    trace_id = trace_id_for("acme", "ok-1")

    assert found(api, f'{{ trace:id = "{trace_id}" }}') == ["ok-1"]
    assert found(api, '{ trace:id = "zzz" }') == []


def test_the_answer_has_tempos_shape(api: Client, history: AuditedStore) -> None:
    reply = api.get("/api/search", q="{ status = error && duration > 1s }", limit="1", spss="5")

    assert reply.json == {
        "traces": [
            {
                "traceID": trace_id_for("acme", "failed-2"),
                "rootServiceName": "orders-api",
                "rootTraceName": "Triage",
                "startTimeUnixNano": str(T0 + 10 * SECOND),
                "durationMs": 20_000,
                "spanSets": [
                    {
                        "spans": [
                            {
                                "spanID": span_id("lookup"),
                                "name": "lookup",
                                "startTimeUnixNano": str(T0 + 11 * SECOND),
                                "durationNanos": "1500000000",
                                "attributes": [
                                    {"key": "status", "value": {"stringValue": "error"}}
                                ],
                            }
                        ],
                        "matched": 1,
                    }
                ],
            }
        ],
        "metrics": {
            "inspectedTraces": 1,
            "inspectedSpans": "2",
            "completedJobs": 1,
            "totalJobs": 1,
        },
    }


def test_what_is_selected_is_shown_of_each_span_that_has_it(
    api: Client, history: AuditedStore
) -> None:
    q = "{ status = error } | select(resource.service.name, span.spanvas.node.id, span.url.full, nestedSetParent)"

    (trace,) = api.get("/api/search", q=q).json["traces"]

    (span,) = trace["spanSets"][0]["spans"]
    assert span["attributes"] == [
        {"key": "status", "value": {"stringValue": "error"}},
        {"key": "service.name", "value": {"stringValue": "orders-api"}},
        {"key": "spanvas.node.id", "value": {"stringValue": "find"}},
    ]


def test_of_the_spans_of_a_trace_the_first_are_shown_and_all_are_counted(
    api: Client, store: AuditedStore
) -> None:
    run_of(store, "ok-1", *[make_span(f"s{number}", "root", number + 1) for number in range(5)])

    (three,) = api.get("/api/search").json["traces"]
    (one,) = api.get("/api/search", spss="1").json["traces"]

    assert [span["name"] for span in three["spanSets"][0]["spans"]] == ["Triage", "s0", "s1"]
    assert [len(one["spanSets"][0]["spans"]), one["spanSets"][0]["matched"]] == [1, 6]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": "2"}, ["other-3", "failed-2"]),
        ({"limit": "1000000000", "spss": "9223372036854775807"}, EVERYTHING),
        ({"start": "1790000010", "end": "1790000020"}, ["failed-2"]),
        ({"start": "1790000000", "end": "1790000001"}, ["ok-1"]),
        ({"start": "1", "end": "2"}, []),
        ({"start": "0", "end": "0"}, EVERYTHING),
        ({"minDuration": "4s"}, ["failed-2"]),
        ({"maxDuration": "3000ms"}, ["other-3", "ok-1"]),
        ({"minDuration": "3s", "maxDuration": "1m"}, EVERYTHING),
        ({"tags": "spanvas.workflow.id=billing"}, ["other-3"]),
        ({"tags": 'service.name="orders-api" status=error'}, ["failed-2"]),
        ({"tags": "name=lookup gen_ai.request.model=x"}, []),
        ({"tags": " "}, EVERYTHING),
        ({"unknown": "x"}, EVERYTHING),
    ],
)
def test_limit_range_durations_and_tags_are_those_of_tempo(
    api: Client, history: AuditedStore, query: dict[str, str], expected: list[str]
) -> None:
    assert found(api, **query) == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "{ span.foo = 1 }"}, "invalid TraceQL query: parse error at line 1, col 3: span.foo cannot be searched"),
        ({"q": "{ status = error } | rate()"}, "invalid TraceQL query: parse error at line 1, col 20: |: pipelines"),
        ({"q": "{ status = error } && { name = `x` }"}, "invalid TraceQL query: parse error at line 1, col 20: &&: "),
        ({"q": "{ nestedSetParent = 3 }"}, PARSE_ERROR + "col 3: nestedSetParent can be compared by < 0 and >= 0"),
        ({"q": "{ nestedSetParent != nil }"}, PARSE_ERROR + "col 3: nestedSetParent can be"),
        ({"q": "{ nestedSetParent<0 && true } | rate() by(.service.name)"}, PARSE_ERROR + "col 31: |: pipelines"),
        ({"q": "{ } | select(foo)"}, PARSE_ERROR + "col 14: foo is no name of an attribute or intrinsic"),
        ({"q": "{\n  kind = server\n}"}, "invalid TraceQL query: parse error at line 2, col 3: kind cannot be"),
        ({"q": "{ status = "}, "invalid TraceQL query: parse error at line 1, col 12: unexpected end of the query"),
        ({"q": '{ duration > "1s" }'}, "invalid TraceQL query: parse error at line 1, col 14: duration is a duration"),
        ({"q": '{ name =~ "(" }'}, "invalid TraceQL query: parse error at line 1, col 11: the regular expression of"),
        ({"q": "{}", "tags": "a=b"}, "invalid request: can't specify tags and q in the same query"),
        ({"tags": "foo=1"}, "invalid tags: foo cannot be searched for here"),
        ({"tags": 'name="x'}, "invalid tags: unexpected text at pos 1"),
        ({"tags": "name=a name=b"}, "invalid tags: tag name has been set twice"),
        ({"limit": "0"}, "invalid limit: must be a positive number"),
        ({"limit": "x"}, "invalid limit: x is no whole number"),
        ({"spss": "-1"}, "invalid spss: must be a positive number"),
        ({"start": "yesterday", "end": "9"}, "invalid start: yesterday is no time in unix seconds"),
        ({"start": "9", "end": "9"}, "http parameter start: must be before end. received start=9 end=9"),
        ({"start": "9"}, "http parameter start: must be before end. received start=9 end=0"),
        ({"minDuration": "1"}, "invalid minDuration: 1 is no duration"),
        ({"minDuration": "2s", "maxDuration": "1s"}, "invalid maxDuration: must be greater than minDuration"),
    ],
)  # fmt: skip
def test_what_is_not_supported_or_malformed_is_refused_in_words(
    api: Client, history: AuditedStore, query: dict[str, str], said: str
) -> None:
    reply = api.call("GET", "/api/search", query=query)

    assert (reply.status, reply.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert reply.text.startswith(said)


def test_an_open_execution_lasts_until_its_latest_span(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution("ok-1", trace_id=trace_id_for("acme", "ok-1")))
    store.write(SpanBatch("acme", "ok-1", [make_span("a", start=1), make_span("b", start=4)]))

    (trace,) = api.get("/api/search").json["traces"]

    assert (trace["durationMs"], trace["rootTraceName"]) == (5_000, "a")
    assert api.get("/api/search", q="{ trace:duration > 1ms }").json["traces"] == []


def test_an_execution_without_spans_is_not_found(api: Client, store: AuditedStore) -> None:
    store.start_execution(make_execution(status="queued"))

    assert api.get("/api/search").json["traces"] == []


def test_executions_of_one_trace_are_one_entry(api: Client, store: AuditedStore) -> None:
    for number, start in enumerate((0, 5)):
        store.start_execution(make_execution(f"exec_{number}", start=start))
        span = make_span(f"s{number}", start=start)
        store.write(SpanBatch("acme", f"exec_{number}", [span]))
        store.end_execution("acme", f"exec_{number}", "succeeded", T0 + (start + 2) * SECOND)

    (trace,) = api.get("/api/search").json["traces"]

    assert (trace["startTimeUnixNano"], trace["durationMs"]) == (str(T0), 7_000)
    assert trace["rootTraceName"] == "s0"
    assert trace["spanSets"][0]["matched"] == 2


def test_content_is_neither_told_nor_searched_whoever_asks(
    api: Client, store: AuditedStore
) -> None:
    words = "Please refund the order of Ada Lovelace"
    run_of(
        store,
        "ok-1",
        make_span("x", "root", 1, name=words, kind="other", attributes={"spanvas.input": words}),
        workflow_name=words,
    )

    reply = api.get("/api/search", q="{ duration > 0s }", spss="10")

    assert "Ada" not in reply.text
    assert len(reply.json["traces"]) == 1
    for q in (f'{{ name = "{words}" }}', '{ name =~ ".*Ada.*" }'):
        assert found(api, q) == []
    assert store.accesses("ok-1") == []


def test_the_history_and_the_spans_need_a_scope_each(api: Client, history: AuditedStore) -> None:
    for scope in ("trace:read", "executions:read", "trace:content"):
        reply = api.acting_as(scope=scope).get("/api/search")
        assert (reply.status, reply.headers["Content-Type"]) == (403, "text/plain; charset=utf-8")

    assert found(api.acting_as(scope=VIEWER)) == EVERYTHING


def test_a_token_for_some_workflows_finds_these_alone(api: Client, history: AuditedStore) -> None:
    caller = api.acting_as(more_claims={"workflows": "bill*"})

    assert found(caller) == ["other-3"]
    assert found(caller, '{ span.spanvas.execution.id = "ok-1" }') == []
    assert found(caller, '{ span.spanvas.workflow.id = "support-triage" }') == []
    assert found(caller, f'{{ trace:id = "{trace_id_for("acme", "ok-1")}" }}') == []
    assert found(api.acting_as(more_claims={"workflows": ""})) == []
    assert found(api.acting_as(tenant="globex")) == []


def test_a_search_that_finds_nothing_reads_a_bounded_part_of_the_history(
    make_api: MakeApi, store: AuditedStore
) -> None:
    for number in range(120):
        run_of(store, f"run-{number:03}", start=number)

    reply = make_api().get("/api/search", q='{ name = "nothing" }')

    assert reply.json["traces"] == []
    assert reply.json["metrics"] == {
        "inspectedTraces": 100,
        "inspectedSpans": "100",
        "completedJobs": 1,
        "totalJobs": 2,
    }


def test_what_the_executions_item_rules_out_is_not_read(
    make_api: MakeApi, store: AuditedStore
) -> None:
    for number in range(30):
        run_of(store, f"run-{number:03}", start=number)

    reply = make_api().get("/api/search", q="{ status = error }")

    assert (reply.json["traces"], reply.json["metrics"]["inspectedTraces"]) == ([], 0)


def test_pages_of_the_history_are_gone_through_until_enough_was_found(
    make_api: MakeApi, clock: Clock, store: AuditedStore
) -> None:
    store._budget = Budget(executions=7)
    for number in range(40):
        workflow = "rare" if number % 13 == 0 else "usual"
        run_of(store, f"run-{number:03}", start=number, workflow_id=workflow)

    reply = make_api().get("/api/search", q='{ span.spanvas.workflow.id =~ "rare" }', limit="3")

    assert len(reply.json["traces"]) == 3


def test_a_search_stops_after_eight_seconds(
    make_api: MakeApi, clock: Clock, store: AuditedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        run_of(store, f"run-{number:03}", start=number)
    read = store.read_trace

    def slowly(tenant: str, execution_id: str) -> Any:
        clock.advance(1)
        return read(tenant, execution_id)

    monkeypatch.setattr(store, "read_trace", slowly)

    reply = make_api().get("/api/search", q='{ name = "nothing" }')

    assert reply.json["metrics"]["totalJobs"] == 2
    assert reply.json["metrics"]["inspectedTraces"] == 8
