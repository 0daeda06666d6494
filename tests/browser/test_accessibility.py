"""For everyone: axe finds nothing serious or critical in any state, at both widths, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from local.project import PROJECT
from local.stack import Stack
from tests.browser.agent_run import agent_run
from tests.browser.files_run import files_run
from tests.browser.stubs import EXECUTION_ID, START, Stub, execution, row

pytestmark = pytest.mark.browser

AXE = PROJECT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """async (standards) => {
    const { violations } = await axe.run(document, { runOnly: standards, resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, impact, nodes }) =>
            `${impact} ${id} (${nodes.length}): `
            + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" | "));
}"""


def agent(page: Page, span: int) -> Stub:
    stub = agent_run()
    stub.serve(page.context)
    stub.open(page, span)
    expect(page.locator(".sv-tab-body > *").first).to_be_visible()
    return stub


def conversation(page: Page) -> None:
    agent(page, 4)
    page.get_by_role("button", name="38 earlier messages").click()


def tool_call(page: Page) -> None:
    agent(page, 3)
    page.get_by_role("tree", name="The result as a tree").focus()
    page.keyboard.press("ArrowDown")


def failed_step(page: Page) -> None:
    agent(page, 5)
    page.get_by_text("Stack trace").click()


def a_tab(name: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        agent(page, 4)
        page.get_by_role("tab", name=name).click()

    show.__name__ = name.lower().replace(" ", "_")
    return show


def copy_menu(page: Page) -> None:
    agent(page, 4)
    page.locator("summary", has_text="Copy").click()


def gallery(page: Page) -> None:
    stub = files_run()
    stub.serve(page.context)
    stub.open(page)
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Artifacts of the run")
    for name in ("chart.png", "report.pdf", "orders.csv", "call.wav", "summary.md", "plan.json"):
        dialog.get_by_role("group", name=name).get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("img", name="Page 1")).to_be_visible()


def shortcuts(page: Page) -> None:
    agent(page, 4)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def graph_and_path(page: Page) -> None:
    agent(page, 4)
    page.keyboard.press("c")
    page.keyboard.press("g")


def running(page: Page) -> None:
    rows = [row(0, "Report", status="running"), row(1, "plan", 0, status="running", kind="model")]
    for item in rows:
        del item["end_time_unix_nano"]
    going = execution(status="running", deadline_unix_nano=str(START + 10**15))
    del going["ended_at_unix_nano"]
    stub = Stub(rows=rows, execution=going, trace={"status": "RUNNING"})
    stub.serve(page.context)
    stub.open(page)


def lost_and_partial(page: Page) -> None:
    rows = [
        row(0, "Report", status="lost"),
        row(1, "plan", 0, status="lost", marks=["orphan", "clock_skew"]),
    ]
    stub = Stub(
        rows=rows,
        execution=execution(
            status="lost",
            completeness={
                "expected": ["plan", "draft"],
                "received": ["plan"],
                "missing": ["draft"],
            },
        ),
        trace={"status": "PARTIAL", "reason": "a node has not reported"},
    )
    stub.serve(page.context)
    stub.open(page)


def content_denied(page: Page) -> None:
    stub = agent_run()
    for span in stub.spans.values():
        span["content_access"] = "denied"
        span.pop("content")
    stub.trace["content_access"] = "denied"
    stub.serve(page.context)
    stub.open(page, 4)
    expect(page.get_by_text("Hidden from your role")).to_be_visible()


def nothing_recorded(page: Page) -> None:
    stub = Stub(rows=[], trace={"status": "EMPTY", "reason": "tracing is off"})
    stub.serve(page.context)
    page.goto(f"/?execution={EXECUTION_ID}")
    page.wait_for_load_state("networkidle")


def answered(status: int) -> Callable[[Page], None]:
    """The trace cannot be read: expired or foreign, signed out, throttled."""

    def show(page: Page) -> None:
        def refuse(route: Route) -> None:
            problem = {
                "type": "about:blank",
                "title": "No",
                "status": status,
                "detail": "No.",
                "request_id": "r-1",
            }
            route.fulfill(status=status, json=problem, content_type="application/problem+json")

        page.context.route("**/v1/executions/**", refuse)
        page.goto(f"/?execution={EXECUTION_ID}")
        expect(page.get_by_role("alert")).to_be_visible()

    show.__name__ = f"answered_{status}"
    return show


def offline(page: Page) -> None:
    page.context.route("**/v1/executions/**", lambda route: route.abort())
    page.goto(f"/?execution={EXECUTION_ID}")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def canvas(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("link", name="Shipping notice").first).to_be_visible()


def workflow(page: Page) -> None:
    page.goto("/?workflow=shipping-notice")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()


def history(page: Page) -> None:
    page.goto("/?workflow=shipping-notice&tab=history")
    expect(page.get_by_role("table")).to_be_visible()


STATES: list[Callable[[Page], None]] = [
    conversation, tool_call, failed_step, a_tab("Tokens and cost"), a_tab("Attributes"), a_tab("Raw"), copy_menu,
    gallery, shortcuts, graph_and_path, running, lost_and_partial, content_denied, nothing_recorded,
    answered(401), answered(404), answered(503), offline, canvas, workflow, history,
]  # fmt: skip


@pytest.fixture(scope="module", params=[(1440, "light"), (1440, "dark"), (360, "light")], ids=str)
def look(request: pytest.FixtureRequest) -> tuple[int, str]:
    width, scheme = request.param
    return width, scheme


@pytest.fixture
def seen(browser: Browser, stack: Stack, executions: dict[str, str], look: tuple[int, str]) -> Page:
    width, scheme = look
    context = browser.new_context(
        base_url=stack.url,
        viewport={"width": width, "height": 900 if width > 1000 else 740},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    return context.new_page()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing_serious(
    seen: Page, state: Callable[[Page], None], look: tuple[int, str], screenshots: Path
) -> None:
    show_at(seen, state, look[0])
    seen.screenshot(path=screenshots / f"{state.__name__}-{look[1]}-{look[0]}.png")
    seen.evaluate(AXE.read_text("utf-8"))
    found = seen.evaluate(CHECK, STANDARDS)
    seen.context.close()
    assert found == []


def show_at(page: Page, state: Callable[[Page], None], width: int) -> None:
    """States inside the panel are looked at in the wide layout's order and then made narrow."""
    if width == 360:
        page.set_viewport_size({"width": 1000, "height": 740})
        state(page)
        page.set_viewport_size({"width": 360, "height": 740})
        page.wait_for_timeout(100)
    else:
        state(page)


def test_the_tree_says_level_size_and_place(context: BrowserContext, page: Page) -> None:
    agent_run().serve(context)
    agent(page, 4)
    items = page.get_by_role("tree", name="Spans of the trace").get_by_role("treeitem")
    said = items.evaluate_all(
        """all => all.map((item) => ['level', 'setsize', 'posinset']
            .map((name) => Number(item.getAttribute('aria-' + name))))"""
    )
    assert said == [[1, 1, 1], [2, 2, 1], [3, 3, 1], [3, 3, 2], [3, 3, 3], [2, 2, 2]]
    expect(items.first).to_have_attribute("aria-expanded", "true")


def test_focus_is_seen_wherever_it_goes(context: BrowserContext, page: Page) -> None:
    agent(page, 4)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
                const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
                return [document.activeElement.localName, outlineStyle, outlineWidth];
            }"""
        )
        if outline[0] == "body":
            continue
        seen.add(outline[0])
        assert outline[1] != "none" and outline[2] != "0px", outline
    assert {"button", "div", "input"} <= seen


def test_nothing_moves_for_those_who_ask_for_it(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url, reduced_motion="reduce")
    page = context.new_page()
    running(page)
    moving = page.evaluate(
        """document.getAnimations().filter(({ playState }) => playState === "running")
            .map((animation) => animation.animationName ?? animation.constructor.name)"""
    )
    context.close()
    assert moving == []


@pytest.mark.parametrize("state", [conversation, gallery, failed_step], ids=lambda s: s.__name__)
def test_at_200_percent_nothing_is_cut_off(
    context: BrowserContext, page: Page, state: Callable[[Page], None]
) -> None:
    """A window of 1280 x 1024 at 200 % is 640 x 512 in CSS pixels."""
    state(page)
    page.set_viewport_size({"width": 640, "height": 512})
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert re.search(r"\S", page.get_by_role("main").inner_text())
