"""The main job in a real browser: run a workflow, open its trace, see what failed and why."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.navigation import go_to, open_trace
from tests.browser.waiting import Notices, expect_copied, expect_no_wider_than

pytestmark = pytest.mark.browser


def test_a_failed_run_opens_with_its_failing_span_selected_and_its_cause_shown(
    page: Page, screenshots: Path
) -> None:
    page.goto("/")
    page.get_by_role("link", name="Shipping notice").click()
    page.get_by_role("button", name="Run", exact=True).click()

    verdict = page.locator(".sv-outcome")
    expect(verdict).to_contain_text("Failed in “Book the parcel” after 2 retries: HTTP 503")
    expect(verdict).to_contain_text("answered 503 with 159 bytes")
    selected = page.get_by_role("treeitem", selected=True)
    expect(selected).to_contain_text("POST /carriers/Nordpost/shipments")
    expect(selected).to_be_in_viewport()
    panel = page.get_by_role("complementary")
    expect(panel.get_by_role("heading", name="POST /carriers/Nordpost/shipments")).to_be_visible()
    expect(panel).to_contain_text("down for maintenance")
    expect(panel).to_contain_text("attempt 3")
    expect(page.get_by_role("treeitem", name="Fill in the notice not run")).to_be_visible()
    panel.get_by_text("Stack trace").click()
    expect(panel.locator("pre").first).to_contain_text("Traceback")
    page.screenshot(path=screenshots / "trace-failed.png")


def test_the_failing_span_is_in_view_on_a_phone_too(page: Page, executions: dict[str, str]) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    open_trace(page, executions, "shipping-notice")
    expect(page.locator(".sv-strip")).to_contain_text("backoff")
    selected = page.get_by_role("treeitem", selected=True)
    expect(selected).to_contain_text("POST /carriers/Nordpost/shipments")
    expect(selected).to_be_in_viewport(ratio=0.9)


def test_an_invocation_leads_to_its_log_lines(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    page.get_by_role("treeitem", name="ExecutorFunction").click()
    console = r"^https://[a-z0-9-]+\.console\.aws\.amazon\.com"
    link = page.get_by_role("link", name="Log of this invocation")
    expect(link).to_have_attribute("href", re.compile(rf"{console}/cloudwatch/home\?"))
    page.get_by_role("treeitem", name="Look up the order").click()
    expect(page.get_by_role("heading", name="Look up the order")).to_be_visible()
    expect(link).to_have_count(0)
    lines = page.get_by_role("list", name="This span elsewhere").get_by_role("link")
    expect(lines).to_have_text([re.compile("Log lines"), re.compile("Function")])
    expect(lines.first).to_have_attribute(
        "href", re.compile(rf"{console}/cloudwatch/home\?region=.*#logsV2:logs-insights.*trace_id")
    )
    expect(lines.last).to_have_attribute(
        "href", re.compile(rf"{console}/lambda/home\?.*ExecutorFunction")
    )


def test_a_link_to_a_span_opens_it_again(
    page: Page, context: BrowserContext, executions: dict[str, str], notices: Notices
) -> None:
    open_trace(page, executions, "support-triage")
    page.get_by_role("treeitem", name="find_shipment").click()
    page.keyboard.press("y")
    notices.expect("Copied a link to this span")
    link = expect_copied(page, re.compile("&span="))
    assert parse_qs(urlsplit(link).query)["execution"] == [executions["support-triage"]]

    other = context.new_page()
    other.goto(link)
    expect(other.get_by_role("treeitem", selected=True)).to_contain_text("find_shipment")


def test_a_trace_is_read_with_the_keyboard_alone(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    selected = page.get_by_role("treeitem", selected=True)
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_focused()

    page.keyboard.press("Home")
    expect(selected).to_contain_text("Shipping notice")
    expect(selected).to_have_attribute("aria-level", "1")
    page.keyboard.press("ArrowLeft")
    expect(selected).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(selected).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("e")
    expect(selected).to_contain_text("HTTP 503")
    page.keyboard.press("/")
    page.keyboard.type("look up")
    expect(page.locator(".sv-search output")).to_have_text(re.compile("/1$"))
    page.keyboard.press("Enter")
    expect(selected).to_contain_text("Look up the order")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next error")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_model_call_shows_its_conversation_and_the_arithmetic_of_its_cost(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, "support-triage")
    page.get_by_role("treeitem", name="model call", exact=False).first.click()
    panel = page.get_by_role("complementary")
    for role in ("system", "user", "assistant"):
        expect(panel.get_by_role("heading", name=role).first).to_be_visible()
    panel.get_by_role("tab", name="Tokens and cost").click()
    expect(panel.get_by_role("row", name="Total")).to_contain_text("$0.0000")
    expect(panel).to_contain_text("per million")


def test_artifacts_are_shown_in_place(
    page: Page, complaints: list[str], executions: dict[str, str]
) -> None:
    open_trace(page, executions, "document-table")
    panel = page.get_by_role("complementary")

    go_to(page, "Write the table")
    panel.get_by_role("button", name="Preview").click()
    expect(panel.get_by_role("columnheader").first).to_be_visible()

    go_to(page, "Draw")
    panel.get_by_role("button", name="Preview").click()
    expect(panel.get_by_role("img").last).to_be_visible()

    go_to(page, "Write the page")
    panel.get_by_role("button", name="Preview").click()
    frame = panel.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    expect(frame.content_frame.locator("body")).to_contain_text("Skerhaven")
    # The page's policy holds in the frame too: the file's own styles are refused, and said to be.
    complaints[:] = [text for text in complaints if "inline style" not in text]


def test_the_token_stays_in_memory(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    kept = "JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])"
    assert page.evaluate(kept) == "[[],[]]"
    assert "code=" not in page.url
    assert page.evaluate("document.cookie") == ""


def test_an_unknown_execution_says_so_and_offers_a_way_on(
    page: Page, complaints: list[str]
) -> None:
    page.goto("/?execution=exec_of_somebody_else")
    expect(page.get_by_role("alert")).to_contain_text("There is no such execution")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert all("404" in text for text in complaints)
    complaints.clear()


def test_a_lost_connection_keeps_what_is_shown_and_is_retried(
    page: Page, complaints: list[str], executions: dict[str, str]
) -> None:
    """The browser is not told that it is offline: whoever is reads again by itself, which `test_recovery` tries."""
    open_trace(page, executions, "shipping-notice")
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("down for maintenance")
    page.route("**/spans/*", lambda route: route.abort("internetdisconnected"))
    page.get_by_role("treeitem", name="Look up the order").click()
    expect(panel.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()
    page.unroute("**/spans/*")
    panel.get_by_role("button", name="Retry").click()
    expect(panel.get_by_role("tabpanel")).to_contain_text("Input")
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("place", ["/", "/?workflow=research-brief", "trace"])
def test_nothing_is_wider_than_the_window(
    page: Page, executions: dict[str, str], width: int, place: str
) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    if place == "trace":
        open_trace(page, executions, "shipping-notice")
    else:
        page.goto(place)
        expect(page.get_by_role("table")).to_be_visible()
    expect_no_wider_than(page, width)
    if place == "trace" and width == 360:
        page.keyboard.press("Enter")
        expect(page.get_by_role("complementary")).to_be_visible()
        page.get_by_role("button", name="Back").click()
        expect(page.get_by_role("complementary")).to_be_hidden()
