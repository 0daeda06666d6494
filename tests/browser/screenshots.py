"""Pictures of the real page for README and tutorial: `make screenshots`."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from local.project import PROJECT
from local.seed import seed
from local.stack import Options, Stack
from tests.browser.chromium import launch
from tests.browser.small_png import small_png

IMAGES = PROJECT / "docs" / "images"
SIZE = ViewportSize(width=1440, height=900)


def main() -> None:
    options = Options(port=0, state=PROJECT / "build" / "screenshots")
    with Stack(options, print) as stack, stack.api() as api, sync_playwright() as playwright:
        seed(api, print)
        browser = launch(playwright)
        for scheme in ("light", "dark"):
            take(browser, stack.url, scheme)
        browser.close()


def take(browser: Browser, url: str, scheme: Literal["light", "dark"]) -> None:
    workshop = browser.new_page()
    page = browser.new_page(viewport=SIZE, color_scheme=scheme)
    page.goto(url)
    page.get_by_role("row").filter(has_text="Shipping notice").wait_for()
    page.wait_for_load_state("networkidle")
    keep(workshop, page, f"canvas-{scheme}")
    open_run(page, url, "Shipping notice")
    keep(workshop, page, f"trace-failed-{scheme}")
    open_run(page, url, "Research brief")
    keep(workshop, page, f"trace-{scheme}")
    page.close()


def open_run(page: Page, url: str, workflow: str) -> None:
    """From the history, as a person does."""
    page.goto(url)
    page.get_by_role("row").filter(has_text=workflow).get_by_role("link").first.click()
    page.get_by_role("treeitem").first.wait_for()
    page.wait_for_load_state("networkidle")


def keep(workshop: Page, page: Page, name: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.png").write_bytes(small_png(workshop, page.screenshot()))
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
