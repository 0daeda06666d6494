"""Values of attributes as they come: JSON texts, numbers of every type, empty values, and lists that were flattened.

A flattened list has an attribute for each field of each item: `llm.tools.0.tool.json_schema`. SDKs drop attributes
over their limit, so indices may be missing: items are sorted by their number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

loads: Callable[[str], Any]
try:  # the functions bring orjson; in executors the standard library does
    from orjson import loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads

PREVIEW_CHARACTERS: Final = 160
LONG_NUMBER: Final = b"0" * 17
"""Digits from which on orjson may round a number: it makes floats of integers over 64 bits."""
DIGITS_OR_NOT: Final = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))
MAX_NUMBER: Final = 2**53
_written: Final = json.JSONEncoder(ensure_ascii=False, default=str).encode
MAX_INDEX_DIGITS: Final = 6
MAX_DIGITS: Final = 40
"""Characters of a number that is written as text."""
MAX_NESTING: Final = 10


def parsed(value: Any) -> Any:
    """Returns a JSON text as its value; any other value, and text that is not JSON, as it is."""
    if not isinstance(value, str):
        return value
    start = value[:1]
    if start not in ("[", "{", '"'):
        start = value[:64].lstrip()[:1]
        if not start or start not in '[{"':
            return value
    try:
        return _exactly(value) if _has_long_number(value) else loads(value)
    except (ValueError, RecursionError):
        return _leniently(value)


def structured(value: Any) -> Any:
    """A JSON text of an object or a list as its value, also where it was encoded twice; anything else as it is.

    `"SELECT"` with its quotes stays a text: it is what a model wrote.
    """
    found = value
    while isinstance(found, str):
        inner = parsed(found)
        if inner is found or inner == found:
            return value
        found = inner
    return found


def _has_long_number(value: str) -> bool:
    """A number so long has two digits in a row at every 8th character: few texts are looked through whole."""
    if len(value) < len(LONG_NUMBER):
        return False
    sample = value[::8].encode("utf-8", "surrogatepass")
    if b"00" not in sample.translate(DIGITS_OR_NOT):
        return False
    return LONG_NUMBER in value.encode("utf-8", "surrogatepass").translate(DIGITS_OR_NOT)


def _exactly(value: str) -> Any:
    """Integers of any size as they are; of a number that no float holds, its digits as text."""
    return json.loads(value, parse_float=_exact_float)


def _exact_float(digits: str) -> Any:
    from decimal import Decimal

    number = float(digits)
    return number if Decimal(repr(number)) == Decimal(digits) else digits


def _leniently(value: str) -> Any:
    """`NaN` and lone surrogates are nothing that orjson takes."""
    try:
        return _exactly(value)
    except (ValueError, ArithmeticError, RecursionError):
        return value


def unquoted(value: Any) -> Any:
    """Returns a JSON text as its value, as `parsed`, also for numbers and `null`.

    Some senders write every value as JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return _exactly(value) if _has_long_number(value) else loads(value)
    except (ValueError, RecursionError):
        return value


def is_given(value: Any) -> bool:
    """Returns whether there is any value: an empty text says no more than its absence."""
    return value is not None and value != ""


def text(value: Any) -> str | None:
    """Returns the value if it is a text that is not empty; else None."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int | None:
    """Returns a count of tokens that is whole: an integer, also as a float, a `Decimal` or text (Micrometer writes all
    attributes as text).

    None, which is not 0, for anything else: truth values, parts of a token, and what is negative or no number that
    JSON can hold.
    """
    if type(value) is int:  # most counts are
        return value if 0 <= value < MAX_NUMBER else None
    if isinstance(value, str):
        if not value.isascii() or len(value) > MAX_DIGITS or "_" in value:
            return None
    elif isinstance(value, bool) or not (
        isinstance(value, (int, float)) or hasattr(value, "to_integral_value")  # a `Decimal`
    ):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return int(found) if 0 <= found < MAX_NUMBER and found.is_integer() else None


def number(value: Any) -> float | None:
    """A number, or a text that JSON would read as one; None for anything else, and for what is not finite.

    Python's own reading of a text takes `1_000` and the digits of other scripts, which no sender means.
    """
    if isinstance(value, str):
        if not value.isascii() or len(value) > MAX_DIGITS or "_" in value:
            return None
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def at(value: Any, *path: str) -> Any:
    """Returns what is at a path in nested objects (JSON texts among them), or None."""
    for name in path:
        value = parsed(value)
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def first_of(mapping: Mapping[Any, Any], *names: str) -> Any:
    """Returns the value of the first name that is there and not None; else None."""
    for name in names:
        value = mapping.get(name)
        if value is not None:
            return value
    return None


def as_text(value: Any) -> str:
    """Returns a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        # most are numbers, which the encoder is slow to begin with
        return str(value) if type(value) is int else _written(value)
    except (TypeError, ValueError, RecursionError):
        return str(type(value).__name__)


def items_of(attributes: Mapping[str, Any], prefix: str) -> list[dict[str, Any]] | None:
    """Returns each item's attributes by the rest of their names, in the order of the indices; None where there is none.

    `prefix` ends with a dot: `llm.tools.` gives `[{"tool.json_schema": ...}]`.
    """
    found = numbered_items_of(attributes, prefix)
    return None if found is None else list(found.values())


def numbered_items_of(
    attributes: Mapping[str, Any], prefix: str
) -> dict[int, dict[str, Any]] | None:
    """As `items_of`, by their index."""
    names = [name for name in attributes if name.startswith(prefix)]
    if not names:
        return None
    size = len(prefix)
    found: dict[int, dict[str, Any]] = {}
    for name in names:
        index, _, rest = name[size:].partition(".")
        if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS:
            number = int(index)
            item = found.get(number)
            if item is None:
                item = found[number] = {}
            item[rest] = attributes[name]
    return {number: found[number] for number in sorted(found)} if found else None


def nested(item: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Undoes the flattening of an object: `{"calls.0.id": 1}` is `{"calls": [{"id": 1}]}`.

    A name that is a field and an object, too, keeps its dots.
    """
    found: dict[str, Any] = {}
    inner: dict[str, dict[str, Any]] = {}
    for name, value in item.items():
        first, dot, rest = name.partition(".")
        if dot and first and rest and depth < MAX_NESTING:
            inner.setdefault(first, {})[rest] = value
        else:
            found[name] = value
    for first, fields in inner.items():
        if first in found:
            found |= {f"{first}.{rest}": value for rest, value in fields.items()}
        else:
            found[first] = _listed(nested(fields, depth + 1))
    return found


def _listed(found: dict[str, Any]) -> Any:
    """A list where all names are indices."""
    if all(name.isdecimal() and len(name) <= MAX_INDEX_DIGITS for name in found):
        return [found[name] for name in sorted(found, key=int)]
    return found


def part_of_names(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    """Returns the attributes below a prefix by the rest of their names; None where there is none."""
    size = len(prefix)
    found = {name[size:]: value for name, value in attributes.items() if name.startswith(prefix)}
    return found or None


def shortened(text: str | None, limit: int = PREVIEW_CHARACTERS) -> str | None:
    """Returns one line of at most `limit` characters."""
    if not text:
        return None
    if len(text) <= limit and " " not in text and text.isprintable():
        return text  # one word, as most names are
    line = " ".join(text[: limit * 4].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
