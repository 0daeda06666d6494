"""Lists and objects that were flattened into attribute names: `llm.input_messages.0.message.role`.

Indices are text and may be missing, as SDKs drop attributes over their limit: items are sorted by number, and what
is gone is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MAX_INDEX_DIGITS: Final = 6


def items_of(attributes: Mapping[str, Any], prefix: str) -> list[dict[str, Any]] | None:
    """Each item's attributes by the rest of their names, in the order of the indices; None where there is none.

    `prefix` ends with a dot: `llm.tools.` gives `[{"tool.json_schema": ...}]`.
    """
    names = [name for name in attributes if name.startswith(prefix)]
    if not names:
        return None
    size = len(prefix)
    found: dict[int, dict[str, Any]] = {}
    for name in names:
        index, _, rest = name[size:].partition(".")
        if index.isdecimal() and len(index) <= MAX_INDEX_DIGITS:
            number = int(index)
            item = found.get(number)
            if item is None:
                item = found[number] = {}
            item[rest] = attributes[name]
    return [found[number] for number in sorted(found)] if found else None


def part_of_names(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any] | None:
    """Attributes below a prefix by the rest of their names; None where there is none."""
    size = len(prefix)
    found = {name[size:]: value for name, value in attributes.items() if name.startswith(prefix)}
    return found or None
