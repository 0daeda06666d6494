"""KeyValue and AnyValue, which most of every request consists of.

What encoders write (key, then value, each once and short) is read on a straight path; everything else that the format
allows (fields in another order, several times, unknown ones) takes the general one.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Final

from spanvas.otlp.intake import Intake
from spanvas.otlp.wire import I64, LEN, VARINT, WireReader, cut_off

SIGN: Final = 1 << 63
KEY_TAG, VALUE_TAG, TEXT_TAG, INT_TAG = 0x0A, 0x12, 0x0A, 0x18

_DOUBLE = Struct("<d").unpack_from


class ValueReader(WireReader):
    """Counts every value against the limits of the intake. Keys repeat in every span, so each is decoded once."""

    def __init__(self, data: bytes, intake: Intake) -> None:
        super().__init__(data)
        self.intake = intake
        self._keys: dict[bytes, str] = {}

    def key_value(self, i: int, end: int) -> tuple[str, Any]:
        """Returns the key and the value of a KeyValue between two positions."""
        data = self.data
        size = data[i + 1] if end - i > 4 and data[i] == KEY_TAG else 128
        at = i + 2 + size
        if size > 127 or at + 1 >= end or data[at] != VALUE_TAG:
            return self._any_key_value(i, end)
        self.intake.count_values(1)
        raw = data[i + 2 : at]
        key = self._keys.get(raw)
        if key is None:
            key = self._keys[raw] = self.text(i + 2, at)
        size = data[at + 1]
        at += 2
        if size > 127:
            size, at = self.more(size, at)
        if at + size != end:
            return self._any_key_value(i, end, is_counted=True)
        if size > 1 and data[at] == TEXT_TAG:
            size = data[at + 1]
            start = at + 2
            if size > 127:
                size, start = self.more(size, start)
            if start + size == end:
                return key, self.text(start, end)
        elif size > 1 and data[at] == INT_TAG:
            number, start = self.varint(at + 1)
            if start == end:
                return key, signed(number)
        return key, self.any_value(at, end, 1)

    def attributes_entry(self, i: int, end: int, into: dict[str, Any]) -> None:
        """Reads the KeyValue between two positions into a mapping; a repeated key has its last value."""
        key, value = self.key_value(i, end)
        into[key] = value

    def any_value(self, i: int, end: int, depth: int) -> Any:
        """Returns the value of an AnyValue.

        Of several the last one counts, as in protobuf; None where there is none.
        """
        value: Any = None
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 5, 6, 7):
                i, stop = self.length(i, end)
                if field == 1:
                    value = self.text(i, stop)
                elif field == 7:
                    value = self.data[i:stop]
                elif depth > self.intake.limits.depth:
                    value = self.intake.too_deep([] if field == 5 else {})
                elif field == 5:
                    value = self._array(i, stop, depth)
                else:
                    value = self._mapping(i, stop, depth)
                i = stop
            elif wire == VARINT and field in (2, 3):
                number, i = self.varint(i)
                value = number != 0 if field == 2 else signed(number)
            elif wire == I64 and field == 4:
                if i + 8 > end:
                    raise cut_off()
                value = _DOUBLE(self.data, i)[0]
                i += 8
            else:
                i = self.skip(wire, field, i, end)
        if i != end:
            raise cut_off()
        return value

    def _any_key_value(
        self, i: int, end: int, depth: int = 0, *, is_counted: bool = False
    ) -> tuple[str, Any]:
        if not is_counted:
            self.intake.count_values(1)
        key, value = "", None
        while i < end:
            field, wire, i = self.tag(i)
            if wire == LEN and field in (1, 2):
                i, stop = self.length(i, end)
                if field == 1:
                    key = self.text(i, stop)
                else:
                    value = self.any_value(i, stop, depth + 1)
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        return key, value

    def _array(self, i: int, end: int, depth: int) -> list[Any]:
        values = []
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == LEN:
                i, stop = self.length(i, end)
                self.intake.count_values(1)
                values.append(self.any_value(i, stop, depth + 1))
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        return values

    def _mapping(self, i: int, end: int, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while i < end:
            field, wire, i = self.tag(i)
            if field == 1 and wire == LEN:
                i, stop = self.length(i, end)
                key, value = self._any_key_value(i, stop, depth)
                mapping[key] = value
                i = stop
            else:
                i = self.skip(wire, field, i, end)
        return mapping


def signed(number: int) -> int:
    """Returns the int64 that a 64-bit varint stands for."""
    return number - (SIGN << 1) if number >= SIGN else number
