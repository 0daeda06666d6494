"""A run that goes on while it is looked at: the page follows it and leaves the reader where the reader is."""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from local.seed import start_workflow
from local.stack import Stack
from spanvas.model.execution import Execution
from spanvas.model.ids import trace_id_for
from spanvas.model.span import Span
from spanvas.storage.port import SpanBatch
from tests.bench.read_trace import TENANT, store_of
from tests.support.builders import SECOND, make_execution, make_span

LINES = 80


class Run:
    """An execution that somebody else's function is at work on, as the store sees it."""

    def __init__(self, stack: Stack) -> None:
        self._store = store_of(stack)
        self.now = time.time_ns()
        self.id = f"live-{uuid4().hex[:8]}"
        self.execution: Execution = make_execution(
            self.id,
            tenant=TENANT,
            trace_id=trace_id_for(TENANT, self.id),
            workflow_id="order-lookup",
            started_at_unix_nano=self.now,
            deadline_unix_nano=self.now + 900 * SECOND,
            expected_nodes=(),
            started_by="somebody else",
        )
        self._store.start_execution(self.execution)
        self.write(self.span("run", kind="workflow", end_time_unix_nano=None))
        self.write(*(self.span(f"step {letters(n)}", "run", n) for n in range(LINES)))

    def span(self, name: str, parent: str | None = None, after: int = 0, **more: Any) -> Span:
        start = self.now + after * SECOND // 1000
        times = {"start_time_unix_nano": start, "end_time_unix_nano": start + SECOND // 1000}
        label = name[-8:]
        made: dict[str, Any] = {"trace_id": self.execution.trace_id, "name": name, **times, **more}
        return make_span(label, parent, **made)

    def write(self, *spans: Span) -> None:
        self._store.write(SpanBatch(TENANT, self.id, spans))

    def end(self) -> None:
        self.write(self.span("run", kind="workflow", recorded_at_unix_nano=self.now + SECOND))
        self._store.end_execution(TENANT, self.id, "succeeded", self.now + SECOND)


def letters(number: int) -> str:
    """Names without digits, so that the steps are not told as one line."""
    return chr(97 + number // 26) + chr(97 + number % 26)


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

    expect(page.get_by_role("treeitem", name="step bb")).to_have_attribute("aria-setsize", "85")
    assert top.bounding_box() == before
    assert page.evaluate(scrolled) == 700 + 5 * 28
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("step ac")
    assert page.url == place

    run.end()

    expect(page.locator(".sv-header")).to_contain_text("Succeeded")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("step ac")
    assert top.bounding_box() == before


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
