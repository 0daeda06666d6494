"""Objects of client libraries as what JSON can hold: each by its own account of its fields."""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, Final

MAX_DEPTH: Final = 40
MAX_OBJECTS: Final = 200_000
"""Ten thousand messages of ten parts each, and as much again."""
ACCOUNTS: Final = ("model_dump", "to_dict", "dict")
"""Methods by which objects of client libraries give their fields: Pydantic's, Google's and Haystack's, Pydantic's of
old."""
OPTIONS: Final[tuple[dict[str, bool], ...]] = (
    {"warnings": False, "serialize_as_any": True},
    {"warnings": False},
    {},
)
"""Of Pydantic's `model_dump`, of a release from 2.7 on first. A model that holds what its type does not say would warn
on the function's standard error, and leave out the fields of a subclass, as the calls of an `AIMessage` in a
`list[BaseMessage]`."""
SCALARS: Final = (str, int, float, bool, type(None))


def plain(value: Any) -> Any:
    """Returns a value as dicts, lists, texts and numbers.

    Bytes become base64, enumerations their value, times ISO 8601, a `Decimal` its number where a float holds that.
    Of objects without an account of their fields the public ones are taken; what has none is described by `str`. An
    object that holds itself, and what is more than `MAX_OBJECTS` or deeper than `MAX_DEPTH`, is the name of its type.
    """
    return _Plain().of(value)


class _Walk:
    """What is open on the way to a value, and how many objects may still be opened. Objects that hold each other
    twice double with every step: without an end the function would stand still."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._left = MAX_OBJECTS

    def enters(self, value: Any) -> bool:
        if self._left <= 0 or len(self._open) > MAX_DEPTH or id(value) in self._open:
            return False
        self._left -= 1
        self._open.add(id(value))
        return True

    def leaves(self, value: Any) -> None:
        self._open.discard(id(value))


class _Plain(_Walk):
    def of(self, value: Any) -> Any:
        kind = type(value)
        if kind in SCALARS:
            return value
        if kind is dict or kind is list:  # as most are
            return self._plainly(value)
        if isinstance(value, Enum):
            return self.of(value.value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return base64.b64encode(value).decode()
        if not self.enters(value):
            return kind.__name__
        found = self._opened(value)
        self.leaves(value)
        return found

    def _plainly(self, value: Any) -> Any:
        if not self.enters(value):
            return type(value).__name__
        of = self.of
        found: Any
        if type(value) is list:
            found = [item if type(item) is str else of(item) for item in value]
        else:
            found = {
                key if type(key) is str else _key(key): item if type(item) is str else of(item)
                for key, item in value.items()
            }
        self.leaves(value)
        return found

    def _opened(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {_key(key): self.of(item) for key, item in value.items()}
        named = attribute_of(value, "_asdict")
        if isinstance(value, tuple) and callable(named):
            return self.of(named())
        if isinstance(value, (list, tuple, set, frozenset, deque)):
            return [self.of(item) for item in value]
        if isinstance(value, SCALARS):
            return value
        fields = (
            None if isinstance(value, type) else (fields_of(value, *ACCOUNTS) or _public(value))
        )
        if fields is not None:
            return self.of(fields)
        try:
            return described(value)
        except Exception:  # noqa: BLE001 - a method of somebody else's
            return type(value).__name__


def attribute_of(value: Any, name: str) -> Any:
    """Returns an attribute of somebody else's object; None where it has none or raises."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - code of others
        return None


def fields_of(value: Any, *accounts: str) -> Mapping[str, Any] | None:
    """Returns the fields of a model, a dataclass or an attrs class, or what one of the methods `accounts` gives; None
    where the object gives no account of them."""
    for name in accounts or ("model_dump",):
        account = attribute_of(value, name)
        if not callable(account):
            continue
        fields = _called(account, name)
        if isinstance(fields, Mapping):
            return fields
    names = attribute_of(value, "__dataclass_fields__")
    if names is None:
        attributes = getattr(type(value), "__attrs_attrs__", None)
        names = None if attributes is None else [attribute.name for attribute in attributes]
    return None if names is None else {name: attribute_of(value, name) for name in names}


def _called(account: Any, name: str) -> Any:
    for options in OPTIONS if name == "model_dump" else ({},):
        with suppress(Exception):  # code of others
            return account(**options)
    return None


def _public(value: Any) -> dict[str, Any] | None:
    """The public attributes of a simple object; None for modules, functions and the like, and for what has none."""
    if callable(value) or isinstance(value, BaseException):
        return None
    own = attribute_of(value, "__dict__")
    if not isinstance(own, dict):
        return None
    return {name: item for name, item in own.items() if not name.startswith("_")} or None


def described(value: Any) -> Any:
    """Returns what JSON has for a number, a time or an enumeration, and the text of anything else."""
    if isinstance(value, Enum):
        return value.value
    whole = getattr(value, "to_integral_value", None)
    if callable(whole):
        try:
            if whole() == value:
                return int(value)
            return float(value) if type(value)(repr(float(value))) == value else str(value)
        except (ArithmeticError, ValueError):  # Infinity, NaN
            return str(value)
    moment = getattr(value, "isoformat", None)
    if callable(moment):
        return str(moment())
    return str(value)


def _key(key: Any) -> str:
    return str(key.value if isinstance(key, Enum) else key)
