"""A run that goes on: what is new appears by itself, what the reader chose stays, and lost connections come back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.stubs import SECOND, START, Stub
from tests.browser.tab_runs import running_run, timed

pytestmark = pytest.mark.browser

SCROLL = "document.querySelector('.sv-list').scrollTop"


def goes_on(stub: Stub) -> None:
    """The open call ends, and twenty others follow it."""
    for number in (6, 7):
        stub.rows[number] |= {
            "status": "ok",
            "end_time_unix_nano": str(START + 7 * SECOND),
        }
    stub.rows += [
        timed(number, f"review {number}", 1, 7_000 + number, None, depth=2, status="running")
        for number in range(8, 28)
    ]
    stub.served_at = START // SECOND + 9


def test_what_is_new_appears_and_selection_scroll_and_zoom_stay(page: Page) -> None:
    stub = running_run()
    stub.serve(page.context)
    page.set_viewport_size({"width": 1440, "height": 420})
    stub.open(page)
    page.get_by_role("treeitem", name="GET /orders/4711").click()
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile(r"zoom="))
    zoom = page.url
    page.evaluate(f"{SCROLL} = 40")
    goes_on(stub)
    expect(page.locator(".sv-verdict")).to_contain_text("Running")
    expect(page.get_by_role("treeitem", name="Draft an answer")).not_to_contain_text("running")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("GET /orders/4711")
    assert page.url == zoom
    assert page.evaluate(SCROLL) == 40


def test_without_a_choice_the_newest_span_is_followed(page: Page) -> None:
    stub = running_run()
    stub.serve(page.context)
    stub.open(page)
    selected = page.get_by_role("treeitem", selected=True)
    expect(selected).to_contain_text("chat nova-lite")
    goes_on(stub)
    expect(selected).to_contain_text("review 27")
    page.keyboard.press("k")
    expect(selected).to_contain_text("review 26")


def test_a_lost_connection_is_said_and_comes_back_by_itself(
    page: Page, complaints: list[str]
) -> None:
    stub = running_run()
    stub.serve(page.context)
    stub.open(page)
    expect(page.get_by_text("live", exact=True)).to_be_visible()

    def refuse(route: Route) -> None:
        route.abort()

    page.context.route("**/v1/executions/*/trace*", refuse)
    expect(page.get_by_text("not live: reconnecting")).to_be_visible()
    expect(page.get_by_text("may be out of date")).to_be_visible()
    page.context.unroute("**/v1/executions/*/trace*", refuse)
    goes_on(stub)
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    expect(page.get_by_text("may be out of date")).to_be_hidden()
    expect(page.get_by_role("treeitem", name="review 27")).to_be_visible()
    assert all("ERR_FAILED" in text for text in complaints)
    complaints.clear()
