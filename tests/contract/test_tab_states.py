"""The page of the tab's states lists all of them; git has only pictures that the docs show, few and small."""

from __future__ import annotations

import re

from local.project import PROJECT
from tests.browser.states_page import PAGE, states_page

IMAGES = PROJECT / "docs" / "images"
MOST_PICTURES = 12
LARGEST_BYTES = 120_000
DOCS = (PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md"))


def test_the_page_is_written_from_the_list() -> None:
    assert PAGE.read_text("utf-8") == states_page()


def test_every_picture_is_shown_by_a_page_of_the_docs() -> None:
    shown = {
        name
        for page in DOCS
        for name in re.findall(r"images/([\w/-]+)\.png", page.read_text("utf-8"))
    }
    kept = {path.relative_to(IMAGES).with_suffix("").as_posix() for path in IMAGES.rglob("*.png")}
    assert kept == shown
    assert len(kept) <= MOST_PICTURES


def test_pictures_are_small() -> None:
    assert max(path.stat().st_size for path in IMAGES.rglob("*.png")) <= LARGEST_BYTES
