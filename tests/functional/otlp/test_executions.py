"""Which execution spans belong to, over the endpoint and read back over the API."""

from __future__ import annotations

from typing import Any

import pytest

from spanvas.storage import codec
from spanvas.storage.codec import decode_spans
from spanvas_api.ingest import executions
from tests.functional.otlp.client import OtlpClient
from tests.functional.otlp.conftest import MakeOtlp
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, span_id
from tests.support.otlp_requests import TRACE, make_proto_span, make_request

OTHER = "1" * 32


def rows(api: Client, execution_id: str) -> list[tuple[int, str]]:
    reply = api.get(f"/v1/executions/{execution_id}/trace")
    assert reply.status == 200, reply.text
    return [(row["depth"], row["name"]) for row in reply.json["rows"]]


def span(label: str, parent: str | None = None, trace: str = TRACE, **options: Any) -> Any:
    return make_proto_span(label, parent, trace_id=bytes.fromhex(trace), **options)


def test_an_execution_id_on_the_resource_is_that_of_all_its_spans(
    otlp: OtlpClient, api: Client
) -> None:
    resource = {"spanvas.execution.id": "run-1"}
    otlp.send(make_request(span("b", "a"), resource=resource))
    otlp.send(make_request(span("a"), resource=resource))
    assert rows(api, "run-1") == [(0, "a"), (1, "b")]


def test_an_execution_has_the_id_that_the_layer_makes_of_its_sender_s(
    otlp: OtlpClient, api: Client
) -> None:
    """`with spanvas.workflow("Research Brief", execution_id="patients/7")`, by whoever has no layer."""
    told = {"spanvas.execution.id": "patients/7", "spanvas.workflow.name": "Research Brief"}
    otlp.send(make_request(span("b", "a"), span("a", attributes=told)))
    otlp.send(make_request(span("c", "a")))
    found = api.get("/v1/executions/patients%2F7").json
    assert found["execution_id"] == "patients-7-bc57a4a9f41f"
    assert found["external_id"] == "patients/7"
    assert found["workflow_id"] == "Research-Brief-9561202cfd16"
    assert found["workflow_name"] == "Research Brief"
    assert rows(api, "patients%2F7") == [(0, "a"), (1, "b"), (1, "c")]
    listed = api.get("/v1/executions", workflow_id="Research Brief").json["items"]
    assert [item["external_id"] for item in listed] == ["patients/7"]


def test_spans_over_otlp_come_to_the_execution_that_the_layer_has_registered(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution("patients-7-bc57a4a9f41f", external_id="patients/7"))
    otlp.send(make_request(span("a"), resource={"spanvas.execution.id": "patients/7"}))
    assert rows(api, "patients%2F7") == [(0, "a")]
    assert len(api.get("/v1/executions").json["items"]) == 1


def test_an_execution_id_on_one_span_is_followed_by_the_rest_of_its_trace(
    otlp: OtlpClient, api: Client
) -> None:
    otlp.send(make_request(span("c", "b")))
    otlp.send(make_request(span("b", "a"), span("a", attributes={"spanvas.execution.id": "run-1"})))
    otlp.send(make_request(span("d", "a", start=0.5)))
    assert rows(api, "run-1") == [(0, "a"), (1, "b"), (2, "c"), (1, "d")]
    assert api.get("/v1/executions").json["items"][0]["execution_id"] == "run-1"
    assert len(api.get("/v1/executions").json["items"]) == 1


def test_a_trace_whose_spans_name_two_executions_is_one_and_found_by_either_id(
    otlp: OtlpClient, api: Client
) -> None:
    one = span("a", attributes={"spanvas.execution.id": "run-1"})
    two = span("b", attributes={"spanvas.execution.id": "run-2"})
    otlp.send(make_request(two))
    otlp.send(make_request(one))
    assert rows(api, "run-1") == [(0, "a"), (0, "b")]
    assert rows(api, "run-2") == rows(api, "run-1")
    listed = api.get("/v1/executions").json["items"]
    assert [item["execution_id"] for item in listed] == ["run-1"]


def test_an_execution_that_was_registered_keeps_to_itself_in_a_trace_of_another(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution("run-1", trace_id=TRACE))
    store.start_execution(make_execution("run-2", trace_id=OTHER))
    own = span("b", "a", attributes={"spanvas.execution.id": "run-2"})
    otlp.send(make_request(span("a"), own))
    assert rows(api, "run-1") == [(0, "a")]
    assert rows(api, "run-2") == [(0, "b")]


@pytest.mark.parametrize(
    "name",
    [
        "gen_ai.conversation.id",
        "session.id",
        "langsmith.metadata.thread_id",
        "traceloop.association.properties.session_id",
    ],
)
def test_what_a_dialect_calls_a_session_is_a_field_of_its_executions_and_joins_nothing(
    otlp: OtlpClient, api: Client, name: str
) -> None:
    otlp.send(make_request(span("a", attributes={name: "chat-7"})))
    otlp.send(make_request(span("b", trace=OTHER, start=5, attributes={name: "chat-7"})))
    otlp.send(make_request(span("c", trace="2" * 32, start=9)))
    assert rows(api, TRACE) == [(0, "a")]
    assert rows(api, OTHER) == [(0, "b")]
    listed = api.get("/v1/executions").json["items"]
    assert [item.get("session_id") for item in listed] == [None, "chat-7", "chat-7"]
    assert api.get(f"/v1/executions/{TRACE}").json["session_id"] == "chat-7"
    assert api.get("/v1/executions/chat-7").status == 404


def test_of_several_sessions_the_first_root_s_counts_whatever_comes_first(
    otlp: OtlpClient, api: Client
) -> None:
    otlp.send(make_request(span("b", "a", start=0.1, attributes={"session.id": "of-b"})))
    assert api.get(f"/v1/executions/{TRACE}").json["session_id"] == "of-b"
    otlp.send(make_request(span("a", attributes={"session.id": "of-a"})))
    otlp.send(make_request(span("c", "a", start=0.1, attributes={"session.id": "of-c"})))
    assert api.get(f"/v1/executions/{TRACE}").json["session_id"] == "of-a"


def test_where_the_setting_names_sessions_they_join_traces(
    make_otlp: MakeOtlp, api: Client
) -> None:
    otlp = make_otlp(execution_attributes=("session.id",))
    otlp.send(make_request(span("b", "a", start=0.1, attributes={"session.id": "chat-7"})))
    otlp.send(make_request(span("x", trace=OTHER, start=5, attributes={"session.id": "chat-7"})))
    otlp.send(make_request(span("a", attributes={"spanvas.execution.id": "run-1"})))
    assert rows(api, "run-1") == [(0, "a"), (1, "b"), (0, "x")]
    assert rows(api, "chat-7") == rows(api, "run-1")


def test_the_list_of_attributes_is_a_setting(make_otlp: MakeOtlp, api: Client) -> None:
    otlp = make_otlp(execution_attributes=("my.run", "session.id"))
    both = {"session.id": "s", "my.run": "r", "gen_ai.conversation.id": "c"}
    otlp.send(make_request(span("a", attributes=both)))
    assert rows(api, "r") == [(0, "a")]


def test_ids_that_cannot_be_ids_are_made_ones(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(span("a", attributes={"spanvas.execution.id": "user/42/mail: ada"})))
    (execution,) = api.get("/v1/executions").json["items"]
    assert execution["execution_id"].startswith("user-42-mail:-ada-")
    assert rows(api, execution["execution_id"]) == [(0, "a")]


def test_without_any_name_the_trace_is_the_execution(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(span("a")))
    assert rows(api, TRACE) == [(0, "a")]


def test_a_trace_moves_when_its_root_says_where_it_belongs(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(span("c", "b", start=1), span("b", "a", start=0.5)))
    assert api.get(f"/v1/executions/{TRACE}").json["status"] == "running"

    otlp.send(make_request(span("a", attributes={"spanvas.execution.id": "chat-7"})))

    assert rows(api, "chat-7") == [(0, "a"), (1, "b"), (2, "c")]
    assert rows(api, TRACE) == rows(api, "chat-7")
    assert [item["execution_id"] for item in api.get("/v1/executions").json["items"]] == ["chat-7"]


def test_another_sandbox_that_remembers_the_old_place_is_sent_on(
    make_otlp: MakeOtlp, api: Client
) -> None:
    one, other = make_otlp(), make_otlp()
    one.send(make_request(span("b", "a")))
    other.send(make_request(span("a", attributes={"spanvas.execution.id": "chat-7"})))
    one.send(make_request(span("c", "a", start=0.5)))
    one.send(make_request(span("d", "a", start=0.6)))
    assert rows(api, "chat-7") == [(0, "a"), (1, "b"), (1, "c"), (1, "d")]


def test_spans_of_a_traced_executor_s_trace_join_its_execution(
    make_otlp: MakeOtlp, api: Client, store: AuditedStore
) -> None:
    otlp = make_otlp(execution_attributes=("session.id",))
    store.start_execution(make_execution(trace_id=TRACE))
    otlp.send(make_request(span("tool server", "a", attributes={"session.id": "not this"})))
    assert rows(api, "exec_1") == [(0, "tool server")]
    assert api.get("/v1/executions/exec_1").json["workflow_name"] == "Support triage"


def test_the_root_names_ends_and_fails_the_execution(otlp: OtlpClient, api: Client) -> None:
    failed = span(
        "plan trip",
        attributes={"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner", "error.type": "Timeout"},
        status={"code": 2, "message": "the model did not answer"},
    )  # fmt: skip
    otlp.send(make_request(failed, resource={"service.version": "1.4"}))
    execution = api.get(f"/v1/executions/{TRACE}").json
    assert (execution["workflow_id"], execution["workflow_name"]) == ("planner", "planner")
    assert (execution["workflow_version"], execution["status"]) == ("1.4", "failed")
    assert execution["cause"]["error_type"] == "Timeout"
    assert execution["cause"]["message"] == "the model did not answer"
    assert execution["ended_at_unix_nano"] == str(T0 + 10**9)


def test_an_open_root_runs_until_its_end_comes(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(span("a", end_time_unix_nano=0)))
    assert api.get(f"/v1/executions/{TRACE}").json["status"] == "running"
    otlp.send(make_request(span("a")))
    assert api.get(f"/v1/executions/{TRACE}").json["status"] == "succeeded"
    assert rows(api, TRACE) == [(0, "a")]


def test_what_nobody_ends_is_lost_after_the_setting_s_time_and_found_by_a_late_span(
    make_otlp: MakeOtlp, api: Client, clock: Clock
) -> None:
    otlp = make_otlp(ingest_deadline_seconds=60)
    otlp.send(make_request(span("b", "a")))
    clock.advance(59)
    assert api.get(f"/v1/executions/{TRACE}").json["status"] == "running"
    clock.advance(2)
    lost = api.get(f"/v1/executions/{TRACE}").json
    assert (lost["status"], lost["cause"]["error_type"]) == ("lost", "Lost")
    otlp.send(make_request(span("c", "a")))
    assert api.get(f"/v1/executions/{TRACE}").json["status"] == "running"


def test_spans_of_many_executions_in_one_request_go_each_to_its_own(
    otlp: OtlpClient, api: Client
) -> None:
    spans = [
        span(f"s{n}", trace=f"{n + 1:032x}", attributes={"spanvas.execution.id": f"chat-{n % 3}"})
        for n in range(12)
    ]
    assert otlp.send(make_request(*spans)).status == 200
    for number in range(3):
        assert len(rows(api, f"chat-{number}")) == 4


def test_two_tenants_with_the_same_ids_see_their_own(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    """Both send the same trace and span ids, in turns, with and without names."""
    theirs = otlp.acting_as(tenant="globex", subject="their-collector")
    for number, attributes in enumerate(
        ({}, {"session.id": "chat"}, {"spanvas.execution.id": "x"})
    ):
        for who, client in (("acme", otlp), ("globex", theirs)):
            trace = f"{number + 1:032x}"
            child = {"gen_ai.input.messages": f"content of {who}", **attributes}
            client.send(make_request(span(f"child of {who}", "a", trace, start=0.1)))
            root = span("a", None, trace, attributes=child, name=f"root of {who}")
            client.send(make_request(root))
    for who, other in (("acme", "globex"), ("globex", "acme")):
        caller = api.acting_as(tenant=who)
        executions = caller.get("/v1/executions").json["items"]
        assert len(executions) == 3
        for execution in executions:
            path = f"/v1/executions/{execution['execution_id']}"
            texts = [
                caller.get(path).text,
                caller.get(f"{path}/trace").text,
                caller.get(f"{path}/export").text,
            ]
            for row in caller.get(f"{path}/trace").json["rows"]:
                texts.append(caller.get(f"{path}/spans/{row['span_id']}").text)
            assert len(texts) == 5
            assert f"of {who}" in "".join(texts)
            assert f"of {other}" not in "".join(texts)
            assert other not in "".join(texts)


def test_two_versions_of_a_span_in_one_request_are_both_kept(otlp: OtlpClient, api: Client) -> None:
    first = span("a", attributes={"spanvas.output": "paid"})
    forged = span("a", attributes={"spanvas.output": "refused"}, end_time_unix_nano=T0 + 2 * SECOND)

    assert otlp.send(make_request(forged, first)).status == 200

    assert api.get(f"/v1/executions/{TRACE}/trace").json["rows"][0]["marks"] == ["rewritten"]
    found = api.get(f"/v1/executions/{TRACE}/spans/{span_id('a')}").json
    assert found["content"]["output"] == "refused"
    assert [other["differences"]["content"] for other in found["other_versions"]] == [
        {"output": "paid"}
    ]


def test_a_span_that_is_sent_again_with_other_content_is_marked_and_nothing_is_lost(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    """Whoever ends later is shown, in any order of arrival; what came first is still kept."""
    first = span("a", attributes={"note": "paid"})
    forged = span("a", attributes={"note": "refused"}, end_time_unix_nano=T0 + 2 * SECOND)
    for request in ([first], [forged], [first]):
        assert otlp.send(make_request(*request)).status == 200
    trace = api.get(f"/v1/executions/{TRACE}/trace").json
    assert [(row["name"], row["marks"]) for row in trace["rows"]] == [("a", ["rewritten"])]
    assert trace["execution"]["counters"]["spans"] == 1
    assert api.get(f"/v1/executions/{TRACE}/spans/{span_id('a')}").json["attributes"] == {
        "note": "refused"
    }
    kept = [
        version.attributes["note"]
        for chunk in store._chunks["acme", TRACE].values()
        for detail in chunk.details
        for version in decode_spans(codec.decompress(detail))
    ]
    assert sorted(kept) == ["paid", "refused"]


def test_a_sender_cannot_end_rename_or_restart_an_execution_that_was_registered(
    otlp: OtlpClient, api: Client, store: AuditedStore
) -> None:
    store.start_execution(make_execution("run-1"))
    store.end_execution("acme", "run-1", "succeeded", T0 + 5 * SECOND)
    before = api.get("/v1/executions/run-1").json
    forged = {
        "spanvas.execution.id": "run-1",
        "spanvas.workflow.id": "other",
        "spanvas.workflow.name": "Other",
    }
    late: dict[str, Any] = {
        "end_time_unix_nano": T0 + 900 * SECOND,
        "status": {"code": 2, "message": "no"},
    }
    assert otlp.send(make_request(span("forged", attributes=forged, **late))).status == 200
    after = api.get("/v1/executions/run-1").json
    for varying in ("counters",):
        before.pop(varying)
        after.pop(varying)
    assert after == before


def test_only_so_many_traces_are_remembered(
    otlp: OtlpClient, api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is forgotten is asked of the store again."""
    monkeypatch.setattr(executions, "MAX_REMEMBERED", 1)
    named = span("a", attributes={"spanvas.execution.id": "chat"})
    otlp.send(make_request(named))
    otlp.send(make_request(span("x", trace=OTHER)))
    otlp.send(make_request(span("b", "a", start=0.5)))
    assert rows(api, "chat") == [(0, "a"), (1, "b")]


def test_a_span_that_names_another_trace_joins_the_two(otlp: OtlpClient, api: Client) -> None:
    otlp.send(make_request(span("x", trace=OTHER)))
    otlp.send(make_request(span("x2", trace=OTHER, attributes={"spanvas.execution.id": "run-2"})))
    stray = span("b", "a", attributes={"spanvas.execution.id": OTHER})
    otlp.send(make_request(span("a", attributes={"spanvas.execution.id": "run-1"}), stray))
    for execution_id in ("run-1", "run-2", TRACE, OTHER):
        assert {name for _, name in rows(api, execution_id)} == {"a", "b", "x", "x2"}


def test_a_request_that_names_too_many_executions_is_refused(otlp: OtlpClient) -> None:
    spans = [span(f"s{n}", attributes={"spanvas.execution.id": f"run-{n}"}) for n in range(1001)]
    reply = otlp.send(make_request(*spans))
    assert reply.status == 413


def test_an_execution_that_a_span_moves_is_found_under_its_old_id_too(
    otlp: OtlpClient, api: Client
) -> None:
    """A sender that knows a trace's id may name it; nothing that was there is gone."""
    otlp.send(make_request(span("a"), span("b", "a", start=0.5)))
    before = rows(api, TRACE)
    otlp.send(
        make_request(span("c", "a", start=0.7, attributes={"spanvas.execution.id": "elsewhere"}))
    )
    assert rows(api, "elsewhere") == [*before, (1, "c")]
    assert rows(api, TRACE) == [*before, (1, "c")]


def test_a_trace_of_an_execution_that_was_registered_cannot_be_moved(
    make_otlp: MakeOtlp, api: Client, store: AuditedStore
) -> None:
    otlp = make_otlp(execution_attributes=("session.id",))
    store.start_execution(make_execution("run-1", trace_id=TRACE))
    otlp.send(make_request(span("c", attributes={"session.id": "elsewhere"})))
    assert rows(api, "run-1") == [(0, "c")]
    assert api.get("/v1/executions/elsewhere").status == 404
