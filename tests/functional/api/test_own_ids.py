"""An execution is found by the id that its sender uses, whatever is in it, as a gateway's events bring it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from spanvas.model.artifact import Artifact
from spanvas.model.ids import as_execution_id, external_id_of
from spanvas.settings import Settings
from spanvas.storage.port import SpanBatch, TraceStore
from spanvas_api.handlers.http_api import make_handler
from spanvas_api.services import Services
from tests.support.api_client import Client, LambdaContext
from tests.support.aws_in_process import mocked_store
from tests.support.builders import T0, Clock, make_execution, make_span, span_id
from tests.support.memory_store import MemoryTraceStore

ARN = "arn:aws:states:eu-west-1:123456789012:execution:triage:0b1c-22"
IDS = (
    "exec_1", ARN, f"{ARN}/map:1", "user@example.com", "patients/7", "a b", "run#1", "100%", "50%25", "a+b",
    "\u65e5\u672c/1", "x" * 300, "../..", "a\nb", "T#acme#E#other",
)  # fmt: skip
SPLIT_BY_A_GATEWAY = ("what?not", "a/trace", "a/artifacts/b/link")
"""Of these a gateway cuts off a part, or takes it for another call, unless they are encoded twice."""


@pytest.fixture(params=["fake", "real"])
def stored(request: pytest.FixtureRequest, clock: Clock) -> Iterator[TraceStore]:
    if request.param == "fake":
        yield MemoryTraceStore(clock=clock)
        return
    with mocked_store(clock) as made:
        yield made


@pytest.fixture
def api(stored: TraceStore, clock: Clock) -> Client:
    services = Services(
        Settings(enabled=True, table="traces", bucket="payloads"),
        make_store=lambda: stored,
        clock=clock,
    )
    return Client(make_handler(lambda: services))


def keep(store: TraceStore, execution_id: str, external_id: str = "") -> None:
    store.start_execution(make_execution(execution_id, external_id=external_id))
    store.write(SpanBatch("acme", execution_id, [make_span()]))
    artifact = Artifact("acme", execution_id, "art_1", span_id("a"), "r.csv", "text/csv", 0, "", T0)
    store.put_artifact(artifact, b"a,b\n")


def encoded(text: str) -> str:
    return quote(text, safe="")


def test_every_call_finds_an_execution_by_the_id_of_its_sender(
    api: Client, stored: TraceStore
) -> None:
    for called in IDS:
        keep(stored, as_execution_id(called), external_id_of(called))
    for called in IDS:
        for path in (
            f"/v1/executions/{encoded(called)}",
            f"/v1/executions/{encoded(encoded(called))}",
        ):
            found = api.get(path)
            assert (called, found.status) == (called, 200)
            assert found.json["execution_id"] == as_execution_id(called)
            assert found.json.get("external_id") == (external_id_of(called) or None)
            for call in ("trace", f"spans/{span_id('a')}", "export", "artifacts", "accesses"):
                assert (called, call, api.get(f"{path}/{call}").status) == (called, call, 200)
            assert len(api.get(f"{path}/search", q="612e2e").json["hits"]) == 1
            assert api.post(f"{path}/artifacts/art_1/link").status == 200


def test_an_id_that_a_gateway_would_split_is_encoded_twice(api: Client, stored: TraceStore) -> None:
    for called in SPLIT_BY_A_GATEWAY:
        keep(stored, as_execution_id(called), external_id_of(called))
        path = f"/v1/executions/{encoded(encoded(called))}"
        assert api.get(path).json["external_id"] == called
        assert api.get(f"{path}/trace").json["execution"]["external_id"] == called


def test_an_id_of_which_the_encoded_form_is_another_is_taken_as_it_is(
    api: Client, stored: TraceStore
) -> None:
    for called in ("a/b", "a%2Fb"):
        keep(stored, as_execution_id(called), called)
    assert api.get("/v1/executions/a%2Fb").json["external_id"] == "a/b"
    assert api.get("/v1/executions/a%252Fb").json["external_id"] == "a%2Fb"


def test_what_is_stored_under_a_former_id_is_found_by_its_sender_s(
    api: Client, stored: TraceStore
) -> None:
    keep(stored, "patients-7-480b4532")
    keep(stored, "id-9cc10bc9")
    keep(stored, f"{'x' * 100}-52d7adc8")
    for called, former in (
        ("patients/7", "patients-7-480b4532"),
        (" patients/7 ", "patients-7-480b4532"),
        ("#!", "id-9cc10bc9"),
        ("x" * 500, f"{'x' * 100}-52d7adc8"),
    ):
        path = f"/v1/executions/{encoded(called)}"
        assert api.get(path).json["execution_id"] == former
        assert api.get(f"{path}/trace").json["execution"]["execution_id"] == former

    keep(stored, "patients-7-bc57a4a9f41f", "patients/7")
    assert api.get("/v1/executions/patients%2F7").json["execution_id"] == "patients-7-bc57a4a9f41f"


def test_an_id_that_is_private_is_found_by_what_it_was_and_shown_as_a_digest(
    api: Client, stored: TraceStore
) -> None:
    for called in ("ada@example.org", "Answer the letter of Ada", "chat/+49 170 1234567"):
        keep(stored, as_execution_id(called), external_id_of(called))
        path = f"/v1/executions/{encoded(encoded(called))}"
        found = api.get(path)
        assert (called, found.status) == (called, 200)
        assert found.json["execution_id"] == as_execution_id(called)
        assert found.json["execution_id"].startswith("digest-")
        assert api.get(f"/v1/executions/{as_execution_id(called)}").json == found.json
        assert api.get(f"{path}/trace").json["execution"]["execution_id"].startswith("digest-")


def test_what_an_older_layer_has_stored_under_a_private_id_is_found_by_it(
    api: Client, stored: TraceStore
) -> None:
    for called, former in (
        ("ada@example.org", "ada@example.org"),
        ("Answer the letter of Ada", "Answer-the-letter-of-Ada-f2deec429205"),
    ):
        keep(stored, former)
        reply = api.get(f"/v1/executions/{encoded(encoded(called))}")
        assert (reply.status, reply.json["execution_id"]) == (200, former)


def test_an_id_that_nobody_has_used_is_not_found(api: Client) -> None:
    for path in ("nobody", "no%2Fbody", "no%252Fbody", "%23", "nobody/trace", "no%2Fbody/trace"):
        reply = api.get(f"/v1/executions/{path}")
        assert (reply.status, reply.json["type"]) == (404, "urn:spanvas:problem:not-found")


def test_a_blank_id_is_refused(api: Client) -> None:
    reply = api.get("/v1/executions/%20")
    assert (reply.status, reply.json["detail"]) == (400, "execution_id: is blank")
    assert api.get("/v1/executions", workflow_id=" ").status == 400


def test_another_tenant_s_execution_is_not_found_by_its_sender_s_id(
    api: Client, stored: TraceStore
) -> None:
    keep(stored, as_execution_id("patients/7"), "patients/7")
    assert api.acting_as(tenant="globex").get("/v1/executions/patients%2F7").status == 404


def test_the_scope_of_the_call_that_is_meant_is_asked(api: Client, stored: TraceStore) -> None:
    keep(stored, as_execution_id("patients/7"), "patients/7")
    auditor = api.acting_as(scope="audit:read")
    assert auditor.get("/v1/executions/patients%2F7/accesses").status == 200
    assert auditor.get("/v1/executions/patients%2F7").status == 403
    assert auditor.get("/v1/executions/patients%2F7/trace").status == 403


def test_the_history_is_filtered_by_a_workflow_s_id_or_name(
    api: Client, stored: TraceStore
) -> None:
    stored.start_execution(make_execution(workflow_id="Research-Brief-9561202cfd16"))
    stored.start_execution(make_execution("exec_2", workflow_id="other"))
    for called in ("Research Brief", "Research-Brief-9561202cfd16"):
        (found,) = api.get("/v1/executions", workflow_id=called).json["items"]
        assert found["execution_id"] == "exec_1"


def test_an_event_of_another_gateway_is_answered_by_its_path(
    api: Client, stored: TraceStore
) -> None:
    keep(stored, as_execution_id("patients/7"), "patients/7")
    event = api.event("GET", "/v1/executions/exec_1/trace")
    event["routeKey"] = "$default"
    event["rawPath"] = "/v1/executions/patients%2F7/trace"
    assert api.send(event).json["execution"]["external_id"] == "patients/7"


def test_an_event_of_a_stage_with_a_name_is_answered(api: Client, stored: TraceStore) -> None:
    keep(stored, as_execution_id("patients/7"), "patients/7")
    event = api.event("GET", "/v1/executions/patients%2F7")
    event["requestContext"]["stage"] = "prod"
    event["rawPath"] = f"/prod{event['rawPath']}"
    reply = api.handler(event, LambdaContext())
    assert reply["statusCode"] == 200
