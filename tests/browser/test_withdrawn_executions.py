"""Deleting and holding an execution from the page, with the keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from local.stack import Stack
from tests.browser.conftest import run_to_its_end

pytestmark = pytest.mark.browser

WORKFLOW = "shipping-notice"


def menu(page: Page, item: str) -> None:
    button = page.get_by_role("button", name="manage")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=item).focus()
    page.keyboard.press("Enter")


def test_a_held_execution_cannot_be_deleted_and_a_released_one_leaves_a_tombstone(
    stack: Stack, page: Page
) -> None:
    with stack.api() as api:
        execution_id = run_to_its_end(api, WORKFLOW)
    page.goto(f"/?workflow={WORKFLOW}&execution={execution_id}")
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()

    menu(page, "Hold: keep it from being deleted…")
    dialog = page.get_by_role("dialog", name="Hold this execution?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("held since .* by demo-operator"))).to_be_visible()
    page.get_by_role("button", name="manage").click()
    expect(page.get_by_role("button", name="Delete what was recorded…")).to_be_disabled()
    page.keyboard.press("Escape")

    menu(page, "Release the hold…")
    page.get_by_role("dialog").get_by_role("button", name="Release").click()
    expect(page.get_by_text(re.compile("held since"))).to_have_count(0)

    menu(page, "Delete what was recorded…")
    dialog = page.get_by_role("dialog", name="Delete what was recorded?")
    expect(dialog).to_contain_text("This cannot be undone.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="manage")).to_be_focused()

    menu(page, "Delete what was recorded…")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="This execution was deleted")).to_be_visible()
    told = re.compile("Deleted .* by demo-operator; before, it was failed")
    expect(page.locator(".sv-outcome")).to_contain_text(told)
    expect(page.get_by_role("button", name="manage")).to_have_count(0)

    page.reload()
    expect(page.get_by_role("heading", name="This execution was deleted")).to_be_visible()
    page.goto(f"/?workflow={WORKFLOW}&tab=history")
    line = page.locator(".cv-history tbody tr", has_text=re.compile("deleted"))
    expect(line).to_contain_text("by demo-operator")
