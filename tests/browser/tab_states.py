"""Every state of the tab and of the page around it: held to the accessibility rules, and kept as pictures.

A state is shown in a context whose base URL is a running stack in which each shipped workflow has run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Route, expect

from tests.browser.agent_run import agent_run
from tests.browser.compared_runs import both
from tests.browser.files_run import files_run
from tests.browser.stubs import EXECUTION_ID, SECOND, Stub, counters, execution
from tests.browser.tab_runs import (
    deep_run,
    denied_run,
    long_prompt_run,
    lost_run,
    media_run,
    partial_run,
    running_run,
    troubled_run,
)

TOOL, LATER_CALL, FAILED = 3, 4, 5
IN_VIEW = """document.querySelector(".sv-preview")
    ?.closest(".sv-artifact").scrollIntoView({ block: "start" })"""
WIDE_ENOUGH = 1000
"""Pixels in which the panel stands beside the tree."""


@dataclass(frozen=True, slots=True)
class State:
    name: str
    """Also of its pictures."""
    words: str
    """What is to be seen, in a sentence."""
    show: Callable[[Page], None]
    is_in_panel: bool = False
    """Where there is no room for both, the panel is what to look at."""


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


def refused(status: int) -> Callable[[Page], None]:
    """The trace cannot be read: signed out, not allowed, not there any more, throttled."""

    def show(page: Page) -> None:
        def refuse(route: Route) -> None:
            problem = {
                "type": "about:blank",
                "title": "No",
                "status": status,
                "detail": "The role “auditor” has no trace:read." if status == 403 else "No.",
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
        stub = Stub(rows=[], execution=made, trace={"status": "EMPTY", "reason": reason})
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


STATES = (
    State(
        "succeeded",
        "A run that went well: what it took and what it cost, nothing in the way.",
        real("Support triage"),
    ),
    State(
        "failed-with-retries",
        "A failed run opens at its deepest failing span, the cause in the first line.",
        real("Shipping notice"),
    ),
    State(
        "graph-and-critical-path",
        "The workflow's graph beside the tree, and the path that decided how long it took.",
        real("Shipping notice", "g", "c"),
    ),
    State(
        "siblings-folded", "Many items are one line; what failed of them stands below it.", group
    ),
    State(
        "infrastructure-trouble",
        "A cold start, throttling, the SDK's own retries, and a function whose time ran out.",
        run(troubled_run(), 8),
    ),
    State(
        "running",
        "A run that goes on: bars grow, the newest span is followed.",
        run(running_run(), 7),
    ),
    State(
        "connection-lost",
        "Nobody answers any more: what was read stays, and says that it may be old.",
        connection_lost,
    ),
    State(
        "lost",
        "A function was killed: the run says where it was when its deadline passed.",
        run(lost_run()),
    ),
    State(
        "partial",
        "It succeeded, but not all that it reported has come: what is missing, and marks on what came.",
        run(partial_run(), 7),
    ),
    State(
        "deep-chain",
        "Three hundred levels: the indent ends, the level is written.",
        run(deep_run()),
    ),
    State(
        "conversation",
        "A model call as a conversation: what is new since the call before.",
        agent(LATER_CALL),
        is_in_panel=True,
    ),
    State(
        "long-prompt",
        "A prompt of 200 KB: its head, its size, and all of it on request.",
        run(long_prompt_run(), 1),
        is_in_panel=True,
    ),
    State(
        "redacted",
        "What the privacy rules removed shows as a receipt.",
        agent(LATER_CALL, receipts),
        is_in_panel=True,
    ),
    State(
        "pictures-and-files-in-a-prompt",
        "What else a prompt held, and a cost that the gateway reported.",
        shown_picture,
        is_in_panel=True,
    ),
    State(
        "tool-call",
        "A tool's arguments beside its result, searched in place.",
        agent(TOOL, in_json),
        is_in_panel=True,
    ),
    State(
        "tokens-and-cost",
        "The arithmetic of a call's tokens and cost.",
        agent(LATER_CALL, a_tab("Tokens and cost")),
        is_in_panel=True,
    ),
    State(
        "attributes",
        "Attributes, events, links and resource of a span.",
        agent(LATER_CALL, a_tab("Attributes")),
        is_in_panel=True,
    ),
    State("raw", "The span as the API gave it.", agent(LATER_CALL, a_tab("Raw")), is_in_panel=True),
    State(
        "failed-step",
        "A failed step with its stack trace.",
        agent(FAILED, opened("Stack trace")),
        is_in_panel=True,
    ),
    State(
        "copy-menu",
        "A span as a link, as JSON, as cURL.",
        agent(LATER_CALL, opened("Copy")),
        is_in_panel=True,
    ),
    State(
        "filter", "Kind, status and node.", agent(LATER_CALL, lambda page: page.keyboard.press("f"))
    ),
    State(
        "columns",
        "Columns are hidden, siblings sorted by what they took.",
        agent(LATER_CALL, lambda page: page.keyboard.press("v")),
    ),
    State(
        "comparison",
        "A failed run beside the last good one: time, tokens, cost, path and every word.",
        comparison,
    ),
    State("shortcuts", "Every key.", agent(LATER_CALL, lambda page: page.keyboard.press("?"))),
    State("artifacts", "All files of a run.", files()),
    State("artifact-image", "Pictures and drawings.", files("chart.png", "logo.svg")),
    State("artifact-pdf", "A PDF, page by page.", files("report.pdf")),
    State(
        "artifact-sound-and-film",
        "Sound and film; what the browser cannot play says so.",
        files("call.wav", "screen.mp4"),
    ),
    State("artifact-table", "CSV and TSV as tables.", files("orders.csv", "orders.tsv")),
    State(
        "artifact-text",
        "Markdown, JSON and plain text.",
        files("summary.md", "plan.json", "notes.txt"),
    ),
    State("artifact-html", "HTML in a frame that may do nothing.", files("page.html")),
    State(
        "content-denied",
        "A role that may see the run, and not its content.",
        run(denied_run(), LATER_CALL),
        is_in_panel=True,
    ),
    State("loading", "The first moments.", loading),
    State(
        "empty-untraced",
        "Nothing was recorded, and why.",
        without_rows(
            "untraced", "Tracing was off when this execution was started, so nothing was recorded."
        ),
    ),
    State(
        "empty-queued",
        "Nothing has arrived yet.",
        without_rows("queued", "The execution is queued and has not started yet."),
    ),
    State("expired", "Expired, mistyped, or somebody else's: the same answer.", refused(404)),
    State("unauthorised", "The session has ended.", refused(401)),
    State("forbidden", "A role that may not open it.", refused(403)),
    State("unavailable", "The server could not answer.", refused(503)),
    State("offline", "The server cannot be reached.", offline),
    State("home", "Workflows and their last executions.", home),
    State("workflow", "A workflow, its graph, and a form to run it.", workflow),
    State("history", "The history of a workflow, with a line of durations.", history),
    State("no-executions", "A workflow that has never run.", no_executions),
)

LARGE = "/?execution=bench-10000-7"


def ten_thousand(*keys: str) -> Callable[[Page], None]:
    """The bench's workload; whoever takes the picture has stored it."""

    def show(page: Page) -> None:
        page.goto(LARGE)
        expect(page.get_by_role("treeitem").first).to_be_visible()
        for key in keys:
            page.keyboard.press(key)

    return show


ALL_STATES = (
    *STATES,
    State("ten-thousand-folded", "Ten thousand spans, as they open.", ten_thousand()),
    State("ten-thousand-unfolded", "Ten thousand spans, all open.", ten_thousand("X")),
)
"""Also those that need a workload in the store."""


def state(name: str) -> State:
    return next(state for state in STATES if state.name == name)


def show_at(page: Page, state: State, width: int) -> None:
    """What is opened in the wide layout is then looked at in the narrow one."""
    if width >= WIDE_ENOUGH:
        state.show(page)
        return
    page.set_viewport_size({"width": WIDE_ENOUGH, "height": height_of(page)})
    state.show(page)
    narrow(page, state, width)


def narrow(page: Page, state: State, width: int) -> None:
    """What is shown in the wide layout, on a phone."""
    page.set_viewport_size({"width": width, "height": height_of(page)})
    if state.is_in_panel:
        page.locator(".sv-line.sv-selected").click()
        expect(page.get_by_role("complementary")).to_be_visible()
    page.evaluate(IN_VIEW)
    page.wait_for_timeout(100)


def height_of(page: Page) -> int:
    return (page.viewport_size or {"height": 780})["height"]
