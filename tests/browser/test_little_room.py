"""Where there is little room, what is short is whole, and what does not fit is left out, not cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.navigation import open_trace
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

WIDTHS = [390, 560, 620, 768, 900, 1024, 1280, 1440, 1920]
LEAST_OF_A_SEARCH = 60
"""Pixels in which a word that is searched for can be read."""


def expect_within(inner: Locator, outer: Locator) -> None:
    def check() -> None:
        box, room = inner.bounding_box(), outer.bounding_box()
        assert box is not None
        assert room is not None
        assert room["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= room["x"] + room["width"] + 1

    eventually(inner.page, check)


def expect_whole(text: Locator) -> None:
    def check() -> None:
        assert text.evaluate("text => text.scrollWidth <= text.clientWidth")

    eventually(text.page, check)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_short_type_of_error_is_whole(page: Page, executions: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_trace(page, executions, "shipping-notice")
    errors = page.locator(".sv-error-type")
    expect(page.get_by_role("treeitem", selected=True)).to_be_visible()
    for error in errors.all():
        expect(error).to_have_text("HTTP 503")
        expect_whole(error)
        expect_within(error, error.locator(".."))


@pytest.mark.parametrize("width", WIDTHS)
def test_what_a_group_says_is_not_cut(page: Page, executions: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_trace(page, executions, "document-table")
    group = page.get_by_role("treeitem", name="times item")
    expect_within(group.get_by_text("2 failed"), group.locator(".sv-line-name"))
    for times in group.locator(".sv-group-times").locator("visible=true").all():
        expect_within(times, group.locator(".sv-bar-cell"))


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

    def check() -> None:
        assert field.evaluate("field => field.clientWidth") >= LEAST_OF_A_SEARCH

    eventually(page, check)
