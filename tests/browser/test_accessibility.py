"""For everyone: each state shows what it has to; axe finds nothing serious in it, wide and narrow, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from local.project import PROJECT
from local.stack import Stack
from tests.browser.tab_states import STATES, WIDE_ENOUGH, State, narrow, show, state
from tests.browser.waiting import eventually, expect_no_wider_than

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


LOOKS = (("light", 1440), ("dark", 1440), ("light", 360))


@pytest.fixture
def seen(browser: Browser, stack: Stack, executions: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_shows_what_it_has_to_and_axe_finds_nothing_serious(
    seen: Page, state: State
) -> None:
    """Each state is opened once and looked at in each way, as by somebody who turns the phone or the light."""
    show(seen, state)
    seen.evaluate(AXE.read_text("utf-8"))
    found = []
    for scheme, width in LOOKS:
        seen.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        if width < WIDE_ENOUGH:
            narrow(seen, state, width)
        found += [(scheme, width, what) for what in seen.evaluate(CHECK, STANDARDS)]
    assert found == []


def test_the_tree_says_level_size_and_place(page: Page) -> None:
    state("conversation").show(page)
    items = page.get_by_role("tree", name="Spans of the trace").get_by_role("treeitem")

    def check() -> None:
        said = items.evaluate_all(
            """all => all.map((item) => ['level', 'setsize', 'posinset']
                .map((name) => Number(item.getAttribute('aria-' + name))))"""
        )
        assert said == [[1, 1, 1], [2, 2, 1], [3, 3, 1], [3, 3, 2], [3, 3, 3], [2, 2, 2]]

    eventually(page, check)
    expect(items.first).to_have_attribute("aria-expanded", "true")


FOCUS = """() => {
    const active = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(active);
    const frame = getComputedStyle(active.parentElement ?? active).boxShadow;
    const isOutlined = outlineStyle !== "none" && outlineWidth !== "0px";
    return [active.localName, active.className, isOutlined || frame !== "none"];
}"""
"""The focused element, and whether it or the frame that it fills is outlined."""


def test_focus_is_seen_wherever_it_goes(page: Page) -> None:
    state("conversation").show(page)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        name, css_class, is_shown = page.evaluate(FOCUS)
        if name == "body":
            continue
        seen.add(name)
        assert is_shown, (name, css_class)
    assert {"button", "div", "input"} <= seen


def test_nothing_moves_for_those_who_ask_for_it(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url, reduced_motion="reduce")
    page = context.new_page()
    state("running").show(page)
    moving = page.evaluate(
        """document.getAnimations().filter(({ playState }) => playState === "running")
            .map((animation) => animation.animationName ?? animation.constructor.name)"""
    )
    context.close()
    assert moving == []


@pytest.mark.parametrize("name", ["conversation", "artifact-text", "failed-step", "comparison"])
def test_at_200_percent_nothing_is_cut_off(page: Page, name: str) -> None:
    """A window of 1280 x 1024 at 200 % is 640 x 512 in CSS pixels."""
    state(name).show(page)
    page.set_viewport_size({"width": 640, "height": 512})
    expect_no_wider_than(page, 640)
    expect(page.get_by_role("main")).to_have_text(re.compile(r"\S"))
