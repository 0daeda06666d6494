"""Who has seen a run or a span: for auditors alone, by keyboard, in light and dark, and when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from local.stack import Stack
from tests.browser.navigation import go_to, open_trace

pytestmark = pytest.mark.browser

WORKFLOW = "document-table"
BUTTON = "who has seen this"


@pytest.fixture
def seen(page: Page, stack: Stack, executions: dict[str, str]) -> Page:
    """A trace that a viewer has looked at, and whose files they were refused."""
    viewer = {"authorization": f"Bearer {stack.token('demo-viewer')}"}
    path = f"{stack.url}/v1/executions/{executions[WORKFLOW]}"
    assert page.request.get(f"{path}/trace", headers=viewer).ok
    assert page.request.post(f"{path}/artifacts/some-file/link", headers=viewer).status == 403
    open_trace(page, executions, WORKFLOW)
    return page


def button(page: Page) -> Locator:
    return page.get_by_role("button", name=BUTTON)


def test_an_auditor_reads_who_has_seen_a_run_with_the_keyboard(
    seen: Page, screenshots: Path
) -> None:
    button(seen).focus()
    seen.keyboard.press("Enter")
    dialog = seen.get_by_role("dialog", name="Who has seen this")

    rows = dialog.get_by_role("row")
    mine = rows.filter(has_text="demo-operator").filter(has_text="the trace")
    expect(mine.first).to_contain_text("with content")
    viewers = rows.filter(has_text="demo-viewer")
    expect(viewers.filter(has_text="the trace")).to_contain_text("without content")
    expect(viewers.filter(has_text="file some-file")).to_contain_text("refused")
    for scheme in ("light", "dark"):
        seen.emulate_media(color_scheme=scheme)
        seen.screenshot(path=screenshots / f"who-has-seen-{scheme}.png")

    seen.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button(seen)).to_be_focused()


def test_of_a_span_its_own_reads_are_listed(seen: Page, screenshots: Path) -> None:
    go_to(seen, "Write the table")
    panel = seen.get_by_role("complementary")
    expect(panel.get_by_role("tabpanel")).to_contain_text("Input")
    panel.get_by_role("tab", selected=True).focus()
    seen.keyboard.press("ArrowLeft")

    expect(panel.get_by_role("tab", name="Seen by")).to_be_focused()
    table = panel.get_by_role("table", name="Who has seen this")
    row = table.get_by_role("row").filter(has_text="demo-operator").first
    expect(row).to_contain_text("span Write the table")
    expect(table.get_by_role("row").filter(has_text="the trace")).to_have_count(0)
    for scheme in ("light", "dark"):
        seen.emulate_media(color_scheme=scheme)
        seen.screenshot(path=screenshots / f"span-seen-by-{scheme}.png")


def test_a_list_that_cannot_be_read_says_so_and_is_read_again(
    seen: Page, context: BrowserContext, complaints: list[str]
) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=503, json={"detail": "The store does not answer."})

    context.route("**/accesses*", fail)
    button(seen).click()
    dialog = seen.get_by_role("dialog", name="Who has seen this")
    expect(dialog).to_contain_text("The store does not answer.")
    context.unroute("**/accesses*", fail)
    dialog.get_by_role("button", name="Retry").click()
    expect(dialog.get_by_role("row").filter(has_text="demo-viewer").first).to_be_visible()
    complaints[:] = [text for text in complaints if "503" not in text]


@pytest.mark.parametrize(("status", "offered"), [(404, 1), (403, 1), (401, 0), (503, 0)])
def test_it_is_offered_of_a_run_that_cannot_be_read_where_it_can_be_answered(
    page: Page,
    executions: dict[str, str],
    complaints: list[str],
    status: int,
    offered: int,
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=status, json={"title": "No", "status": status, "detail": "Not now."})

    page.context.route(f"**/v1/executions/{executions[WORKFLOW]}/trace*", refuse)
    page.goto(f"/?workflow={WORKFLOW}&execution={executions[WORKFLOW]}")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert").get_by_role("button", name=BUTTON)).to_have_count(offered)
    complaints[:] = [text for text in complaints if str(status) not in text]


def test_nobody_else_is_offered_it(
    page: Page, context: BrowserContext, executions: dict[str, str]
) -> None:
    def without_the_scope(route: Route) -> None:
        response = route.fetch()
        settings = response.json()
        scopes = [scope for scope in settings["scopes"] if scope != "audit:read"]
        route.fulfill(response=response, json={**settings, "scopes": scopes})

    context.route("**/config.json", without_the_scope)
    open_trace(page, executions, WORKFLOW)
    go_to(page, "Write the table")

    expect(page.get_by_role("tab", name="Raw")).to_be_visible()
    expect(button(page)).to_have_count(0)
    expect(page.get_by_role("tab", name="Seen by")).to_have_count(0)
