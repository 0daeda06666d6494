"""In windows of every width: nothing is pushed out of them, names stay legible, and a tap opens what a key opens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.navigation import open_trace
from tests.browser.showing import comparison
from tests.browser.tab_runs import infrastructure_issues_run

pytestmark = pytest.mark.browser

LEAST_OF_A_NAME = 60
"""Pixels in which a name can be told from another."""


@pytest.mark.parametrize("width", [360, 600, 768, 900, 1440])
def test_a_comparison_is_as_wide_as_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    comparison(page)
    expect(page.locator(".cv-compare-scroll table")).to_be_visible()
    page.wait_for_function(
        """() => {
          const { scrollWidth, clientWidth } = document.querySelector(".cv-compare-scroll");
          return scrollWidth <= clientWidth;
        }"""
    )


@pytest.mark.parametrize("width", [360, 768])
def test_the_sides_of_a_comparison_are_chosen_below_each_other(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    comparison(page)
    page.wait_for_function(
        """() => {
          const [left, right] = document.querySelectorAll(".cv-compare-head select");
          return left.getBoundingClientRect().x === right.getBoundingClientRect().x;
        }"""
    )


def test_the_filters_of_the_history_are_as_wide_as_each_other_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/")
    expect(page.locator(".cv-filters select")).to_have_count(3)
    page.wait_for_function(
        """() => {
          const boxes = [...document.querySelectorAll(".cv-filters select")]
            .map((select) => select.getBoundingClientRect());
          return boxes.every(({ x, right }) => x === boxes[0].x && right === boxes[0].right);
        }"""
    )


@pytest.mark.parametrize("width", [360, 768, 1024, 1440])
def test_a_name_is_read_beside_a_mark_and_an_error(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    stub = infrastructure_issues_run()
    stub.serve(page.context)
    stub.open(page)
    expect(page.locator(".sv-mark-warning").first).to_be_visible()
    page.wait_for_function(
        """least => {
          const names = [...document.querySelectorAll(".sv-failed .sv-name")];
          return names.length > 0 && names.every((name) =>
            name.clientWidth >= least || name.scrollWidth <= name.clientWidth);
        }""",
        arg=LEAST_OF_A_NAME,
    )


def test_a_group_is_opened_by_a_tap_and_leads_back_to_the_spans(
    page: Page, executions: dict[str, str]
) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    open_trace(page, executions, "document-table")
    back = page.get_by_role("button", name="Spans", exact=True)
    line = page.get_by_role("treeitem", name="times item")
    line.click()
    expect(page.get_by_role("heading", name="Slowest")).to_be_visible()
    back.click()
    expect(page.get_by_role("heading", name="Slowest")).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("heading", name="Slowest")).to_be_visible()
    expect(back).to_be_hidden()
