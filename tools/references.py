"""Writes the generated pages of `docs/reference`: `python -m tools.references` (`make openapi`).

They depend on nothing but the code and the template, so `--check` can tell whether the committed ones are current.
"""

from __future__ import annotations

import sys

from samtranslator.yaml_helper import yaml_parse

from local.project import PROJECT as ROOT
from tools.dialects_reference import dialects_page
from tools.generated_files import write_or_check
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
    folder = ROOT / "docs" / "reference"
    return write_or_check("tools.references", __doc__, pages(), folder, arguments)


if __name__ == "__main__":  # pragma: no cover - `main` is what the tests call
    sys.exit(main(sys.argv[1:]))
