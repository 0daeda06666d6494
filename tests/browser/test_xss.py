"""Whatever models and people wrote: none of it runs, and none of it calls anybody."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request, expect

from local.stack import Stack
from tests.browser.beacon import Beacon
from tests.browser.hostile_run import hostile_run, payloads
from tests.browser.stubs import EXECUTION_ID, Stub, execution, span_id

pytestmark = pytest.mark.browser

LOOK_THROUGH = """async (spanId) => {
    const frame = () => new Promise(requestAnimationFrame);
    const end = performance.now() + 60_000;
    const panel = document.querySelector(".sv-panel");
    const isShown = () =>
        document.querySelector("[role=treeitem][aria-selected=true]")?.dataset.spanId === spanId
        && panel.querySelector(".sv-tab-body > *") && !panel.querySelector(".sv-skeleton-lines");
    while (!isShown()) {
        if (performance.now() > end) throw new Error(`${spanId} is not shown`);
        await frame();
    }
    const seen = [];
    for (const tab of [...panel.querySelectorAll("[role=tab]")].reverse()) {
        tab.click();
        await frame();
        const closed = [...panel.querySelectorAll("details:not([open]) > summary"),
            ...[...panel.querySelectorAll("button")].filter((button) => button.textContent === "Show")];
        for (const openable of closed) openable.click();
        if (closed.length > 0) await frame();
        if (panel.textContent.includes(`canary ${spanId}`)) seen.push(tab.textContent);
    }
    return seen;
}"""
"""Opens all that can be opened of the selected span, and tells in which tabs its canary was to be seen."""
EVERY_COMPARISON = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const toggles = [...document.querySelectorAll(".cv-pair-toggle")];
    for (const toggle of toggles) {
        if (toggle.getAttribute("aria-expanded") !== "true") toggle.click();
        const end = performance.now() + 60_000;
        await frame();
        while (!document.querySelector(".cv-texts") || document.querySelector(".sv-skeleton-lines")) {
            if (performance.now() > end) throw new Error(`nothing is shown of ${toggle.textContent}`);
            await frame();
        }
        await frame();
    }
    return toggles.length;
}"""
LEAST_PAYLOADS = 200
REFUSED = {"csp", "origin"}
"""What becomes of requests that the browser, told by the page's policy, does not send."""
SETTLE_MILLISECONDS = 500


@pytest.fixture(scope="module")
def beacon() -> Iterator[Beacon]:
    with Beacon() as listening:
        yield listening


@pytest.fixture(scope="module")
def words(beacon: Beacon) -> list[str]:
    found = payloads(beacon.url)
    assert len(set(found)) >= LEAST_PAYLOADS
    return found


class Witness:
    """What ran, and which addresses beyond the page's own were asked for."""

    def __init__(self, context: BrowserContext, own: set[str]) -> None:
        self.ran: list[str] = []
        self._foreign: list[Request] = []
        self._own = own
        context.expose_function("ran", lambda where: self.ran.append(str(where)))
        context.on("request", self._on_request)
        context.on("dialog", self._on_dialog)

    def _on_dialog(self, dialog: Dialog) -> None:
        self.ran.append(dialog.message)
        dialog.dismiss()

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc not in self._own:
            self._foreign.append(request)

    @property
    def asked(self) -> list[str]:
        """Addresses of others that the browser itself did not refuse to ask."""
        return [request.url for request in self._foreign if request.failure not in REFUSED]


@pytest.fixture
def quiet(context: BrowserContext, stack: Stack, beacon: Beacon) -> Iterator[Witness]:
    """Ends with nothing executed and nothing asked for."""
    beacon.hits.clear()
    witness = Witness(context, {urlsplit(stack.url).netloc, urlsplit(stack.issuer.url).netloc})
    yield witness
    assert witness.ran == []
    assert witness.asked == []
    assert beacon.hits == []


@pytest.fixture
def run(context: BrowserContext, words: list[str]) -> Stub:
    stub = hostile_run(words)
    stub.serve(context)
    return stub


@pytest.fixture
def screen(context: BrowserContext) -> Page:
    """Without the check for complaints: a policy that holds complains of every payload."""
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def test_the_payloads_run_and_call_where_nothing_stops_them(
    browser: Browser, beacon: Beacon, words: list[str]
) -> None:
    """The control: without it a broken witness would pass for a safe page."""
    context = browser.new_context()
    witness = Witness(context, set())
    beacon.hits.clear()
    page = context.new_page()
    frames = "".join(f'<iframe src="/control/{at}"></iframe>' for at in range(40))
    beacon.pages["/control"] = f"<!doctype html><body>{frames}".encode()
    for at, text in enumerate(words[:40]):
        beacon.pages[f"/control/{at}"] = f"<!doctype html><body>{text}".encode()
    page.goto(f"{beacon.origin}/control", wait_until="commit")
    for _ in range(600):
        if len(witness.ran) > 10 and len(beacon.hits) > 10:
            break
        page.wait_for_timeout(50)
    context.close()
    assert len(witness.ran) > 10
    assert len(beacon.hits) > 10


def test_no_payload_runs_in_the_tree_or_in_any_step(
    screen: Page, context: BrowserContext, quiet: Witness, words: list[str]
) -> None:
    run = hostile_run(words, payloads_per_step=4)
    run.serve(context)
    run.open(screen, 1)
    for number in range(1, len(words) + 1):
        if span_id(number) in run.spans:
            seen = screen.evaluate(LOOK_THROUGH, span_id(number))
            assert (seen[0], len(seen)) == ("Attributes", 2), seen
        screen.keyboard.press("j")
    tree = screen.get_by_role("tree", name="Spans of the trace")
    for key in "gcz":
        screen.keyboard.press(key)
    expect(tree).to_be_visible()


def test_no_payload_runs_in_any_file(screen: Page, run: Stub, quiet: Witness) -> None:
    run.open(screen)
    screen.keyboard.press("a")
    gallery = screen.get_by_role("dialog", name="Artifacts of the run")
    expect(gallery.get_by_role("group").first).to_be_visible()
    previews = gallery.get_by_role("button", name="Preview")
    expect(previews).to_have_count(len(run.files))
    previews.evaluate_all("all => all.forEach((button) => button.click())")
    expect(gallery.locator(".sv-preview")).to_have_count(len(run.files))
    screen.wait_for_timeout(SETTLE_MILLISECONDS)
    for _ in range(600):  # until the browser has said of each request that it refused it
        if not quiet.asked:
            break
        screen.wait_for_timeout(50)


def test_no_payload_runs_in_a_comparison(
    screen: Page, context: BrowserContext, run: Stub, quiet: Witness, words: list[str]
) -> None:
    other = hostile_run(words[::-1], f"other-{EXECUTION_ID}")
    other.serve(context)
    items = {"items": [run.execution, other.execution], "next_cursor": None}
    context.route("**/v1/executions?*", lambda route: route.fulfill(json=items))
    screen.goto(f"/?execution={EXECUTION_ID}&with={other.execution_id}")
    expect(screen.locator(".cv-pair-toggle").first).to_be_visible()
    assert screen.evaluate(EVERY_COMPARISON) == len(set(words))


def test_no_payload_runs_in_history_place_or_header(
    screen: Page, context: BrowserContext, run: Stub, quiet: Witness, words: list[str]
) -> None:
    items = [
        execution(
            execution_id=f"{EXECUTION_ID}-{at}",
            workflow_name=text,
            started_by=text,
            status="failed",
            cause={"node_id": text, "error_type": text, "message": text},
        )
        for at, text in enumerate(words)
    ]
    context.route(
        "**/v1/executions?*",
        lambda route: route.fulfill(json={"items": items, "next_cursor": None}),
    )
    screen.goto("/?workflow=support-triage&tab=history")
    expect(screen.get_by_role("row").nth(20)).to_be_visible()
    for text in words[::20]:
        screen.goto(
            f"/?workflow={quote(text)}&execution={EXECUTION_ID}&span={quote(text)}&q={quote(text)}"
        )
        expect(screen.get_by_role("tree", name="Spans of the trace")).to_be_visible()


def test_nothing_is_stored_but_preferences(
    page: Page, context: BrowserContext, stack: Stack, executions: dict[str, str]
) -> None:
    """After a sign-in, a trace, its content and a file: no token, no word of the content, anywhere."""
    page.goto(f"/?workflow=document-table&execution={executions['document-table']}")
    expect(page.get_by_role("tree", name="Spans of the trace")).to_be_visible()
    page.keyboard.press("a")
    gallery = page.get_by_role("dialog", name="Artifacts of the run")
    gallery.get_by_role("button", name="Preview").first.click()
    expect(gallery.locator(".sv-preview")).to_be_visible()
    kept = page.evaluate(
        """async () => ({
            local: Object.keys(localStorage), session: Object.keys(sessionStorage),
            databases: (await indexedDB.databases()).map(({ name }) => name),
            caches: await caches.keys(), workers: (await navigator.serviceWorker.getRegistrations()).length,
            cookie: document.cookie, name: window.name, state: history.state,
        })"""
    )
    assert [name for name in kept.pop("local") if not name.startswith("spanvas.")] == []
    assert kept == {
        "session": [],
        "databases": [],
        "caches": [],
        "workers": 0,
        "cookie": "",
        "name": "",
        "state": None,
    }
    for state in context.storage_state()["origins"]:
        for item in state["localStorage"]:
            assert item["name"].startswith("spanvas.")
            assert len(item["value"]) < 200
            assert not item["value"].startswith("ey")
    assert [c for c in context.cookies() if stack.url.startswith(f"http://{c['domain']}:")] == []


def test_the_policy_forbids_every_trusted_type(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    policy = answer.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy
    assert "unsafe" not in policy
