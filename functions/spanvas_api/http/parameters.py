"""What a caller wrote in the path, the query and the body, checked. Every refusal names the field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import unquote

import orjson

from spanvas.model import ids
from spanvas.model.errors import InvalidInputError, TooLargeError
from spanvas.model.execution import FILTERS
from spanvas_api import route_schema
from spanvas_api.errors import InvalidBodyError

MAX_INPUT_BYTES: Final = 200_000
MAX_BODY_BYTES: Final = 256_000
_UNIX_NANO = re.compile(route_schema.UNIX_NANO_PATTERN)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")


def execution_ids(path: Mapping[str, str]) -> tuple[str, ...]:
    """Returns the ids under which the execution of a path may be stored, the likeliest first.

    The caller may use the id that its sender uses, and encode it twice. Of an id that is stored as it is there is one.
    """
    found: dict[str, None] = {}
    called = _text(path, "execution_id")
    for text in (called, unquote(called)):
        found[ids.as_execution_id(text)] = None
        for former in _former_execution_ids(text.strip()):
            found[former] = None
    return tuple(filter(None, found))


def _former_execution_ids(text: str) -> tuple[str, ...]:
    """Returns what the layer and the OTLP endpoint have made of a sender's id before ADR 0038, and the endpoint before
    ADR 0027. Such items live for `RetentionDays`; what older versions of a layer write, as long as they run."""
    if not text:
        return ()
    if ids.is_execution_id(text):
        return (text,)
    legible = re.sub(r"[^A-Za-z0-9._:@-]+", "-", text)[:100].strip("-._:@")
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return ids.legible_execution_id(text), f"{legible or 'id'}-{digest}"


def workflow_id(path: Mapping[str, str]) -> str:
    """Returns the id of the workflow that the caller names, by its id or by the name that its sender uses."""
    return ids.as_name(_text(path, "workflow_id"))


def artifact_id(path: Mapping[str, str]) -> str:
    """Returns the artifact id of a path. Raises InvalidInputError."""
    return _checked(path, "artifact_id", ids.is_name, "is not an artifact id")


def span_id(path: Mapping[str, str]) -> str:
    """Returns the span id of a path. Raises InvalidInputError."""
    complaint = "is not a span id: 16 hex digits, not all zero"
    return _checked(path, "span_id", ids.is_span_id, complaint)


def optional_span_id(query: Mapping[str, str]) -> str | None:
    """Returns the span id of a query; None where it names none. Raises InvalidInputError."""
    return span_id(query) if "span_id" in query else None


def _checked(path: Mapping[str, str], name: str, is_valid: Any, complaint: str) -> str:
    text = _text(path, name)
    if not is_valid(text):
        raise InvalidInputError(name, complaint)
    return text


def _text(path: Mapping[str, str], name: str) -> str:
    """Returns a parameter of the path, decoded. Raises InvalidInputError for one that is blank."""
    text = unquote(path[name])
    if not text.strip():
        raise InvalidInputError(name, "is blank")
    return text


def only(query: Mapping[str, str], *names: str) -> None:
    """Refuse parameters that the call does not know: a misspelt filter would answer everything."""
    for name in query:
        if name not in names:
            raise InvalidInputError(name, "is not a parameter of this call")


def optional_workflow_id(query: Mapping[str, str]) -> str | None:
    """Returns the workflow id that a query names, as `workflow_id` does; None where it names none."""
    text = query.get("workflow_id")
    if text is None:
        return None
    if not text.strip():
        raise InvalidInputError("workflow_id", "is blank")
    return ids.as_name(text)


def status(query: Mapping[str, str]) -> str | None:
    """Returns the status to list, or None. Raises InvalidInputError."""
    text = query.get("status")
    if text is not None and text not in FILTERS:
        raise InvalidInputError("status", "is none of " + ", ".join(FILTERS))
    return text


def one_of(query: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """Returns one of the allowed words, the first where the query has none. Raises InvalidInputError."""
    text = query.get(name, allowed[0])
    if text not in allowed:
        raise InvalidInputError(name, "is none of " + ", ".join(allowed))
    return text


def unix_nano(query: Mapping[str, str], name: str) -> int | None:
    """Returns a time in unix nanoseconds, or None. Raises InvalidInputError."""
    text = query.get(name)
    if text is None:
        return None
    if not _UNIX_NANO.fullmatch(text):
        raise InvalidInputError(name, "is not a time in unix nanoseconds")
    return int(text)


def limit(
    query: Mapping[str, str],
    *,
    most: int = route_schema.MAX_PAGE,
    default: int = route_schema.DEFAULT_PAGE,
) -> int:
    """Returns how many entries to list. Raises InvalidInputError."""
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
