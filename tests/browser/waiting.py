"""Waiting for what Playwright's own `expect` has no form: boxes, the clipboard, what was asked of a stub."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE_SECONDS = 60
"""Several builds and tests may share the machine: waiting long costs nothing when all is well."""
PAUSE_MILLISECONDS = 50
NOTE_NOTICES = """
window.notedNotices = [];
let last = "";
new MutationObserver(() => {
  const words = document.querySelector(".sv-notice")?.textContent ?? "";
  if (words !== "" && words !== last) window.notedNotices.push(words);
  last = words;
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def eventually(page: Page, check: Callable[[], None]) -> None:
    """Returns when no assertion of the check fails any more; raises the last one that did."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return check()
        except AssertionError:
            if time.monotonic() > end:
                raise
        page.wait_for_timeout(PAUSE_MILLISECONDS)


class Notices:
    """What the tab says for two seconds: a test that looks at a busy machine now and then may miss it."""

    def __init__(self, page: Page) -> None:
        """Before the page is opened."""
        self._page = page
        page.add_init_script(f"{{{NOTE_NOTICES}}}")

    def expect(self, words: str) -> None:
        """Returns when it is said, or was since the last notice that was expected."""

        def check() -> None:
            noted = self._page.evaluate("window.notedNotices")
            assert words in noted
            self._page.evaluate(
                "count => window.notedNotices.splice(0, count)", noted.index(words) + 1
            )

        eventually(self._page, check)


def expect_no_wider_than(page: Page, pixels: int) -> None:
    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= pixels

    eventually(page, check)


def expect_copied(page: Page, text: str | re.Pattern[str]) -> str:
    """Returns what is in the clipboard once it is that text, or has what the pattern finds."""
    found = ""

    def check() -> None:
        nonlocal found
        found = str(page.evaluate("navigator.clipboard.readText()"))
        assert found == text if isinstance(text, str) else text.search(found), found

    eventually(page, check)
    return found
