"""How the states of the tab are brought about, in a context whose base URL is a running stack."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.browser.agent_run import agent_run
from tests.browser.compared_runs import both
from tests.browser.files_run import files_run
from tests.browser.stubs import EXECUTION_ID, SECOND, START, Stub, counters, execution
from tests.browser.tab_runs import (
    media_run,
    running_run,
)

TOOL, LATER_CALL, FAILED = 3, 4, 5


def run(stub: Stub, selected: int | None = None, *keys: str, **place: str) -> Callable[[Page], None]:  # fmt: skip
    """The run with a span of it selected, then keys pressed."""

    def show(page: Page) -> None:
        stub.serve(page.context)
        stub.open(page, selected, **place)
        if selected is not None:
            expect(page.locator(".sv-tab-body > *").first).to_be_attached()
        for key in keys:
            page.keyboard.press(key)

    return show


def agent(selected: int, then: Callable[[Page], None] | None = None) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        run(agent_run(), selected)(page)
        if then:
            then(page)

    return show


def a_tab(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("tab", name=name).click()


def opened(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator("summary", has_text=name).click()


def shown_picture(page: Page) -> None:
    run(media_run(), 1)(page)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("img", name="Picture in the message")).to_be_visible()


def receipts(page: Page) -> None:
    page.get_by_role("button", name="38 earlier messages").click()
    page.locator(".sv-redaction", has_text="unscanned").scroll_into_view_if_needed()


def in_json(page: Page) -> None:
    search = page.get_by_role("searchbox", name="Search in the result")
    search.fill("SKU-017")
    search.press("Enter")


def files(*names: str) -> Callable[[Page], None]:
    """The gallery with previews of some files open and the first of them in view."""

    def show(page: Page) -> None:
        run(files_run(), None, "a")(page)
        dialog = page.get_by_role("dialog", name="Artifacts of the run")
        expect(dialog.get_by_role("group").first).to_be_visible()
        for name in names:
            entry = dialog.get_by_role("group", name=name, exact=True)
            entry.get_by_role("button", name="Preview").click()
            expect(entry.locator(".sv-preview")).to_be_visible()
        if names:
            dialog.get_by_role("group", name=names[0], exact=True).evaluate(
                "entry => entry.scrollIntoView({ block: 'start' })"
            )

    return show


REFUSALS = {
    403: "The role “auditor” has no trace:read.",
    503: "The store did not answer in time.",
}


def refused(
    status: int, problem_type: str = "about:blank", detail: str = ""
) -> Callable[[Page], None]:
    """The trace cannot be read: signed out, not allowed, not there any more, throttled."""

    def show(page: Page) -> None:
        def refuse(route: Route) -> None:
            problem = {
                "type": problem_type,
                "title": "No",
                "status": status,
                "detail": detail or REFUSALS.get(status, "Not now."),
                "request_id": "8f1c2a90-4d6e",
            }
            route.fulfill(status=status, json=problem, content_type="application/problem+json")

        page.context.route("**/v1/executions/**", refuse)
        page.goto(f"/?workflow=support-triage&execution={EXECUTION_ID}")
        expect(page.get_by_role("alert")).to_be_visible()

    return show


def offline(page: Page) -> None:
    page.context.route("**/v1/executions/**", lambda route: route.abort())
    page.goto(f"/?workflow=support-triage&execution={EXECUTION_ID}")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")


def connection_lost(page: Page) -> None:
    """What was read stays; the next read finds nobody."""
    run(running_run())(page)
    page.context.route("**/v1/executions/*/trace*", lambda route: route.abort())
    expect(page.get_by_text("may be out of date")).to_be_visible()


def loading(page: Page) -> None:
    page.context.route("**/v1/executions/**", lambda _route: None)
    page.goto(f"/?workflow=support-triage&execution={EXECUTION_ID}")
    expect(page.get_by_role("status", name="Loading the trace")).to_be_visible()


def without_rows(status: str, reason: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        made = execution(status=status)
        if status == "queued":
            del made["ended_at_unix_nano"]
        stub = Stub(
            rows=[],
            execution=made,
            trace={"status": "EMPTY", "reason": reason},
            served_at=START // SECOND + 12,
        )
        stub.serve(page.context)
        page.goto(f"/?workflow=support-triage&execution={EXECUTION_ID}")
        expect(page.get_by_text(reason)).to_be_visible()

    return show


def home(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("link", name="Shipping notice").first).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()


def workflow(page: Page) -> None:
    page.goto("/?workflow=shipping-notice")
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()


HISTORY = [
    ("running", 4), ("succeeded", 41), ("failed", 73), ("succeeded", 39), ("succeeded", 44), ("succeeded", 120),
    ("lost", 300), ("succeeded", 38), ("succeeded", 42), ("succeeded", 40), ("failed", 12), ("succeeded", 43),
    ("succeeded", 45), ("untraced", 40), ("succeeded", 37), ("succeeded", 41), ("succeeded", 46), ("queued", 0),
]  # fmt: skip


def history_items(now_unix_nano: int) -> list[dict[str, object]]:
    """The first of them has been running for four seconds."""
    items = []
    for number, (status, tenths) in enumerate(HISTORY):
        begun = now_unix_nano - (4 + number * 400) * SECOND
        made = execution(
            execution_id=f"exec_01jb{number:02}7q4m2", status=status,
            started_at_unix_nano=str(begun), ended_at_unix_nano=str(begun + tenths * SECOND // 10),
            counters=counters([]) | {
                "spans": 20, "input_tokens": 5_100 + number * 37, "output_tokens": 610 + number,
                "cost_nano_usd": 386_000 + number * 1_900, "errors": 2 if status == "failed" else 0,
            },
        )  # fmt: skip
        if status in {"running", "queued"}:
            del made["ended_at_unix_nano"]
        if status == "failed":
            made["cause"] = {"node_id": "draft", "error_type": "ThrottlingException", "message": "No."}  # fmt: skip
        items.append(made)
    return items


def history(page: Page) -> None:
    listed = {"items": history_items(time.time_ns()), "next_cursor": "more"}
    page.context.route("**/v1/executions?*", lambda route: route.fulfill(json=listed))
    page.goto("/?workflow=support-triage&tab=history")
    expect(page.get_by_role("table")).to_be_visible()


def no_executions(page: Page) -> None:
    nothing: dict[str, object] = {"items": [], "next_cursor": None}
    page.context.route("**/v1/executions?*", lambda route: route.fulfill(json=nothing))
    page.goto("/?workflow=support-triage&tab=history")
    expect(page.get_by_text("Nothing has run yet")).to_be_visible()


def real(name: str, *keys: str) -> Callable[[Page], None]:
    """The last run of a shipped workflow, opened from the history as a person does."""

    def show(page: Page) -> None:
        page.goto("/")
        page.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
        expect(page.get_by_role("treeitem").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        for key in keys:
            page.keyboard.press(key)

    return show


def comparison(page: Page) -> None:
    page.goto(both(page.context))
    expect(page.locator(".cv-diff del").first).to_be_visible()


def group(page: Page) -> None:
    real("Document to table")(page)
    page.get_by_role("treeitem", name=re.compile(r"^\d+ times item")).click()
    expect(page.get_by_role("heading", name="Slowest")).to_be_visible()


LARGE = "/?execution=bench-10000-7"


def ten_thousand(*keys: str) -> Callable[[Page], None]:
    """The bench's workload; whoever takes the picture has stored it."""

    def show(page: Page) -> None:
        page.goto(LARGE)
        expect(page.get_by_role("treeitem").first).to_be_visible()
        for key in keys:
            page.keyboard.press(key)

    return show
