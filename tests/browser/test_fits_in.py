"""The library in somebody's Vite React app: the tab, the data without it, the host's URL and colours."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from local.project import PROJECT
from local.stack import Stack
from tools.alone import LOCKS, take

pytestmark = pytest.mark.browser

FRONTEND = PROJECT / "frontend"
KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def npx(*command: str) -> None:
    subprocess.run(
        [PROJECT / "tools" / "with-node", "npx", *command],
        cwd=FRONTEND,
        env={**os.environ, "NO_COLOR": "1"},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def react_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example, built by Vite against the library as it would be published.

    `frontend/dist-lib` is this run's alone until its tests have ended: another `make test` would empty it.
    """
    LOCKS.mkdir(parents=True, exist_ok=True)
    with (LOCKS / "frontend%dist-lib").open("w", encoding="ascii") as lock:
        take(lock, FRONTEND / "dist-lib")
        npx("vite", "build", "--config", "vite.lib.config.ts")
        npx("tsc", "--project", "tsconfig.lib.json")
        built = tmp_path_factory.mktemp("react-app")
        npx("vite", "build", "--config", "examples/react-app/vite.config.ts", "examples/react-app",
            "--outDir", str(built), "--emptyOutDir")  # fmt: skip
        yield built


@pytest.fixture
def host(
    page: Page, context: BrowserContext, stack: Stack, executions: dict[str, str], react_app: Path
) -> Iterator[Page]:
    """Somebody's React app on the API's origin, signed in, with the failed run in it."""

    def serve(route: Route) -> None:
        path = route.request.url.partition("/host/")[2].partition("#")[0] or "index.html"
        file = react_app / path
        route.fulfill(content_type=KINDS[file.suffix], body=file.read_bytes())

    context.route("**/host/**", serve)
    session = {"executionId": executions["shipping-notice"], "token": stack.token()}
    page.add_init_script(f"window.hostSession = {session}")
    page.goto("/host/index.html")
    yield page


def test_the_library_shows_the_tab_in_a_react_app(host: Page) -> None:
    expect(host.locator(".sv-outcome")).to_contain_text("Failed in “Book the parcel”")
    assert host.evaluate("typeof process") == "undefined"


def test_the_data_layer_feeds_a_hook_redux_and_a_query(host: Page) -> None:
    for words in ("spans by the hook", "spans in Redux", "spans in a query"):
        expect(host.get_by_text(words)).to_have_text(f"16 {words}")


def test_the_host_s_url_holds_the_place_and_its_colours_win(host: Page) -> None:
    row = host.get_by_role("treeitem", name="Look up the order")
    row.click()
    expect(row).to_have_attribute("aria-selected", "true")
    span_id = row.get_attribute("data-span-id")
    expect(host).to_have_url(re.compile(f"#span={span_id}$"))
    host.evaluate("location.hash = ''")
    host.evaluate(f"location.hash = 'q=parcel&span={span_id}'")
    expect(host.get_by_label("Search", exact=False).first).to_have_value("parcel")
    tab = host.get_by_role("tab", selected=True)
    assert tab.evaluate("tab => getComputedStyle(tab).borderBottomColor") == "rgb(170, 0, 90)"
    heading = host.get_by_role("heading", name="A host's page")
    assert "Georgia" in heading.evaluate("element => getComputedStyle(element).fontFamily")


def test_the_types_come_along(react_app: Path) -> None:
    types = (FRONTEND / "dist-lib" / "types" / "lib" / "index.d.ts").read_text("utf-8")
    assert "createTraceStore" in types
    assert "useTrace" in types
