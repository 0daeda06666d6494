"""Writes the generated pages of `docs/reference`: `python -m tools.references` (`make openapi`).

They depend on nothing but the code and the template, so `--check` can tell whether the committed ones are current.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from local.project import PROJECT as ROOT
from tools.dialects_reference import dialects_page
from tools.openapi import files
from tools.permissions_reference import permissions_page
from tools.settings_reference import settings_page


def pages() -> dict[str, str]:
    """Returns the text of each generated file, by its name."""
    template = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    return {
        **files(),
        "settings.md": settings_page(template),
        "dialects.md": dialects_page(),
        "permissions.md": permissions_page(),
    }


def main(arguments: list[str]) -> int:
    """Writes the files, or with `--check` prints which are out of date. Returns the exit code of the process."""
    parser = argparse.ArgumentParser(prog="python -m tools.references", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail when a file is out of date"
    )
    parser.add_argument(
        "--into", type=Path, default=ROOT / "docs" / "reference", help="the folder to write"
    )
    options = parser.parse_args(arguments)
    stale = []
    for name, text in pages().items():
        path: Path = options.into / name
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is out of date: run `make openapi`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":  # pragma: no cover - `main` is what the tests call
    sys.exit(main(sys.argv[1:]))
