"""What `sam build` has made (`make template`), for the tests that look at it."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.support.aws_from_template import ROOT

BUILD: Final = ROOT / ".aws-sam" / "build"
SOURCES: Final = (ROOT / "template.yaml", ROOT / "functions", ROOT / "layers")


def why_not_built(build: Path = BUILD, sources: Sequence[Path] = SOURCES) -> str:
    """Returns what to do before the build can be looked at; "" where it is there and of what the sources are now."""
    template = build / "template.yaml"
    if not template.is_file():
        return "nothing is built: run `make template`"
    built_at = template.stat().st_mtime
    newer = sorted(path for path in files_of(sources) if path.stat().st_mtime > built_at)
    if newer:
        return f"what is built is older than {newer[0].name}: run `make template`"
    return ""


def files_of(sources: Sequence[Path]) -> Iterator[Path]:
    """Yields the files that `sam build` reads; byte code is made by whoever runs them."""
    for source in sources:
        for path in source.rglob("*") if source.is_dir() else [source]:
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def machine_of(path: Path) -> int:
    """Returns `e_machine` of an ELF file (ELF-64 object file format, table 4; ARM IHI 0056)."""
    with path.open("rb") as file:
        header = file.read(20)
    assert header[:4] == b"\x7fELF", path
    return int(struct.unpack_from("<H", header, 18)[0])
