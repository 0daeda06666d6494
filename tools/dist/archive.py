"""Archives that are the same whenever and wherever the same files are put into them."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP file can hold; times of files are not kept."""


def zip_folder(folder: Path, archive: Path) -> None:
    """Writes the files of a folder in the order of their names, with no other rights than to be run."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if path.is_dir():
                continue
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EARLIEST)
            entry.create_system = 3  # Unix: where it is made is not told by the file
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            file.writestr(entry, path.read_bytes())


def write_checksums(folder: Path) -> Path:
    """Writes `SHA256SUMS` of all files of a folder, as `sha256sum --check` reads it; returns its path."""
    sums = folder / "SHA256SUMS"
    files = sorted(path for path in folder.iterdir() if path.is_file() and path != sums)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    sums.write_text("".join(lines), encoding="utf-8")
    return sums
