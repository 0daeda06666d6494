"""Which reads have a record, and how often: repeated ones are merged, refusals are told from reads of structure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spanvas.model.access import Access
from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.port import SpanBatch
from spanvas_api.access_records import AccessRecords
from tests.functional.api.calls import CALLS, QUERIES
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore
from tests.support.builders import SECOND, T0, Clock, make_execution, make_span, span_id

PATH = "/v1/executions/own"
NAMES = {
    "read_execution": "execution",
    "read_trace": "trace",
    "read_span": "span",
    "search_execution": "search",
    "export_execution": "export",
    "list_artifacts": "artifacts",
    "link_artifact": "artifact",
    "list_accesses": "accesses",
    "delete_execution": "delete",
    "hold_execution": "hold",
    "release_execution": "release",
}


@pytest.fixture
def kept(store: AuditedStore) -> AuditedStore:
    store.start_execution(make_execution("own"))
    spans = [make_span(str(n), attributes={"spanvas.input": "Hello"}) for n in range(40)]
    span = make_span("a", attributes={"spanvas.input": "Hello"})
    store.write(SpanBatch("acme", "own", [span, *spans]))
    store.put_artifact(
        Artifact("acme", "own", "art_1", span_id("a"), "r.csv", "text/csv", 0, "", T0), b"x"
    )
    return store


def writes(store: AuditedStore) -> int:
    """Items of accesses in the store: merged ones are several."""
    return sum(map(len, store._accesses.values()))


@pytest.mark.parametrize("call", NAMES)
def test_a_call_without_its_scope_is_recorded_before_it_is_refused(
    api: Client, kept: AuditedStore, call: str
) -> None:
    method, path = CALLS[call]
    stranger = api.acting_as(subject="mallory", scope="executions:start")

    reply = stranger.call(method, path.format("own"), query=QUERIES.get(call))

    assert reply.status == 403
    (access,) = kept.accesses("own")
    assert (access.principal, access.action, access.outcome) == ("mallory", NAMES[call], "refused")
    has_span = call in ("read_span", "link_artifact")
    assert access.span_id == (span_id("a") if has_span else "")


@pytest.mark.parametrize("call", NAMES)
def test_a_refusal_that_cannot_be_recorded_is_503(
    api: Client, kept: AuditedStore, call: str
) -> None:
    method, path = CALLS[call]
    kept.audit_failure = StoreUnavailableError("throttled")
    stranger = api.acting_as(scope="executions:start")

    assert stranger.call(method, path.format("own")).status == 503


@pytest.mark.parametrize("execution_id", ["absent", "%20", "a%2Fb"])
def test_a_refusal_of_what_is_not_there_is_a_line_of_the_log_alone(
    api: Client,
    kept: AuditedStore,
    execution_id: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stranger = api.acting_as(scope="executions:start")

    assert stranger.get(f"/v1/executions/{execution_id}/trace").status == 403

    assert writes(kept) == 0
    assert [record.message for record in caplog.records] == ["access"]


def test_1000_refusals_are_few_records_that_say_how_many_there_were(
    api: Client, kept: AuditedStore, clock: Clock
) -> None:
    stranger = api.acting_as(subject="mallory", scope="executions:read")
    for _ in range(1_000):
        stranger.post(f"{PATH}/artifacts/art_1/link")
    clock.advance(60)
    stranger.post(f"{PATH}/artifacts/art_1/link")

    assert [(a.action, a.outcome, a.count) for a in kept.accesses("own")] == [
        ("artifact", "refused", 1_000),
        ("artifact", "refused", 1),
    ]
    assert writes(kept) == 12


def test_refused_spans_are_told_apart_up_to_a_bound(api: Client, kept: AuditedStore) -> None:
    stranger = api.acting_as(scope="executions:read")
    for n in range(40):
        stranger.get(f"{PATH}/spans/{span_id(str(n))}")

    found = {access.target: access.count for access in kept.accesses("own")}
    assert found.pop("") == 16
    assert found == {span_id(str(n)): 1 for n in range(16)}


def test_a_trace_that_is_polled_is_one_record_a_minute(
    api: Client, kept: AuditedStore, clock: Clock
) -> None:
    for _ in range(120):
        clock.advance(1)
        api.get(f"{PATH}/trace")
    clock.advance(60)
    api.get(f"{PATH}/trace")

    counts = [access.count for access in kept.accesses("own")]
    assert (sum(counts), len(counts)) == (121, 4)
    assert writes(kept) < 30


def test_content_that_is_asked_for_is_recorded_each_time(api: Client, kept: AuditedStore) -> None:
    for _ in range(3):
        api.get(f"{PATH}/spans/{span_id('a')}")
        api.get(f"{PATH}/export")
        api.get(f"{PATH}/search", q="hello")
        api.post(f"{PATH}/artifacts/art_1/link")

    found = sorted((access.action, access.outcome, access.count) for access in kept.accesses("own"))
    assert found == [
        (action, "allowed", 1) for action in ("artifact", "export", "search", "span") for _ in "abc"
    ]


def test_two_callers_and_two_tenants_are_never_merged(api: Client, kept: AuditedStore) -> None:
    kept.start_execution(make_execution("own", tenant="globex"))
    viewers = [api.acting_as(subject=name, scope="trace:read") for name in ("ada", "bob")]
    viewers.append(viewers[0].acting_as(tenant="globex"))
    for viewer in viewers:
        viewer.get(f"{PATH}/trace")

    assert {a.principal for a in kept.accesses("own")} == {"ada", "bob"}
    assert [a.principal for a in kept.accesses("own", "globex")] == ["ada"]


def test_a_count_that_cannot_be_stored_later_does_not_fail_the_next_read() -> None:
    stored: list[Access] = []

    def store(access: Access) -> None:
        if access.count == 3:
            raise StoreUnavailableError("throttled")
        stored.append(access)

    records = AccessRecords(store)
    read = Access("acme", "own", "1", T0, "ada", "trace", "allowed", "r")
    for _ in range(3):
        records.record(read)
    records.record(replace(read, time_unix_nano=T0 + 60 * SECOND))

    assert [access.count for access in stored] == [1, 2, 1]


def test_records_are_listed_when_the_execution_has_expired_in_the_same_tenant_alone(
    api: Client, kept: AuditedStore, clock: Clock
) -> None:
    api.get(f"{PATH}/trace")
    clock.advance(100 * 86_400)
    auditor = api.acting_as(subject="grace", scope="audit:read")

    assert auditor.get(f"{PATH}/trace").status == 403
    assert [a["principal"] for a in auditor.get(f"{PATH}/accesses").json["items"]] == ["ada"]
    foreign = auditor.acting_as(tenant="globex").get(f"{PATH}/accesses")
    absent = auditor.get("/v1/executions/absent/accesses")
    assert (foreign.status, foreign) == (404, absent)
    clock.advance(301 * 86_400)
    assert auditor.get(f"{PATH}/accesses") == absent


def test_those_of_a_span_are_listed_with_links_of_its_files(
    api: Client, kept: AuditedStore
) -> None:
    api.get(f"{PATH}/spans/{span_id('a')}")
    api.get(f"{PATH}/spans/{span_id('1')}")
    api.get(f"{PATH}/trace")
    api.post(f"{PATH}/artifacts/art_1/link")

    found = api.get(f"{PATH}/accesses", span_id=span_id("a"))

    assert {item["action"] for item in found.json["items"]} == {"span", "artifact"}
    assert api.get(f"{PATH}/accesses", span_id="zzz").status == 400


def test_a_cursor_of_one_span_does_not_go_on_with_another(api: Client, kept: AuditedStore) -> None:
    for _ in range(2):
        api.get(f"{PATH}/spans/{span_id('a')}")
    page = api.get(f"{PATH}/accesses", span_id=span_id("a"), limit="1").json

    other = api.get(f"{PATH}/accesses", span_id=span_id("1"), cursor=page["next_cursor"])

    assert other.status == 400


def test_each_read_is_a_line_of_the_log_that_names_no_content(
    api: Client, kept: AuditedStore, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        api.get(f"{PATH}/trace")
    api.get(f"{PATH}/spans/{span_id('a')}")
    api.acting_as(scope="executions:read").post(f"{PATH}/artifacts/art_1/link")

    names = [
        "principal",
        "tenant",
        "call",
        "execution",
        "span",
        "artifact",
        "outcome",
        "request_id",
    ]
    told = [
        [getattr(record, name, None) for name in names]
        for record in caplog.records
        if record.message == "access" and record.levelname == "INFO"
    ]
    request, span = "QnB0tjE2DoEEPkw=", span_id("a")
    assert told == [
        *[["ada", "acme", "trace", "own", None, None, "allowed", request]] * 3,
        ["ada", "acme", "span", "own", span, None, "allowed", request],
        ["ada", "acme", "artifact", "own", span, "art_1", "refused", request],
    ]
    assert all("Hello" not in str(vars(record)) for record in caplog.records)
