"""From stored values to our types, whichever version has written them: the one place where readers are tolerant.

What this version does not know is passed over: unknown members of objects, positions past the end of tuples. What is
not there has the default of its field. A value of another type than its field's makes the item unreadable, since the
reader would have to guess. See docs/adr/0020.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, partial
from types import NoneType, TracebackType, UnionType
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from spanvas.model.errors import NewerItemError, UnreadableItem, UnreadableItemError

fast_loads: Callable[[Any], Any]
try:  # the functions bring orjson; in executors the standard library does
    from orjson import loads as fast_loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads as fast_loads

VERSION: Final = 1
"""Of the form in which items are written. An item says another one as `v`; one that says none has this first one."""

LATEST: Final = 10**20
"""Unix nanoseconds are answered in at most twenty digits."""

T = TypeVar("T")
Converter = Callable[[Any], Any]
Report = Callable[[UnreadableItem], None]

logger = logging.getLogger("spanvas")


class MalformedError(ValueError):
    """A stored value does not have the type of its field. The message names both, never the value."""


class Reading:
    """One attempt to decode an item: `with Reading(pk, sk) as reading`.

    Whatever goes wrong inside is raised as UnreadableItemError. Decoders hand the item's `v` to `saw`.
    """

    def __init__(self, pk: str = "", sk: str = "") -> None:
        self.pk = pk
        self.sk = sk
        self.version = VERSION

    @property
    def is_newer(self) -> bool:
        """Whether the item was written by a newer version than this one."""
        return self.version > VERSION

    def saw(self, version: Any) -> None:
        """Notes the version that the item says it has; None where it says none. Raises MalformedError."""
        if version is None:
            return
        if type(version) is not int or version < 1:
            raise MalformedError("v is no version")
        self.version = max(self.version, version)

    def __enter__(self) -> Reading:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, UnreadableItemError):
            return
        # Messages of foreign errors may quote what they could not read.
        reason = str(error) if isinstance(error, MalformedError) else type(error).__name__
        if self.is_newer:
            reason = f"written in version {self.version}: {reason}"
        error_type = NewerItemError if self.is_newer else UnreadableItemError
        raise error_type(UnreadableItem(self.pk, self.sk, reason, self.is_newer)) from None


def attempted(decode: Callable[..., T], *arguments: Any) -> T | UnreadableItem:
    """Returns what a decoder returns, or the item that it could not decode: one of them does not stop the others."""
    try:
        return decode(*arguments)
    except UnreadableItemError as error:
        return error.item


def log_unreadable(item: UnreadableItem) -> None:
    """Logs an item that cannot be decoded: the default of `on_unreadable`."""
    logger.warning("item cannot be read: %s %s: %s", item.pk, item.sk, item.reason)


def json_value(text: Any) -> Any:
    """Returns the value of a JSON text that the standard library has written, with what orjson refuses of it: halves of
    surrogate pairs, NaN. Raises what the standard library raises."""
    try:
        return fast_loads(text)
    except ValueError:
        return json.loads(text)


def check_times(*columns: Sequence[int]) -> None:
    """Raises MalformedError for a time that is before 1970, or has more digits than the API's responses."""
    for times in columns:
        if times and not 0 <= min(times) <= max(times) < LATEST:
            raise MalformedError("a time lies outside of what can be answered")


def known_or(value: Any, known: Sequence[str] | frozenset[str], default: str) -> Any:
    """Returns the value; the default if it is None or a word that this version does not know."""
    return default if value is None or (type(value) is str and value not in known) else value


def padded(values: Any, length: int) -> list[Any]:
    """Returns a stored tuple cut or filled with None to `length` values. Raises MalformedError."""
    if type(values) is not list and type(values) is not tuple:
        raise MalformedError("a tuple is no list")
    return [*values[:length], *[None] * (length - len(values))]


def built(cls: type[T], values: Any, required: Sequence[str] = ()) -> T:
    """Returns a dataclass or named tuple made of an object (fields by name) or a list (fields by position).

    A value of None where the field does not allow None counts as missing: the field's default is taken, or
    MalformedError raised where the field is `required`.
    """
    form = _form_of(cls)  # type: ignore[arg-type]
    given: Iterable[tuple[str, Any]]
    if isinstance(values, Mapping):
        for name in required:
            if values.get(name) is None:
                raise MalformedError(f"{name} is missing")
        given = values.items()
    else:
        given = zip(form.places, padded(values, len(form.places)), strict=True)
    readers, places = form.fields, form.places
    arguments = form.defaults.copy()
    for name, value in given:
        if value is not None and (place := places.get(name)) is not None:
            index, exact = place
            is_exact = value.__class__ is exact
            arguments[index] = value if is_exact else _converted(readers[index], value)
    for index, make_default in form.to_make:
        if arguments[index] is None:
            arguments[index] = make_default()
    made: T = form.make(arguments)
    return made


class _Form(NamedTuple):
    """The fields of a class: the place and the exact type of each by its name, and their defaults.

    `make` makes an object of a value for each field. `to_make`: places of the fields whose default is made anew for
    each object.
    """

    make: Callable[[list[Any]], Any]
    fields: tuple[FieldReader, ...]
    places: dict[str, tuple[int, type[Any] | None]]
    defaults: list[Any]
    to_make: list[tuple[int, Callable[[], Any]]]


@cache
def _form_of(cls: type[Any]) -> _Form:
    readers = fields_of(cls)  # type: ignore[arg-type]
    shared = _shared_defaults(cls)
    return _Form(
        _maker_of(cls),
        readers,
        {field.name: (index, field.exact) for index, field in enumerate(readers)},
        [shared.get(field.name) for field in readers],
        [(index, field.default) for index, field in enumerate(readers) if field.name not in shared],
    )


def _maker_of(cls: type[Any]) -> Callable[[list[Any]], Any]:
    """Returns what makes an object of a value for each field.

    A frozen dataclass sets its fields one by one by the name of each; by their slots it takes half the time.
    """
    if not is_dataclass(cls):
        return partial(tuple.__new__, cls)
    if "__slots__" not in vars(cls) or hasattr(cls, "__post_init__"):
        return lambda values: cls(*values)
    slots = [getattr(cls, field.name).__set__ for field in fields(cls)]

    def make(values: list[Any]) -> Any:
        made = object.__new__(cls)
        for fill, value in zip(slots, values, strict=True):
            fill(made, value)
        return made

    return make


class FieldReader(NamedTuple):
    """How a field is read: a value of the type `exact` is taken as it is, any other one is converted."""

    name: str
    exact: type[Any] | None
    convert: Converter
    default: Callable[[], Any]


def _converted(field: FieldReader, value: Any) -> Any:
    try:
        return field.convert(value)
    except MalformedError as error:
        raise MalformedError(f"{field.name}: {error}") from None


@cache
def fields_of(cls: type[Any]) -> tuple[FieldReader, ...]:
    """Returns how each field of a dataclass or named tuple is read, in their order."""
    hints = get_type_hints(cls)
    return tuple(
        FieldReader(
            name, _exact(hints[name]), _converter(hints[name]), default or _zero(hints[name])
        )
        for name, default in _defaults(cls).items()
    )


def _shared_defaults(cls: type[Any]) -> Mapping[str, Any]:
    """Returns the defaults that all objects of a class can have in common, by field."""
    if not is_dataclass(cls):
        return cls._field_defaults  # type: ignore[no-any-return]
    given = fields(cls)
    return {field.name: field.default for field in given if field.default is not MISSING}


def _defaults(cls: type[Any]) -> dict[str, Callable[[], Any] | None]:
    """Returns what makes the default of each field, in their order; None where it has none."""
    known = {name: _always(value) for name, value in _shared_defaults(cls).items()}
    if not is_dataclass(cls):
        return {name: known.get(name) for name in cls._fields}
    given = fields(cls)
    makers = {
        field.name: field.default_factory for field in given if field.default_factory is not MISSING
    }
    return {field.name: known.get(field.name) or makers.get(field.name) for field in given}


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


def _zero(hint: Any) -> Callable[[], Any]:
    """The default of a field that has none."""
    if hint in (str, int):
        return hint  # type: ignore[no-any-return]
    return _always(None)


def _exact(hint: Any) -> type[Any] | None:
    """Returns the type whose values are taken as they are; None where each is looked at."""
    if get_origin(hint) is Mapping and get_args(hint)[1] is Any:
        return dict
    inner = [argument for argument in get_args(hint) or (hint,) if argument is not NoneType]
    return inner[0] if len(inner) == 1 and inner[0] in (str, int, bool) else None


def _converter(hint: Any) -> Converter:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return _as_it_is
    if origin in (Union, UnionType):
        [inner] = [argument for argument in arguments if argument is not NoneType]
        return _converter(inner)
    if origin is tuple:
        return _list_of(_converter(arguments[0]))
    if origin is not None:  # Mapping[str, ...]
        return _mapping_of(_converter(arguments[1]))
    if is_dataclass(hint) or hasattr(hint, "_fields"):
        return lambda value: value if type(value) is hint else built(hint, value)
    return _exactly(hint)


def _as_it_is(value: Any) -> Any:
    return value


def whole(value: float) -> int:
    """Returns a float as an integer.

    Orjson reads integers of more than 64 bits as floats; smaller ones raise MalformedError.
    """
    if abs(value) < 2**63:
        raise MalformedError("float where int belongs")
    return int(value)


def _exactly(cls: type[Any]) -> Converter:
    def convert(value: Any) -> Any:
        if type(value) is cls:
            return value
        if cls is int and type(value) is float:
            return whole(value)
        raise MalformedError(f"{type(value).__name__} where {cls.__name__} belongs")

    return convert


def _list_of(convert: Converter) -> Converter:
    def convert_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise MalformedError(f"{type(value).__name__} where a list belongs")
        return tuple(map(convert, value))

    return convert_all


def _mapping_of(convert: Converter) -> Converter:
    def convert_all(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise MalformedError(f"{type(value).__name__} where an object belongs")
        return value if convert is _as_it_is else {k: convert(v) for k, v in value.items()}

    return convert_all
