"""From the JSON of a chunk to its rows or its spans, whichever version has written it. `codec` writes them.

Rows are read by columns, with a check per column and not one per value: ten thousand of them are one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import chain
from types import NoneType
from typing import Any, Final

from spanvas.model.kinds import KINDS, OTHER
from spanvas.model.row import ArtifactRef, Row
from spanvas.model.span import ERROR, OK, UNSET, Span
from spanvas.model.usage import Usage
from spanvas.storage.decoding import MalformedError, Reading, built, padded, whole

loads: Callable[[bytes], Any]
try:  # the functions bring orjson; in executors the standard library does
    from orjson import loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads

LATEST: Final = 10**20
"""Times are answered in at most twenty digits."""
STATUSES: Final = frozenset({UNSET, OK, ERROR})
SPAN_NAMES: Final = {
    "start": "start_time_unix_nano",
    "end": "end_time_unix_nano",
    "deadline": "deadline_unix_nano",
    "recorded_at": "recorded_at_unix_nano",
}
"""Members of a stored span that have another name than the field of `Span`."""

_row: Final[Callable[[Iterable[Any]], Row]] = partial(tuple.__new__, Row)
_usage: Final[Callable[[Iterable[Any]], Usage]] = partial(tuple.__new__, Usage)
"""Of as many values as there are fields: `_make` without its checks, for ten thousand at a time."""


def decode_rows(payload: bytes, chunk_id: str, reading: Reading | None = None) -> list[Row]:
    """The rows of a chunk; each one's `detail` becomes `chunk_id:index`.

    Raises an exception of any kind where it cannot be read: `Reading` makes one kind of them.
    """
    chunk = _chunk(payload, reading)
    ids = _column(chunk, "span_id", -1, str)
    size = len(ids)
    base = chunk.get("base", 0)
    starts = [base + start for start in _column(chunk, "start", size, int, default=0)]
    durations = _column(chunk, "duration", size, int, NoneType)
    ends = [
        None if duration is None else start + duration
        for start, duration in zip(starts, durations, strict=True)
    ]
    lasts = [start if end is None else end for start, end in zip(starts, ends, strict=True)]
    _check_times(starts, lasts)
    deadlines = _column(chunk, "deadline", size, int, NoneType)
    later = _column(chunk, "recorded_at", size, int, default=0)
    columns = (
        ids,
        _parents(chunk, ids),
        _texts(chunk, "name", size, default=""),
        _texts(chunk, "kind", size, default=OTHER, allowed=KINDS),
        starts,
        ends,
        _texts(chunk, "status", size, default=UNSET, allowed=STATUSES),
        _texts(chunk, "node_id", size),
        _texts(chunk, "error_type", size),
        _texts(chunk, "error_message", size),
        _texts(chunk, "model", size),
        _texts(chunk, "provider", size),
        _usages(_column(chunk, "usage", size, list, NoneType)),
        _costs(_column(chunk, "cost", size, int, float, NoneType)),
        _texts(chunk, "input_preview", size),
        _texts(chunk, "output_preview", size),
        _texts(chunk, "attempt", size, kind=int),
        [
            tuple([built(ArtifactRef, artifact) for artifact in artifacts]) if artifacts else ()
            for artifacts in _column(chunk, "artifacts", size, list, NoneType)
        ],
        [_marks(marks) if marks else () for marks in _column(chunk, "marks", size, list, NoneType)],
        [None if deadline is None else base + deadline for deadline in deadlines],
        [last + more if more else last for last, more in zip(lasts, later, strict=True)],
        _details(chunk, chunk_id, size),
    )
    return list(map(_row, zip(*columns, strict=True)))


def decode_spans(
    payload: bytes, span_id: str | None = None, reading: Reading | None = None
) -> list[Span]:
    """The spans of a detail chunk, or only those with that id. Raises as `decode_rows` does."""
    chunk = _chunk(payload, reading)
    return [
        _span(item, chunk)
        for item in chunk["spans"]
        if span_id is None or item["span_id"] == span_id
    ]


def _chunk(payload: bytes, reading: Reading | None) -> dict[str, Any]:
    chunk = loads(payload)
    if not isinstance(chunk, dict):
        raise MalformedError("a chunk is no object")
    (reading or Reading()).saw(chunk.get("v"))
    return chunk


def _column(
    chunk: dict[str, Any], name: str, size: int, *kinds: type[Any], default: Any = None
) -> list[Any]:
    """A value a row. A column that is not there has the default in every row; `size` is -1 for the first of all."""
    values = chunk.get(name)
    if values is None and size >= 0:
        return [default] * size
    if type(values) is not list or size not in (-1, len(values)):
        raise MalformedError(f"{name} is no column of this length")
    if not set(map(type, values)) <= set(kinds):
        raise MalformedError(f"{name} holds a value of another type")
    return values


def _texts(
    chunk: dict[str, Any],
    name: str,
    size: int,
    *,
    default: Any = None,
    kind: type[Any] = str,
    allowed: Sequence[str] | frozenset[str] = (),
) -> list[Any]:
    """A column that holds every value once, and for each row its place among them; places are None where hardly any
    value repeats. Where values are `allowed`, another one is shown as the default."""
    column = chunk.get(name)
    if column is None:
        return [default] * size
    values, places = padded(column, 2)
    values = _column({name: values}, name, -1 if places else size, kind, NoneType)
    if default is not None and not set(values) <= set(allowed or values) - {None}:
        values = [_known(value, allowed or (value,), default) for value in values]
    if places is None:
        return values
    if len(places) != size or (places and min(places) < 0):
        raise MalformedError(f"{name} holds no place among its values for each row")
    return [values[place] for place in places]


def _details(chunk: dict[str, Any], chunk_id: str, size: int) -> list[str]:
    column = chunk.get("detail")
    if column is None:
        return [""] * size
    values, places = padded(column, 2)
    named = [f"{chunk_id}:{index}" for index in values]
    return _texts({"detail": [named, places]}, "detail", size)


def _parents(chunk: dict[str, Any], ids: list[str]) -> list[str | None]:
    """A parent in the same chunk stands there by its place."""
    parents = _column(chunk, "parent", len(ids), str, int, NoneType)
    if min([parent for parent in parents if parent.__class__ is int], default=0) < 0:
        raise MalformedError("parent holds a place before the first")
    return [ids[parent] if parent.__class__ is int else parent for parent in parents]


def _usages(column: list[list[Any] | None]) -> list[Usage | None]:
    """Where all of them are as this version writes them, without a look at each."""
    given = [values for values in column if values]
    is_known = set(map(len, given)) <= {len(Usage._fields)}
    if is_known and set(map(type, chain.from_iterable(given))) <= {int}:
        return [_usage(values) if values else None for values in column]
    return [built(Usage, values) if values else None for values in column]


def _costs(column: list[Any]) -> list[int | None]:
    if float not in set(map(type, column)):
        return column
    return [whole(cost) if type(cost) is float else cost for cost in column]


def _marks(values: list[Any]) -> tuple[str, ...]:
    if set(map(type, values)) != {str}:
        raise MalformedError("marks hold a value of another type")
    return tuple(values)


def _check_times(*columns: list[int]) -> None:
    for times in columns:
        if times and not 0 <= min(times) <= max(times) < LATEST:
            raise MalformedError("a time lies outside of what can be answered")


def _span(item: dict[str, Any], chunk: dict[str, Any]) -> Span:
    values = {SPAN_NAMES.get(name, name): value for name, value in item.items()}
    attributes = item.get("attributes") or {}
    for name, value in attributes.items():
        if isinstance(value, dict) and len(value) == 1 and "$ref" in value:
            attributes[name] = chunk.get("content", {}).get(value["$ref"], value)
    scope = _at(chunk, "scopes", item.get("scope")) or []
    values["scope_name"], values["scope_version"] = padded(scope, 2)
    values["resource"] = _at(chunk, "resources", item.get("resource"))
    values["kind"] = _known(values.get("kind"), KINDS, OTHER)
    values["status"] = _known(values.get("status"), STATUSES, UNSET)
    span = built(Span, values, required=("span_id",))
    end = span.end_time_unix_nano
    _check_times([span.start_time_unix_nano if end is None else end, span.start_time_unix_nano])
    return span


def _known(value: Any, known: Sequence[str] | frozenset[str], default: str) -> Any:
    """A word that this version does not know is shown as the default."""
    return default if value is None or (type(value) is str and value not in known) else value


def _at(chunk: dict[str, Any], table: str, place: Any) -> Any:
    """What many spans share stands once in a table of the chunk; None where a span has no part in it."""
    if place is None:
        return None
    if type(place) is not int or place < 0:
        raise MalformedError(f"{table} has no such place")
    return chunk[table][place]
