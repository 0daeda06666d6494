"""Every key of the sheet does the same, wherever in the tab the focus is and whatever the panel shows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from local.stack import Stack
from tests.browser.navigation import go_to, open_trace
from tests.browser.otlp_runs import SECOND, Sent, long_run, send
from tests.browser.waiting import Notices, expect_copied

pytestmark = pytest.mark.browser

TABS = ["Conversation", "Tokens and cost", "Attributes", "Raw"]


def tree(page: Page) -> Locator:
    return page.get_by_role("tree", name="Spans of the trace")


def open_model_call(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "support-triage")
    page.get_by_role("treeitem", name=re.compile("^amazon\\.nova-lite")).first.click()
    expect(page.get_by_role("tab", name="Conversation")).to_be_visible()
    page.evaluate("navigator.clipboard.writeText('nothing yet')")


@pytest.mark.parametrize("name", TABS)
def test_the_prompt_is_copied_from_every_tab_of_the_panel(
    page: Page, executions: dict[str, str], name: str, notices: Notices
) -> None:
    open_model_call(page, executions)
    tab = page.get_by_role("tab", name=name)
    tab.click()
    expect(tab).to_be_focused()
    page.keyboard.press("p")
    notices.expect("Copied the prompt")
    expect_copied(page, re.compile("^system:\n"))


def test_the_prompt_is_copied_before_the_panel_shows_it(
    page: Page, executions: dict[str, str], notices: Notices
) -> None:
    open_model_call(page, executions)
    page.keyboard.press("Home")
    go_to(page, "chat")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    notices.expect("Copied the prompt")
    expect_copied(page, re.compile("^system:\n"))


def test_a_span_without_a_prompt_says_so(
    page: Page, executions: dict[str, str], notices: Notices
) -> None:
    open_trace(page, executions, "shipping-notice")
    page.keyboard.press("p")
    notices.expect("This span has no prompt")


def focus_on(page: Page, place: str) -> None:
    """Puts the focus into the list, a tab of the panel, the toolbar, the graph or nothing at all."""
    if place == "list":
        tree(page).focus()
    elif place == "toolbar":
        page.get_by_role("button", name="Fold all", exact=True).focus()
    elif place == "graph":
        page.keyboard.press("g")
        page.get_by_role("region", name="Nodes").focus()
    elif place == "nothing":
        page.locator(".sv-header .sv-figures").click()
        assert page.evaluate("document.activeElement === document.body")
    else:
        page.get_by_role("tab", name=place).click()


PLACES = ["list", "Input and output", "Attributes", "Raw", "toolbar", "graph", "nothing"]


@pytest.mark.parametrize("place", PLACES)
def test_every_letter_works_from_everywhere(
    page: Page, executions: dict[str, str], place: str, notices: Notices
) -> None:
    open_trace(page, executions, "shipping-notice")
    selected = page.get_by_role("treeitem", selected=True)

    def press(key: str) -> None:
        focus_on(page, place) if place != "graph" else None
        page.keyboard.press(key)

    if place == "graph":
        focus_on(page, place)
    failing = selected.inner_text()
    press("k")
    expect(selected).not_to_have_text(failing)
    press("j")
    expect(selected).to_contain_text("POST /carriers")
    press("k")
    press("e")
    expect(selected).to_contain_text("POST /carriers")
    press("E")
    expect(selected).to_contain_text("POST /carriers")
    press("z")
    expect(page).to_have_url(re.compile("zoom="))
    zoomed = page.url
    press("+")
    expect(page).not_to_have_url(zoomed)
    press("-")
    press("Shift+ArrowLeft")
    press("Shift+ArrowRight")
    press("0")
    expect(page).not_to_have_url(re.compile("zoom="))
    press("c")
    expect(page.locator(".sv-path-step").first).to_be_attached()
    press("c")
    press("y")
    notices.expect("Copied a link to this span")
    press("p")
    notices.expect("This span has no prompt")
    press("l")
    notices.expect("The run has ended: nothing new comes")
    press("n")
    notices.expect("Nothing is searched for: press /")
    for bracket in "[]":
        with page.expect_request("**/v1/executions?*"):
            press(bracket)
    press("v")
    expect(page.get_by_role("dialog", name="Columns and order")).to_be_visible()
    page.keyboard.press("Escape")
    press("f")
    expect(page.get_by_role("dialog", name="Filter")).to_be_visible()
    page.keyboard.press("Escape")
    press("x")
    expect(page.get_by_role("treeitem", name="Look up the order")).to_have_count(0)
    press("X")
    expect(page.get_by_role("treeitem", name="Look up the order")).to_be_visible()
    press("a")
    expect(page.get_by_role("dialog", name="Artifacts of the run")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    if place != "graph":
        press("g")
        expect(page.get_by_role("region", name="Nodes")).to_be_visible()
    press("/")
    expect(page.get_by_role("searchbox", name="Search spans")).to_be_focused()
    page.keyboard.type("order")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    press("d")
    expect(page.get_by_role("combobox", name="Left")).to_have_value("")


def test_a_graph_that_is_not_known_and_a_run_without_failures_are_told(
    page: Page, stack: Stack, notices: Notices
) -> None:
    run = send(stack, Sent("import", 0, SECOND), Sent("load", 0, SECOND))
    page.goto(f"/?execution={run}")
    expect(page.get_by_role("treeitem", name="load")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("g")
    notices.expect("The graph of this workflow is not known here")
    assert "graph" not in page.url
    page.keyboard.press("e")
    notices.expect("Nothing failed in this run")


def test_on_a_phone_keys_that_are_about_the_list_show_the_list(page: Page, stack: Stack) -> None:
    run = send(stack, *long_run())
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"/?execution={run}")
    expect(page.get_by_role("treeitem", name="load")).to_be_visible()
    panel = page.get_by_role("complementary")
    for key, seen in (
        ("/", page.get_by_role("searchbox", name="Search spans")),
        ("f", page.get_by_role("dialog", name="Filter").get_by_label("Kind")),
        ("z", tree(page)),
    ):
        tree(page).focus()
        page.keyboard.press("Enter")
        expect(panel).to_be_focused()
        page.keyboard.press(key)
        expect(panel).to_be_hidden()
        expect(seen).to_be_focused()
        page.keyboard.press("Escape")
    tree(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(panel).to_be_visible()
    expect(panel.get_by_role("heading", level=3)).to_have_text("first of no length")


def test_brackets_that_are_written_with_alt_gr_work(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    press = """key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {
      key, bubbles: true, ctrlKey: true, altKey: true, modifierAltGraph: true }))"""
    with page.expect_request("**/v1/executions?*"):
        page.evaluate(press, "[")
