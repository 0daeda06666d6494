"""Finding a step and looking at it from all sides: time, siblings, search, graph, other runs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.compared_runs import GOOD_ID, bad_run, good_run, serve
from tests.browser.navigation import open_trace
from tests.browser.stubs import EXECUTION_ID, Stub

pytestmark = pytest.mark.browser


def test_the_timeline_zooms_and_the_zoom_stands_in_the_url(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, "shipping-notice")
    page.keyboard.press("z")
    expect(page).to_have_url(re.compile(r"zoom=\d+-\d+"))
    expect(page.locator(".sv-minimap-window")).to_be_visible()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("zoom="))
    box = page.locator(".sv-minimap").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 10, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"zoom=\d+-\d+"))


def test_many_items_are_one_line_and_the_failed_ones_follow(
    page: Page, executions: dict[str, str]
) -> None:
    open_trace(page, executions, "document-table")
    group = page.get_by_role("treeitem", name=re.compile(r"^\d+ times item #"))
    expect(group).to_contain_text("failed")
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("treeitem", name=re.compile("^item .*failed")).first).to_be_visible()
    group.click()
    expect(page.get_by_role("complementary")).to_contain_text("Slowest")
    page.get_by_role("tree", name="Spans of the trace").focus()
    page.keyboard.press("ArrowRight")
    expect(group).to_have_attribute("aria-expanded", "true")


def test_content_is_searched_and_marked(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "document-table")
    page.keyboard.press("/")
    page.keyboard.type("harbour master wrote")
    expect(page.locator(".sv-search output")).to_have_text(re.compile(r"/\d+$"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary")).to_contain_text("harbour master wrote")
    page.wait_for_function("() => CSS.highlights.get('sv-hits')?.size > 0")


def test_the_critical_path_and_where_the_time_went(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    expect(page.get_by_label("Where the time went")).to_contain_text("retry backoff")
    page.keyboard.press("c")
    expect(page.locator(".sv-path-step").first).to_be_visible()


def test_the_graph_and_the_tree_lead_to_each_other(page: Page, executions: dict[str, str]) -> None:
    open_trace(page, executions, "shipping-notice")
    page.keyboard.press("g")
    current = page.locator(".sv-graph-current")
    expect(current).to_contain_text("Book the parcel")
    page.get_by_role("button", name=re.compile("^Look up the order")).click()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("Look up the order")
    expect(current).to_contain_text("Look up the order")


def test_two_runs_stand_side_by_side(page: Page, executions: dict[str, str]) -> None:
    failed, good = executions["shipping-notice"], executions["support-triage"]
    page.goto(f"/?execution={failed}&with={good}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Two runs of")
    expect(page.get_by_role("row", name="Whole run")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="did not run").first).to_be_visible()


def test_a_failed_run_is_compared_with_the_last_good_one_word_by_word(page: Page) -> None:
    serve(page.context, bad_run(), good_run())
    bad_run().open(page)
    page.get_by_role("button", name="compare with the last good run", exact=True).click()
    expect(page).to_have_url(re.compile(f"with={GOOD_ID}"))
    expect(page.get_by_text("“Draft an answer” ended otherwise")).to_be_visible()
    draft = page.get_by_role("button", name="Draft an answer")
    expect(draft).to_have_attribute("aria-expanded", "true")
    prompt = page.locator("details", has_text="Prompt of model call")
    expect(prompt.locator("del")).to_have_text("two")
    expect(prompt.locator("ins")).to_have_text("six")
    prompt.get_by_role("button", name="the same").first.click()
    expect(prompt).to_contain_text("nobody answered me. I have written")
    expect(page.locator("details", has_text="Answer of model call")).to_contain_text(
        "only on the left"
    )


def another(run: Stub, execution_id: str, status: str) -> Stub:
    """The same spans under another id."""
    changed = run.execution | {"execution_id": execution_id, "status": status}
    return replace(run, execution_id=execution_id, execution=changed)


def expect_offered(page: Page, side: str, *execution_ids: str) -> None:
    options = page.get_by_role("combobox", name=side).get_by_role("option")
    expect(options).to_have_count(len(execution_ids))
    for option, execution_id in zip(options.all(), execution_ids, strict=True):
        expect(option).to_have_attribute("value", execution_id)


def test_any_other_run_can_be_chosen_and_the_sides_changed(page: Page) -> None:
    serve(page.context, bad_run(), good_run(), another(good_run(), "exec_third", "succeeded"))
    page.goto(f"/?workflow=support-triage&execution={EXECUTION_ID}&with={GOOD_ID}")
    page.get_by_role("button", name="Change sides").click()
    expect(page).to_have_url(re.compile(rf"execution={GOOD_ID}&with={EXECUTION_ID}"))
    expect_offered(page, "Left", EXECUTION_ID, "exec_third")
    expect_offered(page, "Right", GOOD_ID, "exec_third")
    page.get_by_role("combobox", name="Left").select_option("exec_third")
    expect(page).to_have_url(re.compile(rf"execution={GOOD_ID}&with=exec_third"))
    expect(page.get_by_text("as long · as many tokens · as much")).to_be_visible()


def test_without_a_good_run_the_reader_is_asked_for_one(page: Page) -> None:
    serve(page.context, bad_run(), another(bad_run(), "exec_third", "failed"))
    bad_run().open(page)
    page.keyboard.press("d")
    expect(page.get_by_text("Choose a run to compare with.")).to_be_visible()
    expect(page.get_by_label("Left")).to_have_value("")


def test_the_only_run_of_a_workflow_has_none_to_be_compared_with(page: Page) -> None:
    serve(page.context, bad_run())
    bad_run().open(page)
    page.keyboard.press("d")
    expect(page.get_by_text("This workflow has no other run to compare with yet.")).to_be_visible()


def names(page: Page) -> list[str]:
    lines = page.get_by_role("tree", name="Spans of the trace").get_by_role("treeitem")
    return [text.split("\n")[0] for text in lines.all_inner_texts()]


def test_siblings_are_sorted_and_columns_hidden_for_the_next_run_too(page: Page) -> None:
    stub = good_run()
    stub.serve(page.context)
    page.goto(f"/?workflow=support-triage&execution={GOOD_ID}")
    expect(page.get_by_role("treeitem", name="Review it")).to_be_visible()
    page.get_by_role("button", name="Duration, as it ran: sort").click()
    expect(page.get_by_role("button", name="Duration, largest first: sort")).to_be_visible()
    assert names(page) == [
        "Support triage", "Draft an answer", "chat nova-lite", "Classify the ticket", "Look up the order",
        "Notify the desk", "Review it",
    ]  # fmt: skip
    page.keyboard.press("v")
    menu = page.get_by_role("dialog", name="Columns and order")
    menu.get_by_role("checkbox", name="Cost").uncheck()
    menu.get_by_role("checkbox", name="Waterfall").uncheck()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    for _ in range(2):
        expect(page.get_by_role("button", name="Cost, as it ran: sort")).to_be_hidden()
        expect(page.locator(".sv-bar").first).to_be_hidden()
        assert names(page)[1] == "Draft an answer"
        page.reload()
        expect(page.get_by_role("treeitem", name="Review it")).to_be_visible()
    assert page.evaluate("({...localStorage})") == {
        "spanvas.columns": "-waterfall -cost duration:largest"
    }
