"""Protobuf's wire format, read and written: tags, varints, lengths, and what to pass over.

Positions are indexes into one bytes object, since slices of it would be copied at every level. Methods read from `i`
up to, not including, `end`, and return the position behind what they read. Reading past the end of the whole is an
IndexError, which the caller takes for a message that is cut off.

Source: protobuf.dev, "Encoding".
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from spanvas.otlp.errors import MalformedError, TooManyError

VARINT, I64, LEN, GROUP, END_GROUP, I32 = range(6)
MAX_GROUPS: Final = 100
"""Nested groups that are passed over; the format has deprecated even one."""
MAX_TAGS: Final = 400_000
WORD: Final = (1 << 64) - 1

_FIXED64 = Struct("<Q").unpack_from
_FIXED32 = Struct("<I").unpack_from


class WireReader:
    """Reads at most MAX_TAGS fields: 16 MiB of two-byte fields are nobody's spans, and take seconds to pass over."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._tags_left = MAX_TAGS

    def tag(self, i: int) -> tuple[int, int, int]:
        """Returns the field number and the wire type at a position, and the position after them."""
        self._tags_left -= 1
        if self._tags_left < 0:
            raise TooManyError("body", f"more than {MAX_TAGS:,} fields; send smaller requests")
        tag = self.data[i]
        i += 1
        if tag > 127:
            tag, i = self.more(tag, i)
        field = tag >> 3
        if not 0 < field < 1 << 29:
            raise MalformedError("body", f"{field} is no field number")
        return field, tag & 7, i

    def varint(self, i: int) -> tuple[int, int]:
        """Returns the varint at a position and the position after it."""
        first = self.data[i]
        return (first, i + 1) if first < 128 else self.more(first, i + 1)

    def more(self, first: int, i: int) -> tuple[int, int]:
        """Returns a varint of several bytes, of which the first has been read, and the position after it."""
        data = self.data
        number = first & 127
        shift = 7
        while True:
            byte = data[i]
            i += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number & WORD, i
            shift += 7
            if shift > 63:
                raise MalformedError("body", "a number has more than ten bytes")

    def length(self, i: int, end: int) -> tuple[int, int]:
        """Returns where a length-delimited value begins and ends."""
        size = self.data[i]
        i += 1
        if size > 127:
            size, i = self.more(size, i)
        stop = i + size
        if stop > end:
            raise cut_off()
        return i, stop

    def fixed64(self, i: int, end: int) -> tuple[int, int]:
        """Returns the unsigned little-endian 64-bit integer at a position and the position after it.

        Raises MalformedError.
        """
        if i + 8 > end:
            raise cut_off()
        number: int = _FIXED64(self.data, i)[0]
        return number, i + 8

    def fixed32(self, i: int, end: int) -> tuple[int, int]:
        """Returns the unsigned little-endian 32-bit integer at a position and the position after it.

        Raises MalformedError.
        """
        if i + 4 > end:
            raise cut_off()
        number: int = _FIXED32(self.data, i)[0]
        return number, i + 4

    def text(self, i: int, end: int) -> str:
        """Returns the text between two positions; bytes that are not UTF-8 become U+FFFD."""
        data = self.data[i:end]
        try:
            return data.decode()
        except UnicodeDecodeError:
            return data.decode("utf-8", "replace")

    def skip(self, wire: int, field: int, i: int, end: int) -> int:
        """Returns the position after a field that is not known, or not of its type."""
        open_groups: list[int] = []
        while True:
            if wire == VARINT:
                _, i = self.varint(i)
            elif wire == LEN:
                _, i = self.length(i, end)
            elif wire == GROUP:
                open_groups.append(field)
                if len(open_groups) > MAX_GROUPS:
                    raise MalformedError("body", "groups are nested too deep")
            elif wire == END_GROUP:
                if not open_groups or open_groups.pop() != field:
                    raise MalformedError("body", "a group ends that has not begun")
            elif wire in (I64, I32):
                i += 8 if wire == I64 else 4
            else:
                raise MalformedError("body", f"{wire} is no wire type")
            if i > end:
                raise cut_off()
            if not open_groups:
                return i
            field, wire, i = self.tag(i)


def cut_off() -> MalformedError:
    """Returns the error of a message that ends within a field."""
    return MalformedError("body", "the message is cut off")


SHORT_FIELDS: Final = 16
"""Fields below have a tag of one byte."""
_ONE_BYTE: Final = tuple(bytes((number,)) for number in range(128))


def varint(number: int) -> bytes:
    """Returns a number from 0 to 2**64 - 1 as a varint."""
    if number < 128:
        return _ONE_BYTE[number]
    if number < 1 << 14:  # nearly all lengths of texts
        return (number & 127 | 128 | number >> 7 << 8).to_bytes(2, "little")
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def length_delimited(field: int, data: bytes) -> bytes:
    """Returns a field that holds a message, a text or bytes."""
    size = len(data)
    if field < SHORT_FIELDS and size < 128:  # most are: without two calls
        return _ONE_BYTE[field << 3 | LEN] + _ONE_BYTE[size] + data
    return varint(field << 3 | LEN) + varint(size) + data


def number_field(field: int, number: int) -> bytes:
    """Returns a field that holds a number; nothing if it is 0, which is the default."""
    return varint(field << 3) + varint(number) if number else b""
