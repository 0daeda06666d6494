"""The template as SAM translates it, kept on the disk: the translation takes a second of processor time.

A translation is used again where the template, the values that SAM has seen, SAM's translator and ours are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

from local.state import StackError, write_document
from local.translate import Template, translate

KEPT_TRANSLATIONS: Final = 8


def translated(
    path: Path, given: Mapping[str, str], later: frozenset[str], region: str, folder: Path
) -> Template:
    """Returns a template as SAM deploys it with the values `given`, from `folder` where it was translated before.

    References to the parameters in `later` stay references, so that addresses which are others at the next start make
    no other translation. Raises TemplateError.
    """
    source = path.read_text(encoding="utf-8")
    kept = folder / f"{digest(source, given, later, region)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        document = json.loads(kept.read_text(encoding="utf-8"))
        methods = {
            name: (str(one), str(other)) for name, (one, other) in document["methods"].items()
        }
        return Template(document["template"], methods)
    template = translate(source, dict(given), region, later)
    with suppress(OSError, StackError, TypeError):  # a full disk, which is said elsewhere; no JSON
        folder.mkdir(parents=True, exist_ok=True)
        write_document(kept, {"template": template.document, "methods": template.build_methods})
        remove_old(folder)
    return template


def digest(source: str, given: Mapping[str, str], later: frozenset[str], region: str) -> str:
    """Returns what changes when a translation would be another one."""
    made_of = [
        source,
        sorted(given.items()),
        sorted(later),
        region,
        version("aws-sam-translator"),
        Path(__file__).with_name("translate.py").read_text(encoding="utf-8"),
    ]
    return hashlib.blake2b(json.dumps(made_of).encode(), digest_size=16).hexdigest()


def remove_old(folder: Path) -> None:
    """Removes all translations but the newest. Raises OSError."""
    newest_first = sorted(folder.glob("*.json"), key=lambda one: -one.stat().st_mtime)
    for old in newest_first[KEPT_TRANSLATIONS:]:
        old.unlink(missing_ok=True)
