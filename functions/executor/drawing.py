"""A bar chart as PNG, drawn pixel by pixel: no drawing package is worth its weight in a function for this.

PNG as in the W3C specification, third edition: one IHDR, one PLTE, one IDAT, 8-bit palette, filter 0 on every line.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Sequence

from executor.font import GLYPH_HEIGHT, GLYPH_WIDTH, columns_of

PALETTE = (
    (255, 255, 255),  # paper
    (33, 37, 41),  # text
    (222, 226, 230),  # grid
    (47, 111, 171),  # bars
    (179, 55, 47),  # bars below zero
)
PAPER, TEXT, GRID, BAR, NEGATIVE_BAR = range(len(PALETTE))

WIDTH = 720
MARGIN = 24
ROW_HEIGHT = 30
BAR_HEIGHT = 18
TITLE_HEIGHT = 40
LABEL_CHARACTERS = 24
VALUE_CHARACTERS = 9
MAX_BARS = 60
SCALE = 2  # pixels of the title's font per pixel of its glyphs


class Canvas:
    """Palette pixels, one byte each, row by row; what lies outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.pixels = bytearray(width * height)

    def fill(self, left: int, top: int, width: int, height: int, colour: int) -> None:
        """Fills a rectangle with a colour of the palette; what lies outside of the picture is left out."""
        left, right = max(0, left), min(self.width, left + width)
        for y in range(max(0, top), min(self.height, top + height)):
            start = y * self.width
            self.pixels[start + left : start + right] = bytes([colour]) * max(0, right - left)

    def write(self, left: int, top: int, text: str, colour: int, scale: int = 1) -> None:
        """Writes a line of text from its top left corner; `scale` is in pixels for a dot of a glyph."""
        for character in text:
            for x, column in enumerate(columns_of(character)):
                for y in range(GLYPH_HEIGHT):
                    if column >> y & 1:
                        self.fill(left + x * scale, top + y * scale, scale, scale, colour)
            left += (GLYPH_WIDTH + 1) * scale

    def png(self) -> bytes:
        """Returns the picture as a PNG file with a palette."""
        lines = b"".join(
            b"\0" + self.pixels[y * self.width : (y + 1) * self.width] for y in range(self.height)
        )
        return b"".join(
            (
                b"\x89PNG\r\n\x1a\n",
                _chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 3, 0, 0, 0)),
                _chunk(b"PLTE", bytes(value for colour in PALETTE for value in colour)),
                _chunk(b"IDAT", zlib.compress(lines, 9)),
                _chunk(b"IEND", b""),
            )
        )


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def bar_chart(title: str, bars: Sequence[tuple[str, float]]) -> bytes:
    """A horizontal bar for each (label, value), in the order given; at most 60, the rest is counted below them."""
    shown = bars[:MAX_BARS]
    left_out = len(bars) - len(shown)
    rows = max(1, len(shown) + (1 if left_out else 0))
    canvas = Canvas(WIDTH, TITLE_HEIGHT + rows * ROW_HEIGHT + MARGIN)
    step = GLYPH_WIDTH + 1
    canvas.write(
        MARGIN, MARGIN // 2, _cut(title, (WIDTH - 2 * MARGIN) // (step * SCALE)), TEXT, SCALE
    )
    zero = MARGIN + LABEL_CHARACTERS * step + 8
    span = WIDTH - MARGIN - VALUE_CHARACTERS * step - zero
    largest = max((abs(value) for _, value in shown if math.isfinite(value)), default=0.0) or 1.0
    for quarter in range(5):
        canvas.fill(zero + span * quarter // 4, TITLE_HEIGHT, 1, rows * ROW_HEIGHT, GRID)
    for row, (label, value) in enumerate(shown):
        top = TITLE_HEIGHT + row * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) // 2
        text_top = top + (BAR_HEIGHT - GLYPH_HEIGHT) // 2
        canvas.write(MARGIN, text_top, _cut(label, LABEL_CHARACTERS), TEXT)
        size = round(span * abs(value) / largest) if math.isfinite(value) else 0
        canvas.fill(zero, top, size, BAR_HEIGHT, BAR if value >= 0 else NEGATIVE_BAR)
        canvas.write(zero + size + 6, text_top, f"{value:g}"[:VALUE_CHARACTERS], TEXT)
    if left_out:
        top = TITLE_HEIGHT + len(shown) * ROW_HEIGHT + ROW_HEIGHT // 2
        canvas.write(MARGIN, top, f"and {left_out} more", TEXT)
    return canvas.png()


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 2] + ".."
