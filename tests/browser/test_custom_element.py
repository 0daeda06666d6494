"""`<spanvas-trace-tab>` in a page that knows nothing of React, of Canvas or of our styles."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from local.project import PROJECT
from local.stack import Stack
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

HTML, SCRIPT = re.findall(
    r"^```(?:html|js)\n(.*?)^```$",
    (PROJECT / "docs" / "how-to" / "embed-anywhere.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)
LISTEN = """window.selected = [];
document.addEventListener("spanvas-select", (event) => window.selected.push(event.detail.spanId));
"""


@pytest.fixture
def host(page: Page, context: BrowserContext, stack: Stack, executions: dict[str, str]) -> Page:
    """Somebody's page with the failed trace in it."""

    def serve_page(route: Route) -> None:
        route.fulfill(content_type="text/html", body=HTML)

    def serve_script(route: Route) -> None:
        answers = f"executionId: {id!r}, accessToken: async () => {token!r}"
        session = f"const session = {{ {answers} }};"
        route.fulfill(content_type="text/javascript", body=LISTEN + session + SCRIPT)

    id, token = executions["shipping-notice"], stack.token()
    context.route("**/host.html*", serve_page)
    context.route("**/your-page.js", serve_script)
    page.goto("/host.html")
    expect(page.locator(".sv-outcome")).to_be_visible()
    return page


def test_the_element_shows_the_trace_and_tells_what_is_selected(host: Page) -> None:
    expect(host.locator(".sv-outcome")).to_contain_text("Failed in “Book the parcel”")
    row = host.get_by_role("treeitem", name="Look up the order")
    row.click()
    expect(row).to_have_attribute("aria-selected", "true")
    span_id = row.get_attribute("data-span-id")

    def check() -> None:
        assert host.evaluate("window.selected") == [span_id]

    eventually(host, check)
    expect(host).to_have_url(re.compile(rf"/host\.html#span={span_id}$"))


def test_the_host_keeps_its_styles_and_its_keys(host: Page) -> None:
    expect(host.locator(".sv-outcome")).to_be_visible()
    heading = host.get_by_role("heading", name="Somebody's page")
    assert (
        heading.evaluate("element => getComputedStyle(element).fontFamily") == '"Times New Roman"'
    )
    host.get_by_label("Their field").click()
    host.keyboard.type("/jk?")
    expect(host.get_by_label("Their field")).to_have_value("/jk?")
    expect(host.get_by_role("dialog")).to_have_count(0)


def test_the_host_s_url_leads_to_a_span(host: Page) -> None:
    row = host.get_by_role("treeitem", name="Look up the order")
    host.evaluate(f"location.hash = 'span={row.get_attribute('data-span-id')}'")
    expect(row).to_have_attribute("aria-selected", "true")


def test_the_element_leaves_nothing_in_the_page_around_it(host: Page) -> None:
    around = """() => ({
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
        head: [...document.head.children].map((child) => child.localName).sort(),
        globals: Object.keys(window).filter((name) => /process|react|spanvas|vite/i.test(name)),
        stored: Object.keys(localStorage).length + Object.keys(sessionStorage).length,
    })"""
    assert host.evaluate(around) == {
        "sheets": 0,
        "head": ["script", "script", "title"],
        "globals": [],
        "stored": 0,
    }
