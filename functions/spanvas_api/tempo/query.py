"""What a caller of Tempo's search API asks for, from the query string. Refusals are worded as Tempo's are.

Source: Tempo's documentation, "Tempo HTTP API"; parameters that are not known are passed over, as Tempo does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from spanvas.model.errors import InvalidInputError
from spanvas.model.units import NANO
from spanvas_api.tempo.conditions import Condition
from spanvas_api.tempo.durations import duration_nano
from spanvas_api.tempo.fields import BY_NAME
from spanvas_api.tempo.logfmt import LogfmtError, pairs_of
from spanvas_api.tempo.tokens import KEYWORDS, STATUS, QueryError

DEFAULT_LIMIT: Final = 20
MOST_TRACES: Final = 100
"""That one search answers, whatever its limit."""
DEFAULT_SPANS: Final = 3
MOST_SPANS: Final = 100
"""Of one trace that one search shows, whatever its `spss`."""
_SECONDS: Final = re.compile(r"-?\d{1,19}", re.ASCII)
_COUNT: Final = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_LATEST_SECONDS: Final = 2**31 - 1


class SearchQuery(NamedTuple):
    """A search. Times are unix nanoseconds, `start` inclusive, `end` exclusive; None for no bound.

    `shortest` and `longest` are durations of traces, in nanoseconds.
    """

    condition: Condition
    start: int | None = None
    end: int | None = None
    limit: int = DEFAULT_LIMIT
    spans: int = DEFAULT_SPANS
    shortest: int | None = None
    longest: int | None = None


def search_query(query: Mapping[str, str]) -> SearchQuery:
    """Returns what a query string asks for. Raises InvalidInputError."""
    start, end = time_range(query)
    shortest, longest = _duration(query, "minDuration"), _duration(query, "maxDuration")
    if shortest and longest is not None and shortest > longest:
        raise InvalidInputError("invalid maxDuration", "must be greater than minDuration")
    return SearchQuery(
        _condition(query),
        start,
        end,
        min(count_of(query, "limit", DEFAULT_LIMIT), MOST_TRACES),
        min(count_of(query, "spss", DEFAULT_SPANS), MOST_SPANS),
        shortest,
        longest,
    )


def condition_of(text: str) -> Condition:
    """Returns the condition of a TraceQL query. Raises InvalidInputError."""
    try:
        return Condition(text)
    except QueryError as error:
        raise InvalidInputError("invalid TraceQL query", str(error)) from None


def time_range(query: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Returns `start` and `end` in unix nanoseconds; None where they are not given or 0. Raises InvalidInputError."""
    start, end = _seconds(query, "start"), _seconds(query, "end")
    if not start and not end:
        return None, None
    if end <= start:
        received = f"received start={start} end={end}"
        raise InvalidInputError("http parameter start", f"must be before end. {received}")
    return max(start, 0) * NANO, end * NANO


def _condition(query: Mapping[str, str]) -> Condition:
    text, tags = query.get("q", ""), query.get("tags", "")
    if text and tags:
        raise InvalidInputError("invalid request", "can't specify tags and q in the same query")
    return condition_of(text if text else _of_tags(tags))


def _of_tags(tags: str) -> str:
    """Returns the TraceQL of tags in logfmt: attributes of any scope, and intrinsics by their names."""
    try:
        pairs = pairs_of(tags)
    except LogfmtError as error:
        raise InvalidInputError("invalid tags", str(error)) from None
    return "{" + " && ".join(_comparison(key, value) for key, value in pairs.items()) + "}"


def _comparison(key: str, value: str) -> str:
    name = key if key in BY_NAME else f".{key}"
    field = BY_NAME.get(name)
    if field is None:
        raise InvalidInputError("invalid tags", f"{key[:80]} cannot be searched for here")
    if field.type == STATUS:
        if KEYWORDS.get(value) != STATUS:
            raise InvalidInputError("invalid tags", f"{value[:80]} is no status")
        return f"{name}={value}"
    if value and all(part in "0123456789." for part in value) and field.type != "string":
        return f"{name}={value}"
    if duration_nano(value) is not None and field.type == "duration":
        return f"{name}={value}"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name}="{escaped}"'


def _seconds(query: Mapping[str, str], name: str) -> int:
    """Returns a time in unix seconds; 0 where there is none."""
    text = query.get(name, "")
    if not text:
        return 0
    if not _SECONDS.fullmatch(text) or abs(int(text)) > _LATEST_SECONDS:
        raise InvalidInputError(f"invalid {name}", f"{text[:40]} is no time in unix seconds")
    return int(text)


def count_of(query: Mapping[str, str], name: str, default: int) -> int:
    """Returns a positive number of a query string, or the default. Raises InvalidInputError."""
    text = query.get(name, "")
    if not text:
        return default
    if not _COUNT.fullmatch(text):
        raise InvalidInputError(f"invalid {name}", f"{text[:40]} is no whole number")
    if int(text) <= 0:
        raise InvalidInputError(f"invalid {name}", "must be a positive number")
    return int(text)


def _duration(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    found = duration_nano(text)
    if found is None:
        raise InvalidInputError(f"invalid {name}", f"{text[:40]} is no duration")
    return found
