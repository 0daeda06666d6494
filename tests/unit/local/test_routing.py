"""Which route a request takes, as API Gateway decides it."""

from __future__ import annotations

import pytest

from local.gateway.definition import Route
from local.gateway.routing import Router, decoded_path


def make_route(key: str) -> Route:
    method, _, path = key.partition(" ")
    return Route(method, path or "/$default", f"answers {key}", None, ())


ROUTES = [
    make_route(key)
    for key in (
        "GET /v1/executions",
        "GET /v1/executions/{id}",
        "POST /v1/executions/{id}/artifacts/{artifact}/link",
        "GET /v1/executions/recent",
        "ANY /files/{proxy+}",
        "GET /files/{proxy+}",
        "ANY /any",
    )
]


@pytest.mark.parametrize(
    ("method", "path", "key", "parameters"),
    [
        ("GET", "/v1/executions", "GET /v1/executions", {}),
        ("GET", "/v1/executions/e-1", "GET /v1/executions/{id}", {"id": "e-1"}),
        ("GET", "/v1/executions/a%20b", "GET /v1/executions/{id}", {"id": "a b"}),
        ("GET", "/v1/executions/b%252Fc", "GET /v1/executions/{id}", {"id": "b%2Fc"}),
        ("GET", "/v1/executions/what%3Fnot", "GET /v1/executions/{id}", {"id": "what"}),
        ("GET", "/files/a%2Fb.txt", "GET /files/{proxy+}", {"proxy": "a/b.txt"}),
        ("GET", "/v1/executions/recent", "GET /v1/executions/recent", {}),
        ("POST", "/v1/executions/e/artifacts/a/link",
         "POST /v1/executions/{id}/artifacts/{artifact}/link", {"id": "e", "artifact": "a"}),
        ("GET", "/files/a/b.txt", "GET /files/{proxy+}", {"proxy": "a/b.txt"}),
        ("PUT", "/files/a", "ANY /files/{proxy+}", {"proxy": "a"}),
        ("DELETE", "/any", "ANY /any", {}),
    ],
)  # fmt: skip
def test_a_request_takes_the_most_specific_route(
    method: str, path: str, key: str, parameters: dict[str, str]
) -> None:
    found = Router(ROUTES).find(method, decoded_path(path))
    assert found is not None
    assert (found[0].key, found[1]) == (key, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/executions"),
        ("GET", "/v1/executions/"),
        ("GET", "/v1/executions/e/"),
        ("GET", "/v1/executions/e/more"),
        ("GET", "/v1/executions/e%2Fmore"),
        ("GET", "/files/"),
        ("GET", "/V1/executions"),
        ("GET", "/"),
    ],
)
def test_a_request_that_fits_no_route_finds_none(method: str, path: str) -> None:
    assert Router(ROUTES).find(method, decoded_path(path)) is None


def test_a_default_route_takes_what_no_other_takes() -> None:
    found = Router([*ROUTES, make_route("$default")]).find("GET", "/elsewhere")
    assert found is not None
    assert found[0].key == "$default"
