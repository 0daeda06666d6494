"""Where there is little room, what is short is whole, and what does not fit is left out, not cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.navigation import open_trace

pytestmark = pytest.mark.browser

WIDTHS = [390, 560, 620, 768, 900, 1024, 1280, 1440, 1920]
LEAST_OF_A_SEARCH = 60
"""Pixels in which a word that is searched for can be read."""


def is_within(inner: Locator, outer: Locator) -> bool:
    box, room = inner.bounding_box(), outer.bounding_box()
    assert box is not None
    assert room is not None
    return room["x"] - 1 <= box["x"] and box["x"] + box["width"] <= room["x"] + room["width"] + 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_short_type_of_error_is_whole(page: Page, executions: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_trace(page, executions, "shipping-notice")
    for error in page.locator(".sv-error-type").all():
        expect(error).to_have_text("HTTP 503")
        assert error.evaluate("error => error.scrollWidth <= error.clientWidth")
        assert is_within(error, error.locator(".."))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_a_group_says_is_not_cut(page: Page, executions: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_trace(page, executions, "document-table")
    group = page.get_by_role("treeitem", name="times item")
    assert is_within(group.get_by_text("2 failed"), group.locator(".sv-line-name"))
    for times in group.locator(".sv-group-times").locator("visible=true").all():
        assert is_within(times, group.locator(".sv-bar-cell"))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_word_that_is_searched_for_can_be_read(
    page: Page, executions: dict[str, str], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_trace(page, executions, "document-table")
    page.keyboard.press("/")
    page.keyboard.type("cargo")
    expect(page.get_by_role("button", name="Next hit (n)")).to_be_visible()
    field = page.get_by_role("searchbox", name="Search spans")
    assert field.evaluate("field => field.clientWidth") >= LEAST_OF_A_SEARCH
