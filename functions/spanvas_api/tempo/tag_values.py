"""The values that a name has had of late: in the newest executions, as many as a small search looks at."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from spanvas.model.errors import InvalidInputError
from spanvas_api.http.request import ApiRequest
from spanvas_api.services import Services
from spanvas_api.tempo.conditions import Condition
from spanvas_api.tempo.fields import Field
from spanvas_api.tempo.query import SearchQuery, condition_of, count_of, time_range
from spanvas_api.tempo.search import search
from spanvas_api.tempo.tokens import DURATION_TYPE, NUMBER, STATUS

NEWEST: Final = 20
"""Executions whose values are offered."""
DEFAULT_LIMIT: Final = 1_000
EVERYTHING: Final = "{}"


def asked_name(request: ApiRequest) -> str:
    """Returns the name that a path asks for. Grafana encodes it twice."""
    return unquote(unquote(request.path["tag"]))


def type_of(field: Field) -> str:
    """Returns what Tempo calls the type of a field's values."""
    if field.type == STATUS:
        return "keyword"
    return "int" if field.type == NUMBER else "string"


def values_of(request: ApiRequest, services: Services, field: Field) -> list[Any]:
    """Returns the values of a field, sorted, each once; of a duration none, since it may have any, and
    none where the values are not known.

    With `q` only those of spans that fulfil it; a query that cannot be read is passed over, as in Tempo: it is asked
    while somebody writes. Raises InvalidInputError.
    """
    start, end = time_range(request.query)
    limit = count_of(request.query, "limit", DEFAULT_LIMIT)
    if field.type == DURATION_TYPE or field.comparisons:
        return []
    if field.values:
        return sorted(field.values)[:limit]
    condition = _condition(request.query.get("q", ""))
    asked = SearchQuery(condition, start, end, limit=NEWEST)
    values = {
        value
        for found in search(services, request.principal, asked).found
        for row in found.rows
        if (value := field.shown(found.candidate, row)) not in (None, "")
    }
    return sorted(values)[:limit]


def _condition(query: str) -> Condition:
    try:
        return condition_of(query or EVERYTHING)
    except InvalidInputError:
        return condition_of(EVERYTHING)
