"""A handler whose result is what its event says; runs in sandboxes only."""

import datetime
import decimal
import enum

import simplejson


class Colour(enum.Enum):
    RED = "red"


class NotCallable:
    """What a handler might be by mistake."""

    def __init__(self, event, context):
        self.event = event


def circular():
    found = {}
    found["self"] = found
    return found


def nested(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


def generator():
    yield 1


async def coroutine():
    return 1


async def stream():
    yield 1


RESULTS = {
    "set": lambda: {"found": {1, 2}},
    "datetime": lambda: {"at": datetime.datetime(2026, 11, 29)},
    "bytes inside that are no text": lambda: {"data": b"\xff"},
    "circular": circular,
    "too deep": lambda: nested(100_000),
    "enum": lambda: Colour.RED,
    "exception": lambda: ValueError("returned, not raised"),
    "generator": generator,
    "coroutine": coroutine,
    "async generator": stream,
    "function": lambda: circular,
    "complex": lambda: 1j,
    "keys": lambda: {(1, 2): 3},
    "half of a surrogate pair": lambda: {"text": "\ud83d"},
    "over the limit": lambda: "x" * 6_291_555,
    "over the limit in UTF-8 alone": lambda: "é" * 3_145_778,
    "bytes over the limit": lambda: b"x" * 6_291_557,
    "at the limit": lambda: "x" * 6_291_554,
    "at the limit in UTF-8": lambda: "é" * 3_145_777,
    "bytes": lambda: b'{"a": 1}',
    "bytes that are no JSON": lambda: b"\xff",
    "bytes inside": lambda: {"data": b"text"},
    "NaN": lambda: {"a": float("nan"), "b": float("inf")},
    "Decimal": lambda: {"price": decimal.Decimal("1.10"), "none": decimal.Decimal("NaN")},
    "None": lambda: None,
    "raw JSON": lambda: simplejson.RawJSON('{"a":  1}'),
    "partial batch response": lambda: {"batchItemFailures": []},
    "text": lambda: "grün 🙂",
    "true": lambda: True,
    "tuple": lambda: (1, 2),
    "large and unmarshalable": lambda: ["x" * 7_000_000, {1}],
}


def handler(event, _context):
    return RESULTS[event["result"]]()


async def async_handler(event, _context):
    return RESULTS[event["result"]]()


def streaming_handler(event, _context):
    yield event["result"]


def raising(event, _context):
    """Fails two functions deep, in its own code and in the standard library's."""
    return fail(event["error"])


def fail(error):
    if error == "own":
        raise Unusual(17)
    if error == "fault":
        return simplejson.loads("{")
    if error == "chained":
        try:
            {}["gone"]
        except KeyError as missing:
            raise RuntimeError("nothing there") from missing
    return 1 // 0


class Unusual(Exception):
    """Says something else than its arguments."""

    def __str__(self):
        return "unusual, and in two\nlines"
