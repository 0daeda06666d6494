"""Rows of one chunk as JSON, written and read by columns.

By columns: a value that many rows share is written once, and a column is checked and read without a step per row. Ten
thousand rows are one response. Every field of `Row` is in one column: those of `OWN_COLUMNS` in a form of their own,
all others as values under the field's own name. So a field that is added to `Row` is written and read without a change
here, if it holds text or an integer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import chain, repeat
from types import NoneType
from typing import Any, Final, TypeVar

from spanvas.model.kinds import KINDS, OTHER
from spanvas.model.row import ArtifactRef, Row
from spanvas.model.span import STATUSES, UNSET
from spanvas.model.usage import Usage
from spanvas.storage.codec import dump, jsonable_field, loaded_chunk
from spanvas.storage.decoding import (
    VERSION,
    MalformedError,
    Reading,
    built,
    check_times,
    fields_of,
    known_or,
    padded,
    whole,
)

OWN_COLUMNS: Final = {
    "span_id": "span_id",
    "parent_span_id": "parent",
    "start_time_unix_nano": "start",
    "end_time_unix_nano": "duration",
    "recorded_at_unix_nano": "recorded_at",
    "deadline_unix_nano": "deadline",
    "usage": "usage",
    "cost_nano_usd": "cost",
    "artifacts": "artifacts",
    "marks": "marks",
}
"""Fields of `Row` whose column has a form of its own, and its name. Times are relative to the chunk's first."""
VALUE_FIELDS: Final = tuple(name for name in Row._fields if name not in OWN_COLUMNS)
ALLOWED: Final = {"kind": (KINDS, OTHER), "status": (STATUSES, UNSET)}
"""Fields whose values are a closed set, and what an unknown one is shown as."""

_NO_ROWS: Final[dict[str, tuple[Any, ...]]] = dict.fromkeys(Row._fields, ())

Built = TypeVar("Built", bound=tuple[Any, ...])


def encode_rows(rows: Sequence[Row]) -> bytes:
    """Returns rows as JSON bytes, to be compressed. `detail` is the index of the detail item within the chunk."""
    columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True)) if rows else _NO_ROWS
    ids, parents = columns["span_id"], columns["parent_span_id"]
    starts, ends = columns["start_time_unix_nano"], columns["end_time_unix_nano"]
    base = min(starts, default=0)
    indexes = {span_id: index for index, span_id in enumerate(ids)}
    times = list(zip(columns["recorded_at_unix_nano"], starts, ends, strict=True))
    return dump(
        {
            "v": VERSION,
            "base": base,
            "span_id": ids,
            # A parent in the same chunk by its index there.
            "parent": [indexes.get(parent or "", parent) for parent in parents],
            "start": [start - base for start in starts],
            "duration": [None if end is None else end - start for _, start, end in times],
            "recorded_at": [at - (start if end is None else end) for at, start, end in times],
            "deadline": [None if at is None else at - base for at in columns["deadline_unix_nano"]],
            "usage": columns["usage"],
            "cost": columns["cost_nano_usd"],
            "artifacts": [jsonable_field(files) or None for files in columns["artifacts"]],
            "marks": [marks or None for marks in columns["marks"]],
            **{name: value_column(columns[name]) for name in VALUE_FIELDS},
        }
    )


def decode_rows(payload: bytes, chunk_id: str, reading: Reading | None = None) -> list[Row]:
    """Returns the rows of a chunk; each one's `detail` becomes `chunk_id:index`.

    Raises an exception of any kind if the chunk cannot be read: `Reading` turns them into one kind.
    """
    chunk = loaded_chunk(payload, reading)
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
    check_times(starts, lasts)
    deadlines = _column(chunk, "deadline", size, int, NoneType)
    later = _column(chunk, "recorded_at", size, int, default=0)
    columns: dict[str, list[Any]] = {
        "span_id": ids,
        "parent_span_id": _parents(chunk, ids),
        "start_time_unix_nano": starts,
        "end_time_unix_nano": ends,
        "recorded_at_unix_nano": [
            last + more if more else last for last, more in zip(lasts, later, strict=True)
        ]
        if any(later)
        else lasts,
        "deadline_unix_nano": [
            None if deadline is None else base + deadline for deadline in deadlines
        ],
        "usage": _usages(_column(chunk, "usage", size, list, NoneType)),
        "cost_nano_usd": _costs(_column(chunk, "cost", size, int, float, NoneType)),
        "artifacts": _artifacts(_column(chunk, "artifacts", size, list, NoneType)),
        "marks": [
            _marks(marks) if marks else ()
            for marks in _column(chunk, "marks", size, list, NoneType)
        ],
    }
    for name, kind, default, allowed in _value_fields():
        columns[name] = _values(chunk, name, size, default, kind, allowed)
    columns["detail"] = _details(chunk, chunk_id, size)
    values = zip(*[columns[name] for name in Row._fields], strict=True)
    # `Row._make` without its check of the number of values, for ten thousand at a time.
    return list(map(tuple.__new__, repeat(Row), values))


@cache
def _value_fields() -> list[tuple[str, type[Any] | None, Any, Sequence[str]]]:
    """Returns name, type, default and allowed values of each of VALUE_FIELDS; not of `detail`, which gets the chunk's
    name."""
    found = []
    for field in fields_of(Row):
        if field.name in VALUE_FIELDS and field.name != "detail":
            allowed, default = ALLOWED.get(field.name, ((), field.default()))
            found.append((field.name, field.exact, default, allowed))
    return found


def value_column(values: Sequence[Any]) -> list[Any]:
    """Returns every value once, and for each row its index among them; the values as they are where hardly any
    repeats."""
    if values and values.count(values[0]) == len(values) > 2:
        return [[jsonable_field(values[0])], [0] * len(values)]
    known: dict[Any, int] = {}
    indexes = [known.setdefault(value, len(known)) for value in values]
    if len(known) * 2 > len(values) > 2:
        return [[jsonable_field(value) for value in values], None]
    return [[jsonable_field(value) for value in known], indexes]


def _column(
    chunk: dict[str, Any], name: str, size: int, *kinds: type[Any] | None, default: Any = None
) -> list[Any]:
    """A value a row. A column that is not there has the default in every row; `size` is -1 for the first of all."""
    values = chunk.get(name)
    if values is None and size >= 0:
        return [default] * size
    if type(values) is not list or size not in (-1, len(values)):
        raise MalformedError(f"{name} is no column of this length")
    if not set(map(type, values)).issubset(kinds):
        raise MalformedError(f"{name} holds a value of another type")
    return values


def _values(
    chunk: dict[str, Any],
    name: str,
    size: int,
    default: Any = None,
    kind: type[Any] | None = str,
    allowed: Sequence[str] = (),
) -> list[Any]:
    """A column that `value_column` has written. Where values are `allowed`, another one is shown as the default."""
    column = chunk.get(name)
    if column is None:
        return [default] * size
    values, indexes = padded(column, 2)
    values = _column({name: values}, name, -1 if indexes else size, kind, NoneType)
    if default is not None and not set(values) <= set(allowed or values) - {None}:
        values = [known_or(value, allowed or (value,), default) for value in values]
    if indexes is None:
        return values
    if len(values) == 1 and indexes.count(0) == size == len(indexes):
        return values * size
    if len(indexes) != size or (indexes and min(indexes) < 0):
        raise MalformedError(f"{name} holds no place among its values for each row")
    return [values[index] for index in indexes]


def _details(chunk: dict[str, Any], chunk_id: str, size: int) -> list[str]:
    column = chunk.get("detail")
    if column is None:
        return [""] * size
    values, indexes = padded(column, 2)
    named = [f"{chunk_id}:{index}" for index in values]
    return _values({"detail": [named, indexes]}, "detail", size)


def _parents(chunk: dict[str, Any], ids: list[str]) -> list[str | None]:
    """A parent in the same chunk is there by its index."""
    parents = _column(chunk, "parent", len(ids), str, int, NoneType)
    if min([parent for parent in parents if parent.__class__ is int], default=0) < 0:
        raise MalformedError("parent holds a place before the first")
    return [ids[parent] if parent.__class__ is int else parent for parent in parents]


def _usages(column: list[list[Any] | None]) -> list[Usage | None]:
    make = _maker(Usage, [values for values in column if values])
    return [make(values) if values else None for values in column]


def _artifacts(column: list[list[Any] | None]) -> list[tuple[ArtifactRef, ...]]:
    make = _maker(ArtifactRef, list(chain.from_iterable(filter(None, column))))
    return [tuple(map(make, artifacts)) if artifacts else () for artifacts in column]


def _maker(cls: type[Built], stored: list[Any]) -> Callable[[Any], Built]:
    """Returns what makes an object of each of these values: `built`, or, where all of them are as this version writes
    them, what needs no look at each."""
    fields = fields_of(cls)
    is_known = set(map(type, stored)) <= {list} and set(map(len, stored)) <= {len(fields)}
    columns = zip(*stored, strict=True) if is_known else ()
    kinds = [set(map(type, column)) for column in columns]
    if is_known and all(kind == {field.exact} for kind, field in zip(kinds, fields, strict=False)):
        return partial(tuple.__new__, cls)
    return partial(built, cls)


def _costs(column: list[Any]) -> list[int | None]:
    if float not in set(map(type, column)):
        return column
    return [whole(cost) if type(cost) is float else cost for cost in column]


def _marks(values: list[Any]) -> tuple[str, ...]:
    if set(map(type, values)) != {str}:
        raise MalformedError("marks hold a value of another type")
    return tuple(values)
