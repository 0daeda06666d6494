"""The page of the tab's states shows all of them, and its pictures are there and small."""

from __future__ import annotations

import re

import pytest

from tests.browser.states import IMAGES, SIZES
from tests.browser.states_page import PAGE, states_page
from tests.browser.tab_states import ALL_STATES

LARGEST_BYTES = 120_000
NAMES = {
    f"{state.name}-{scheme}-{size}"
    for state in ALL_STATES
    for scheme in ("light", "dark")
    for size in SIZES
}


def test_the_page_is_written_from_the_list() -> None:
    assert PAGE.read_text("utf-8") == states_page()


def test_the_page_shows_every_picture_and_no_other_lies_about() -> None:
    shown = set(re.findall(r"images/states/([\w-]+)\.png", PAGE.read_text("utf-8")))
    assert shown == NAMES
    assert {path.stem for path in IMAGES.glob("*.png")} == NAMES


@pytest.mark.parametrize("size", SIZES)
def test_pictures_are_small(size: str) -> None:
    pictures = list(IMAGES.glob(f"*-{size}.png"))
    assert len(pictures) == 2 * len(ALL_STATES)
    assert max(path.stat().st_size for path in pictures) <= LARGEST_BYTES
