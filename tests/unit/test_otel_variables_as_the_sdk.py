"""OpenTelemetry's variables are read as OpenTelemetry's SDK and its exporter read them."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector
from opentelemetry.util.re import parse_env_headers

from spanvas.otel_variables import OtelVariables

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS"
RESOURCE = "OTEL_RESOURCE_ATTRIBUTES"


def pair_texts(*items: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(items), max_size=4).map(",".join)


@given(
    pair_texts(
        "team=search", "a=b%20c", " b = d ", "nonsense", "c=", "url=http://x/?q=1", "e=%C3%A4",
        "team=other", "bad=%zz", "", "deployment.environment.name=staging",
    )
)  # fmt: skip
def test_attributes_of_the_resource(text: str) -> None:
    with patch.dict(os.environ, {RESOURCE: text}, clear=True):
        theirs = dict(OTELResourceDetector().detect().attributes)
    assert OtelVariables({RESOURCE: text}).resource_attributes() == theirs


@given(
    pair_texts(
        "x-tenant=acme", "Authorization=Basic%20dXNlcjpwYXNz", "authorization=Bearer a%2Bb",
        "nonsense", "a b=c", "x=", "key=a==", "X-Key=1", "x%2Dy=2", "=x", "",
    )
)  # fmt: skip
def test_headers(text: str) -> None:
    found = OtelVariables({ENDPOINT: "http://a", HEADERS: text}).target()
    assert found is not None
    assert found.headers == dict(parse_env_headers(text, liberal=True))


@pytest.mark.parametrize(
    "variables",
    [
        {ENDPOINT: "http://collector:4318"},
        {ENDPOINT: "http://collector:4318/"},
        {ENDPOINT: "https://otlp.example/otlp"},
        {ENDPOINT: "https://otlp.example/otlp/"},
        {ENDPOINT: "https://otlp.example/v1/traces"},
        {TRACES_ENDPOINT: "http://collector:4318"},
        {TRACES_ENDPOINT: "http://collector:4318/"},
        {TRACES_ENDPOINT: "https://otlp.example/v1/traces"},
        {TRACES_ENDPOINT: "https://otlp.example/insert?k=v"},
        {TRACES_ENDPOINT: "http://a/x", ENDPOINT: "http://b"},
        {TRACES_ENDPOINT: "", ENDPOINT: "http://b"},
        {"OTEL_TRACES_EXPORTER": "otlp"},
    ],
)
def test_where_v1_traces_is_added(variables: dict[str, str]) -> None:
    with patch.dict(os.environ, variables, clear=True):
        theirs = OTLPSpanExporter()._endpoint
    found = OtelVariables(variables).target()
    assert found is not None
    assert found.url == theirs


def test_a_pair_that_cannot_be_read_is_told_and_the_others_count() -> None:
    variables = OtelVariables({RESOURCE: "team=search,nonsense,env=staging"})
    assert variables.resource_attributes() == {"team": "search", "env": "staging"}
    variables.resource_attributes()
    assert variables.problems == [
        f"{RESOURCE}='nonsense': expected name=value pairs, separated by commas"
    ]


def test_a_header_that_cannot_be_read_is_told_without_its_value() -> None:
    variables = OtelVariables({ENDPOINT: "http://a", HEADERS: "x-key=1,sk-secret"})
    found = variables.target()
    assert found is not None
    assert found.headers == {"x-key": "1"}
    assert variables.problems == [f"{HEADERS}: expected name=value pairs, separated by commas"]
