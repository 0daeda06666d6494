"""A reader without `trace:content:restricted`: what is withheld is named, with the permission that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.navigation import go_to, open_trace

pytestmark = pytest.mark.browser

WORKFLOW = "document-table"
MARK = "[REDACTED:restricted]"


@pytest.fixture
def restricted(context: BrowserContext) -> None:
    """What the API answers such a reader: no previews, and marks in the place of restricted fields."""

    def without_previews(route: Route) -> None:
        response = route.fetch()
        body: dict[str, Any] = response.json()
        for row in body["rows"]:
            row.pop("input_preview", None)
            row.pop("output_preview", None)
        route.fulfill(response=response, json={**body, "restricted_access": "denied"})

    def without_the_customer(route: Route) -> None:
        response = route.fetch()
        body: dict[str, Any] = response.json()
        body["content"] = {"input": {"customer": {"email": MARK}, "order": "17"}}
        body["content_access"] = "granted"
        route.fulfill(response=response, body=json.dumps({**body, "restricted_access": "denied"}))

    context.route("**/trace*", without_previews)
    context.route("**/spans/*", without_the_customer)


@pytest.mark.usefixtures("restricted")
def test_a_reader_is_told_what_is_restricted_and_by_which_permission(
    page: Page, executions: dict[str, str], screenshots: Path
) -> None:
    open_trace(page, executions, WORKFLOW)
    fact = page.get_by_text("restricted fields and previews hidden from your role")
    expect(fact).to_be_visible()
    why = re.compile("no trace:content:restricted: .* previews in the list, because they may hold")
    expect(fact).to_have_attribute("title", why)
    go_to(page, "Write the table")

    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("Parts are hidden from your role")
    expect(panel).to_contain_text("trace:content:restricted")
    hidden = panel.locator(".sv-redaction").filter(has_text="restricted").first
    expect(hidden).to_contain_text("hidden from your role: restricted")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=screenshots / f"restricted-{scheme}.png")


def test_where_nothing_is_restricted_nothing_is_said_of_it(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, WORKFLOW)
    go_to(page, "Write the table")

    expect(page.get_by_role("tab", name="Raw")).to_be_visible()
    expect(page.get_by_text("hidden from your role")).to_have_count(0)
