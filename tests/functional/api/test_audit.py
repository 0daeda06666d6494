"""Who read what: recorded before content leaves, or the content does not leave."""

from __future__ import annotations

import pytest

from spanvas.model.artifact import Artifact
from spanvas.model.errors import StoreUnavailableError
from spanvas.storage.port import SpanBatch
from tests.functional.api.conftest import MakeApi
from tests.support.api_client import ALL_SCOPES, Client, Reply
from tests.support.api_fakes import AuditedStore
from tests.support.builders import T0, make_execution, make_span, span_id

SECRET = "The launch code is 0000."


@pytest.fixture
def run(store: AuditedStore) -> AuditedStore:
    store.start_execution(make_execution())
    store.write(SpanBatch("acme", "exec_1", [make_span("a", attributes={"spanvas.input": SECRET})]))
    store.put_artifact(
        Artifact("acme", "exec_1", "art_1", span_id("a"), "r.csv", "text/csv", 0, "", T0), b"x"
    )
    return store


def read_trace(api: Client) -> Reply:
    return api.get("/v1/executions/exec_1/trace")


def read_span(api: Client) -> Reply:
    return api.get(f"/v1/executions/exec_1/spans/{span_id('a')}")


def link_artifact(api: Client) -> Reply:
    return api.post("/v1/executions/exec_1/artifacts/art_1/link")


READS = [read_trace, read_span, link_artifact]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize(
    "failure", [StoreUnavailableError("throttled", 2), RuntimeError("not allowed to write")]
)
def test_an_access_that_cannot_be_recorded_is_503_without_content(
    api: Client, run: AuditedStore, read: object, failure: Exception
) -> None:
    run.audit_failure = failure

    reply = read(api)  # type: ignore[operator]

    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) >= 1
    assert SECRET not in reply.text
    assert "url" not in reply.json


@pytest.mark.parametrize("read", [read_span, link_artifact])
def test_a_refusal_that_cannot_be_recorded_is_503_too(
    api: Client, run: AuditedStore, read: object
) -> None:
    run.audit_failure = StoreUnavailableError("throttled")
    caller = api.acting_as(scope="trace:read")

    assert read(caller).status == 503  # type: ignore[operator]


@pytest.mark.parametrize("read", READS)
def test_every_answer_with_content_or_a_link_has_exactly_one_access_before_it(
    api: Client, run: AuditedStore, read: object
) -> None:
    reply = read(api)  # type: ignore[operator]

    assert SECRET in reply.text or "url" in reply.json
    (access,) = run.accesses()
    assert access.outcome == "allowed"
    assert SECRET not in repr(access)


def test_accesses_are_listed_newest_first_for_those_who_may(api: Client, run: AuditedStore) -> None:
    for number, read in enumerate(READS):
        run._clock.advance(number)  # type: ignore[attr-defined]
        read(api)
    auditor = api.acting_as(subject="grace", scope="audit:read")

    first = auditor.get("/v1/executions/exec_1/accesses", limit="2").json
    second = auditor.get(
        "/v1/executions/exec_1/accesses", limit="2", cursor=first["next_cursor"]
    ).json

    assert [item["action"] for item in first["items"]] == ["artifact", "span"]
    assert [item["span_id"] for item in first["items"]] == [span_id("a")] * 2
    access_id = second["items"][0].pop("access_id")
    assert len(access_id) == 16
    assert second == {
        "items": [
            {
                "time_unix_nano": "1790000000000000000",
                "principal": "ada",
                "action": "trace",
                "outcome": "allowed",
                "count": 1,
                "request_id": "QnB0tjE2DoEEPkw=",
            }
        ],
        "next_cursor": None,
    }


def test_a_cursor_of_one_executions_accesses_does_not_open_anothers(
    api: Client, run: AuditedStore
) -> None:
    run.start_execution(make_execution("exec_2"))
    read_trace(api)
    read_span(api)
    cursor = api.get("/v1/executions/exec_1/accesses", limit="1").json["next_cursor"]

    assert api.get("/v1/executions/exec_2/accesses", cursor=cursor).status == 400


def test_a_record_names_the_person_as_the_issuer_does(
    api: Client, run: AuditedStore, caplog: pytest.LogCaptureFixture
) -> None:
    claims = {"preferred_username": "ada@example.org", "name": "Ada Lovelace", "email": "a@b.org"}
    read_trace(api.acting_as(subject="auth0|7", more_claims=claims))

    assert [vars(record).get("principal") for record in caplog.records] == ["auth0|7"]
    assert "Lovelace" not in repr([vars(record) for record in caplog.records])
    [access] = run.accesses()
    assert (access.principal, access.principal_name) == ("auth0|7", "Ada Lovelace")
    [item] = api.get("/v1/executions/exec_1/accesses").json["items"]
    assert (item["principal"], item["principal_name"]) == ("auth0|7", "Ada Lovelace")


def test_which_claims_name_a_person_is_a_setting(make_api: MakeApi, run: AuditedStore) -> None:
    claims = {"name": "Ada Lovelace", "email": "ada@example.org"}
    for names in (("email",), ()):
        read_trace(make_api(name_claims=names).acting_as(more_claims=claims))

    assert {access.principal_name for access in run.accesses()} == {"ada@example.org", ""}


def test_an_auditor_reads_accesses_and_no_content(api: Client, run: AuditedStore) -> None:
    auditor = api.acting_as(scope="audit:read trace:read executions:read")

    reply = read_trace(auditor)

    assert (reply.json["content_access"], SECRET in reply.text) == ("denied", False)
    assert auditor.get("/v1/executions/exec_1/accesses").status == 200
    assert ALL_SCOPES.count("audit:read") == 1
