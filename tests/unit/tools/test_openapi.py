"""The description of the API has every call and every shape."""

from __future__ import annotations

import json
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from spanvas_api import wire
from spanvas_api.auth import SCOPES
from spanvas_api.handlers.http_api import operation_of
from spanvas_api.http.problems import RULES
from spanvas_api.routes import ROUTES
from tools import openapi


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(openapi.document()).validate()


def test_every_route_has_its_operation_and_its_scope() -> None:
    for route in ROUTES:
        assert callable(operation_of(route))
        assert SCOPES[route.operation] == route.scope


def test_every_wire_model_is_in_the_document_unless_it_is_a_base() -> None:
    schemas = openapi.document()["components"]["schemas"]
    models = {
        name
        for name, value in vars(wire).items()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }

    assert models - {"WireModel", "OtlpModel"} == set(schemas)


def test_an_optional_field_is_absent_never_null() -> None:
    row = openapi.document()["components"]["schemas"]["Row"]

    assert row["properties"]["model"] == {"type": "string"}
    assert "model" not in row["required"]


def test_the_next_cursor_is_always_there_and_null_at_the_end() -> None:
    page = openapi.document()["components"]["schemas"]["ExecutionsResponse"]

    assert page["properties"]["next_cursor"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert "next_cursor" in page["required"]


def test_every_reference_leads_somewhere() -> None:
    api = openapi.document()
    names = set(api["components"]["schemas"])

    assert set(_references(api)) <= names


def _references(value: Any) -> list[str]:
    text = json.dumps(value)
    return [part.split('"')[0] for part in text.split("#/components/schemas/")[1:]]


def test_the_page_for_people_has_every_call_and_every_shape() -> None:
    page = openapi.files()["api.md"]

    for route in ROUTES:
        assert f"### {route.operation}\n" in page
    for name in openapi.document()["components"]["schemas"]:
        assert f"### {name}\n" in page
    for rule in RULES:
        assert f"`urn:spanvas:problem:{rule.slug}`" in page
