"""A run that left one file of every kind that the tab shows."""

from __future__ import annotations

import io
import struct
import wave
import zlib

from tests.browser.stubs import File, Stub, row


def png(width: int = 64, height: int = 40) -> bytes:
    """A gradient."""
    lines = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (x * 4, y * 6, 160))
        for y in range(height)
    )

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def wav() -> bytes:
    """A tenth of a second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8_000)
        made.writeframes(b"\0\0" * 800)
    return out.getvalue()


def pdf(*pages: str) -> bytes:
    """One line of text on each page, by hand (ISO 32000-1, 7.5)."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, words in enumerate(pages):
        stream = f"BT /F1 28 Tf 60 700 Td ({words}) Tj ET"
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * at} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return (out + f"startxref\n{out.index('xref')}\n%%EOF\n").encode()


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40" width="160" height="80">
<rect width="80" height="40" fill="#2f5fd0"/><circle cx="40" cy="20" r="14" fill="#ffe9a8"/></svg>"""

PAGE = b"""<!doctype html><title>T</title><h1>A page</h1>
<script>document.body.textContent = "ran"</script>"""

FILES = [
    File("picture", "chart.png", "image/png", png()),
    File("drawing", "logo.svg", "image/svg+xml", SVG),
    File("paper", "report.pdf", "application/pdf", pdf("The first page", "The second page", "3", "4", "5")),
    File("sound", "call.wav", "audio/wav", wav()),
    File("film", "screen.mp4", "video/mp4", b"\0\0\0\x18ftypmp42 not a film"),
    File("words", "summary.md", "text/markdown", b"# Summary\n\n- **one**\n- two\n"),
    File("table", "orders.csv", "text/csv",
         ("id,customer,total\n" + "".join(f'{n},"Customer, {n}",{n}.50\n' for n in range(1, 9_001))).encode()),
    File("tabs", "orders.tsv", "text/tab-separated-values", b"id\ttotal\n1\t2.50\n"),
    File("data", "plan.json", "application/json", b'{"steps": [{"id": "plan"}, {"id": "draft"}]}'),
    File("notes", "notes.txt", "text/plain", b"line\n" * 400),
    File("log", "build.log", "application/octet-stream", b"started\nended\n"),
    File("page", "page.html", "text/html", PAGE),
    File("archive", "all.zip", "application/zip", b"PK\x05\x06" + b"\0" * 18),
]  # fmt: skip


def files_run() -> Stub:
    """
    0 workflow
      1.. one node for each file
    """
    rows = [row(0, "Report", kind="workflow")]
    rows += [
        row(number, f"write {file.name}", 0, kind="artifact", artifacts=[file.ref()])
        for number, file in enumerate(FILES, 1)
    ]
    return Stub(rows=rows, files=list(FILES))
