"""What `python -m local env` says of a stack."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from local.described import document_of


class Resolved:
    """The values of the template's parameters as the stack has them, and names of its resources."""

    def __init__(self, **parameters: str) -> None:
        self._parameters = parameters

    def ref(self, name: str) -> str:
        return self._parameters.get(name, name)


def stack(**parameters: str) -> Any:
    return SimpleNamespace(
        url="http://127.0.0.1:8321",
        issuer=SimpleNamespace(url="http://127.0.0.1:9", clients={}),
        otlp_url="http://127.0.0.1:4318",
        endpoints={},
        environment={},
        functions=[],
        resolver=Resolved(**{"OtlpHeaders": "", **parameters}),
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:4318", "https://tempo.example.com:4318", ""])
def test_the_endpoint_is_the_one_that_its_functions_have(url: str) -> None:
    described = document_of(stack(OtlpEndpoint=url, OtlpHeaders="x-scope-orgid=acme"))
    assert described["environment"]["SPANVAS_OTLP_ENDPOINT"] == url
    assert described["environment"]["SPANVAS_OTLP_HEADERS"] == "x-scope-orgid=acme"


def test_the_doctor_is_told_where_the_functions_read_spans_from() -> None:
    described = document_of(
        stack(SpanSource="jaeger", SpanSourceUrl="http://127.0.0.1:16686", SpanSourceHeaders="")
    )
    environment = described["environment"]
    assert environment["SPANVAS_SPAN_SOURCE"] == "jaeger"
    assert environment["SPANVAS_SPAN_SOURCE_URL"] == "http://127.0.0.1:16686"
    assert environment["SPANVAS_SPAN_SOURCE_HEADERS"] == ""


def test_the_doctor_is_told_which_tokens_the_functions_accept() -> None:
    described = document_of(
        stack(JwtIssuer="https://login.example.com", JwtAudience="traces", TenantClaim="org")
    )
    environment = described["environment"]
    assert environment["SPANVAS_JWT_ISSUER"] == "https://login.example.com"
    assert environment["SPANVAS_JWT_AUDIENCE"] == "traces"
    assert environment["SPANVAS_TENANT_CLAIM"] == "org"
