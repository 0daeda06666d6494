"""JSON text to Python values, in bounded memory.

Parsing makes an object of every value, so that 16 MiB of `[[],[],...` would take up half a gigabyte. What a text
will take up is therefore estimated first, at the speed of `bytes.count`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from spanvas.otlp.errors import MalformedError, TooManyError

fast_loads: Callable[[bytes], Any]
try:  # the functions bring orjson; elsewhere the standard library does
    from orjson import loads as fast_loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads as fast_loads

UNWEIGHED_BYTES: Final = 512 * 1024
"""A text that is no longer cannot make more values than memory has room for."""
MAX_PARSED_BYTES: Final = 40 * 1024 * 1024
WINDOW_BYTES: Final = 256 * 1024
WEIGHTS: Final = {b"{": 120, b"[": 72, b":": 60, b",": 16}
TEXT_WEIGHT: Final = 55
"""Bytes that CPython takes up for an object, a list, an entry, a further item and a short text. An attribute comes to
730 this way and to 490 in truth, since the names of fields are shared."""
MAX_ESCAPES: Final = 3_000_000
"""The tolerant parser takes a tenth of a microsecond for each."""
MAX_KEPT_DIGITS: Final = 4_000
"""Python refuses to read integers of more than 4,300 digits, since that takes quadratic time."""


def parse_json(body: bytes) -> Any:
    """Returns the value of a JSON text. Raises MalformedError, or TooManyError before it takes up memory."""
    if not body.strip():
        raise MalformedError("body", "is empty")
    if len(body) > UNWEIGHED_BYTES and parsed_bytes(body) > MAX_PARSED_BYTES:
        raise TooManyError("body", "holds too many values; send smaller requests")
    try:
        return fast_loads(body)
    except ValueError as error:
        if body.count(b"\\") > MAX_ESCAPES:
            raise MalformedError("body", f"is not JSON: {error}") from None
        return _parse_tolerantly(body)


def parsed_bytes(body: bytes, bound: int = MAX_PARSED_BYTES) -> int:
    """Estimates the memory of a JSON text's values, without the characters of its texts.

    Stops once it is past the bound.

    Structure is told from text by taking out escaped backslashes and quotes: every quote that is left begins or ends a
    text.
    """
    weight = start = 0
    is_outside = True
    while start < len(body) and weight <= bound:
        window = body[start : start + WINDOW_BYTES]
        if (len(window) - len(window.rstrip(b"\\"))) % 2:  # an escape is not torn apart
            window = window[:-1] or window
        start += len(window)
        window = window.replace(b"\\\\", b"").replace(b'\\"', b"")
        quotes = window.count(b'"')
        weight += quotes // 2 * TEXT_WEIGHT
        if weight > bound:
            break
        structure = b"".join(window.split(b'"')[not is_outside :: 2])
        weight += sum(structure.count(mark) * each for mark, each in WEIGHTS.items())
        is_outside ^= quotes % 2 == 1
    return weight


def _parse_tolerantly(body: bytes) -> Any:
    """Parses what the fast parser refuses: NaN, lone surrogates, endless integers, text that is not UTF-8."""
    try:
        return json.loads(body.decode("utf-8-sig", "replace"), parse_int=_number)
    except RecursionError:
        raise MalformedError("body", "is nested too deep") from None
    except ValueError as error:
        raise MalformedError("body", f"is not JSON: {error}") from None


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_KEPT_DIGITS else digits
