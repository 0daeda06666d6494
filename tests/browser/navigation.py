"""Ways through the page that several tests take."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def open_trace(page: Page, executions: dict[str, str], workflow_id: str) -> None:
    page.goto(f"/?workflow={workflow_id}&execution={executions[workflow_id]}")
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()


def go_to(page: Page, words: str) -> None:
    """Select the first span that the words find; of a long trace only what is in view is drawn."""
    page.get_by_role("tree", name="Spans of the trace").focus()
    page.keyboard.press("Home")
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator(".sv-search output")).not_to_have_text("none")
    page.keyboard.press("Enter")
