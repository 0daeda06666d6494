"""Objects of client libraries as what JSON can hold: each by its own account of its fields."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

MAX_DEPTH: Final = 40
ACCOUNTS: Final = ("model_dump", "to_dict", "dict")
"""Methods by which objects of client libraries give their fields: Pydantic's, Google's and Haystack's, Pydantic's of
old."""
SCALARS: Final = (str, int, float, bool, type(None))


def plain(value: Any, depth: int = 0) -> Any:
    """Returns a value as dicts, lists, texts and numbers.

    Bytes become base64, enumerations their value, times ISO 8601, a `Decimal` its number where a float holds that.
    Of objects without an account of their fields the public ones are taken; what has none is described by `str`.
    """
    if type(value) in SCALARS:
        return value
    if isinstance(value, Enum):
        return plain(value.value, depth)
    if depth > MAX_DEPTH:
        return type(value).__name__
    if isinstance(value, Mapping):
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    named = getattr(value, "_asdict", None)
    if isinstance(value, tuple) and callable(named):
        return plain(named(), depth + 1)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, SCALARS):
        return value
    fields = None if isinstance(value, type) else (fields_of(value, *ACCOUNTS) or _public(value))
    if fields is not None:
        return plain(fields, depth + 1)
    try:
        return described(value)
    except Exception:  # noqa: BLE001 - a method of somebody else's
        return type(value).__name__


def fields_of(value: Any, *accounts: str) -> Mapping[str, Any] | None:
    """Returns the fields of a model, a dataclass or an attrs class, or what one of the methods `accounts` gives; None
    where the object gives no account of them."""
    for name in accounts or ("model_dump",):
        account = getattr(value, name, None)
        if not callable(account):
            continue
        fields = _called(account, name)
        if isinstance(fields, Mapping):
            return fields
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        attributes = getattr(type(value), "__attrs_attrs__", None)
        names = None if attributes is None else [attribute.name for attribute in attributes]
    return None if names is None else {name: getattr(value, name, None) for name in names}


def _called(account: Any, name: str) -> Any:
    try:
        # a model that holds what its type does not say would warn on the function's standard error
        return account(warnings=False) if name == "model_dump" else account()
    except Exception:  # noqa: BLE001 - code of others
        try:
            return account()
        except Exception:  # noqa: BLE001
            return None


def _public(value: Any) -> dict[str, Any] | None:
    """The public attributes of a simple object; None for modules, functions and the like, and for what has none."""
    if callable(value) or isinstance(value, BaseException):
        return None
    own = getattr(value, "__dict__", None)
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
