"""Fields of JSON messages as the types that they must have, and AnyValue."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from math import inf
from typing import Any, Final

from spanvas.otlp.errors import MalformedError
from spanvas.otlp.intake import Intake

INT64: Final = range(-(2**63), 2**63)
MAX_DIGITS: Final = 40


def object_of(value: Any, field: str) -> Mapping[str, Any]:
    """Returns a message's object; absent and null are an empty message. Raises MalformedError."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedError(field, "is not an object")
    return value


def list_of(value: Any, field: str) -> list[Any]:
    """Returns a repeated field's values; absent and null are an empty list. Raises MalformedError."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(field, "is not a list")
    return value


def text_of(value: Any, field: str) -> str:
    """Returns a string field's value; absent and null are an empty text. Raises MalformedError."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise MalformedError(field, "is not text")
    return value


def number_of(value: Any, field: str) -> int:
    """Returns a whole number, which may be written as a number or as text. Raises MalformedError."""
    number = whole(value)
    if number is None:
        raise MalformedError(field, "is not a whole number")
    return number


def whole(value: Any) -> int | None:
    """Returns a whole number; None for anything else. `1.0` is one, and so is `"1"`."""
    if value is None:
        return 0
    if isinstance(value, str):
        if len(value) > MAX_DIGITS or not value.isascii():
            return None
        try:
            return int(value)
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def any_value(value: Any, intake: Intake, depth: int) -> Any:
    """Returns the value of an AnyValue; None where it is empty. The first of its fields that is known counts."""
    message = object_of(value, "value")
    for name, read in READERS.items():
        if name in message:
            found = message[name]
            if found is not None:
                return read(found, intake, depth)
    for name in message.keys() - READERS.keys():
        intake.note_unknown(name)
    return None


def _text(value: Any, intake: Intake, depth: int) -> str:
    return text_of(value, "stringValue")


def _bool(value: Any, intake: Intake, depth: int) -> bool:
    if not isinstance(value, bool):
        raise MalformedError("boolValue", "is neither true nor false")
    return value


def _int(value: Any, intake: Intake, depth: int) -> int | str:
    """Returns an integer; one that no 64 bits hold stays the text that its sender wrote."""
    number = whole(value)
    if number is not None and number in INT64:
        return number
    if isinstance(value, str) and value.lstrip("-+").isdecimal():
        return value
    if number is not None:
        return str(number)
    raise MalformedError("intValue", "is not a whole number")


def _double(value: Any, intake: Intake, depth: int) -> float:
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str) and len(value) <= MAX_DIGITS:
            return float(value)
    except OverflowError:
        return inf if value > 0 else -inf
    except ValueError:
        pass
    raise MalformedError("doubleValue", "is not a number")


def _bytes(value: Any, intake: Intake, depth: int) -> bytes:
    """Decodes base64 with or without padding, in either alphabet (protobuf.dev, "ProtoJSON Format")."""
    text = text_of(value, "bytesValue").rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise MalformedError("bytesValue", "is not base64") from None


def _array(value: Any, intake: Intake, depth: int) -> Any:
    if depth > intake.limits.depth:
        return intake.too_deep([])
    items = list_of(object_of(value, "arrayValue").get("values"), "values")
    intake.count_values(len(items))
    return [any_value(item, intake, depth + 1) for item in items]


def _mapping(value: Any, intake: Intake, depth: int) -> Any:
    if depth > intake.limits.depth:
        return intake.too_deep({})
    items = list_of(object_of(value, "kvlistValue").get("values"), "values")
    intake.count_values(len(items))
    mapping = {}
    for item in items:
        entry = object_of(item, "values")
        key = text_of(entry.get("key"), "key")
        mapping[key] = any_value(entry.get("value"), intake, depth + 1)
    return mapping


READERS: Final = {
    "stringValue": _text,
    "boolValue": _bool,
    "intValue": _int,
    "doubleValue": _double,
    "arrayValue": _array,
    "kvlistValue": _mapping,
    "bytesValue": _bytes,
    "string_value": _text,
    "bool_value": _bool,
    "int_value": _int,
    "double_value": _double,
    "array_value": _array,
    "kvlist_value": _mapping,
    "bytes_value": _bytes,
}
"""By the fields' JSON names and their original ones."""
