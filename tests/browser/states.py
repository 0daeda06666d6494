"""Takes pictures of the tab's states, light and dark, wide and narrow, and writes a page that shows them.

`python -m tests.browser.states [STATE ...]`; without a name all are taken. They go to `build/states`, which git
ignores: a change of look would be a change of 184 files. What a state shows is checked by the browser tests.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape

from playwright.sync_api import Browser, ViewportSize, sync_playwright

from local.project import PROJECT
from local.seed import seed
from local.stack import Options, Stack
from tests.browser.chromium import launch
from tests.browser.states_page import title, write_states_page
from tests.browser.tab_states import ALL_STATES, State, show_at
from tests.support.local_stack import TENANT, store_of
from tests.support.workload import make_workload, store_workload

FOLDER = PROJECT / "build" / "states"
SIZES = {
    "wide": ViewportSize(width=1440, height=900),
    "narrow": ViewportSize(width=360, height=780),
}
SETTLE_MILLISECONDS = 700


def main(names: Sequence[str]) -> None:
    wanted = [state for state in ALL_STATES if not names or state.name in names]
    options = Options(port=0, state=PROJECT / "build" / "states-stack")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Stack(options, print) as stack, stack.api() as api, sync_playwright() as playwright:
        seed(api, print)
        store_workload(store_of(stack), make_workload(10_000, tenant=TENANT, seconds=303))
        browser = launch(playwright)
        for state in wanted:
            for scheme in ("light", "dark"):
                for size in SIZES:
                    take(browser, stack.url, state, scheme, size)
        browser.close()
    (FOLDER / "index.html").write_text(gallery(), "utf-8")
    print(f"The pictures are in {FOLDER / 'index.html'}", flush=True)
    write_states_page()


def take(browser: Browser, url: str, state: State, scheme: str, size: str) -> None:
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
    page.screenshot(path=FOLDER / picture(state, scheme, size))
    page.unroute_all(behavior="ignoreErrors")
    context.close()


def picture(state: State, scheme: str, size: str) -> str:
    return f"{state.name}-{scheme}-{size}.png"


def gallery() -> str:
    """Returns the page of all pictures; each is as wide as its share of the window."""
    sections = (
        f"<h2>{escape(title(state))}</h2>\n<p>{escape(state.words)}</p>\n"
        + "\n".join(
            f'<img src="{picture(state, scheme, size)}" width="{width}" loading="lazy">'
            for scheme in ("light", "dark")
            for size, width in (("wide", "38%"), ("narrow", "10%"))
        )
        for state in ALL_STATES
    )
    return "<!doctype html>\n<title>The Trace tab's states</title>\n" + "\n".join(sections)


if __name__ == "__main__":
    main(sys.argv[1:])
