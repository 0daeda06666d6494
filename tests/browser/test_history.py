"""The history and the ways from run to run, against the real API and what it has stored."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from local.stack import Stack
from tests.browser.stored_runs import (
    SECOND,
    make_run,
    put_many,
    write_queued_run,
)
from tests.browser.waiting import Notices
from tests.support.local_stack import store_of

pytestmark = pytest.mark.browser

RUNS = (
    # name, queued after, begun after, how it ended
    ("a", 0, 1, "succeeded"),
    ("b", 10, 45, "succeeded"),  # begun after the next one
    ("c", 20, 21, "failed"),
    ("d", 30, 90, "succeeded"),
    ("e", 30, 31, "succeeded"),  # queued at the very moment of the one before
    ("f", 50, 52, "failed"),
)


@pytest.fixture(scope="module")
def queued(stack: Stack) -> str:
    """A workflow whose runs waited in the queue for different times."""
    store, begin = store_of(stack), time.time_ns() - 3_000 * SECOND
    for name, queued_after, begun_after, status in RUNS:
        execution = make_run("walked", name, begin + queued_after * SECOND)
        write_queued_run(store, execution, begin + begun_after * SECOND, status)
    return "walked"


@pytest.fixture(scope="module")
def crowd(stack: Stack) -> str:
    """A workflow with so many good runs that a filter which they do not pass ends before them."""
    store, begin = store_of(stack), time.time_ns() - 80_000 * SECOND
    put_many(
        store,
        (
            replace(
                make_run("crowd", f"{number:04}", begin + number * 30 * SECOND),
                status="succeeded",
                ended_at_unix_nano=begin + (number * 30 + 4) * SECOND,
                expires_at=begin // SECOND + 20 * 86_400,
            )
            for number in range(2_000)
        ),
    )
    first = make_run("crowd", "begun-first", begin - SECOND, deadline_unix_nano=2**62)
    store.start_execution(first)
    for number in (3, 500, 1_900):
        failed = make_run("crowd", f"failed-{number}", begin + (number * 30 + 1) * SECOND)
        write_queued_run(store, failed, failed.started_at_unix_nano + SECOND, "failed")
    return "crowd"


def open_run(page: Page, workflow: str, name: str) -> None:
    page.goto(f"/?workflow={workflow}&execution={workflow}-{name}")
    expect(page.get_by_role("treeitem").first).to_be_visible()


def test_the_history_is_in_the_order_of_the_starts_that_it_shows(page: Page, queued: str) -> None:
    page.goto(f"/?workflow={queued}&tab=history")
    expect(page.locator(".cv-history tbody tr")).to_have_count(6)
    starts = page.locator(".cv-history tbody td:nth-child(3)").evaluate_all(
        "cells => cells.map((cell) => cell.title)"
    )
    assert starts == sorted(starts, reverse=True)
    links = page.locator(".cv-history-link").evaluate_all(
        "links => links.map((link) => link.href.match(/walked-(.)/)[1])"
    )
    assert links == ["f", "e", "d", "c", "b", "a"]


def test_the_brackets_go_from_run_to_run_and_say_where_it_ends(
    page: Page, queued: str, notices: Notices
) -> None:
    open_run(page, queued, "f")
    for name in "edcba":
        page.keyboard.press("[")
        expect(page).to_have_url(re.compile(f"execution=walked-{name}"))
        expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("[")
    notices.expect("This is the first run of the workflow")
    for name in "bcdef":
        page.keyboard.press("]")
        expect(page).to_have_url(re.compile(f"execution=walked-{name}"))
        expect(page.get_by_role("treeitem").first).to_be_visible()
    page.keyboard.press("]")
    notices.expect("This is the newest run of the workflow")


@pytest.mark.parametrize(("name", "good"), [("f", "e"), ("e", "d"), ("c", "b"), ("b", "a")])
def test_a_run_is_compared_with_the_good_one_before_it_and_never_with_itself(
    page: Page, queued: str, name: str, good: str
) -> None:
    open_run(page, queued, name)
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile(f"execution=walked-{name}&with=walked-{good}"))


def test_the_first_good_run_has_none_to_be_compared_with(page: Page, queued: str) -> None:
    open_run(page, queued, "a")
    page.keyboard.press("d")
    expect(page.get_by_text("Choose a run to compare with.")).to_be_visible()


def test_a_few_failed_ones_among_many_are_found_at_once(page: Page, crowd: str) -> None:
    page.goto(f"/?workflow={crowd}&tab=history")
    page.get_by_label("Status").select_option("failed")
    expect(page.locator(".cv-history tbody tr")).to_have_count(3)
    expect(page.get_by_role("button", name="Go on looking")).to_be_hidden()


def test_what_is_rare_is_looked_for_step_by_step(page: Page, crowd: str) -> None:
    page.goto(f"/?workflow={crowd}&tab=history")
    page.get_by_label("Status").select_option("running")
    expect(page.get_by_text("No execution found so far.")).to_be_visible()
    looked = page.get_by_text(re.compile(r"^Looked through until .* · 1,800 other executions$"))
    expect(looked).to_be_visible()
    page.get_by_role("button", name="Go on looking").click()
    expect(page.locator(".cv-history tbody tr")).to_have_count(1)
    expect(page.get_by_text("Looked through until")).to_be_hidden()
    expect(page.get_by_role("button", name="Go on looking")).to_be_hidden()


def test_older_ones_of_the_last_week_are_shown_page_by_page(page: Page, crowd: str) -> None:
    page.goto(f"/?workflow={crowd}&tab=history")
    page.get_by_label("Started").select_option("last week")
    rows = page.locator(".cv-history tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="Show older executions").click()
    expect(rows).to_have_count(100)
    page.get_by_role("button", name="Show older executions").click()
    expect(rows).to_have_count(150)
