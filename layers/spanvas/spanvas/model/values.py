"""Attribute values as JSON can hold them.

What JSON has no form for is kept as an object with one key that says what it was, never dropped: bytes, numbers
that are not finite or too long, text with lone surrogates, values of foreign types, nesting past a limit.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

MAX_DEPTH: Final = 20
INT_LIMIT: Final = 2**63


def jsonable(value: Any, depth: int = 0) -> Any:
    """The value itself where JSON can hold it, else marked: `{"$bytes": base64}`, `{"$float": "NaN"}`,
    `{"$int": digits}`, `{"$text": escaped}`, `{"$repr": type}`, `{"$deep": type}`."""
    if type(value) is str and value.isascii():  # most values are
        return value
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value) if -INT_LIMIT <= value < INT_LIMIT else {"$int": _digits(value)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$float": repr(float(value))}
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(value).decode()}
    if depth >= MAX_DEPTH:
        return {"$deep": type(value).__name__}
    if isinstance(value, Mapping):
        return {
            (key if type(key) is str and key.isascii() else _key(key)): (
                item if type(item) is str and item.isascii() else jsonable(item, depth + 1)
            )
            for key, item in value.items()
        }
    if isinstance(value, (Sequence, set, frozenset)):
        return [jsonable(item, depth + 1) for item in value]
    return {"$repr": type(value).__name__}


def encodable(text: str) -> str:
    """Returns the text without lone surrogates: protobuf and DynamoDB refuse them, and the batch with them."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _text(value: str) -> Any:
    if value.isascii():
        return str(value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return {"$text": value.encode("utf-8", "backslashreplace").decode()}
    return str(value)


def _key(key: object) -> str:
    text = key if isinstance(key, str) else str(key)
    return text.encode("utf-8", "backslashreplace").decode()


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # longer than sys.get_int_max_str_digits()
        return hex(value)
