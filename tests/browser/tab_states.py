"""Every state of the tab and of the page around it: what it shows is checked, also by axe, and can be made a picture.

A state is shown in a context whose base URL is a running stack in which each shipped workflow has run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.showing import (
    FAILED,
    LATER_CALL,
    TOOL,
    a_tab,
    agent,
    comparison,
    connection_lost,
    files,
    group,
    history,
    home,
    in_json,
    loading,
    no_executions,
    offline,
    opened,
    real,
    receipts,
    refused,
    run,
    shown_picture,
    ten_thousand,
    without_rows,
    workflow,
)
from tests.browser.tab_runs import (
    backend_run,
    deep_run,
    denied_run,
    infrastructure_issues_run,
    long_prompt_run,
    lost_run,
    partial_run,
    running_run,
)

IN_VIEW = """document.querySelector(".sv-preview")
    ?.closest(".sv-artifact").scrollIntoView({ block: "start" })"""
WIDE_ENOUGH = 1000
"""Pixels in which the panel stands beside the tree."""


@dataclass(frozen=True, slots=True)
class State:
    name: str
    """Also of its pictures."""
    words: str
    """What it shows, in a sentence."""
    sees: tuple[str, ...]
    """Texts or labels that are visible in it."""
    show: Callable[[Page], None]
    is_in_panel: bool = False
    """Where there is no room for both, the panel is what to look at."""


STATES = (
    State(
        "succeeded",
        "A run that went well: what it took and what it cost, nothing in the way.",
        ("Succeeded",),
        real("Support triage"),
    ),
    State(
        "failed-with-retries",
        "A failed run opens at its deepest failing span, the cause in the first line.",
        ("Failed", "in “Book the parcel” after 2 retries"),
        real("Shipping notice"),
    ),
    State(
        "graph-and-critical-path",
        "The workflow's graph beside the tree, and the path that decided how long it took.",
        ("Graph of the workflow",),
        real("Shipping notice", "g", "c"),
    ),
    State(
        "siblings-folded",
        "Many items are one line; what failed of them stands below it.",
        ("Slowest",),
        group,
    ),
    State(
        "infrastructure-issues",
        "A cold start, throttling, the SDK's own retries, and a function whose time ran out.",
        ("2 calls throttled", "1 timeout"),
        run(infrastructure_issues_run(), 8),
    ),
    State(
        "running",
        "A run that goes on: bars grow, the newest span is followed.",
        ("Running", "“Draft an answer”", "live"),
        run(running_run(), 7),
    ),
    State(
        "connection-lost",
        "Nobody answers any more: what was read stays, and says that it may be old.",
        ("may be out of date",),
        connection_lost,
    ),
    State(
        "lost",
        "A function was killed: the run says where it was when its deadline passed.",
        ("in “Draft an answer”: its deadline passed without an end",),
        run(lost_run()),
    ),
    State(
        "partial",
        "It succeeded, but not all that it reported has come: what is missing, and marks on what came.",
        ("2 of 5 nodes are missing: review, notify",),
        run(partial_run(), 7),
    ),
    State(
        "deep-chain",
        "Three hundred levels: the indent ends, the level is written.",
        ("Gave up at level 299.",),
        run(deep_run()),
    ),
    State(
        "conversation",
        "A model call as a conversation: what is new since the call before.",
        ("38 earlier messages", "Proposal"),
        agent(LATER_CALL),
        is_in_panel=True,
    ),
    State(
        "long-prompt",
        "A prompt of 200 KB: its head, its size, and all of it on request.",
        ("Clauses 3, 17 and 201 speak of lost parcels.",),
        run(long_prompt_run(), 1),
        is_in_panel=True,
    ),
    State(
        "redacted",
        "What the privacy rules removed shows as a receipt.",
        ("unscanned",),
        agent(LATER_CALL, receipts),
        is_in_panel=True,
    ),
    State(
        "pictures-and-files-in-a-prompt",
        "What else a prompt held, and a cost that the gateway reported.",
        ("Is the parcel in the picture damaged?",),
        shown_picture,
        is_in_panel=True,
    ),
    State(
        "tool-call",
        "A tool's arguments beside its result, searched in place.",
        ("$.lines[16].sku",),
        agent(TOOL, in_json),
        is_in_panel=True,
    ),
    State(
        "tokens-and-cost",
        "The arithmetic of a call's tokens and cost.",
        ("Tokens as the provider reported them",),
        agent(LATER_CALL, a_tab("Tokens and cost")),
        is_in_panel=True,
    ),
    State(
        "attributes",
        "Attributes, events, links and resource of a span.",
        ("Event “gen_ai.choice”",),
        agent(LATER_CALL, a_tab("Attributes")),
        is_in_panel=True,
    ),
    State(
        "raw",
        "The span as the API gave it.",
        ("otel_kind",),
        agent(LATER_CALL, a_tab("Raw")),
        is_in_panel=True,
    ),
    State(
        "failed-step",
        "A failed step with its stack trace.",
        ("Traceback (most recent call last):",),
        agent(FAILED, opened("Stack trace")),
        is_in_panel=True,
    ),
    State(
        "copy-menu",
        "A span as a link, as JSON, as cURL.",
        ("Link to this span", "cURL command"),
        agent(LATER_CALL, opened("Copy")),
        is_in_panel=True,
    ),
    State(
        "filter",
        "Kind, status and node.",
        ("Only what the search finds",),
        agent(LATER_CALL, lambda page: page.keyboard.press("f")),
    ),
    State(
        "columns",
        "Columns are hidden, siblings sorted by what they took.",
        ("Waterfall",),
        agent(LATER_CALL, lambda page: page.keyboard.press("v")),
    ),
    State(
        "comparison",
        "A failed run beside the last good one: time, tokens, cost, path and every word.",
        ("The right run:",),
        comparison,
    ),
    State(
        "shortcuts",
        "Every key.",
        ("Fold, or go to the parent",),
        agent(LATER_CALL, lambda page: page.keyboard.press("?")),
    ),
    State("artifacts", "All files of a run.", ("13 files",), files()),
    State(
        "artifact-image",
        "Pictures and drawings.",
        ("chart.png", "logo.svg"),
        files("chart.png", "logo.svg"),
    ),
    State("artifact-pdf", "A PDF, page by page.", ("5 pages",), files("report.pdf")),
    State(
        "artifact-sound-and-film",
        "Sound and film; what the browser cannot play says so.",
        ("The browser cannot play it: download it.",),
        files("call.wav", "screen.mp4"),
    ),
    State(
        "artifact-table",
        "CSV and TSV as tables.",
        ("Customer, 3",),
        files("orders.csv", "orders.tsv"),
    ),
    State(
        "artifact-text",
        "Markdown, JSON and plain text.",
        ("Summary", "steps"),
        files("summary.md", "plan.json", "notes.txt"),
    ),
    State(
        "artifact-html",
        "HTML in a frame that may do nothing.",
        ("Shown without scripts and without network access.",),
        files("page.html"),
    ),
    State(
        "content-denied",
        "A role that may see the run, and not its content.",
        ("content hidden from your role",),
        run(denied_run(), LATER_CALL),
        is_in_panel=True,
    ),
    State(
        "spans-of-a-backend",
        "Spans that the operator's Tempo alone has: where they come from, and which texts were cut there.",
        ("from Tempo",),
        run(backend_run(), LATER_CALL),
        is_in_panel=True,
    ),
    State("loading", "The first moments.", ("Loading the trace",), loading),
    State(
        "empty-untraced",
        "Nothing was recorded, and why.",
        ("This execution was not traced", "Tracing was off when"),
        without_rows(
            "untraced", "Tracing was off when this execution was started, so nothing was recorded."
        ),
    ),
    State(
        "empty-queued",
        "Nothing has arrived yet.",
        ("Waiting for the executor", "queued and has not started yet"),
        without_rows("queued", "The execution is queued and has not started yet."),
    ),
    State(
        "expired",
        "Expired, mistyped, or somebody else's: the same answer.",
        ("There is no such execution",),
        refused(404),
    ),
    State("unauthorised", "The session has ended.", ("Your session has ended",), refused(401)),
    State(
        "forbidden",
        "A role that may not open it.",
        ("Your role may not open this execution",),
        refused(403),
    ),
    State(
        "unavailable",
        "The server could not answer.",
        ("The server could not answer",),
        refused(503),
    ),
    State(
        "backend-does-not-answer",
        "The spans are in the operator's backend alone, and it does not answer: the page goes on asking.",
        ("The backend that has this trace does not answer",),
        refused(
            503,
            "urn:spanvas:problem:span-source-unavailable",
            "Tempo does not answer.",
        ),
    ),
    State("offline", "The server cannot be reached.", ("The server cannot be reached",), offline),
    State(
        "home",
        "Workflows and their last executions.",
        ("Shipping notice", "Support triage"),
        home,
    ),
    State(
        "workflow",
        "A workflow, its graph, and a form to run it.",
        ("Ctrl Enter runs it", "Recent executions"),
        workflow,
    ),
    State(
        "history",
        "The history of a workflow, with a line of durations.",
        ("draft: ThrottlingException", "Show older executions"),
        history,
    ),
    State(
        "no-executions", "A workflow that has never run.", ("Nothing has run yet",), no_executions
    ),
)

ALL_STATES = (
    *STATES,
    State("ten-thousand-folded", "Ten thousand spans, as they open.", ("10,000",), ten_thousand()),
    State("ten-thousand-unfolded", "Ten thousand spans, all open.", ("10,000",), ten_thousand("X")),
)
"""Also those that need a workload in the store."""


def state(name: str) -> State:
    return next(state for state in STATES if state.name == name)


def show(page: Page, state: State) -> None:
    """Opens the state, and fails unless everything that it has to show is visible."""
    state.show(page)
    for words in state.sees:
        shown = page.get_by_text(words).or_(page.get_by_label(words)).locator("visible=true")
        expect(shown.first).to_be_visible()


def show_at(page: Page, state: State, width: int) -> None:
    """What is opened in the wide layout is then looked at in the narrow one."""
    if width >= WIDE_ENOUGH:
        show(page, state)
        return
    page.set_viewport_size({"width": WIDE_ENOUGH, "height": height_of(page)})
    show(page, state)
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
