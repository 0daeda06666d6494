"""What was ever written can be read, and what is written today can be read by those who read the newest version."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from spanvas.storage.decoding import VERSION
from tests.support.aws_in_process import mocked_store
from tests.support.builders import Clock
from tests.support.golden_stored import lacking, laid_out
from tests.support.stored_cases import CASES, FOLDER, Json, put, read, written

VERSIONS = sorted(int(folder.name[1:]) for folder in FOLDER.iterdir())
CHUNK = re.compile(r"ROWS#([0-9a-f]{20})")
GOLDEN = sorted(FOLDER.glob("v*/*.json"))


def load(path: Path) -> Json:
    loaded: Json = json.loads(path.read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_golden_file_is_read_as_the_values_that_stand_in_it(path: Path) -> None:
    """What a later reader knows besides has its default value, and is not compared."""
    golden = load(path)
    clock = Clock()
    with mocked_store(clock) as store:
        put(golden)

        found = read(store, clock)

    assert lacking(golden["decoded"], found) == []


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_file_shows_what_is_in_its_compressed_values(path: Path) -> None:
    golden = load(path)
    with mocked_store(Clock()):
        put(golden)

        found = written()

    assert found["inflated"] == golden["inflated"]


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_today_has_all_that_the_newest_golden_file_has(name: str) -> None:
    """Additions are free: a reader passes over what it does not know. What is changed or left out, it would miss: raise
    `VERSION`, teach readers both, and write the golden files of the new version (`tests/support/golden_stored.py`)."""
    golden = numbered_chunks(load(FOLDER / f"v{VERSION}" / f"{name}.json"))
    clock = Clock()
    with mocked_store(clock) as store:
        CASES[name](store, clock)

        found = numbered_chunks(written())

    for part in ("items", "inflated", "objects", "audit"):
        expected = by_place(golden.get(part, []))
        actual = by_place(found.get(part, []))
        assert lacking(expected, actual) == [], part


def test_each_version_that_was_ever_written_has_its_golden_files() -> None:
    assert list(range(1, VERSION + 1)) == VERSIONS
    newest = {path.stem for path in FOLDER.glob(f"v{VERSION}/*.json")}
    assert newest == set(CASES)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_golden_files_are_as_they_were_written(path: Path) -> None:
    assert path.read_text("utf-8") == laid_out(load(path)) + "\n"


def numbered_chunks(document: Json) -> Json:
    """The document with its chunks named by their number: their names are digests of all that is in them, so that an
    addition to the rows gives others, and no reader knows one by its name."""
    text = json.dumps(document)
    for number, name in enumerate(dict.fromkeys(CHUNK.findall(text))):
        text = text.replace(name, f"chunk-{number}")
    numbered: Json = json.loads(text)
    return numbered


def by_place(part: Any) -> Any:
    """Items by their key and without what is compressed, which is compared as it reads."""
    if isinstance(part, dict):
        return {name: value for name, value in part.items() if not name.startswith("details/")}
    return {
        f"{item['pk']['S']} {item['sk']['S']}": {k: v for k, v in item.items() if k != "data"}
        for item in part
    }
