"""docs/reference/benchmarks.md: one section a bench, each with its last run; the others stay as they are."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import COLUMNS, Figure

INTRODUCTION = """# Benchmarks

<!-- Written by `make bench`; change tests/bench, not this page. -->

The last run of every bench. `make bench` runs all of them, `make bench-NAME` one; each also writes
`build/bench/NAME.json`. A goal that was missed says NO. The figures come from a two-core machine that other work
shares, so a quiet one shows smaller times; sizes, pages and write units are the same everywhere.
"""


def write_section(
    page: Path,
    name: str,
    description: str,
    load: float,
    figures: Sequence[Figure],
    names: Sequence[str],
) -> None:
    """Put a bench's section in its alphabetical place, or in that of its last run; of those that are no longer among
    the `names`, none is kept.

    `load` is how many processes wanted a core when it began: above 0 the times say something of others too.
    """
    sections = read_sections(page)
    sections[name] = section(name, description, load, figures)
    texts = [INTRODUCTION, *(sections[known] for known in sorted(sections) if known in names)]
    page.write_text("\n".join(texts), "utf-8")


def read_sections(page: Path) -> dict[str, str]:
    if not page.exists():
        return {}
    parts = re.split(r"^## (.+)\n", page.read_text("utf-8"), flags=re.MULTILINE)
    return {
        name: f"## {name}\n{text.rstrip()}\n"
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def section(name: str, description: str, load: float, figures: Sequence[Figure]) -> str:
    head = (*COLUMNS, "samples")
    rows = [head, ("---",) * len(head)]
    rows += [(*figure.cells, str(figure.samples)) for figure in figures]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## {name}\n\n{description.strip()}\n\nLast run: {circumstances(load)}.\n\n{lines}\n"


def circumstances(load: float) -> str:
    date = datetime.now(UTC).date().isoformat()
    machine = f"{cpu_model()}, {os.cpu_count()} cores"
    return f"{date}, {machine} (load {load:.1f} at its start), Python {platform.python_version()}"


def cpu_model() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()
