"""Names and values that Grafana offers while a query is written, and that the data source works."""

from __future__ import annotations

import pytest

from spanvas.version import VERSION
from tests.functional.api.tempo import call_of_model, run_of
from tests.support.api_client import Client
from tests.support.api_fakes import AuditedStore

SPAN_TAGS = [
    "error.type",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "spanvas.attempt.number",
    "spanvas.execution.id",
    "spanvas.kind",
    "spanvas.node.id",
    "spanvas.tenant",
    "spanvas.workflow.id",
]
INTRINSICS = [
    "duration",
    "name",
    "span:id",
    "span:parentID",
    "status",
    "trace:duration",
    "trace:id",
    "trace:rootName",
    "trace:rootService",
]


@pytest.fixture
def history(store: AuditedStore) -> AuditedStore:
    run_of(store, "ok-1", call_of_model("chat", "gpt-5"))
    run_of(store, "ok-2", call_of_model("chat", "claude-5"), start=5, workflow_id="billing")
    return store


def test_save_and_test_is_answered_by_an_echo(api: Client) -> None:
    reply = api.get("/api/echo")

    assert (reply.status, reply.text) == (200, "echo")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert api.acting_as(scope="executions:read").get("/api/echo").status == 403


def test_the_version_is_one_of_tempo_that_has_these_calls_and_the_revision_is_ours(
    api: Client,
) -> None:
    said = api.get("/api/status/buildinfo").json
    assert (said["version"], said["revision"]) == ("3.1.0", VERSION)


def test_names_are_told_by_scope(api: Client) -> None:
    assert api.get("/api/v2/search/tags", limit="5000", start="1", end="2").json == {
        "scopes": [
            {"name": "resource", "tags": ["service.name"]},
            {"name": "span", "tags": SPAN_TAGS},
            {"name": "intrinsic", "tags": INTRINSICS},
        ],
        "metrics": {},
    }
    assert api.get("/api/v2/search/tags", scope="resource").json["scopes"] == [
        {"name": "resource", "tags": ["service.name"]}
    ]
    assert api.get("/api/v2/search/tags", scope="event").json["scopes"] == []


def test_names_are_told_in_one_list(api: Client) -> None:
    assert api.get("/api/search/tags").json["tagNames"] == sorted(
        ["service.name", *SPAN_TAGS, *INTRINSICS]
    )
    assert api.get("/api/search/tags", scope="span").json["tagNames"] == SPAN_TAGS


@pytest.mark.parametrize("path", ["/api/search/tags", "/api/v2/search/tags"])
def test_a_scope_that_tempo_has_not_is_refused(api: Client, path: str) -> None:
    reply = api.get(path, scope="galaxy")

    assert (reply.status, reply.text) == (400, "invalid scope: galaxy")


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("span.gen_ai.request.model", [("string", "claude-5"), ("string", "gpt-5")]),
        (".gen_ai.request.model", [("string", "claude-5"), ("string", "gpt-5")]),
        ("span.spanvas.workflow.id", [("string", "billing"), ("string", "support-triage")]),
        ("resource.service.name", [("string", "orders-api")]),
        ("status", [("keyword", "error"), ("keyword", "ok"), ("keyword", "unset")]),
        ("span:name", [("string", "Triage"), ("string", "chat")]),
        ("rootName", [("string", "Triage")]),
        ("span.gen_ai.usage.input_tokens", [("int", "120")]),
        ("duration", []),
        ("span.unknown", []),
        ("resource.k8s%252Fpod", []),
        ("span%3Aname", [("string", "Triage"), ("string", "chat")]),
        ("kind", []),
    ],
)
def test_values_are_those_of_the_newest_executions_with_their_types(
    api: Client, history: AuditedStore, tag: str, expected: list[tuple[str, str]]
) -> None:
    reply = api.get(f"/api/v2/search/tag/{tag}/values")

    values = [(value["type"], value["value"]) for value in reply.json["tagValues"]]
    assert values == expected
    assert reply.json["metrics"] == {}


def test_values_are_those_of_spans_that_fulfil_a_query(api: Client, history: AuditedStore) -> None:
    path = "/api/v2/search/tag/span.gen_ai.request.model/values"
    of_billing = api.get(path, q='{ span.spanvas.workflow.id = "billing" }')
    while_written = api.get(path, q="{ span.spanvas.workflow.id = ")

    assert [value["value"] for value in of_billing.json["tagValues"]] == ["claude-5"]
    assert len(while_written.json["tagValues"]) == 2


def test_the_first_version_takes_names_without_a_scope(api: Client, history: AuditedStore) -> None:
    assert api.get("/api/search/tag/service.name/values").json == {
        "tagValues": ["orders-api"],
        "metrics": {},
    }
    assert api.get("/api/search/tag/status/values").json["tagValues"] == ["error", "ok", "unset"]
    assert api.get("/api/search/tag/nothing/values").json["tagValues"] == []


def test_a_name_that_is_neither_an_intrinsic_nor_has_a_scope_is_refused(api: Client) -> None:
    reply = api.get("/api/v2/search/tag/app.user.id/values")

    assert (reply.status, reply.text) == (
        400,
        "tag name is not valid intrinsic or scoped attribute: app.user.id",
    )


@pytest.mark.parametrize(
    "path", ["/api/metrics/query_range", "/api/metrics/query", "/api/overrides"]
)
def test_what_is_not_answered_of_tempos_api_is_said_in_words(api: Client, path: str) -> None:
    reply = api.get(path, q="{} | rate()")

    assert reply.status == 404
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "nor are metrics of TraceQL" in reply.text
