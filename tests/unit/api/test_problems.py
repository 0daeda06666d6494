from __future__ import annotations

import pytest

from spanvas.model import errors as model_errors
from spanvas.model.errors import ConflictError, InvalidInputError, StoreUnavailableError
from spanvas_api import errors as api_errors
from spanvas_api.errors import (
    DurableServiceError,
    DurableStateError,
    ExecutorUnavailableError,
    ForbiddenError,
    MethodNotAllowedError,
    RateLimitedError,
    UnauthenticatedError,
    UnsupportedMediaTypeError,
)
from spanvas_api.http.problems import RULES, UNKNOWN, problem_for, rule_for
from spanvas_api.ingest import refusals

OF_THE_SWEEP = {DurableServiceError, DurableStateError}
"""No caller sees them."""
OF_OTLP = {MethodNotAllowedError, RateLimitedError, UnsupportedMediaTypeError}


def test_every_error_of_ours_has_a_rule() -> None:
    ours = {
        error
        for module in (model_errors, api_errors)
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, model_errors.SpanvasError)
    }

    assert {rule.error for rule in RULES} == ours - {
        model_errors.SpanvasError
    } - OF_OTLP - OF_THE_SWEEP
    assert {rule.error for rule in refusals.RULES} >= OF_OTLP


def test_subclasses_stand_before_their_bases() -> None:
    for index, rule in enumerate(RULES):
        assert not any(issubclass(later.error, rule.error) for later in RULES[index + 1 :])


def test_slugs_are_distinct() -> None:
    slugs = [rule.slug for rule in (*RULES, UNKNOWN)]

    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (StoreUnavailableError("x", 3), {"Retry-After": "3"}),
        (ExecutorUnavailableError("x", 4), {"Retry-After": "4"}),
        (UnauthenticatedError("x"), {"WWW-Authenticate": "Bearer"}),
        (ForbiddenError("x"), {}),
        (
            ForbiddenError("x", "audit:read"),
            {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="audit:read"'},
        ),
        (ConflictError("x"), {}),
    ],
)
def test_headers_say_what_to_do_next(error: Exception, headers: dict[str, str]) -> None:
    assert problem_for(error, "r").headers == headers


def test_a_field_is_named() -> None:
    body = problem_for(InvalidInputError("limit", "is too much"), "r").body

    assert body["errors"] == [{"field": "limit", "message": "is too much"}]
    assert body["detail"] == "limit: is too much"


def test_what_is_unknown_is_not_told() -> None:
    problem = problem_for(ValueError("the password is hunter2"), "r")

    assert rule_for(ValueError()) is UNKNOWN
    assert problem.status == 500
    assert "hunter2" not in str(problem.body)
