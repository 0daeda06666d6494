"""`<spanvas-trace-tab>` in a page that knows nothing of React, of Canvas or of our styles."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from local.stack import Stack

pytestmark = pytest.mark.browser

HOST_PAGE = """<!doctype html>
<title>Somebody's page</title>
<script type="module" src="/spanvas-trace-tab.js"></script>
<h1>Somebody's page</h1>
<input aria-label="Their field">
<div style="height: 600px"></div>
"""

MOUNT = """([executionId, token]) => {
  const element = document.createElement("spanvas-trace-tab");
  element.tokenProvider = () => Promise.resolve(token);
  element.setAttribute("execution-id", executionId);
  window.selected = [];
  element.addEventListener("spanvas-select", (event) => window.selected.push(event.detail.spanId));
  document.querySelector("div").append(element);
}"""


@pytest.fixture
def host(page: Page, context: BrowserContext, stack: Stack, executions: dict[str, str]) -> Page:
    """Somebody's page with the failed trace in it."""

    def serve(route: Route) -> None:
        route.fulfill(content_type="text/html", body=HOST_PAGE)

    context.route("**/host.html", serve)
    page.goto("/host.html")
    page.wait_for_function("customElements.get('spanvas-trace-tab') !== undefined")
    page.evaluate(MOUNT, [executions["shipping-notice"], stack.operator_token()])
    return page


def test_the_element_shows_the_trace_and_tells_what_is_selected(host: Page) -> None:
    expect(host.locator(".sv-verdict")).to_contain_text("Failed in “Book the parcel”")
    row = host.get_by_role("treeitem", name="Look up the order")
    row.click()
    expect(row).to_have_attribute("aria-selected", "true")
    assert host.evaluate("window.selected") == [row.get_attribute("data-span-id")]
    assert host.url.endswith("/host.html")


def test_the_host_keeps_its_styles_and_its_keys(host: Page) -> None:
    expect(host.locator(".sv-verdict")).to_be_visible()
    heading = host.get_by_role("heading", name="Somebody's page")
    assert (
        heading.evaluate("element => getComputedStyle(element).fontFamily") == '"Times New Roman"'
    )
    host.get_by_label("Their field").click()
    host.keyboard.type("/jk?")
    expect(host.get_by_label("Their field")).to_have_value("/jk?")
    expect(host.get_by_role("dialog")).to_have_count(0)
