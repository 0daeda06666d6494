"""Pictures of the tab's states, light and dark, wide and narrow: `python -m tests.browser.states`."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, sync_playwright

from local.project import PROJECT
from local.seed import seed
from local.stack import Options, Stack
from tests.bench.read_trace import TENANT, store_of
from tests.bench.workload import make_workload, store_workload
from tests.browser.chromium import launch
from tests.browser.screenshots import open_run

IMAGES = PROJECT / "docs" / "images" / "states"
SIZES = {"wide": (1440, 900), "narrow": (360, 780)}
SCHEMES = ("light", "dark")
LARGE = "/?execution=bench-10000-7"


def main() -> None:
    options = Options(port=0, state=PROJECT / "build" / "states")
    with Stack(options, print) as stack, stack.api() as api, sync_playwright() as playwright:
        seed(api, print)
        store_workload(store_of(stack), make_workload(10_000, tenant=TENANT, seconds=303))
        browser = launch(playwright)
        for scheme in SCHEMES:
            for size, (width, height) in SIZES.items():
                take(browser, stack.url, scheme, size, width, height)
        browser.close()


def take(browser: Browser, url: str, scheme: str, size: str, width: int, height: int) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    name = f"{scheme}-{size}"
    page.goto(url)
    page.get_by_role("row").filter(has_text="Shipping notice").wait_for()
    page.get_by_role("heading", name="Shipping notice").wait_for()
    keep(page, f"history-{name}")
    open_run(page, url, "Support triage")
    keep(page, f"succeeded-{name}")
    open_run(page, url, "Shipping notice")
    keep(page, f"failed-with-retries-{name}")
    page.keyboard.press("g")
    page.keyboard.press("c")
    keep(page, f"graph-and-critical-path-{name}")
    open_run(page, url, "Document to table")
    keep(page, f"siblings-folded-{name}")
    page.goto(url + LARGE)
    page.get_by_role("treeitem").first.wait_for()
    keep(page, f"ten-thousand-folded-{name}")
    page.keyboard.press("X")
    keep(page, f"ten-thousand-unfolded-{name}")
    page.goto(f"{url}/?execution=exec_of_somebody_else")
    page.get_by_role("alert").wait_for()
    keep(page, f"unknown-{name}")
    page.close()


def keep(page: Page, name: str) -> None:
    page.wait_for_timeout(800)
    IMAGES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/states/{name}.png", flush=True)


if __name__ == "__main__":
    main()
