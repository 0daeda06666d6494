"""What a caller wrote in the path, the query and the body, checked. Every refusal names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import orjson

from spanvas.model.errors import InvalidInputError, TooLargeError
from spanvas.model.execution import STATUSES
from spanvas.model.ids import is_execution_id, is_name, is_span_id
from spanvas_api import routes
from spanvas_api.errors import InvalidBodyError

MAX_INPUT_BYTES: Final = 200_000
MAX_BODY_BYTES: Final = 256_000
_UNIX_NANO = re.compile(routes.UNIX_NANO_PATTERN)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")


def execution_id(path: Mapping[str, str]) -> str:
    return _checked(path, "execution_id", is_execution_id, "is not an execution id")


def workflow_id(path: Mapping[str, str]) -> str:
    return _checked(path, "workflow_id", is_name, "is not a workflow id")


def artifact_id(path: Mapping[str, str]) -> str:
    return _checked(path, "artifact_id", is_name, "is not an artifact id")


def span_id(path: Mapping[str, str]) -> str:
    return _checked(path, "span_id", is_span_id, "is not a span id: 16 hex digits, not all zero")


def _checked(values: Mapping[str, str], name: str, is_valid: Any, complaint: str) -> str:
    # `@` and `:` of ids may come percent-encoded; `%` itself is in no id, so one decoding is safe.
    text = unquote(values[name])
    if not is_valid(text):
        raise InvalidInputError(name, complaint)
    return text


def only(query: Mapping[str, str], *names: str) -> None:
    """Refuse parameters that the call does not know: a misspelt filter would answer everything."""
    for name in query:
        if name not in names:
            raise InvalidInputError(name, "is not a parameter of this call")


def optional_workflow_id(query: Mapping[str, str]) -> str | None:
    return workflow_id(query) if "workflow_id" in query else None


def status(query: Mapping[str, str]) -> str | None:
    text = query.get("status")
    if text is not None and text not in STATUSES:
        raise InvalidInputError("status", "is none of " + ", ".join(STATUSES))
    return text


def order(query: Mapping[str, str]) -> str:
    text = query.get("order", routes.NEWEST_FIRST)
    if text not in routes.ORDERS:
        raise InvalidInputError("order", "is none of " + ", ".join(routes.ORDERS))
    return text


def unix_nano(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not _UNIX_NANO.fullmatch(text):
        raise InvalidInputError(name, "is not a time in unix nanoseconds")
    return int(text)


def limit(
    query: Mapping[str, str], *, most: int = routes.MAX_PAGE, default: int = routes.DEFAULT_PAGE
) -> int:
    text = query.get("limit")
    if text is None:
        return default
    if not _WHOLE_NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise InvalidInputError("limit", f"is not a whole number from 1 to {most}")
    return int(text)


def json_body(body: bytes, *fields: str) -> dict[str, Any]:
    """The body as an object of the named fields; an absent body is an empty object.

    Raises TooLargeError above 256 KB, InvalidInputError when it is no JSON, InvalidBodyError when it does not fit.
    """
    if len(body) > MAX_BODY_BYTES:
        raise TooLargeError("body", f"is larger than {MAX_BODY_BYTES:,} bytes")
    if not body.strip():
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError("body", f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidBodyError("body", "is not a JSON object")
    for name in value:
        if name not in fields:
            raise InvalidBodyError(name, "is not a field of this call")
    return value


def workflow_input(body: bytes) -> dict[str, Any]:
    """The `input` of a new execution: an object of at most 200 KB as JSON."""
    value = json_body(body, "input").get("input")
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidBodyError("input", "is not an object")
    if len(orjson.dumps(value)) > MAX_INPUT_BYTES:
        raise TooLargeError("input", f"is larger than {MAX_INPUT_BYTES:,} bytes as JSON")
    return value


def disposition(body: bytes) -> str:
    """How a linked artifact is to be opened."""
    value = json_body(body, "disposition").get("disposition", "attachment")
    if value not in ("inline", "attachment"):
        raise InvalidBodyError("disposition", "is neither inline nor attachment")
    return str(value)
