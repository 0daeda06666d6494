"""`python -m tests.bench [NAME]`: measure, print, and keep what was measured.

A goal that is missed is said, and is no failure: only a bench that cannot be run ends this with 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module

from tests.bench.figures import BenchError, Figure, table
from tests.bench.page import write_section
from tests.support.aws_from_template import ROOT
from tests.support.engines import EngineError

NAMES = (
    "ingest",
    "read-trace",
    "write-cost",
    "cold-start",
    "history",
    "restart",
    "tab",
    "layer",
    "security",
)
RESULTS = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="only this one")
    chosen = parser.parse_args(arguments).name
    # The template's translator says at every end that it has sent no metrics of itself.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    failures = 0
    for name in [chosen] if chosen else NAMES:
        print(f"\n{name}", flush=True)
        try:
            measure(name)
        except (BenchError, EngineError) as error:
            failures += 1
            print(f"could not be run: {error}", flush=True)
    return 1 if failures else 0


def measure(name: str) -> None:
    load = os.getloadavg()[0]
    print(f"load of others: {load:.1f} on {os.cpu_count()} cores", flush=True)
    bench = import_module(f"tests.bench.{name.replace('-', '_')}")
    figures: list[Figure] = bench.run()
    print(table(figures), flush=True)
    missed = [figure.figure for figure in figures if figure.is_met is False]
    if missed:
        print(f"missed: {'; '.join(missed)}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    values = [asdict(figure) for figure in figures]
    (RESULTS / f"{name}.json").write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    write_section(PAGE, name, bench.__doc__ or "", load, figures, NAMES)


if __name__ == "__main__":
    sys.exit(main())
