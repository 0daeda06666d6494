"""Whatever models and people wrote: none of it runs, and none of it calls anybody."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from local.stack import Stack
from tests.browser.beacon import Beacon
from tests.browser.hostile_run import hostile_run, payloads
from tests.browser.stubs import EXECUTION_ID, Stub, execution

pytestmark = pytest.mark.browser

EVERY_TAB = """async (list) => {
    for (const tab of [...list.querySelectorAll("[role=tab]")].reverse()) {
        tab.click();
        await new Promise((done) => setTimeout(done, 40));
    }
}"""
LEAST_PAYLOADS = 200


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
        self.asked: list[str] = []
        self._own = own
        context.expose_function("ran", lambda where: self.ran.append(str(where)))
        context.on("request", self._on_request)
        context.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc not in self._own:
            self.asked.append(request.url)


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
    for at, text in enumerate(words[:40]):
        beacon.pages[f"/control/{at}"] = f"<!doctype html><body>{text}".encode()
        page.goto(f"{beacon.origin}/control/{at}", wait_until="commit")
        page.wait_for_timeout(60)
    context.close()
    assert len(witness.ran) > 10
    assert len(beacon.hits) > 10


def test_no_payload_runs_in_the_tree_or_in_any_step(
    screen: Page, run: Stub, quiet: Witness, words: list[str]
) -> None:
    run.open(screen, 1)
    panel = screen.get_by_role("complementary")
    tree = screen.get_by_role("tree", name="Spans of the trace")
    for number in range(1, len(words) + 1):
        expect(panel.locator(".sv-tab-body > *").first).to_be_visible()
        expect(tree.get_by_role("treeitem", selected=True)).to_have_attribute(
            "data-span-id", f"{number:016x}"
        )
        panel.locator("details:not([open]) > summary").evaluate_all(
            "all => all.forEach((summary) => summary.click())"
        )
        panel.get_by_role("button", name="Show", exact=True).evaluate_all(
            "all => all.forEach((button) => button.click())"
        )
        panel.get_by_role("tablist").evaluate(EVERY_TAB)
        screen.keyboard.press("j")
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
    for _ in run.files:
        previews.first.click()
        shown = gallery.locator(".sv-preview")
        expect(shown).to_be_visible()
        screen.wait_for_timeout(60)
        gallery.get_by_role("button", name="Hide").click()


def test_no_payload_runs_in_a_comparison(
    screen: Page, context: BrowserContext, run: Stub, quiet: Witness, words: list[str]
) -> None:
    other = hostile_run(words[::-1], f"other-{EXECUTION_ID}")
    other.serve(context)
    items = {"items": [run.execution, other.execution], "next_cursor": None}
    context.route("**/v1/executions?*", lambda route: route.fulfill(json=items))
    screen.goto(f"/?execution={EXECUTION_ID}&with={other.execution_id}")
    toggles = screen.locator(".cv-pair-toggle")
    expect(toggles.first).to_be_visible()
    assert toggles.count() == len(set(words))
    for toggle in toggles.all():
        toggle.evaluate(
            "button => button.getAttribute('aria-expanded') === 'true' || button.click()"
        )
        expect(screen.locator(".cv-texts")).to_be_visible()


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
