"""Bar charts, read back pixel by pixel."""

from __future__ import annotations

import math
import struct
import zlib

import pytest

from executor.drawing import BAR, NEGATIVE_BAR, PALETTE, TEXT, WIDTH, Canvas, bar_chart
from executor.font import columns_of


class Picture:
    """A PNG of the one kind that is drawn here, its checksums verified."""

    def __init__(self, data: bytes) -> None:
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        chunks, at = {}, 8
        while at < len(data):
            (size,) = struct.unpack(">I", data[at : at + 4])
            kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
            (checksum,) = struct.unpack(">I", data[at + 8 + size : at + 12 + size])
            assert checksum == zlib.crc32(kind + body)
            chunks[kind] = body
            at += 12 + size
        assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
        self.width, self.height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        assert rest == [8, 3, 0, 0, 0]
        assert len(chunks[b"PLTE"]) == 3 * len(PALETTE)
        lines = zlib.decompress(chunks[b"IDAT"])
        assert len(lines) == self.height * (self.width + 1)
        starts = range(0, len(lines), self.width + 1)
        self.rows = [lines[start + 1 : start + 1 + self.width] for start in starts]

    def widest(self, colour: int) -> int:
        return max(row.count(colour) for row in self.rows)


def test_a_chart_has_a_row_for_each_bar() -> None:
    picture = Picture(bar_chart("Tons", [("a", 1), ("b", 2)]))
    assert (picture.width, picture.height) == (WIDTH, 40 + 2 * 30 + 24)


def test_bars_are_as_long_as_their_values_are_large() -> None:
    picture = Picture(bar_chart("Tons", [("half", 5), ("whole", 10)]))
    lengths = sorted({row.count(BAR) for row in picture.rows} - {0})
    assert lengths[1] == pytest.approx(2 * lengths[0], abs=1)


def test_values_below_zero_have_a_colour_of_their_own() -> None:
    picture = Picture(bar_chart("Change", [("up", 10), ("down", -10)]))
    assert picture.widest(BAR) == picture.widest(NEGATIVE_BAR) > 0


@pytest.mark.parametrize("bars", [[], [("zero", 0.0)], [("none", math.nan), ("all", math.inf)]])
def test_there_is_a_chart_without_anything_to_draw(bars: list[tuple[str, float]]) -> None:
    assert Picture(bar_chart("Nothing", bars)).widest(BAR) == 0


def test_more_than_sixty_bars_are_counted_instead_of_drawn() -> None:
    picture = Picture(bar_chart("Many", [(str(n), 1) for n in range(75)]))
    assert picture.height == 40 + 61 * 30 + 24


def test_long_labels_do_not_run_into_their_bars() -> None:
    short = Picture(bar_chart("T", [("x" * 24, 1)]))
    long = Picture(bar_chart("T", [("x" * 500, 1)]))
    assert short.widest(BAR) == long.widest(BAR)


def test_what_lies_outside_is_not_drawn() -> None:
    canvas = Canvas(4, 2)
    canvas.fill(-5, -5, 7, 6, TEXT)
    canvas.fill(3, 1, 10, 10, BAR)
    canvas.fill(9, 0, 2, 2, BAR)
    assert list(canvas.pixels) == [TEXT, TEXT, 0, 0, 0, 0, 0, BAR]


def test_a_character_that_the_font_lacks_is_a_box() -> None:
    assert columns_of("é") == columns_of("\n") == bytes([0x7F, 0x41, 0x41, 0x41, 0x7F])
    assert columns_of("-") == bytes([8, 8, 8, 8, 8])
