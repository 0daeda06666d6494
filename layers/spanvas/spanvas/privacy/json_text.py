"""JSON that loses nothing when it is decoded: whatever is kept of a text has been scanned.

A decoder that keeps the last of two equal names, or that gives up on a long number, hides a part of the text from the
scan. Here every pair of an object is kept, and a text that is JSON only in part is split into its documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from spanvas.lazy_pattern import LazyPattern

STARTS: Final = frozenset('{["')
BLANKS: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff\0\u200b"
)
"""Blanks (`str.isspace`), and the marks that programs put before JSON: byte order marks and record separators."""

MAX_DIGITS: Final = 4_000
"""Python makes no number of more than 4,300."""
MAX_FAILED: Final = 64
"""Documents that do not decode, in one text; and one more for each of so many characters."""
PER_FAILED: Final = 1_000
MOST_LOOKS: Final = 8
"""How often all of a text may be read for documents that do not decode: each may go on to its end."""

INSIDE: Final = r"\{\s*\"[^\"\n]{0,200}\"\s*:|\[\s*[{\[]"
"""How a document begins in the middle of a line."""
START: Final = LazyPattern(r"(?m)^[ \t]*(?=[{\[])|(?=" + INSIDE + ")")
HELD: Final = LazyPattern(r"(?m)^[ \t]*[{\[]|" + INSIDE)
BETWEEN: Final = LazyPattern(r"[\s,;\x1e\0]*")
ESCAPE: Final = LazyPattern(r"\\+(?:u([0-9A-Fa-f]{4})|/)")
QUOTED: Final = frozenset("\"'\\")
PRINTABLE: Final = (range(0x20, 0x7F), range(0xA0, 0xD800), range(0xE000, 0x10000))

fast_loads: Callable[[str], Any]
try:  # the functions bring orjson; elsewhere the standard library does
    from orjson import loads as fast_loads
except ImportError:  # pragma: no cover - the tests have orjson
    from json import loads as fast_loads


class RepeatedNames(dict[str, Any]):
    """An object in which a name stands twice: `items` gives every pair, and it is encoded with every pair."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        self.pairs = list(pairs)
        super().__init__(self.pairs)

    def items(self) -> Any:
        """Returns all pairs, with repeated names, in their order."""
        return self.pairs


class Document(NamedTuple):
    """A part of a text, and its value where it is JSON."""

    text: str
    value: Any = None
    is_json: bool = False


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns an object of the parser's pairs: a `RepeatedNames` where a name is there twice."""
    made = dict(pairs)
    return made if len(made) == len(pairs) else RepeatedNames(pairs)


def _whole_number(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


DECODER: Final = json.JSONDecoder(object_pairs_hook=object_of, strict=False)
LONG_NUMBERS: Final = json.JSONDecoder(
    object_pairs_hook=object_of, strict=False, parse_int=_whole_number
)


def looks_like_json(text: str) -> bool:
    """Returns whether the first character that is no blank can begin a JSON object, list or string."""
    first = text[:1]
    if first in STARTS or first.isalnum():
        return first in STARTS
    return (text[:64].lstrip(BLANKS) or text.lstrip(BLANKS))[:1] in STARTS


def holds_json(text: str) -> bool:
    """Returns whether JSON may stand somewhere in a text: behind a word, or in a block of code."""
    return ("{" in text or "[" in text) and '"' in text and HELD.search(text) is not None


def decoded(text: str) -> Any:
    """Returns the value of a JSON text, with every pair of its objects.

    Raises ValueError for other texts, RecursionError for one that is nested too deep.
    """
    text = text.strip(BLANKS)
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a number with too many digits
        return LONG_NUMBERS.decode(text)


def quickly_decoded(text: str) -> Any:
    """Decodes faster than `decoded`, for a search of texts and names alone.

    Numbers that are too long are changed, and of equal names the last is kept; `may_repeat_names` says whether there
    are any.
    """
    try:
        return fast_loads(text)
    except ValueError:  # NaN and lone surrogates are JSON to the standard library alone
        return decoded(text)


def may_repeat_names(text: str, value: Any, strings: int) -> bool:
    """Returns whether an object of a JSON text has one name twice, of which a fast decoder keeps one.

    `strings`: how many names and texts the decoded value has, without those inside of its texts. Each string of a JSON
    text has two quotes, and more only for escaped quotes in it: where the text has as many quotes as the decoded value,
    nothing was lost. A quote that is written as a number would be missing.
    """
    quotes = text.count('"')
    if quotes == 2 * strings:
        return False
    if quotes == _quotes_in(value) and "u0022" not in text:
        return False
    return has_repeated_names(decoded(text))


def _quotes_in(value: Any) -> int:
    """Returns how many quotes a value has when it is encoded."""
    quotes, left = 0, [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            quotes += 2 + item.count('"')
        elif isinstance(item, dict):
            left += item
            left += item.values()
        elif isinstance(item, list):
            left += item
    return quotes


def has_repeated_names(value: Any) -> bool:
    """Returns whether an object in a parsed value has a name twice, at any depth."""
    if isinstance(value, RepeatedNames):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return isinstance(value, (dict, list)) and any(map(has_repeated_names, inner))


def documents(text: str) -> list[Document]:
    """Splits a text that is JSON in part into its documents and the texts between them.

    Empty where it has no document: JSON lines, and JSON with text around it, have some. Only objects and lists count.
    """
    found: list[Document] = []
    at = behind = 0
    failed, most_failed = 0, MAX_FAILED + len(text) // PER_FAILED
    looked, most_looked = 0, MOST_LOOKS * len(text)
    while failed < most_failed and looked <= most_looked:
        blanks = BETWEEN.match(text, behind)
        start = blanks.end() if blanks else behind
        if text[start : start + 1] not in {"{", "["}:
            next_start = START.search(text, start)
            if next_start is None:
                break
            start = next_start.end()
        try:
            value, end = LONG_NUMBERS.raw_decode(text, start)
        except json.JSONDecodeError as error:
            failed, behind = failed + 1, start + 1
            is_open = error.msg.startswith("Unterminated")
            looked += (len(text) if is_open else error.pos) - start
            continue
        found += [Document(text[at:start]), Document(text[start:end], value, is_json=True)]
        at = behind = end
    return [*found, Document(text[at:])] if found else []


def encoded(value: Any) -> str:
    """Returns JSON that any decoder reads: numbers that JSON lacks become texts."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return encoded(_without_odd_numbers(value))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate can be written as an escape alone
        return json.dumps(value, separators=(",", ":"))
    return text


def _without_odd_numbers(value: Any) -> Any:
    if isinstance(value, float) and not abs(value) < float("inf"):
        return str(value)
    if isinstance(value, RepeatedNames):
        return RepeatedNames((name, _without_odd_numbers(item)) for name, item in value.items())
    if isinstance(value, Mapping):
        return {name: _without_odd_numbers(item) for name, item in value.items()}
    return [_without_odd_numbers(item) for item in value] if isinstance(value, list) else value


def without_escapes(text: str) -> str:
    """Returns what a text with JSON's escapes says; the same object where it has none."""
    if "\\" not in text:
        return text
    readable: str = ESCAPE.sub(_unescaped, text)
    return readable


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return "/"
    code = int(match[1], 16)
    if not any(code in part for part in PRINTABLE):
        return match[0]
    return "\\" + chr(code) if chr(code) in QUOTED else chr(code)
