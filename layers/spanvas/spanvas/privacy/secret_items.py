"""What the name that something stands under makes a secret, whatever it looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from spanvas.privacy.keys import KEY_DIGITS, is_secret_key, is_secret_number_key
from spanvas.privacy.schemas import is_schema

HIDDEN: Final = re.compile(r"\[REDACTED:[a-z0-9_]+\]")
TYPED_VALUES: Final = frozenset(
    {"stringValue", "intValue", "doubleValue", "bytesValue", "arrayValue", "kvlistValue", "longValue", "VarCharValue"}
)  # fmt: skip
"""How OTLP and the data APIs of AWS write a value with its type."""


def is_secret_item(name: str, item: Any) -> bool:
    """Whether a value under a name is a secret. The JSON schema of a tool may have a parameter called `password`: the
    schema is no secret, and what it says of the value is looked at by itself."""
    if item is None or isinstance(item, bool) or item in ("", b"", (), [], {}):
        return False
    if not is_secret_key(name):
        return False
    if isinstance(item, (int, float)):
        return is_secret_number_key(name) or _has_key_digits(item)
    if isinstance(item, str):
        return not HIDDEN.fullmatch(item)
    return not _is_hidden(item) and not is_schema(item)


def _has_key_digits(number: float) -> bool:
    """Of a whole number without writing it out, which Python refuses for thousands of digits."""
    if isinstance(number, int):
        return not -(10 ** (KEY_DIGITS - 1)) < number < 10 ** (KEY_DIGITS - 1)
    return len(str(number)) >= KEY_DIGITS


def _is_hidden(item: Any) -> bool:
    """Whether it is what `hidden_in_shape` leaves."""
    return _is_typed(item) and all(
        isinstance(value, str) and HIDDEN.fullmatch(value) for value in item.values()
    )


def _is_typed(item: Any) -> bool:
    return isinstance(item, Mapping) and len(item) == 1 and TYPED_VALUES.issuperset(item)


def hidden_in_shape(item: Any, marker: str) -> Any:
    """The marker in the place of a value; of a value that is written with its type, as a text of OTLP."""
    if not _is_typed(item):
        return marker
    return {("VarCharValue" if "VarCharValue" in item else "stringValue"): marker}
