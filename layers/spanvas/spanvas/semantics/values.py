"""Values of attributes as they come: JSON texts, numbers of every type, empty values, and lists that were flattened.

A flattened list has an attribute for each field of each item: `llm.tools.0.tool.json_schema`. SDKs drop attributes
over their limit, so indices may be missing: items are sorted by their number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

loads: Callable[[str], Any]
try:  # the functions bring orjson; in executors the standard library does
    from orjson import loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads

MAX_NUMBER: Final = 2**53
MAX_INDEX_DIGITS: Final = 6


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
        return loads(value)
    except (ValueError, RecursionError):
        return _leniently(value)


def _leniently(value: str) -> Any:
    """`NaN` and lone surrogates are nothing that orjson takes."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def unquoted(value: Any) -> Any:
    """Returns a JSON text as its value, as `parsed`, also for numbers and `null`.

    Some senders write every value as JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return loads(value)
    except (ValueError, RecursionError):
        return value


def is_given(value: Any) -> bool:
    """Returns whether there is any value: an empty text says no more than its absence."""
    return value is not None and value != ""


def text(value: Any) -> str | None:
    """Returns the value if it is a text that is not empty; else None."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int | None:
    """Returns a count of tokens as a whole number, negative ones as 0.

    None for what is no number that JSON can hold.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not -MAX_NUMBER < value < MAX_NUMBER:  # neither for NaN
        return None
    return max(int(value), 0)


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
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return str(type(value).__name__)


def items_of(attributes: Mapping[str, Any], prefix: str) -> list[dict[str, Any]] | None:
    """Returns each item's attributes by the rest of their names, in the order of the indices; None where there is none.

    `prefix` ends with a dot: `llm.tools.` gives `[{"tool.json_schema": ...}]`.
    """
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
    return [found[number] for number in sorted(found)] if found else None


def part_of_names(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    """Returns the attributes below a prefix by the rest of their names; None where there is none."""
    size = len(prefix)
    found = {name[size:]: value for name, value in attributes.items() if name.startswith(prefix)}
    return found or None
