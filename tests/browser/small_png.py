"""PNG files of screens at a third of their size: a palette of 256 colours, which a screen of text does not miss."""

from __future__ import annotations

from base64 import b64decode, b64encode

from playwright.sync_api import Page

# Runs in an empty page: pixels come from a canvas, zlib from CompressionStream (PNG, ISO/IEC 15948:2004, 11.2).
SHRINK = """async (source) => {
    const bytes = Uint8Array.from(atob(source), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);

    const counts = new Map();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
    const apart = (one, other) => one.reduce((sum, part, at) => sum + (part - other[at]) ** 2, 0);
    const palette = [];
    const byUse = [...counts.entries()].sort((a, b) => b[1] - a[1]).map(([pixel]) => pixel);
    const least = byUse.length > 256 ? 60 : 0;
    for (const pixel of byUse) {
        if (palette.length === 256) break;
        const colour = parts(pixel);
        if (palette.every((known) => apart(known, colour) >= least)) palette.push(colour);
    }
    const placeOf = new Map(byUse.map((pixel) => {
        const colour = parts(pixel);
        let best = 0;
        for (let at = 1; at < palette.length; at += 1) {
            if (apart(palette[at], colour) < apart(palette[best], colour)) best = at;
        }
        return [pixel, best];
    }));

    const lines = new Uint8Array((width + 1) * height);
    for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) lines[y * (width + 1) + 1 + x] = placeOf.get(pixels[y * width + x]);
    }
    const packed = new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate"));
    const body = new Uint8Array(await new Response(packed).arrayBuffer());

    const crc = (data) => {
        let value = ~0;
        for (const byte of data) {
            value ^= byte;
            for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
        }
        return ~value >>> 0;
    };
    const number = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
    const chunk = (kind, data) => {
        const named = [...kind].map((letter) => letter.charCodeAt(0)).concat([...data]);
        return new Uint8Array([...number(data.length), ...named, ...number(crc(named))]);
    };
    const made = new Blob([
        new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]),
        chunk("IHDR", [...number(width), ...number(height), 8, 3, 0, 0, 0]),
        chunk("PLTE", palette.flat()),
        chunk("IDAT", body),
        chunk("IEND", []),
    ]);
    const out = new Uint8Array(await made.arrayBuffer());
    let text = "";
    for (let at = 0; at < out.length; at += 8_192) text += String.fromCharCode(...out.subarray(at, at + 8_192));
    return btoa(text);
}"""


def small_png(page: Page, picture: bytes) -> bytes:
    """The picture with a palette; `page` is any page of a browser that may run scripts."""
    return b64decode(page.evaluate(SHRINK, b64encode(picture).decode()))
