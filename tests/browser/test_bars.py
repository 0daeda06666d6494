"""Every span has a bar that is seen, wherever on the axis it lies and however short it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from local.stack import Stack
from tests.browser.otlp_runs import SECOND, Sent, long_run, send
from tests.browser.waiting import eventually

pytestmark = pytest.mark.browser

ROUNDING = 0.01
DRAWN = """lanes => lanes.map((lane) => {
    const box = (mark) => mark.getBoundingClientRect().toJSON();
    const boxes = (selector) => [...lane.querySelectorAll(selector)].map(box);
    return {
        lane: box(lane),
        bars: boxes(".sv-bar, .sv-backoff, .sv-path-step"),
        beyond: boxes(".sv-beyond").length,
    };
})"""
"""What each lane shows, of one moment."""


@pytest.fixture(scope="module")
def run(stack: Stack) -> str:
    return send(stack, *long_run())


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


def assert_seen(bar: FloatRect, lane: FloatRect) -> None:
    """At least two pixels wide and high, all of it inside of its lane."""
    assert bar["width"] >= 2 - ROUNDING and bar["height"] >= 2, bar
    assert bar["x"] >= lane["x"] - ROUNDING, (bar, lane)
    assert bar["x"] + bar["width"] <= lane["x"] + lane["width"] + ROUNDING, (bar, lane)


def assert_all_seen(page: Page, lines: int) -> None:
    """Every line's bar, or the mark that says on which side of the zoom it lies."""

    def check() -> None:
        drawn = page.locator(".sv-bar-cell").evaluate_all(DRAWN)
        assert len(drawn) == lines
        for line in drawn:
            assert len(line["bars"]) + line["beyond"] >= 1, line
            for bar in line["bars"]:
                assert_seen(bar, line["lane"])

    eventually(page, check)


def expect_seen(bar: Locator, lane: Locator) -> None:
    eventually(bar.page, lambda: assert_seen(box_of(bar), box_of(lane)))


def open_run(page: Page, run: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/?execution={run}")
    expect(page.get_by_role("treeitem", name="last of no length")).to_be_visible()


@pytest.mark.parametrize("width", [360, 700, 1440, 2560])
def test_bars_of_no_length_and_at_both_ends_are_seen(page: Page, run: str, width: int) -> None:
    open_run(page, run, width)
    assert_all_seen(page, 7)
    page.keyboard.press("c")
    expect(page.locator(".sv-path-step").first).to_be_attached()
    assert_all_seen(page, 7)


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("name", ["first of no length", "part one", "POST", "last of no length"])
def test_a_bar_is_seen_when_it_is_zoomed_to(page: Page, run: str, name: str, width: int) -> None:
    open_run(page, run, width)
    page.get_by_role("treeitem", name=name).evaluate("line => line.click()")
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    expect(page.locator(".sv-minimap-window")).to_be_visible()
    assert_all_seen(page, 7)
    line = page.get_by_role("treeitem", name=name)
    expect(line.locator(".sv-bar")).to_have_count(1)
    expect_seen(page.locator(".sv-minimap-window"), page.locator(".sv-minimap"))
    for _ in range(12):
        page.keyboard.press("+")
    assert_all_seen(page, 7)


def test_what_lies_at_the_edge_of_the_zoom_is_seen(page: Page, run: str) -> None:
    last, first = 599_000_000_000, 1_000_000_000
    page.goto(f"/?execution={run}&zoom={first}-{last}")
    expect(page.get_by_role("treeitem", name="load").locator(".sv-bar")).to_be_visible()
    assert_all_seen(page, 7)
    # It has no length and lies exactly where the view ends.
    expect(page.get_by_role("treeitem", name="part two").locator(".sv-bar")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_overview_and_the_strip_leave_nothing_out(page: Page, run: str, width: int) -> None:
    open_run(page, run, width)
    overview = page.locator(".sv-minimap svg")
    failure = overview.locator(".sv-minimap-failure")
    expect(failure).to_have_count(1)
    expect_seen(failure, overview)

    def check() -> None:
        columns = float(str(overview.get_attribute("viewBox")).split()[2])
        assert box_of(overview)["width"] / columns >= 2

    eventually(page, check)
    strip = page.locator(".sv-strip-bar")
    for marks, whole in ((overview.locator("path"), overview), (strip.locator("i"), strip)):
        expect(marks.first).to_be_attached()
        for mark in marks.all():
            expect_seen(mark, whole)


@pytest.mark.parametrize("width", [360, 700, 1440, 2560])
def test_the_overview_lies_over_the_bars_that_it_is_of(page: Page, run: str, width: int) -> None:
    open_run(page, run, width)

    def check() -> None:
        overview = box_of(page.locator(".sv-minimap"))
        lane = box_of(page.locator(".sv-bar-cell").first)
        assert overview["x"] == pytest.approx(lane["x"], abs=1)
        assert overview["width"] == pytest.approx(lane["width"], abs=1)
        if width > 360:
            assert overview["x"] == pytest.approx(box_of(page.locator(".sv-axis"))["x"], abs=1)

    eventually(page, check)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_first_token_of_an_answer_is_marked_on_its_bar(
    page: Page, stack: Stack, width: int
) -> None:
    about: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.response.time_to_first_chunk": "0.5",
        "braintrust.scores": '{"relevance": 0.92, "tone": 1}',
    }
    call = Sent("chat gpt-4o", 0, 2 * SECOND, attributes=about)
    run = send(stack, Sent("answer", 0, 2 * SECOND), call)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/?execution={run}")
    line = page.get_by_role("treeitem", name="First token after 500 ms")
    tick, bar = line.get_by_title("First token after 500 ms", exact=True), line.locator(".sv-bar")
    expect(tick).to_be_visible()
    expect_seen(tick, line)

    def check() -> None:
        share = (box_of(tick)["x"] - box_of(bar)["x"]) / box_of(bar)["width"]
        assert share == pytest.approx(0.25, abs=0.02)

    eventually(page, check)
    expect(line.get_by_text("relevance 0.92 +1")).to_be_visible()


def test_one_call_beside_three_hundred_is_seen_in_the_overview(page: Page, stack: Stack) -> None:
    many = [Sent(f"row {at}", 0, SECOND) for at in range(300)]
    call = Sent("call", 600 * SECOND, 600 * SECOND, attributes={"http.request.method": "GET"})
    run = send(stack, Sent("import", 0, 600 * SECOND), *many, call)
    page.goto(f"/?execution={run}")
    expect(page.get_by_role("treeitem", name="call")).to_be_visible()
    overview = page.locator(".sv-minimap svg")
    expect_seen(overview.locator(".sv-fill-http"), overview)


def test_a_group_outside_of_the_zoom_is_marked_as_being_there(page: Page, stack: Stack) -> None:
    rows = [Sent(f"row {at}", at * SECOND, (at + 1) * SECOND) for at in range(40)]
    run = send(stack, Sent("import", 0, 600 * SECOND), *rows)
    page.goto(f"/?execution={run}&zoom={300 * SECOND}-{400 * SECOND}")
    group = page.get_by_role("treeitem", name="40 times row")
    expect(group).to_be_visible()
    expect(group.locator(".sv-beyond-before")).to_be_visible()
    expect(group.locator(".sv-bar")).to_have_count(0)
    page.keyboard.press("0")
    expect(group.locator(".sv-bar")).to_have_count(1)
    assert_all_seen(page, 2)
