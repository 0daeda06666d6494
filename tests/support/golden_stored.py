"""Write the golden files of a version that has none yet: `python -m tests.support.golden_stored v1`.

A version's files are written once, by the code that writes this version, before it is released. Existing files are
never changed: the cases that are there already are left out.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.stored_cases import CASES, FOLDER, read, written

WIDTH: Final = 110


def main(version: str) -> None:
    folder = FOLDER / version
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        path = folder / f"{name}.json"
        if path.exists():
            continue
        clock = Clock()
        with mocked_store(clock) as store:
            case(store, clock)
            golden = {**written(), "decoded": read(store, clock)}
        path.write_text(laid_out(golden) + "\n", "utf-8")
        print(path)


def laid_out(value: Any, indent: str = "") -> str:
    """JSON for people: what fits into a line stands in one."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(text) <= WIDTH:
        return text
    deeper = indent + " "
    if isinstance(value, dict):
        members = [
            f"{json.dumps(name, ensure_ascii=False)}: {laid_out(member, deeper)}"
            for name, member in sorted(value.items())
        ]
    else:
        members = [laid_out(member, deeper) for member in value]
    first, last = "{}" if isinstance(value, dict) else "[]"
    return f"{first}\n{deeper}" + f",\n{deeper}".join(members) + f"\n{indent}{last}"


def lacking(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where something that is expected is not there, or is another. What is found besides is not told: more members,
    and more at the end of a list."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for name, value in expected.items()
            for line in (
                lacking(value, found[name], f"{where}/{name}")
                if name in found
                else [f"{where}/{name} is not there"]
            )
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(found) >= len(expected):
        return [
            line
            for place, value in enumerate(expected)
            for line in lacking(value, found[place], f"{where}/{place}")
        ]
    return [] if expected == found else [f"{where} was {expected!r} and is {found!r}"]


if __name__ == "__main__":
    main(sys.argv[1])
