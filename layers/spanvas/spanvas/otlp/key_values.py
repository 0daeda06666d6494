"""Attributes as KeyValues in protobuf, of which a trace has ten thousands: what they say alike is written once.

What a value is in OTLP is what JSON says (`export.any_value`). Sources: opentelemetry-proto, `common/v1/common.proto`;
protobuf.dev, "Encoding".
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from struct import Struct
from typing import Any, Final, NamedTuple

from spanvas.model.values import encodable
from spanvas.otlp.export import any_value
from spanvas.otlp.wire import LEN, WORD, length_delimited, varint

MOST_REMEMBERED: Final = 4_000
"""Keys and short texts of one request whose bytes are kept, since most spans say the same."""
SHORT: Final = 64
"""Characters of a text that is worth remembering."""
SMALL: Final = 1 << 14
"""Numbers that are worth remembering: two bytes, as nearly all lengths of texts and counts of tokens are."""

_DOUBLE = Struct("<d").pack


class _Remembered(dict[int, bytes]):
    """What is written of a number. Small ones come again and again, in all requests."""

    def __init__(self, encode: Callable[[int], bytes]) -> None:
        super().__init__()
        self._encode = encode

    def __missing__(self, number: int) -> bytes:
        encoded = self._encode(number)
        if 0 <= number < SMALL:
            self[number] = encoded
        return encoded


def _before_text(size: int) -> bytes:
    """Returns what stands between the tag of a KeyValue's value and a text of so many bytes."""
    front = TAG[1] + varint(size)
    return varint(len(front) + size) + front


def _integer(number: int) -> bytes:
    """Returns the AnyValue of a number behind its length."""
    ((form, given),) = any_value(number).items()
    encoded = _SCALARS[form](given)
    return varint(len(encoded)) + encoded


TAG: Final = tuple(varint(field << 3 | LEN) for field in range(16))
SIZES: Final = _Remembered(varint)
_BEFORE_TEXT: Final = _Remembered(_before_text)
_INTEGERS: Final = _Remembered(_integer)


class _Key(NamedTuple):
    """The key of a KeyValue with the tag of its value, and the KeyValues of short texts that it had."""

    encoded: bytes
    pairs: dict[str, bytes]

    def pair(self, value: bytes) -> bytes:
        """Returns a KeyValue. The value is always there, also an empty one, as protobuf's own writers have it."""
        front = self.encoded + SIZES[len(value)]
        return SIZES[len(front) + len(value)] + front + value


class _Keys(dict[str, _Key]):
    """The keys of a request."""

    def __missing__(self, name: str) -> _Key:
        made = _Key(sized(TAG[1], utf8(name)) + TAG[2], {})
        if len(self) < MOST_REMEMBERED:
            self[name] = made
        return made


class KeyValues:
    """Writes the attributes of one request."""

    def __init__(self) -> None:
        self._keys = _Keys()
        self._remembered = 0

    def of(self, attributes: Mapping[str, Any]) -> list[bytes]:
        """Returns attributes as KeyValues, each behind its length."""
        keys = self._keys
        found: list[bytes] = []
        for name, value in attributes.items():
            key = keys[name]
            kind = type(value)
            if kind is str and len(value) > SHORT:
                data = utf8(value)
                front = key.encoded + _BEFORE_TEXT[len(data)]
                found.append(SIZES[len(front) + len(data)] + front + data)
            elif kind is str:
                found.append(key.pairs.get(value) or self._new_pair(key, value))
            elif kind is int:
                front = key.encoded + _INTEGERS[value]
                found.append(SIZES[len(front)] + front)
            else:
                found.append(key.pair(self._value(value)))
        return found

    def _new_pair(self, key: _Key, text: str) -> bytes:
        """Returns the pair of a short text, and remembers it."""
        encoded = key.pair(_text_value(text))
        if self._remembered < MOST_REMEMBERED:
            self._remembered += 1
            key.pairs[text] = encoded
        return encoded

    def _value(self, value: Any) -> bytes:
        """Returns an AnyValue. The commonest types are what `any_value` says of them, without asking it."""
        kind = type(value)
        if kind is str:
            return _text_value(value)
        if kind is float and isfinite(value):
            return b"\x21" + _DOUBLE(value)
        if kind is list:
            return sized(TAG[5], b"".join([sized(TAG[1], self._value(item)) for item in value]))
        if kind is dict and len(value) != 1:  # what marks a value has one member
            return sized(TAG[6], repeated(TAG[1], self.of(value)))
        return self._form(any_value(value))

    def _form(self, form: Mapping[str, Any]) -> bytes:
        """Returns an AnyValue from its form in JSON; nothing for an empty one."""
        for name, given in form.items():
            if name == "arrayValue":
                items = [sized(TAG[1], self._form(item)) for item in given["values"]]
                return sized(TAG[5], b"".join(items))
            if name == "kvlistValue":
                pairs = [
                    self._keys[pair["key"]].pair(self._form(pair["value"]))
                    for pair in given["values"]
                ]
                return sized(TAG[6], repeated(TAG[1], pairs))
            return _SCALARS[name](given)
        return b""


def _text_value(text: str) -> bytes:
    """Returns the AnyValue of a text."""
    return sized(TAG[1], utf8(text))


_SCALARS: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "stringValue": _text_value,
    "boolValue": lambda given: b"\x10\x01" if given else b"\x10\x00",
    "intValue": lambda given: b"\x18" + varint(int(given) & WORD),
    "doubleValue": lambda given: b"\x21" + _DOUBLE(float(given)),
    "bytesValue": lambda given: length_delimited(7, b64decode(given)),
}


def utf8(text: str) -> bytes:
    """Returns a text as protobuf takes it. Halves of surrogate pairs are replaced where there are some."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return encodable(text).encode()


def sized(tag: bytes, data: bytes) -> bytes:
    """Returns a field whose tag is written already."""
    return tag + SIZES[len(data)] + data


def repeated(tag: bytes, messages: Sequence[bytes]) -> bytes:
    """Returns the fields of messages that are behind their lengths already."""
    return tag + tag.join(messages) if messages else b""
