"""A run that goes on while it is looked at: the page follows it and leaves the reader where the reader is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from local.seed import start_workflow
from local.stack import Stack
from tests.browser.live_run import LINES, Run, letters
from tests.browser.showing import without_rows
from tests.browser.waiting import eventually


@pytest.fixture
def run(stack: Stack) -> Run:
    return Run(stack)


def open_run(page: Page, run: Run) -> None:
    page.goto(f"/?execution={run.id}")
    expect(page.get_by_role("treeitem", name="step aa")).to_be_visible()


def reads(page: Page) -> list[str]:
    """Grows with each reading of the trace."""
    seen: list[str] = []
    page.on(
        "request", lambda request: seen.append(request.url) if "/trace" in request.url else None
    )
    return seen


def test_it_grows_under_a_reader_who_has_selected_scrolled_and_zoomed(page: Page, run: Run) -> None:
    open_run(page, run)
    page.get_by_role("treeitem", name="step ac").click()
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile("zoom="))
    place = page.url
    scrolled = "document.querySelector('.sv-list').scrollTop"
    page.evaluate(f"{scrolled} = 700")
    top = page.get_by_role("treeitem", name="step bb")
    before = top.bounding_box()

    run.write(*(run.span(f"early {letters(n)}", "run") for n in range(5)))

    def stands_where_it_stood() -> None:
        assert top.bounding_box() == before

    expect(page.get_by_role("treeitem", name="step bb")).to_have_attribute("aria-setsize", "85")
    eventually(page, stands_where_it_stood)
    assert page.evaluate(scrolled) == 700 + 5 * 28
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("step ac")
    assert page.url == place

    run.end()

    expect(page.locator(".sv-header")).to_contain_text("Succeeded")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("step ac")
    eventually(page, stands_where_it_stood)


def test_a_hidden_tab_reads_seldom_and_one_that_is_seen_again_at_once(page: Page, run: Run) -> None:
    open_run(page, run)
    page.evaluate(
        """() => {
          Object.defineProperty(document, "visibilityState", { get: () => window.seen, configurable: true });
          window.seen = "hidden";
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    seen = reads(page)
    page.wait_for_timeout(4_000)
    assert len(seen) <= 1

    run.write(run.span("late one", "run", LINES))
    page.evaluate(
        """() => {
          window.seen = "visible";
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )

    expect(page.get_by_role("treeitem", name="step aa")).to_have_attribute("aria-setsize", "81")


def test_a_lost_connection_is_said_and_comes_back_by_itself(
    page: Page, context: BrowserContext, complaints: list[str], run: Run
) -> None:
    open_run(page, run)
    context.set_offline(True)
    expect(page.locator(".sv-header")).to_contain_text("reconnecting")
    expect(page.locator(".sv-out-of-date")).to_contain_text("The server cannot be reached")
    run.write(run.span("late one", "run", LINES))

    context.set_offline(False)

    expect(page.get_by_role("treeitem", name="step aa")).to_have_attribute("aria-setsize", "81")
    expect(page.locator(".sv-header")).not_to_contain_text("reconnecting")
    assert all("ERR_INTERNET_DISCONNECTED" in text for text in complaints)
    complaints.clear()


def test_a_run_that_somebody_else_starts_appears_in_the_history(page: Page, stack: Stack) -> None:
    with stack.api() as api:
        workflow = api.get("/v1/workflows")["items"][0]
        page.goto(f"/?workflow={workflow['workflow_id']}&tab=history")
        expect(page.get_by_role("heading", name="Executions")).to_be_visible()

        execution_id = start_workflow(api, workflow["workflow_id"], workflow["sample_input"])

    expect(page.locator(f'a[href*="{execution_id}"]').first).to_be_visible()


def test_the_wait_in_the_queue_goes_on_between_two_answers(page: Page) -> None:
    without_rows("queued", "The execution is queued and has not started yet.")(page)
    expect(page.locator(".sv-facts")).to_contain_text("queued at")
    expect(page.locator(".sv-facts")).not_to_contain_text("started")
    waited = page.get_by_role("definition").filter(has_text=re.compile(r"^\d+\.\d s$"))
    expect(waited).not_to_have_text("12.0 s")
