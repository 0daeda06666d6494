"""Pictures of the tab's states, light and dark, wide and narrow, and the page that shows them.

`python -m tests.browser.states [STATE ...]`; without a name all are taken anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from local.project import PROJECT
from local.seed import seed
from local.stack import Options, Stack
from tests.browser.chromium import launch
from tests.browser.small_png import small_png
from tests.browser.states_page import write_states_page
from tests.browser.tab_states import ALL_STATES, State, show_at
from tests.support.local_stack import TENANT, store_of
from tests.support.workload import make_workload, store_workload

IMAGES = PROJECT / "docs" / "images" / "states"
SIZES = {
    "wide": ViewportSize(width=1440, height=900),
    "narrow": ViewportSize(width=360, height=780),
}
SETTLE_MILLISECONDS = 700


def main(names: Sequence[str]) -> None:
    wanted = [state for state in ALL_STATES if not names or state.name in names]
    options = Options(port=0, state=PROJECT / "build" / "states")
    with Stack(options, print) as stack, stack.api() as api, sync_playwright() as playwright:
        seed(api, print)
        store_workload(store_of(stack), make_workload(10_000, tenant=TENANT, seconds=303))
        browser = launch(playwright)
        workshop = browser.new_page()
        for state in wanted:
            for scheme in ("light", "dark"):
                for size in SIZES:
                    taken = take(browser, stack.url, state, scheme, size)
                    keep(workshop, f"{state.name}-{scheme}-{size}", taken)
        browser.close()
    write_states_page()


def take(browser: Browser, url: str, state: State, scheme: str, size: str) -> bytes:
    context = browser.new_context(
        base_url=url,
        viewport=SIZES[size],
        color_scheme="dark" if scheme == "dark" else "light",
        # What moves would look different in every picture.
        reduced_motion="reduce",
    )
    page = context.new_page()
    show_at(page, state, SIZES[size]["width"])
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    taken = page.screenshot()
    page.unroute_all(behavior="ignoreErrors")
    context.close()
    return taken


def keep(workshop: Page, name: str, picture: bytes) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"{name}.png").write_bytes(small_png(workshop, picture))
    print(f"docs/images/states/{name}.png", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
