"""Wherever it turns out that the session has ended, there is a button that leads back to the same place."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local.stack import Stack
from tests.browser.live_run import Run

pytestmark = pytest.mark.browser

AGAIN = "Sign in again"


def end_session(page: Page) -> None:
    """The token's hour passes. It cannot be renewed: the local issuer gives no refresh token."""
    page.clock.fast_forward("01:05:00")


def open_place(page: Page, place: str) -> None:
    page.clock.install()
    page.goto(place)
    expect(page.locator("tr, [role=treeitem]").first).to_be_visible()


def trace_of(executions: dict[str, str], workflow_id: str) -> str:
    return f"/?workflow={workflow_id}&execution={executions[workflow_id]}"


def offers_a_way_on(where: Locator) -> Locator:
    button = where.get_by_role("button", name=AGAIN).first
    expect(button).to_be_visible()
    return button


def test_from_the_panel_one_comes_back_to_the_same_span_and_search(
    page: Page, executions: dict[str, str]
) -> None:
    open_place(page, f"{trace_of(executions, 'shipping-notice')}&q=order&path=")
    end_session(page)
    page.get_by_role("treeitem", name="Look up the order").click()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("alert")).to_contain_text("Your session has ended")
    place = page.url
    assert parse_qs(urlsplit(place).query).keys() >= {"execution", "span", "q"}
    offers_a_way_on(panel).click()
    page.wait_for_url(place)
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("Look up the order")
    expect(panel.get_by_role("tabpanel")).to_contain_text("Input")
    expect(page.get_by_role("searchbox", name="Search spans")).to_have_value("order")
    expect(page).to_have_url(place)


@pytest.mark.parametrize(
    "place", ["/", "/?workflow=support-triage", "/?workflow=support-triage&tab=history"]
)
def test_a_history_that_polls_says_so_by_itself(
    page: Page, executions: dict[str, str], place: str
) -> None:
    open_place(page, place)
    end_session(page)
    told = page.locator(".sv-out-of-date")
    expect(told).to_contain_text("Your session has ended. What you see may be out of date.")
    offers_a_way_on(told).click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(told).to_have_count(0)
    assert urlsplit(page.url).query == urlsplit(place).query


@pytest.mark.parametrize("place", ["/", "/?workflow=support-triage"])
def test_views_that_are_opened_afterwards_say_so(
    page: Page, executions: dict[str, str], place: str
) -> None:
    open_place(page, trace_of(executions, "support-triage"))
    end_session(page)
    page.get_by_role("link", name="Canvas" if place == "/" else "History").click()
    offers_a_way_on(page.get_by_role("alert"))


def test_the_list_of_workflows_says_so(page: Page, executions: dict[str, str]) -> None:
    """The token is over before the first request: as after a night with the page half loaded."""

    def old(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "expires_in": 0})

    page.context.route("**/token", old)
    page.goto("/")
    workflows = page.locator("section", has=page.get_by_role("heading", name="Workflows"))
    offers_a_way_on(workflows)
    page.context.unroute("**/token")
    page.get_by_role("button", name=AGAIN).first.click()
    expect(workflows.get_by_role("link", name="Support triage")).to_be_visible()


def searched(page: Page) -> Locator:
    page.keyboard.press("/")
    page.keyboard.type("harbour master")
    return page.get_by_role("alert").filter(has_text="Attributes and content were not searched.")


def gallery(page: Page) -> Locator:
    page.keyboard.press("a")
    return page.get_by_role("dialog", name="Artifacts of the run")


def preview(page: Page) -> Locator:
    page.locator(".sv-panel").get_by_role("button", name="Preview").first.click()
    return page.locator(".sv-artifacts")


def download(page: Page) -> Locator:
    page.locator(".sv-panel").get_by_role("button", name="Download").first.click()
    return page.locator(".sv-artifacts")


def previous_run(page: Page) -> Locator:
    page.keyboard.press("[")
    return page.locator(".sv-notice")


def compared(page: Page) -> Locator:
    page.keyboard.press("d")
    return page.locator(".sv-notice")


def prompt(page: Page) -> Locator:
    page.get_by_role("tree", name="Spans of the trace").focus()
    page.keyboard.press("End")
    page.keyboard.press("p")
    return page.locator(".sv-notice")


@pytest.mark.parametrize(
    "ask", [searched, gallery, preview, download, previous_run, compared, prompt]
)
def test_whatever_is_asked_in_a_trace_says_so(
    page: Page, executions: dict[str, str], ask: Callable[[Page], Locator]
) -> None:
    open_place(page, trace_of(executions, "document-table"))
    page.get_by_role("tree", name="Spans of the trace").focus()
    page.keyboard.press("/")
    page.keyboard.type("Write the table")
    page.keyboard.press("Enter")
    expect(page.locator(".sv-panel").get_by_role("button", name="Preview")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    end_session(page)
    offers_a_way_on(ask(page))


def test_the_comparison_says_so(page: Page, executions: dict[str, str]) -> None:
    failed, good = executions["shipping-notice"], executions["support-triage"]
    open_place(page, trace_of(executions, "shipping-notice"))
    end_session(page)
    page.evaluate(
        """query => {
          history.pushState(null, "", query);
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        f"/?execution={failed}&with={good}",
    )
    offers_a_way_on(page.locator("main")).click()
    expect(page.get_by_role("row", name="Whole run")).to_be_visible()
    expect(page).to_have_url(re.compile(f"with={good}"))


def test_without_a_run_to_compare_with_it_says_so_too(
    page: Page, executions: dict[str, str]
) -> None:
    failed = executions["shipping-notice"]
    open_place(page, trace_of(executions, "shipping-notice"))
    end_session(page)
    page.evaluate(
        """query => {
          history.pushState(null, "", query);
          dispatchEvent(new PopStateEvent("popstate"));
        }""",
        f"/?execution={failed}&with=",
    )
    offers_a_way_on(page.locator(".cv-compare-head"))


def test_a_run_that_cannot_be_started_says_so(page: Page, executions: dict[str, str]) -> None:
    open_place(page, "/?workflow=support-triage")
    end_session(page)
    page.get_by_role("button", name="Run", exact=True).click()
    offers_a_way_on(page.locator(".cv-run").get_by_role("alert")).click()
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("workflow=support-triage"))


def test_a_live_run_says_so_by_itself(page: Page, stack: Stack) -> None:
    run = Run(stack)
    open_place(page, f"/?execution={run.id}")
    end_session(page)
    offers_a_way_on(page.locator(".sv-out-of-date"))


def test_the_way_on_is_reached_with_the_keyboard_alone(
    page: Page, executions: dict[str, str]
) -> None:
    open_place(page, trace_of(executions, "shipping-notice"))
    end_session(page)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    button = offers_a_way_on(page.get_by_role("complementary"))
    for _ in range(20):
        if button.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("Shipping notice")
