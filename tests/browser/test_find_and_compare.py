"""Finding a step and looking at it from all sides: time, siblings, search, graph, other runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_open_a_failed_trace import open_trace

pytestmark = pytest.mark.browser


def test_the_timeline_zooms_and_the_zoom_stands_in_the_url(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, "shipping-notice")
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile(r"zoom=\d+-\d+"))
    expect(page.locator(".sv-minimap-window")).to_be_visible()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("zoom="))
    box = page.locator(".sv-minimap").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 10, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"zoom=\d+-\d+"))


def test_many_items_are_one_line_and_the_failed_ones_follow(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, "document-table")
    group = page.get_by_role("treeitem", name=re.compile(r"^\d+ times item #"))
    expect(group).to_contain_text("failed")
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("treeitem", name=re.compile("^item .*failed")).first).to_be_visible()
    group.click()
    expect(page.get_by_role("complementary")).to_contain_text("Slowest")
    page.get_by_role("tree", name="Spans of the trace").focus()
    page.keyboard.press("ArrowRight")
    expect(group).to_have_attribute("aria-expanded", "true")


def test_content_is_searched_and_marked(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "document-table")
    page.keyboard.press("/")
    page.keyboard.type("harbour master wrote")
    expect(page.locator(".sv-search output")).to_have_text(re.compile(r"/\d+$"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("harbour master wrote")
    page.wait_for_function("() => CSS.highlights.get('sv-hits')?.size > 0")


def test_the_critical_path_and_where_the_time_went(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    expect(page.get_by_label("Where the time went")).to_contain_text("retry backoff")
    page.keyboard.press("c")
    expect(page.locator(".sv-path-step").first).to_be_visible()


def test_the_graph_and_the_tree_lead_to_each_other(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    page.keyboard.press("g")
    current = page.locator(".sv-graph-current")
    expect(current).to_contain_text("Book the parcel")
    page.get_by_role("button", name=re.compile("^Look up the order")).click()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("Look up the order")
    expect(current).to_contain_text("Look up the order")


def test_two_runs_stand_side_by_side(page: Page, executions: dict[str, str]) -> None:
    failed, good = executions["shipping-notice"], executions["support-triage"]
    page.goto(f"/?execution={failed}&with={good}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Two runs of")
    expect(page.get_by_role("row", name="Whole run")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="did not run").first).to_be_visible()
