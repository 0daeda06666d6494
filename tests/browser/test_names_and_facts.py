"""What is known is named, what is empty is not labelled, and no two facts run into each other."""

from __future__ import annotations

import itertools
import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from local.stack import Stack
from spanvas.model.execution import Execution
from spanvas.model.ids import trace_id_for
from spanvas.storage.port import SpanBatch
from tests.browser.files_run import png
from tests.browser.otlp_runs import long_run, send
from tests.browser.waiting import eventually
from tests.support.builders import SECOND, make_artifact, make_execution, make_span, span_id
from tests.support.local_stack import TENANT, store_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(stack: Stack) -> str:
    return send(stack, *long_run())


def copied_text(page: Page, of: Locator) -> str:
    """What a reader gets who selects all of it and copies."""
    return str(
        of.evaluate(
            """element => {
              const selection = getSelection();
              selection.selectAllChildren(element);
              const text = selection.toString();
              selection.removeAllRanges();
              return text;
            }"""
        )
    )


@pytest.mark.parametrize("width", [360, 1440])
def test_facts_of_a_span_stand_apart_for_the_eye_and_when_copied(
    page: Page, run: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/?execution={run}")
    page.get_by_role("treeitem", name="POST").click()
    panel = page.get_by_role("complementary")
    facts = panel.locator(".sv-panel-facts")
    expect(facts).to_contain_text("HTTP request")
    assert copied_text(page, facts).split()[:5] == ["Kind", "HTTP", "request", "Status", "failed"]
    assert "HTTP requestfailed" not in copied_text(page, panel)
    assert re.search("request\\s+Status\\s+failed", facts.inner_text())
    boxes = facts.evaluate(
        """facts => [...facts.querySelectorAll("dd")].map((value) => {
          const range = document.createRange();
          range.selectNodeContents(value);
          const { left, right, top, bottom } = range.getBoundingClientRect();
          return [left, right, top, bottom];
        })"""
    )
    for one, other in itertools.combinations(boxes, 2):
        is_beside = one[1] + 8 <= other[0] or other[1] + 8 <= one[0]
        is_above = one[3] <= other[2] or other[3] <= one[2]
        assert is_beside or is_above, (one, other)


def test_nothing_empty_is_labelled(page: Page, run: str, executions: dict[str, str]) -> None:
    for place in (f"/?execution={run}", f"/?execution={executions['shipping-notice']}"):
        page.goto(place)
        expect(page.get_by_role("treeitem").first).to_be_visible()
        for fact in page.locator(".sv-fact").all_inner_texts():
            assert fact.strip() not in {"", "version", "by", "trace", "started"}
        for line in page.get_by_role("treeitem").all()[:8]:
            line.evaluate("line => line.click()")
            expect(page.get_by_role("complementary")).to_be_visible()
            expect(page.locator(".sv-panel-facts dd").first).to_be_visible()
            for value in page.locator(".sv-panel-facts dd").all_inner_texts():
                assert value.strip()
    page.goto(f"/?execution={run}")
    expect(page.locator(".sv-header")).to_contain_text("by demo-ingest")
    expect(page.locator(".sv-header")).not_to_contain_text("version")


def started(stack: Stack, execution_id: str, **facts: Any) -> Execution:
    """An execution that an own function has begun."""
    now = time.time_ns()
    execution = make_execution(
        execution_id,
        tenant=TENANT,
        trace_id=trace_id_for(TENANT, execution_id),
        started_at_unix_nano=now,
        deadline_unix_nano=now + 900 * SECOND,
        **facts,
    )
    store_of(stack).start_execution(execution)
    return execution


def write_span(stack: Stack, execution: Execution, **facts: Any) -> None:
    start = execution.started_at_unix_nano
    span = make_span(
        "a",
        trace_id=execution.trace_id,
        start_time_unix_nano=start,
        end_time_unix_nano=start + SECOND,
        **facts,
    )
    store_of(stack).write(SpanBatch(TENANT, execution.execution_id, (span,)))


def test_a_run_of_an_own_function_has_no_empty_by(page: Page, stack: Stack) -> None:
    write_span(stack, started(stack, "own-run", started_by="", workflow_version=""))
    page.goto("/?execution=own-run")
    expect(page.get_by_role("treeitem").first).to_be_visible()
    for fact in page.locator(".sv-fact").all_inner_texts():
        assert fact.strip() not in {"", "version", "by"}


def test_the_path_names_the_workflow_and_the_tabs_are_there_without_it_in_the_address(
    page: Page, run: str
) -> None:
    page.goto(f"/?execution={run}")
    crumbs = page.get_by_role("navigation", name="Where you are")
    expect(crumbs).to_contain_text("nightly import")
    tabs = page.get_by_role("navigation", name="Views of the workflow")
    expect(tabs.get_by_role("link")).to_have_text(["Workflow", "History", "Trace"])
    expect(tabs.get_by_role("link", name="Trace")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="Executions")).to_be_visible()
    expect(page.locator("table tbody tr").first).to_be_visible()
    expect(crumbs).to_contain_text("nightly import")
    page.reload()
    expect(crumbs).to_contain_text("nightly import")
    tabs.get_by_role("link", name="Workflow").click()
    expect(page.get_by_role("heading", name="nightly import", level=1)).to_be_visible()
    expect(page.get_by_text("ships no document of this workflow")).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()


def test_the_path_goes_by_the_run_and_not_by_a_wrong_address(
    page: Page, executions: dict[str, str]
) -> None:
    page.goto(f"/?workflow=support-triage&execution={executions['shipping-notice']}")
    crumbs = page.get_by_role("navigation", name="Where you are")
    expect(crumbs).to_contain_text("Shipping notice")
    page.get_by_role("link", name="History").click()
    expect(page).to_have_url(re.compile("workflow=shipping-notice"))


def test_the_tabs_are_there_when_the_run_cannot_be_read(page: Page, complaints: list[str]) -> None:
    page.goto("/?execution=exec_of_somebody_else")
    expect(page.get_by_role("alert")).to_contain_text("There is no such execution")
    tabs = page.get_by_role("navigation", name="Views of the workflow")
    expect(tabs).to_contain_text("Workflow")
    expect(tabs.get_by_role("link")).to_have_text(["Trace"])
    complaints.clear()


def test_the_comparison_names_the_workflow(page: Page, executions: dict[str, str]) -> None:
    failed, good = executions["shipping-notice"], executions["support-triage"]
    page.goto(f"/?execution={failed}&with={good}")
    crumbs = page.get_by_role("navigation", name="Where you are")
    expect(crumbs).to_contain_text("Shipping notice")


@pytest.mark.parametrize("tab", ["history", "workflow"])
def test_an_unknown_workflow_is_told_to_be_unknown(
    page: Page, executions: dict[str, str], tab: str
) -> None:
    page.goto(f"/?workflow=no-such-thing&tab={tab}")
    expect(page.get_by_role("heading", name="There is no workflow “no-such-thing”")).to_be_visible()
    expect(page.get_by_text("Nothing has run yet")).to_have_count(0)
    expect(page.get_by_role("link", name="Run it")).to_have_count(0)
    page.get_by_role("link", name="All workflows").click()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()


def test_the_cause_in_the_history_stands_apart_from_the_status(
    page: Page, executions: dict[str, str]
) -> None:
    page.goto("/?workflow=shipping-notice&tab=history")
    row = page.get_by_role("row").filter(has_text="failed").first
    expect(row).to_be_visible()

    def check() -> None:
        assert "failed book" in " ".join(copied_text(page, row).split())

    eventually(page, check)


def test_a_file_has_one_media_type_everywhere(page: Page, stack: Stack) -> None:
    """Attached without a type: the store goes by name and content, and all who name the file say the same."""
    execution = started(stack, "one-type")
    described = make_artifact(
        tenant=TENANT,
        execution_id="one-type",
        name="chart.png",
        media_type="",
        span_id=span_id("a"),
    )
    stored = store_of(stack).put_artifact(described, png())
    assert stored.media_type == "image/png"
    named = {"id": stored.artifact_id, "name": "chart.png", "media_type": stored.media_type}
    listed = json.dumps([{**named, "bytes": stored.bytes}])
    write_span(stack, execution, attributes={"spanvas.artifacts": listed})
    with stack.api() as api:
        items = api.get("/v1/executions/one-type/artifacts")["items"]
    assert [item["media_type"] for item in items] == ["image/png"]
    page.goto("/?execution=one-type")
    panel = page.get_by_role("complementary")
    expect(panel.locator(".sv-artifact-type").first).to_have_text("image/png")
    page.keyboard.press("a")
    gallery = page.get_by_role("dialog", name="Artifacts of the run")
    expect(gallery.locator(".sv-artifact-type")).to_have_text("image/png")
