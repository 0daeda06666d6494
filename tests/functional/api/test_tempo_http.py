"""Grafana's Tempo data source, as it asks over HTTP: through the gateway, with a token that its issuer has signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.functional.api.tempo import fields_of, spans_in
from tests.support.api_fakes import AuditedStore
from tests.support.http_endpoint import Endpoint, serving
from tests.support.otlp_requests import TRACE, make_proto_span, make_request

GRAFANA = {"user-agent": "Grafana/12.2.0", "accept-encoding": "gzip"}


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    log: Path = tmp_path_factory.mktemp("tempo") / "gateway.log"
    with serving(AuditedStore(), log) as running:
        sent = httpx.post(
            f"{running.url}/v1/traces",
            content=make_request(
                make_proto_span("a"), make_proto_span("b", "a")
            ).SerializeToString(),
            headers={
                "authorization": f"Bearer {running.token('demo-ingest')}",
                "content-type": "application/x-protobuf",
            },
        )
        assert sent.status_code == 200
        yield running


@pytest.fixture(scope="module")
def grafana(endpoint: Endpoint) -> Iterator[httpx.Client]:
    """What Grafana sends with OAuth pass-through: the token of whoever is signed in."""
    token = endpoint.token("demo-operator")
    headers = {**GRAFANA, "authorization": f"Bearer {token}"}
    with httpx.Client(base_url=endpoint.url, headers=headers) as client:
        yield client


def test_save_and_test_succeeds_with_a_token_and_fails_without(
    endpoint: Endpoint, grafana: httpx.Client
) -> None:
    assert grafana.get("/api/echo").text == "echo"
    assert grafana.get("/api/status/buildinfo").json()["version"] == "3.1.0"
    for headers in ({}, {"authorization": "Bearer nonsense"}):
        assert httpx.get(f"{endpoint.url}/api/echo", headers=headers).status_code == 401


def test_a_trace_comes_in_protobuf_by_any_form_of_its_id(grafana: httpx.Client) -> None:
    for trace_id in (TRACE, TRACE.upper()):
        reply = grafana.get(
            f"/api/v2/traces/{trace_id}?start=1758182700&end=1758189900",
            headers={"accept": "application/protobuf"},
        )

        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/protobuf")
        assert list(spans_in(fields_of(reply.content)[1])) == ["a", "b"]  # type: ignore[arg-type]


def test_the_gateway_hands_over_queries_as_they_are_written(grafana: httpx.Client) -> None:
    found = grafana.get("/api/search", params={"q": '{ name =~ "a|b" && duration >= 0ms }'})
    refused = grafana.get("/api/search", params={"q": "{} | rate()"})

    (trace,) = found.json()["traces"]
    assert (trace["traceID"], trace["spanSets"][0]["matched"]) == (TRACE, 2)
    assert (refused.status_code, refused.headers["content-type"]) == (
        400,
        "text/plain; charset=utf-8",
    )
    assert "line 1, col 4" in refused.text


def test_names_that_grafana_encodes_twice_are_understood(grafana: httpx.Client) -> None:
    for name in ("span:name", "span%3Aname", "span%253Aname"):
        reply = grafana.get(f"/api/v2/search/tag/{name}/values?limit=5000")
        assert [one["value"] for one in reply.json()["tagValues"]] == ["a", "b"]


def test_a_path_that_is_not_answered_is_refused_in_words(grafana: httpx.Client) -> None:
    reply = grafana.get("/api/metrics/query_range", params={"q": "{} | rate()", "step": "60"})

    assert (reply.status_code, reply.headers["content-type"]) == (
        404,
        "text/plain; charset=utf-8",
    )
    assert grafana.get("/api/search/tags/").status_code == 404


def test_a_token_without_the_scope_is_refused_by_the_gateway_or_by_the_function(
    endpoint: Endpoint,
) -> None:
    headers = {"authorization": f"Bearer {endpoint.token('demo-ingest')}"}

    assert httpx.get(f"{endpoint.url}/api/search", headers=headers).status_code == 403
    trace = httpx.get(f"{endpoint.url}/api/v2/traces/{TRACE}", headers=headers)
    assert (trace.status_code, trace.text) == (403, "The token lacks the scope 'trace:read'.")
