"""Waiting for what Playwright's own `expect` has no form: boxes, the clipboard, what was asked of a stub."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE_SECONDS = 30.0
"""Several builds and tests may share the machine: waiting long costs nothing when all is well."""
PAUSE_MILLISECONDS = 50


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
