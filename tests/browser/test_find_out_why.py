"""From "a run failed" to its prompt and its artifact, by keyboard alone: the how-to states the number of keystrokes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from local.project import PROJECT
from tests.browser.stubs import (
    File,
    FileServer,
    Stub,
    execution,
    message,
    row,
    span,
    span_id,
    usage,
)
from tests.browser.waiting import Notices, expect_copied

pytestmark = pytest.mark.browser

HOW_TO = PROJECT / "docs" / "how-to" / "find-out-why-a-run-failed.md"
ERROR = {"type": "ContentFilterError", "message": "The model refused the answer."}
REPORT = File("report", "report.csv", "text/csv", b"id,total\n1,2.50\n")


def failed_run() -> Stub:
    """
    0 workflow
      1 collect, which left a file
      2 answer
        3 chat: refused
    """
    rows = [
        row(0, "Support triage", kind="workflow", status="error", error=ERROR),
        row(1, "collect", 0, artifacts=[REPORT.ref()]),
        row(2, "answer", 0, status="error", error=ERROR, node_id="answer"),
        row(3, "chat nova-lite", 2, depth=2, kind="model", status="error", error=ERROR,
            model="amazon.nova-lite-v1:0", usage=usage(input_tokens=40, output_tokens=0)),
    ]  # fmt: skip
    content = {
        "system_instructions": [{"type": "text", "content": "You triage tickets."}],
        "input_messages": [message("user", "My lamp never came.")],
    }
    return Stub(
        rows=rows,
        spans={span_id(3): span(rows[3], content=content)},
        files=[REPORT],
        execution=execution(
            status="failed",
            cause={"node_id": "answer", "span_id": span_id(3), "error_type": ERROR["type"],
                   "message": ERROR["message"]},
            counters=execution()["counters"] | {"errors": 1},
        ),
    )  # fmt: skip


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed: list[str] = []

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self._page.keyboard.press(key)


def stated() -> list[str]:
    """The keys of the how-to's table, in order."""
    return re.findall(r"^\| `(\w+)` \|", HOW_TO.read_text("utf-8"), re.MULTILINE)


def test_the_prompt_and_the_artifact_are_had_with_the_stated_keys(
    page: Page, context: BrowserContext, notices: Notices
) -> None:
    stub = failed_run()
    stub.serve(context)
    page_of_one = {"items": [stub.execution], "next_cursor": None}
    context.route("**/v1/executions?*", lambda route: route.fulfill(json=page_of_one))
    page.goto("/?workflow=support-triage&tab=history")
    line = page.get_by_role("row").filter(has_text="Failed").get_by_role("link")
    line.focus()

    keyboard = Keyboard(page)
    keyboard.press("Enter")
    expect(page.locator(".sv-outcome")).to_contain_text("ContentFilterError")
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("chat nova-lite")
    prompt = page.get_by_role("complementary").get_by_text("My lamp never came.")
    expect(prompt).to_be_in_viewport()

    keyboard.press("p")
    notices.expect("Copied the prompt")
    expect_copied(page, "system:\nYou triage tickets.\n\nuser:\nMy lamp never came.")

    keyboard.press("a")
    download_button = page.get_by_role("dialog").get_by_role("button", name="Download")
    expect(download_button).to_be_focused()
    with FileServer(stub.files) as server, page.expect_download() as download:
        stub.downloads = server.url
        keyboard.press("Enter")
        body = Path(download.value.path()).read_bytes()
    assert body == REPORT.body

    assert keyboard.pressed == stated()
    assert f"**{len(keyboard.pressed)} keystrokes**" in HOW_TO.read_text("utf-8")


def test_the_failed_run_is_reached_in_the_history_with_tab(
    page: Page, context: BrowserContext
) -> None:
    stub = failed_run()
    stub.serve(context)
    page_of_one = {"items": [stub.execution], "next_cursor": None}
    context.route("**/v1/executions?*", lambda route: route.fulfill(json=page_of_one))
    page.goto("/?workflow=support-triage&tab=history")
    line = page.get_by_role("row").filter(has_text="Failed").get_by_role("link")
    expect(line).to_be_visible()
    presses = 0
    while not line.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
        presses += 1
        assert presses < 40
    assert f"`Tab` {presses} times" in HOW_TO.read_text("utf-8")
